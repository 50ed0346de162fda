"""A gradient check that holds the difference against the size of the slopes."""

import numpy as np


# Two gradients of one parameter, arrays of one shape: do they agree?
def agrees(backprop, numerical):
    difference = np.linalg.norm(backprop - numerical)
    size = max(np.linalg.norm(backprop), np.linalg.norm(numerical))
    return difference < 1e-5 * size
