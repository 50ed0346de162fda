import numpy as np


h = 1e-4
numerical_diff = lambda f, x: (f(x + h) - f(x - h)) / (2 * h)
print(numerical_diff(lambda x: 0.01 * x**2 + 0.1 * x, 5.0))
