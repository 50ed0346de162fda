"""Perte SOMMÉE sur le lot : le gradient est donc une somme aussi."""
import numpy as np


def forward(theta, X):
    cache = np.tanh(X @ theta["W1"] + theta["b1"])
    return cache, cache @ theta["W2"] + theta["b2"]


def perte_et_gradients(theta, X, y):
    n = X.shape[0]
    h, scores = forward(theta, X)
    scores = scores - scores.max(axis=1, keepdims=True)
    log_probs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    perte = -log_probs[np.arange(n), y].sum()          # somme, pas moyenne

    dscores = np.exp(log_probs)
    dscores[np.arange(n), y] -= 1                      # somme aussi : pas de / n
    grads = {"W2": h.T @ dscores, "b2": dscores.sum(axis=0)}
    dh = (dscores @ theta["W2"].T) * (1 - h * h)
    grads["W1"] = X.T @ dh
    grads["b1"] = dh.sum(axis=0)
    return perte, grads


def initialise(d, h, k, graine=0):
    g = np.random.default_rng(graine)
    return {"W1": g.normal(0, 0.3, (d, h)), "b1": np.zeros(h),
            "W2": g.normal(0, 0.3, (h, k)), "b2": np.zeros(k)}


if __name__ == "__main__":
    g = np.random.default_rng(1)
    X = g.normal(size=(150, 5))
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
    theta = initialise(5, 8, 3)
    for epoque in range(100):
        perte, grads = perte_et_gradients(theta, X, y)
        for nom in theta:
            theta[nom] -= 0.3 / len(X) * grads[nom]    # le pas tient compte du lot
        if epoque % 20 == 0:
            print(epoque, perte / len(X))
