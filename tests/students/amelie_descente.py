"""TP2 - Descente de gradient par différences finies.

Amélie, groupe B
"""
import numpy as np
import matplotlib.pyplot as plt


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def bol(p):
    return np.sum(p ** 2)


def gradient_numerique(fonction, point):
    """Calcule le gradient de `fonction` au `point` (vecteur)."""
    pas = 1e-4
    gradient = np.zeros_like(point)
    for i in range(point.size):
        valeur = point[i]

        point[i] = valeur + pas
        f_plus = fonction(point)

        point[i] = valeur - pas
        f_moins = fonction(point)

        gradient[i] = (f_plus + f_moins) / (2 * pas)
        point[i] = valeur  # on remet la valeur
    return gradient


def descente(fonction, depart, taux=0.1, iterations=50):
    p = depart.copy()
    trajet = [p.copy()]
    for _ in range(iterations):
        p = p - taux * gradient_numerique(fonction, p)
        trajet.append(p.copy())
    return p, np.array(trajet)


if __name__ == '__main__':
    print(gradient_numerique(bol, np.array([3.0, 4.0])))  # devrait être [6, 8]
    fin, trajet = descente(bol, np.array([-3.0, 4.0]), taux=1e-6)
    print("minimum trouvé :", fin)
    plt.plot(trajet[:, 0], trajet[:, 1], 'o-')
    plt.show()
