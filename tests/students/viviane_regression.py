"""Régression d'une courbe bruitée avec un petit réseau (Viviane)."""
import numpy as np
import matplotlib.pyplot as plt

alea = np.random.RandomState(2024)


def donnees(n=80):
    x = alea.uniform(-3, 3, size=(n, 1))
    y = np.sin(x) + 0.1 * alea.randn(n, 1)
    return x, y


def initialiser(d=1, h=20, k=1):
    return dict(
        W=alea.randn(d, h),
        b=np.zeros(h),
        V=alea.randn(h, k) / np.sqrt(h),
        c=np.zeros(k),
    )


def sigmoide(u):
    return 1.0 / (1.0 + np.exp(-u))


def prediction(theta, x):
    return sigmoide(x @ theta["W"] + theta["b"]) @ theta["V"] + theta["c"]


def erreur(theta, x, y):
    """erreur quadratique moyenne sur les exemples"""
    r = prediction(theta, x) - y
    return (r ** 2).sum() / len(x)


def gradients(theta, x, y):
    s = sigmoide(x @ theta["W"] + theta["b"])
    r = s @ theta["V"] + theta["c"] - y
    dr = 2 * r / len(x)
    ds = dr @ theta["V"].T
    du = ds * s * (1 - s)
    return dict(W=x.T @ du, b=du.sum(axis=0), V=s.T @ dr, c=dr.sum(axis=0))


def verifier(theta, x, y, h=1e-5):
    """différences centrées sur toutes les composantes"""
    g = gradients(theta, x, y)
    for nom, p in theta.items():
        plat, gplat = p.reshape(-1), g[nom].reshape(-1)
        pire = 0.0
        for i in range(plat.size):
            garde = plat[i]
            plat[i] = garde + h
            plus = erreur(theta, x, y)
            plat[i] = garde - h
            moins = erreur(theta, x, y)
            plat[i] = garde
            num = (plus - moins) / (2 * h)
            pire = max(pire, abs(num - gplat[i]) / max(1e-8, abs(num) + abs(gplat[i])))
        print(f"{nom}: écart relatif max {pire:.1e}")


if __name__ == "__main__":
    x, y = donnees()
    theta = initialiser()
    verifier(theta, x[:5], y[:5])
    for it in range(5000):
        g = gradients(theta, x, y)
        for nom in theta:
            theta[nom] -= 0.05 * g[nom]
    print("erreur finale", erreur(theta, x, y))
    axe = np.linspace(-3, 3, 200).reshape(-1, 1)
    plt.scatter(x, y)
    plt.plot(axe, prediction(theta, axe), "r")
    plt.show()
