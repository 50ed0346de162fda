import numpy as np

def numerical_gradient(f, x):
    for i in range(x.size):
        yield f(x)

list(numerical_gradient(np.sum, np.ones(2)))
