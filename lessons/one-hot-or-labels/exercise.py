"""A loss that knows one-hot targets only, and is given labels as well: repair it."""

import numpy as np


# y: probabilities, shape (K,) for one sample or (N, K) for a batch.
# t: one-hot, of the shape of y, or labels: an int for one sample, (N,) for a batch.
def cross_entropy_error(y, t):
    t = np.asarray(t)
    if y.ndim == 1:
        y = y.reshape(1, *y.shape)
        t = t.reshape(1, *t.shape)
    batch_size = y.shape[0]
    return -np.sum(t * np.log(y + 1e-7)) / batch_size
