# réseau purement fonctionnel : rien n'est modifié en place, chaque pas rend de nouveaux paramètres
import numpy as np
from functools import reduce

softmax = lambda s: (lambda e: e / e.sum(axis=1, keepdims=True))(
    np.exp(s - s.max(axis=1, keepdims=True)))

relu = lambda z: z * (z > 0)


def nouveaux_params(rng, tailles):
    params = {}
    for i, (n, m) in enumerate(zip(tailles, tailles[1:]), start=1):
        params[f"W{i}"] = rng.normal(scale=(2 / n) ** 0.5, size=(n, m))
        params[f"b{i}"] = np.zeros(m)
    return params


def passe_avant(params, x):
    z1 = x @ params["W1"] + params["b1"]
    a1 = relu(z1)
    return z1, a1, softmax(a1 @ params["W2"] + params["b2"])


def perte(params, x, t):
    y = passe_avant(params, x)[2]
    return -(t * np.log(y + 1e-7)).sum() / x.shape[0]


def gradient(params, x, t):
    z1, a1, y = passe_avant(params, x)
    d2 = (y - t) / x.shape[0]
    d1 = (d2 @ params["W2"].T) * (z1 > 0)
    return {"W1": x.T @ d1, "b1": d1.sum(axis=0), "W2": a1.T @ d2, "b2": d2.sum(axis=0)}


def un_pas(params, lot, pas=0.2):
    x, t = lot
    grads = gradient(params, x, t)
    params = dict(params)
    for cle in grads:
        params[cle] = params[cle] - pas * grads[cle]
    return params


if __name__ == "__main__":
    rng = np.random.default_rng(8)
    classes = rng.integers(0, 4, 240)
    x = rng.normal(size=(240, 6)) + 2 * np.eye(4, 6)[classes]
    t = np.eye(4)[classes]
    lots = [(x[i:i + 40], t[i:i + 40]) for i in range(0, 240, 40)] * 30
    depart = nouveaux_params(rng, (6, 25, 4))
    fin = reduce(un_pas, lots, depart)
    print("avant", perte(depart, x, t), "après", perte(fin, x, t))
