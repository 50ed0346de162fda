import numpy as np

def numerical_gradient(f, x)
    return x
