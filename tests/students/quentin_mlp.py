"""Perceptron multicouche, projet de Quentin.

Les couches ont toutes la même interface : forward(x) et backward(dout).
"""
import numpy as np


class Couche:
    """classe mère"""
    parametres = ()

    def forward(self, x):
        raise NotImplementedError

    def backward(self, dout):
        raise NotImplementedError


class Lineaire(Couche):
    parametres = ("W", "b")

    def __init__(self, n, m):
        self.W = np.random.randn(n, m) / np.sqrt(n)
        self.b = np.zeros(m)
        self.grad = {}

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.grad["W"] = self.x.T @ dout
        self.grad["b"] = dout.sum(axis=0)
        return dout @ self.W.T


class ReLU(Couche):
    def forward(self, x):
        self.positif = x > 0
        return x * self.positif

    def bacward(self, dout):
        return dout * self.positif


class EntropieCroisee:
    def forward(self, scores, cible):
        s = scores - scores.max(axis=1, keepdims=True)
        self.logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        self.cible = cible
        return -self.logp[np.arange(len(cible)), cible].mean()

    def backward(self):
        n = len(self.cible)
        d = np.exp(self.logp)
        d[np.arange(n), self.cible] -= 1
        return d / n


class MLP:
    def __init__(self, tailles):
        self.couches = []
        for n, m in zip(tailles, tailles[1:]):
            self.couches += [Lineaire(n, m), ReLU()]
        self.couches.pop()                 # pas de ReLU à la sortie
        self.critere = EntropieCroisee()

    def forward(self, x):
        for c in self.couches:
            x = c.forward(x)
        return x

    def perte(self, x, t):
        return self.critere.forward(self.forward(x), t)

    def retropropagation(self, x, t):
        perte = self.perte(x, t)
        dout = self.critere.backward()
        for c in reversed(self.couches):
            dout = c.backward(dout)
        return perte

    def mise_a_jour(self, pas):
        for c in self.couches:
            for nom in c.parametres:
                getattr(c, nom)[...] -= pas * c.grad[nom]


if __name__ == "__main__":
    x = np.random.randn(120, 6)
    t = (x[:, 0] * x[:, 1] > 0).astype(int)
    mlp = MLP([6, 24, 24, 2])
    for i in range(300):
        p = mlp.retropropagation(x, t)
        mlp.mise_a_jour(0.2)
    print("perte finale", p)
