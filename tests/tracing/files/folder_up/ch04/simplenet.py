import os
import sys

sys.path.append(os.pardir)
import numpy as np
from shared import numerical_gradient


class Net:
    def __init__(self):
        self.W = np.array([1.0, -1.0])

    def numerical_gradient(self, x):
        return {"W": numerical_gradient(lambda W: np.sum((self.W * x) ** 2), self.W)}


net = Net()
print(net.numerical_gradient(np.array([2.0, 3.0])))
