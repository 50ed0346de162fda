import numpy as np
import pandas as pd

# ----- layers -----

class Dense:
    def __init__(self, n_in, n_out):
        self.w = np.random.randn(n_in, n_out) * np.sqrt(1.0 / n_in)
        self.b = np.zeros((1, n_out))

    def forward(self, x):
        self.x = x
        self.z = np.dot(x, self.w) + self.b
        return self.z

    def backward(self, dz):
        self.dw = np.dot(self.x.T, dz)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dx = np.dot(dz, self.w.T)


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y * self.y)


class MSE:
    def forward(self, pred, target):
        self.diff = pred - target
        return np.mean(self.diff ** 2)

    def backward(self):
        return 2 * self.diff / self.diff.size


# ----- network -----

class Regressor:
    def __init__(self):
        self.layers = [Dense(3, 10), Tanh(), Dense(10, 1)]
        self.criterion = MSE()

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, y):
        return self.criterion.forward(self.forward(x), y)

    def backward(self):
        grad = self.criterion.backward()
        for layer in reversed(self.layers):
            grad = layer.backward(grad)

    def update(self, lr):
        for layer in self.layers:
            if hasattr(layer, 'w'):
                layer.w -= lr * layer.dw
                layer.b -= lr * layer.db


def main():
    df = pd.read_csv('houses.csv')
    x = df[['rooms', 'area', 'age']].values
    y = df[['price']].values
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = (y - y.mean()) / y.std()
    net = Regressor()
    for epoch in range(500):
        loss = net.loss(x, y)
        net.backward()
        net.update(0.05)
        if epoch % 100 == 0:
            print('epoch', epoch, 'loss', loss)


if __name__ == '__main__':
    main()
