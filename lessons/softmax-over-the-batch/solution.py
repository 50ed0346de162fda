"""Softmax of one sample or of a batch: every row has its own largest logit and its own sum."""

import numpy as np


def softmax(x):
    c = np.max(x, axis=-1, keepdims=True)
    exp_x = np.exp(x - c)
    return exp_x / np.sum(exp_x, axis=-1, keepdims=True)


# The check calls this, with one sample and with batches. Leave it as it is.
def try_it(x):
    return softmax(x), x
