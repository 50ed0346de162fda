# Toy auto-encoder: every layer is 8 -> 8, tanh everywhere, mean squared error.
# A loop over layers so that I can make it as deep as I like.
import numpy as np
import matplotlib.pyplot as plt

WIDTH = 8
DEPTH = 4
LR = 0.1


def make_net(depth=DEPTH, width=WIDTH, seed=42):
    rng = np.random.RandomState(seed)
    Ws = [rng.randn(width, width) / np.sqrt(width) for _ in range(depth)]
    bs = [np.zeros(width) for _ in range(depth)]
    return Ws, bs


def forward(x, Ws, bs):
    activations = [x]
    for W, b in zip(Ws, bs):
        x = np.tanh(x @ W + b)
        activations.append(x)
    return activations


def mse(y, target):
    return 0.5 * np.sum((y - target) ** 2) / len(y)


def backward(activations, target, Ws):
    y = activations[-1]
    delta = (y - target) / len(y)
    dWs, dbs = [], []
    for layer in range(len(Ws) - 1, -1, -1):
        out, inp = activations[layer + 1], activations[layer]
        delta = delta * (1 - out ** 2)
        dWs.insert(0, inp.T @ delta)
        dbs.insert(0, delta.sum(axis=0))
        delta = delta @ Ws[layer]
    return dWs, dbs


def train(x, steps=300):
    Ws, bs = make_net()
    history = []
    for _ in range(steps):
        acts = forward(x, Ws, bs)
        history.append(mse(acts[-1], x))
        dWs, dbs = backward(acts, x, Ws)
        for layer in range(len(Ws)):
            Ws[layer] -= LR * dWs[layer]
            bs[layer] -= LR * dbs[layer]
    return history


if __name__ == "__main__":
    data = np.random.RandomState(0).uniform(-0.8, 0.8, (64, WIDTH))
    h = train(data)
    print("start", h[0], "end", h[-1])
    plt.plot(h)
    plt.xlabel("step")
    plt.savefig("autoencoder.png")
