# ruff: noqa: D101, D102, D103 (the plain style of a student's file)
# mypy: ignore-errors
"""Nets: of layers, of as many as wanted, and of plain functions."""

import numpy as np

from tutor.pitfalls.listings.functions import (
    cross_entropy_error,
    sigmoid,
    sigmoid_grad,
    softmax,
)
from tutor.pitfalls.listings.gradient import numerical_gradient
from tutor.pitfalls.listings.layers import Affine, Relu, SoftmaxWithLoss


class TwoLayerNet:
    def __init__(self, D, H, K, std=0.01, seed=None, weight_decay=0.0):
        rng = np.random.default_rng(seed)
        self.weight_decay = weight_decay
        self.params = {}
        self.params["W1"] = std * rng.standard_normal((D, H))
        self.params["b1"] = np.zeros(H)
        self.params["W2"] = std * rng.standard_normal((H, K))
        self.params["b2"] = np.zeros(K)
        self.layers = {}
        self.layers["Affine1"] = Affine(self.params["W1"], self.params["b1"])
        self.layers["Relu1"] = Relu()
        self.layers["Affine2"] = Affine(self.params["W2"], self.params["b2"])
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        y = self.predict(x)
        decay = 0
        for key in ("W1", "W2"):
            decay += 0.5 * self.weight_decay * np.sum(self.params[key] ** 2)
        return self.last_layer.forward(y, t) + decay

    def accuracy(self, x, t):
        y = np.argmax(self.predict(x), axis=1)
        if t.ndim != 1:
            t = np.argmax(t, axis=1)
        return np.sum(y == t) / x.shape[0]

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward(1)
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        affine1, affine2 = self.layers["Affine1"], self.layers["Affine2"]
        grads = {}
        grads["W1"] = affine1.dW + self.weight_decay * self.params["W1"]
        grads["b1"] = affine1.db
        grads["W2"] = affine2.dW + self.weight_decay * self.params["W2"]
        grads["b2"] = affine2.db
        return grads

    def numerical_gradient(self, x, t):
        def loss_W(W):
            return self.loss(x, t)

        grads = {}
        grads["W1"] = numerical_gradient(loss_W, self.params["W1"])
        grads["b1"] = numerical_gradient(loss_W, self.params["b1"])
        grads["W2"] = numerical_gradient(loss_W, self.params["W2"])
        grads["b2"] = numerical_gradient(loss_W, self.params["b2"])
        return grads


class MultiLayerNet:
    def __init__(self, sizes, std=0.01, seed=None):
        rng = np.random.default_rng(seed)
        self.params = {}
        self.layers = {}
        for i in range(1, len(sizes)):
            self.params[f"W{i}"] = std * rng.standard_normal((sizes[i - 1], sizes[i]))
            self.params[f"b{i}"] = np.zeros(sizes[i])
            W, b = self.params[f"W{i}"], self.params[f"b{i}"]
            self.layers[f"Affine{i}"] = Affine(W, b)
            if i < len(sizes) - 1:
                self.layers[f"Relu{i}"] = Relu()
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last_layer.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward(1)
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        grads = {}
        for i in range(1, len(self.params) // 2 + 1):
            grads[f"W{i}"] = self.layers[f"Affine{i}"].dW
            grads[f"b{i}"] = self.layers[f"Affine{i}"].db
        return grads


def loss_and_gradient(params, x, t):
    z1 = np.dot(x, params["W1"]) + params["b1"]
    a1 = sigmoid(z1)
    z2 = np.dot(a1, params["W2"]) + params["b2"]
    y = softmax(z2)
    loss = cross_entropy_error(y, t)
    grads = {}
    dz2 = (y - t) / x.shape[0]
    grads["W2"] = np.dot(a1.T, dz2)
    grads["b2"] = np.sum(dz2, axis=0)
    da1 = np.dot(dz2, params["W2"].T)
    dz1 = sigmoid_grad(z1) * da1
    grads["W1"] = np.dot(x.T, dz1)
    grads["b1"] = np.sum(dz1, axis=0)
    return loss, grads
