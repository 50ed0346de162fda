"""Linear regression without calculus: every gradient is measured."""
from __future__ import annotations

from typing import Callable

import numpy as np
import pandas as pd


def eval_numerical_gradient(f: Callable[[np.ndarray], float], theta: np.ndarray,
                            h: float = 1e-4) -> np.ndarray:
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        old = theta[i]
        theta[i] = old + h
        up = f(theta)
        theta[i] = old - h
        down = f(theta)
        grad[i] = (up - down) / (2 * h)
    return grad


def mse(theta: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
    residual = X @ theta[:-1] + theta[-1] - y
    return float(np.mean(residual ** 2))


def fit(X: np.ndarray, y: np.ndarray, lr: float = 0.1, steps: int = 300) -> np.ndarray:
    theta = np.zeros((X.shape[1] + 1, 1))
    for _ in range(steps):
        theta -= lr * eval_numerical_gradient(lambda p: mse(p, X, y), theta)
    return theta


def main() -> None:
    rng = np.random.default_rng(7)
    X = rng.normal(size=(40, 3))
    y = X @ np.array([[1.0], [-2.0], [0.5]]) + 3.0
    theta = np.ones((4, 1))
    before = theta.copy()
    print(eval_numerical_gradient(lambda p: mse(p, X, y), theta).ravel())
    print("theta moved by", (theta - before).ravel())
    print(pd.DataFrame(fit(X, y)))


if __name__ == "__main__":
    main()
