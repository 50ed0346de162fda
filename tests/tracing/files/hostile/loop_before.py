import numpy as np

def numerical_gradient(f, x):
    return x

while True:
    pass
numerical_gradient(np.sum, np.ones(2))
