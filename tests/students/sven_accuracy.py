"""Digits with a small net. Training works (loss goes down), evaluation crashes."""
import numpy as np


def load_digits():
    """stand-in for the 8x8 digits: noisy copies of ten random templates"""
    rng = np.random.default_rng(10)
    templates = rng.random((10, 64))
    labels = rng.integers(0, 10, 500)
    images = templates[labels] + 0.3 * rng.standard_normal((500, 64))
    return images, labels


def softmax(x):
    x = x - np.max(x, axis=1, keepdims=True)
    e = np.exp(x)
    return e / np.sum(e, axis=1, keepdims=True)


class Net:
    def __init__(self, d=64, h=32, k=10):
        rng = np.random.default_rng(0)
        self.p = {
            "W1": rng.standard_normal((d, h)) / np.sqrt(d),
            "b1": np.zeros(h),
            "W2": rng.standard_normal((h, k)) / np.sqrt(h),
            "b2": np.zeros(k),
        }

    def forward(self, x):
        self.x = x
        self.z = x @ self.p["W1"] + self.p["b1"]
        self.a = np.maximum(0, self.z)
        self.y = softmax(self.a @ self.p["W2"] + self.p["b2"])
        return self.y

    def loss(self, x, t):
        y = self.forward(x)
        return -np.mean(np.log(y[np.arange(x.shape[0]), t] + 1e-7))

    def grads(self, x, t):
        self.forward(x)
        n = x.shape[0]
        dy = self.y.copy()
        dy[np.arange(n), t] -= 1
        dy /= n
        dz = (dy @ self.p["W2"].T) * (self.z > 0)
        return {
            "W1": self.x.T @ dz,
            "b1": dz.sum(axis=0),
            "W2": self.a.T @ dy,
            "b2": dy.sum(axis=0),
        }

    def accuracy(self, x, t):
        guess = np.argmax(self.forward(x), axis=1)
        truth = np.argmax(t, axis=1)
        return np.sum(guess == truth) / float(x.shape[0])


if __name__ == "__main__":
    x, t = load_digits()
    x_train, t_train, x_test, t_test = x[:400], t[:400], x[400:], t[400:]
    net = Net()
    for step in range(500):
        pick = np.random.randint(0, 400, 32)
        g = net.grads(x_train[pick], t_train[pick])
        for k in net.p:
            net.p[k] -= 0.1 * g[k]
        if step % 100 == 0:
            print(step, net.loss(x_train, t_train))
    print("test accuracy", net.accuracy(x_test, t_test))
