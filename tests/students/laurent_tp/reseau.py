from commun.fonctions import *


class Reseau:
    def __init__(self, tailles, rng):
        self.poids = [rng.normal(0, 0.3, (a, b)) for a, b in zip(tailles, tailles[1:])]
        self.biais = [0.0 * W[0] for W in self.poids]

    def predire(self, x):
        self.activations = [x]
        for W, b in zip(self.poids[:-1], self.biais[:-1]):
            x = sigmoide(x @ W + b)
            self.activations.append(x)
        return softmax(x @ self.poids[-1] + self.biais[-1])

    def perte(self, x, t):
        return entropie_croisee(self.predire(x), t)

    def gradients(self, x, t):
        """t en one-hot ; renvoie (dpoids, dbiais), dans l'ordre des couches."""
        delta = (self.predire(x) - t) / x.shape[0]
        dpoids, dbiais = [], []
        for W, a in zip(reversed(self.poids), reversed(self.activations)):
            dpoids.insert(0, a.T @ delta)
            dbiais.insert(0, delta.sum(axis=0))
            delta = (delta @ W.T) * a * (1 - a)
        return dpoids, dbiais
