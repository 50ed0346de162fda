import numpy as np

from .tools import numerical_gradient

W = np.array([[1.0, 2.0]])
print(numerical_gradient(lambda W: np.sum(W**2), W))
