"""Descente de gradient stochastique."""


class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for cle in params.keys():
            params[cle] = params[cle] - self.lr * grads[cle]
