import argparse

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in np.ndindex(*x.shape):
        saved = x[idx]
        x[idx] = saved + h
        fxh1 = f(x)
        x[idx] = saved - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = saved
    return grad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--power", type=int, default=2)
    options = parser.parse_args()
    W = np.array([1.0, 2.0, 3.0])
    print(numerical_gradient(lambda W: np.sum(W**options.power), W))


if __name__ == "__main__":
    main()
