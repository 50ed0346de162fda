import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
        it.iternext()
    return grad


def softmax(a):
    e = np.exp(a - np.max(a, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


class SimpleNet:
    def __init__(self):
        self.W = np.array([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]])

    def predict(self, x):
        return np.dot(x, self.W)

    def loss(self, x, t):
        return -np.sum(t * np.log(softmax(self.predict(x)) + 1e-12))


def main():
    x = np.array([0.6, 0.9])
    t = np.array([0.0, 0.0, 1.0])
    net = SimpleNet()
    print(numerical_gradient(lambda W: net.loss(x, t), net.W))


if __name__ == "__main__":
    main()
