# -*- coding: utf-8 -*-
"""TP 2 : réseau à deux couches, version "couches objets" (Marc D.)"""
import numpy as np
from collections import OrderedDict


def softmax(a):
    a = a - np.max(a, axis=-1, keepdims=True)
    e = np.exp(a)
    return e / np.sum(e, axis=-1, keepdims=True)


def entropie_croisee(y, t):
    # t en one-hot
    n = y.shape[0]
    return -np.sum(t * np.log(y + 1e-7)) / n


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.x = None
        self.dW = None
        self.db = None

    def forward(self, x):
        self.x = x
        return x.dot(self.W) + self.b

    def backward(self, dout):
        self.dW = self.x.T.dot(dout)
        self.db = dout.sum(axis=0)
        return dout.dot(self.W.T)


class Relu:
    def forward(self, x):
        self.actif = x > 0
        return np.where(self.actif, x, 0.0)

    def backward(self, dout):
        return dout * self.actif


class SoftmaxAvecPerte:
    def forward(self, x, t):
        self.t = t
        self.y = softmax(x)
        self.perte = entropie_croisee(self.y, t)
        return self.perte

    def backward(self, dout=1):
        # la dérivée est magique : y - t !
        dx = self.y - self.t
        return dx


class Reseau:
    def __init__(self, n_entree, n_cache, n_sortie, ecart=0.01):
        self.params = {
            'W1': ecart * np.random.randn(n_entree, n_cache),
            'b1': np.zeros(n_cache),
            'W2': ecart * np.random.randn(n_cache, n_sortie),
            'b2': np.zeros(n_sortie),
        }
        self.couches = OrderedDict()
        self.couches['Affine1'] = Affine(self.params['W1'], self.params['b1'])
        self.couches['Relu1'] = Relu()
        self.couches['Affine2'] = Affine(self.params['W2'], self.params['b2'])
        self.derniere = SoftmaxAvecPerte()

    def predire(self, x):
        for c in self.couches.values():
            x = c.forward(x)
        return x

    def perte(self, x, t):
        return self.derniere.forward(self.predire(x), t)

    def gradient(self, x, t):
        self.perte(x, t)
        dout = self.derniere.backward(1)
        for c in reversed(list(self.couches.values())):
            dout = c.backward(dout)
        g = {}
        g['W1'], g['b1'] = self.couches['Affine1'].dW, self.couches['Affine1'].db
        g['W2'], g['b2'] = self.couches['Affine2'].dW, self.couches['Affine2'].db
        return g


if __name__ == '__main__':
    from dataset.mnist import load_mnist
    import matplotlib.pyplot as plt

    (x_train, t_train), (x_test, t_test) = load_mnist(normalize=True, one_hot_label=True)
    net = Reseau(784, 50, 10)
    pertes = []
    for it in range(2000):
        idx = np.random.choice(x_train.shape[0], 100)
        g = net.gradient(x_train[idx], t_train[idx])
        for cle in net.params:
            net.params[cle] -= 0.001 * g[cle]   # avec 0.1 ça explose, je ne sais pas pourquoi
        pertes.append(net.perte(x_train[idx], t_train[idx]))
    plt.plot(pertes)
    plt.show()
