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


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.1):
        rng = np.random.RandomState(0)
        self.params = {}
        self.params["W1"] = weight_init_std * rng.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = weight_init_std * rng.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)

    def predict(self, x):
        z = np.tanh(x @ self.params["W1"] + self.params["b1"])
        return softmax(z @ self.params["W2"] + self.params["b2"])

    def loss(self, x, t):
        return -np.sum(t * np.log(self.predict(x) + 1e-12)) / len(x)

    def numerical_gradient(self, x, t):
        loss_W = lambda W: self.loss(x, t)
        return {
            name: numerical_gradient(loss_W, self.params[name])
            for name in ("W1", "b1", "W2", "b2")
        }

    def gradient(self, x, t):
        z = np.tanh(x @ self.params["W1"] + self.params["b1"])
        y = softmax(z @ self.params["W2"] + self.params["b2"])
        dy = (y - t) / len(x)
        grads = {}
        grads["W2"] = z.T @ dy
        grads["b2"] = dy.sum(axis=0)
        da = (dy @ self.params["W2"].T) * (1 - z**2)
        grads["W1"] = x.T @ da
        grads["b1"] = da.sum(axis=0)
        return grads


net = TwoLayerNet(3, 2, 2)
x = np.array([[0.1, 0.2, 0.3], [1.0, -1.0, 0.5]])
t = np.array([[1.0, 0.0], [0.0, 1.0]])
numerical = net.numerical_gradient(x, t)
exact = net.gradient(x, t)
for name in numerical:
    print(name, np.abs(numerical[name] - exact[name]).max())
