"""A softmax that was made for one sample, and is given a batch: repair it."""

import numpy as np


def softmax(x):
    c = np.max(x)
    exp_x = np.exp(x - c)
    return exp_x / np.sum(exp_x)


# The check calls this, with one sample and with batches. Leave it as it is.
def try_it(x):
    return softmax(x), x
