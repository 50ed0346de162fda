"""A descent whose rate is far too large for most bowls. Let it find a rate that is not."""

import numpy as np

from tutor.nets import numerical_gradient


def descend(f, init_x, lr, step_num):
    """Walk downhill. A step that would raise f is not taken; the rate is halved instead."""
    x = init_x.copy()
    for _ in range(step_num):
        x = x - lr * numerical_gradient(f, x)
    return x


# Nothing below needs repair. The check calls this, with bowls of its own, flat and steep.
def try_it(a, start, lr, step_num):
    def f(x):
        return np.sum(a * x**2)

    return descend(f, start, lr, step_num), start
