# Exercice 5 : rétropropagation. Je moyenne sur le lot dans la couche affine
# (comme dans mon cours) et pas dans la couche de perte.           Xavier
import numpy as np
from collections import OrderedDict


def softmax(x):
    x = x - x.max(axis=1, keepdims=True)
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        n = self.x.shape[0]
        self.dW = np.dot(self.x.T, dout) / n
        self.db = np.sum(dout, axis=0) / n
        return np.dot(dout, self.W.T)


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out) * self.out


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.y = softmax(x)
        self.t = t
        return -np.sum(t * np.log(self.y + 1e-7)) / x.shape[0]

    def backward(self, dout=1):
        return dout * (self.y - self.t)


class Reseau:
    def __init__(self, entree, cachee, sortie):
        self.params = {}
        self.params['W1'] = np.random.randn(entree, cachee) / np.sqrt(entree)
        self.params['b1'] = np.zeros(cachee)
        self.params['W2'] = np.random.randn(cachee, sortie) / np.sqrt(cachee)
        self.params['b2'] = np.zeros(sortie)
        self.couches = OrderedDict()
        self.couches['Affine1'] = Affine(self.params['W1'], self.params['b1'])
        self.couches['Sigmoid1'] = Sigmoid()
        self.couches['Affine2'] = Affine(self.params['W2'], self.params['b2'])
        self.perte = SoftmaxWithLoss()

    def predict(self, x):
        for c in self.couches.values():
            x = c.forward(x)
        return x

    def loss(self, x, t):
        return self.perte.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.perte.backward()
        for c in reversed(list(self.couches.values())):
            dout = c.backward(dout)
        return {'W1': self.couches['Affine1'].dW, 'b1': self.couches['Affine1'].db,
                'W2': self.couches['Affine2'].dW, 'b2': self.couches['Affine2'].db}


if __name__ == '__main__':
    np.random.seed(1)
    etiquettes = np.random.randint(0, 3, 120)
    x = np.random.randn(120, 5) + 2 * np.eye(3, 5)[etiquettes]
    t = np.eye(3)[etiquettes]
    r = Reseau(5, 10, 3)
    for i in range(500):
        g = r.gradient(x, t)
        for k in r.params:
            r.params[k] -= 0.5 * g[k]
    print(r.loss(x, t))
