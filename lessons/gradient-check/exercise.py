"""A gradient check that looks at the difference alone: make it look at the size as well."""

import numpy as np


# Two gradients of one parameter, arrays of one shape: do they agree?
def agrees(backprop, numerical):
    difference = np.average(np.abs(backprop - numerical))
    return difference < 1e-5
