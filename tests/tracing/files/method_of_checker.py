import numpy as np


class Checker:
    h = 1e-4

    def numerical_gradient(self, f, x):
        grad = np.zeros_like(x)
        for idx in np.ndindex(x.shape):
            keep = x[idx]
            x[idx] = keep + self.h
            fxh1 = f(x)
            x[idx] = keep - self.h
            fxh2 = f(x)
            x[idx] = keep
            grad[idx] = (fxh1 - fxh2) / (2 * self.h)
        return grad


checker = Checker()
W = np.array([[2.0, 3.0], [5.0, 7.0]])
print(checker.numerical_gradient(lambda W: np.sum(np.sin(W)), W))
