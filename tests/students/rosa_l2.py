"""Two-layer softmax net with weight decay -- Rosa's homework."""
import numpy as np
from typing import Dict, Tuple

Params = Dict[str, np.ndarray]


def init_params(dim: int, hidden: int, classes: int, scale: float = 0.1) -> Params:
    return {
        "W1": scale * np.random.randn(dim, hidden),
        "b1": np.zeros(hidden),
        "W2": scale * np.random.randn(hidden, classes),
        "b2": np.zeros(classes),
    }


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def loss_and_grads(params: Params, X: np.ndarray, y: np.ndarray,
                   reg: float = 0.1) -> Tuple[float, Params]:
    """Mean cross entropy plus reg * ||W||^2, and its gradients.

    X has one sample per row, y holds integer labels.
    """
    W1, b1 = params["W1"], params["b1"]
    W2, b2 = params["W2"], params["b2"]
    n = X.shape[0]

    pre = X.dot(W1) + b1
    hidden = np.maximum(0.0, pre)
    scores = hidden.dot(W2) + b2

    logp = _log_softmax(scores)
    data_loss = -logp[np.arange(n), y].mean()
    loss = data_loss + reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))

    dscores = np.exp(logp)
    dscores[np.arange(n), y] -= 1
    dscores /= n

    grads: Params = {}
    grads["W2"] = hidden.T.dot(dscores) + reg * W2
    grads["b2"] = dscores.sum(axis=0)
    dhidden = dscores.dot(W2.T)
    dhidden[pre <= 0] = 0
    grads["W1"] = X.T.dot(dhidden) + reg * W1
    grads["b1"] = dhidden.sum(axis=0)
    return loss, grads


def predict(params: Params, X: np.ndarray) -> np.ndarray:
    hidden = np.maximum(0.0, X.dot(params["W1"]) + params["b1"])
    return np.argmax(hidden.dot(params["W2"]) + params["b2"], axis=1)


def train(params: Params, X: np.ndarray, y: np.ndarray, lr: float = 0.1,
          steps: int = 300, batch: int = 32) -> None:
    for step in range(steps):
        pick = np.random.choice(X.shape[0], batch)
        loss, grads = loss_and_grads(params, X[pick], y[pick], reg=1e-3)
        for name in params:
            params[name] -= lr * grads[name]
        if step % 100 == 0:
            print(f"step {step:4d}  loss {loss:.4f}")


if __name__ == "__main__":
    np.random.seed(231)
    y = np.random.randint(3, size=150)
    X = np.random.randn(150, 5) + 2.0 * np.eye(3, 5)[y]
    p = init_params(5, 20, 3)
    train(p, X, y)
    print("accuracy", np.mean(predict(p, X) == y))
