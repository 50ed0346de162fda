# Classification binaire de deux lunes - perceptron multicouche
# Pascal, L3 info
import numpy as np


def sigmoide(x):
    return 1.0 / (1.0 + np.exp(x))


def deux_lunes(n, graine=0):
    rng = np.random.RandomState(graine)
    angle = np.pi * rng.rand(n)
    haut = rng.rand(n) < 0.5
    x = np.where(haut, np.cos(angle), 1 - np.cos(angle))
    y = np.where(haut, np.sin(angle), 0.5 - np.sin(angle))
    points = np.stack([x, y], axis=1) + 0.1 * rng.randn(n, 2)
    return points, haut.astype(int)


def softmax(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class PMC:
    def __init__(self, tailles, graine=1):
        rng = np.random.RandomState(graine)
        self.W1 = rng.randn(tailles[0], tailles[1])
        self.b1 = np.zeros(tailles[1])
        self.W2 = rng.randn(tailles[1], tailles[2])
        self.b2 = np.zeros(tailles[2])

    def avant(self, X):
        self.X = X
        self.h = sigmoide(X @ self.W1 + self.b1)
        self.p = softmax(self.h @ self.W2 + self.b2)
        return self.p

    def cout(self, X, y):
        p = self.avant(X)
        return -np.mean(np.log(p[np.arange(len(y)), y] + 1e-9))

    def arriere(self, X, y):
        """renvoie dW1, db1, dW2, db2"""
        self.avant(X)
        n = len(y)
        ds = self.p.copy()
        ds[np.arange(n), y] -= 1.0
        ds /= n
        dW2 = self.h.T @ ds
        db2 = ds.sum(0)
        dh = ds @ self.W2.T
        dz = dh * self.h * (1 - self.h)
        dW1 = self.X.T @ dz
        db1 = dz.sum(0)
        return dW1, db1, dW2, db2


if __name__ == "__main__":
    X, y = deux_lunes(200)
    reseau = PMC((2, 12, 2))
    taux = 0.5
    for epoque in range(1000):
        dW1, db1, dW2, db2 = reseau.arriere(X, y)
        reseau.W1 -= taux * dW1
        reseau.b1 -= taux * db1
        reseau.W2 -= taux * dW2
        reseau.b2 -= taux * db2
        if epoque % 200 == 0:
            print(epoque, round(reseau.cout(X, y), 4))
