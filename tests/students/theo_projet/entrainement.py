# Projet de Théo : un réseau à trois couches
from collections import OrderedDict

import numpy as np

from commun.couches import *
from commun.optimiseurs import SGD


class ReseauTroisCouches:
    def __init__(self, n_entree, n_cache1, n_cache2, n_sortie):
        tailles = [n_entree, n_cache1, n_cache2, n_sortie]
        self.params = {}
        for i in range(3):
            n, m = tailles[i], tailles[i + 1]
            self.params[f'W{i + 1}'] = np.random.randn(n, m) * np.sqrt(2 / n)
            self.params[f'b{i + 1}'] = np.zeros(m)

        p = self.params
        self.couches = OrderedDict()
        self.couches['Affine1'] = Affine(p['W1'], p['b1'])
        self.couches['Relu1'] = Relu()
        self.couches['Affine2'] = Affine(p['W2'], p['b2'])
        self.couches['Relu1'] = Relu()
        self.couches['Affine3'] = Affine(p['W3'], p['b3'])
        self.fin = SoftmaxWithLoss()

    def predict(self, x):
        for couche in self.couches.values():
            x = couche.forward(x)
        return x

    def loss(self, x, t):
        return self.fin.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.fin.backward()
        for couche in reversed(self.couches.values()):
            dout = couche.backward(dout)
        grads = {}
        for i in (1, 2, 3):
            grads[f'W{i}'] = self.couches[f'Affine{i}'].dW
            grads[f'b{i}'] = self.couches[f'Affine{i}'].db
        return grads


if __name__ == '__main__':
    np.random.seed(0)
    t = np.random.randint(0, 4, 200)
    x = np.random.randn(200, 12) + 3 * np.eye(4, 12)[t]
    reseau = ReseauTroisCouches(12, 20, 15, 4)
    opt = SGD(lr=0.1)
    for i in range(200):
        lot = np.random.choice(200, 50)
        opt.update(reseau.params, reseau.gradient(x[lot], t[lot]))
        if i % 50 == 0:
            print(i, reseau.loss(x, t))
