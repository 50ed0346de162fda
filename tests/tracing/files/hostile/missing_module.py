import numpy as np
import gradients_of_my_friend

def numerical_gradient(f, x):
    return x

numerical_gradient(np.sum, np.ones(2))
