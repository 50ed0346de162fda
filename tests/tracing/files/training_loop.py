import numpy as np


class Line:
    def __init__(self):
        self.w = np.zeros(2)

    def loss(self, x, t):
        return np.mean((x @ self.w - t) ** 2)

    def gradient(self, x, t):
        y = x @ self.w
        dy = 2 * (y - t) / len(t)
        dw = x.T @ dy
        return dw


net = Line()
x = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
t = np.array([1.0, 3.0, 5.0])
for epoch in range(100_000):
    dw = net.gradient(x, t)
    net.w -= 0.1 * dw
