"""Forward differences, on purpose.

One evaluation fewer per parameter. With step sqrt(machine epsilon) the error is about 1e-8,
which is plenty for plain gradient descent.
"""
import numpy as np

STEP = np.sqrt(np.finfo(float).eps)


def forward_gradient(f, x):
    """Gradient of scalar f at x (any shape) by the forward difference (f(x+h) - f(x)) / h."""
    base = f(x)
    grad = np.empty_like(x, dtype=float)
    for index in np.ndindex(x.shape):
        saved = x[index]
        x[index] = saved + STEP
        grad[index] = (f(x) - base) / STEP
        x[index] = saved
    return grad


def ridge(w, X, y, lam=0.1):
    r = X @ w - y
    return 0.5 * r @ r / len(y) + 0.5 * lam * w @ w


def main():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 4))
    y = X @ np.array([1.0, -1.0, 2.0, 0.0]) + 0.1 * rng.normal(size=50)
    w = np.zeros(4)
    for _ in range(200):
        w -= 0.2 * forward_gradient(lambda v: ridge(v, X, y), w)
    exact = np.linalg.solve(X.T @ X / 50 + 0.1 * np.eye(4), X.T @ y / 50)
    print(w, exact, np.abs(w - exact).max())


if __name__ == "__main__":
    main()
