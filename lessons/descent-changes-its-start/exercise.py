"""A descent that moves its own start and remembers one point. Repair `descend`."""

import numpy as np

from tutor.nets import numerical_gradient


def descend(f, init_x, lr, step_num):
    """Return the end, and a list of all points on the way: the start first, the end last."""
    x = init_x
    history = [x]
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
        history.append(x)
    return x, history


# Nothing below needs repair. The check calls this, with arrays of its own.
def try_it(a, start, lr, step_num):
    def f(x):
        return np.sum(a * x**2)

    end, history = descend(f, start, lr, step_num)
    return end, history, start
