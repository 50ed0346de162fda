"""Softmax of the logits less the largest one: the same probabilities, and nothing overflows."""

import numpy as np


def softmax(x):
    c = np.max(x)
    exp_x = np.exp(x - c)
    return exp_x / np.sum(exp_x)


# The check calls this, with logits of its own. Leave it as it is.
def try_it(x):
    return softmax(x), x
