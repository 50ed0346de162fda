# ruff: noqa: D103 (the plain style of a student's file)
# mypy: ignore-errors
"""Numerical differentiation and what it is used for."""

import numpy as np


def bowl(x):
    return np.sum(x**2)


def numerical_diff(f, x, h=1e-4):
    return (f(x + h) - f(x - h)) / (2 * h)


def numerical_gradient(f, x, h=1e-4):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
        it.iternext()
    return grad


def gradient_at(f, point):
    x = np.array(point, dtype=float)
    return numerical_gradient(f, x)


def gradients_at(f, points):
    grads = np.zeros_like(points)
    for i, point in enumerate(points):
        grads[i] = numerical_gradient(f, point)
    return grads


def gradient_field(f, X, Y):
    points = np.array([X.flatten(), Y.flatten()])
    return gradients_at(f, points.T).T


def gradient_descent(f, init_x, lr=0.1, step_num=100):
    x = init_x.copy()
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
    return x
