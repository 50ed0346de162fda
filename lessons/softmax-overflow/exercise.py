"""A softmax that gives nan for large logits: repair it."""

import numpy as np


def softmax(x):
    exp_x = np.exp(x)
    return exp_x / np.sum(exp_x)


# The check calls this, with logits of its own. Leave it as it is.
def try_it(x):
    return softmax(x), x
