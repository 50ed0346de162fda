"""Fonctions partagées par tous les TP."""
import numpy as np

__all__ = ["sigmoide", "softmax", "entropie_croisee", "gradient_numerique"]


def sigmoide(x):
    return np.exp(-np.logaddexp(0, -x))


def softmax(x):
    decale = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(decale) / np.exp(decale).sum(axis=-1, keepdims=True)


def entropie_croisee(y, t):
    if t.ndim == y.ndim:                      # one-hot -> étiquettes
        t = t.argmax(axis=-1)
    y = np.atleast_2d(y)
    t = np.atleast_1d(t)
    return -np.log(y[np.arange(len(t)), t] + 1e-12).mean()


def gradient_numerique(f, x, h=1e-5):
    grad = np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        v = x[i]
        x[i] = v + h
        a = f(x)
        x[i] = v - h
        b = f(x)
        x[i] = v
        grad[i] = (a - b) / (2 * h)
    return grad
