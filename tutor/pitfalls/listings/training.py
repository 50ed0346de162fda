# ruff: noqa: D103 (the plain style of a student's file)
# mypy: ignore-errors
"""Training a net, and checking its gradients."""

import numpy as np

from tutor.pitfalls.listings.networks import TwoLayerNet


def normalize(pixels):
    return pixels / 255.0


def train(net, x, t, lr=0.1, steps=50, batch_size=100, seed=None):
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        batch_mask = rng.choice(x.shape[0], batch_size)
        x_batch = x[batch_mask]
        t_batch = t[batch_mask]
        grads = net.gradient(x_batch, t_batch)
        for key in grads:
            net.params[key] -= lr * grads[key]


def train_on_pixels(net, pixels, t, steps=50, seed=None):
    x = normalize(pixels)
    train(net, x, t, steps=steps, seed=seed)
    return net.accuracy(x, t)


def gradient_check(net, x, t):
    numerical = net.numerical_gradient(x, t)
    backprop = net.gradient(x, t)
    errors = {}
    for key in numerical:
        difference = np.abs(backprop[key] - numerical[key])
        size = np.abs(backprop[key]) + np.abs(numerical[key])
        errors[key] = np.max(difference / np.maximum(size, 1e-8))
    return errors


def check_new_net(x, t, H, K, seed=None):
    net = TwoLayerNet(x.shape[1], H, K, std=0.5, seed=seed)
    return gradient_check(net, x, t)
