import numpy as np
from common_data import load_digits_small


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy_error(y, t):
    n = y.shape[0]
    return -np.sum(np.log(y[np.arange(n), t] + 1e-7)) / n


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx, value in np.ndenumerate(x.copy()):
        x[idx] = value + h
        upper = f(x)
        x[idx] = value - h
        lower = f(x)
        grad[idx] = (upper - lower) / (2 * h)
        x[idx] = value
    return grad


class TwoLayerNet:
    def __init__(self, n_in, n_hidden, n_out, std=0.01):
        self.params = dict(
            W1=std * np.random.randn(n_in, n_hidden), b1=np.zeros(n_hidden),
            W2=std * np.random.randn(n_hidden, n_out), b2=np.zeros(n_out))

    def predict(self, x):
        p = self.params
        hidden = sigmoid(x @ p['W1'] + p['b1'])
        return softmax(hidden @ p['W2'] + p['b2'])

    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)

    def gradient(self, x, t):
        def loss_W(W):
            self.loss(x, t)

        grads = {}
        for name, value in self.params.items():
            grads[name] = numerical_gradient(loss_W, value)
        return grads


if __name__ == '__main__':
    x_train, t_train = load_digits_small()
    net = TwoLayerNet(x_train.shape[1], 5, 10)
    for epoch in range(20):
        grads = net.gradient(x_train, t_train)
        # TypeError: unsupported operand type(s) for -: 'NoneType' and 'NoneType'
        for name in grads:
            net.params[name] -= 0.1 * grads[name]
        print(epoch, net.loss(x_train, t_train))
