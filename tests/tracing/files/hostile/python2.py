import numpy as np

def numerical_gradient(f, x):
    print "gradient", x
    return x
