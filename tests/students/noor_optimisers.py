"""Trois optimiseurs, à essayer sur le réseau de la semaine dernière."""
import numpy as np


class SGD:
    def __init__(self, pas=0.01):
        self.pas = pas

    def update(self, params, grads):
        for nom in params:
            params[nom] -= self.pas * grads[nom]


class Momentum:
    def __init__(self, pas=0.01, inertie=0.9):
        self.pas = pas
        self.inertie = inertie
        self.vitesse = None

    def update(self, params, grads):
        if self.vitesse is None:
            self.vitesse = {nom: np.zeros_like(p) for nom, p in params.items()}
        for nom in params:
            self.vitesse[nom] = self.inertie * self.vitesse[nom] - self.pas * grads[nom]
            params[nom] += self.vitesse[nom]


class AdaGrad:
    def __init__(self, pas=0.01):
        self.pas = pas
        self.h = None

    def update(self, params, grads):
        if self.h is None:
            self.h = {nom: np.zeros_like(p) for nom, p in params.items()}
        for nom in params:
            self.h[nom] += grads[nom] ** 2
            params[nom] - self.pas * grads[nom] / (np.sqrt(self.h[nom]) + 1e-7)
