import numpy as np


def gradient_numerique(fonction, poids, pas=1e-4):
    """Différences centrées."""
    gradient = np.zeros_like(poids)
    for indice in np.ndindex(poids.shape):
        ancien = poids[indice]
        poids[indice] = ancien + pas
        plus = fonction(poids)
        poids[indice] = ancien - pas
        moins = fonction(poids)
        gradient[indice] = (plus - moins) / (2 * pas)
        poids[indice] = ancien
    return gradient


class Réseau:
    def __init__(self):
        self.poids = np.array([[0.5, -0.5]])

    def perte(self):
        return np.sum(np.exp(self.poids))


réseau = Réseau()
print("gradient :", gradient_numerique(lambda p: réseau.perte(), réseau.poids))
