"""cs231n-style two-layer net (no framework)."""
import numpy as np


def softmax_rows(scores):
    """scores: (N, C) -> class probabilities (N, C)."""
    e = np.exp(scores - np.max(scores, axis=0))
    return e / np.sum(e, axis=0)


def init_params(D, H, C, std=1e-1):
    rng = np.random.RandomState(0)
    return {'W1': std * rng.randn(D, H), 'b1': np.zeros(H),
            'W2': std * rng.randn(H, C), 'b2': np.zeros(C)}


def loss_and_grads(params, X, y, reg=0.0):
    W1, b1 = params['W1'], params['b1']
    W2, b2 = params['W2'], params['b2']
    N = X.shape[0]

    h1 = np.maximum(0, X.dot(W1) + b1)
    scores = h1.dot(W2) + b2
    probs = softmax_rows(scores)
    loss = -np.sum(np.log(probs[np.arange(N), y] + 1e-12)) / N
    loss += 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    grads = {'W2': h1.T.dot(dscores) + reg * W2, 'b2': np.sum(dscores, axis=0)}
    dh1 = dscores.dot(W2.T)
    dh1[h1 <= 0] = 0
    grads['W1'] = X.T.dot(dh1) + reg * W1
    grads['b1'] = np.sum(dh1, axis=0)
    return loss, grads


def train(params, X, y, lr=1e-1, reg=1e-3, num_iters=200, batch=16):
    for it in range(num_iters):
        idx = np.random.choice(X.shape[0], batch)
        loss, grads = loss_and_grads(params, X[idx], y[idx], reg)
        for name in params:
            params[name] -= lr * grads[name]
        if it % 50 == 0:
            print('iter %d loss %f' % (it, loss))


if __name__ == '__main__':
    np.random.seed(1)
    X = np.random.randn(120, 6)
    y = np.argmax(X[:, :4], axis=1)
    params = init_params(6, 10, 4)
    train(params, X, y)
