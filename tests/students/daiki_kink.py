# 勾配確認: b1 だけ合わない
import numpy as np

np.random.seed(5)


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class SoftmaxLoss:
    def forward(self, x, t):
        x = x - x.max(axis=1, keepdims=True)
        self.y = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        self.t = t
        return -np.mean(np.log(self.y[np.arange(len(t)), t] + 1e-7))

    def backward(self, dout=1):
        dx = self.y.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        return dout * dx / len(self.t)


W1, b1 = 0.5 * np.random.randn(4, 6), np.zeros(6)
W2, b2 = 0.5 * np.random.randn(6, 3), np.zeros(3)
layers = [Affine(W1, b1), ReLU(), Affine(W2, b2)]
last = SoftmaxLoss()


def loss(x, t):
    for layer in layers:
        x = layer.forward(x)
    return last.forward(x, t)


def numerical_gradient(f, p, h=1e-4):
    g = np.zeros_like(p)
    for i in np.ndindex(p.shape):
        keep = p[i]
        p[i] = keep + h
        plus = f()
        p[i] = keep - h
        minus = f()
        p[i] = keep
        g[i] = (plus - minus) / (2 * h)
    return g


# 真っ黒の画像(全部0)も入れてみる
x = np.array([[0.0, 0.0, 0.0, 0.0],
              [0.3, 0.0, 0.8, 0.1],
              [0.0, 0.0, 0.0, 0.0]])
t = np.array([0, 2, 1])

loss(x, t)
dout = last.backward()
for layer in reversed(layers):
    dout = layer.backward(dout)

for name, p, g in (('W1', W1, layers[0].dW), ('b1', b1, layers[0].db),
                   ('W2', W2, layers[2].dW), ('b2', b2, layers[2].db)):
    num = numerical_gradient(lambda: loss(x, t), p)
    print(name, np.abs(num - g).max())
