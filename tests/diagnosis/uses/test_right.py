"""What is right, however it looks, is not accused."""

from __future__ import annotations

import pytest

from tests.diagnosis.uses.conftest import NET

PLAIN = """
class Plain:
    def __init__(self):
        self.params = {'W': 0.3 * np.random.randn(5, 3), 'b': np.zeros(3)}
    def loss(self, x, t):
        return cross_entropy_error(softmax(x @ self.params['W'] + self.params['b']), t)
    def gradient(self, x, t):
        d = (softmax(x @ self.params['W'] + self.params['b']) - t) / len(x)
        return {'W': x.T @ d, 'b': d.sum(axis=0)}
plain = Plain()
for i in range(20):
    g = plain.gradient(x_train, t_train)
    for k in plain.params:
        plain.params[k] = plain.params[k] - 0.1 * g[k]
"""

RESYNCED = """
for i in range(20):
    g = net.gradient(x_train, t_train)
    for k in net.params:
        net.params[k] = net.params[k] - 0.1 * g[k]
    net.layers['a1'].W, net.layers['a1'].b = net.params['W1'], net.params['b1']
    net.layers['a2'].W, net.layers['a2'].b = net.params['W2'], net.params['b2']
"""

DECAYED = """
for i in range(20):
    m = np.random.choice(60, 20)
    g = net.gradient(x_train[m], t_train[m])
    for k in ('W1', 'W2'):
        g[k] = g[k] + 0.01 * net.params[k]
    for k in net.params:
        net.params[k] -= 0.1 * g[k]
print(net.accuracy(x_train, t_train))
"""

LOGISTIC = """
W, b = np.zeros((5, 3)), np.zeros(3)
def loss(x, t):
    return cross_entropy_error(softmax(x @ W + b), t)
def gradient(x, t):
    d = (softmax(x @ W + b) - t) / len(x)
    return x.T @ d, d.sum(axis=0)
for i in range(20):
    dW, db = gradient(x_train, t_train)
    W -= 0.5 * dW
    b -= 0.5 * db
"""

ENCODED = """
class Auto:
    def __init__(self, n, h):
        self.W1, self.W2 = 0.3 * np.random.randn(n, h), 0.3 * np.random.randn(h, n)
    def loss(self, x, t):
        return 0.5 * np.sum((np.tanh(x @ self.W1) @ self.W2 - t) ** 2) / len(x)
    def gradient(self, x, t):
        z = np.tanh(x @ self.W1)
        d = (z @ self.W2 - t) / len(x)
        return {'W2': z.T @ d, 'W1': x.T @ ((d @ self.W2.T) * (1 - z ** 2))}
auto = Auto(5, 3)
for i in range(20):
    m = np.random.choice(60, 20)
    x_batch = x_train[m]
    t_batch = x_train[m]
    g = auto.gradient(x_batch, t_batch)
    auto.W1 -= 0.1 * g['W1']
    auto.W2 -= 0.1 * g['W2']
"""

CHECKED = """
g_num = net.numerical_gradient(x_train[:3], t_train[:3])
g_back = net.gradient(x_train[:3], t_train[:3])
for k in g_num:
    print(np.max(np.abs(g_num[k] - g_back[k])) / np.max(np.abs(g_num[k])))
def f(w):
    return np.sum((x_train @ w) ** 2)
print(numerical_gradient(f, net.params['W1'].copy()))
print(numerical_gradient(lambda p: p[0] ** 2 + p[1] ** 2, np.array([3.0, 4.0])))
"""


@pytest.mark.parametrize(
    "use",
    [PLAIN, RESYNCED, DECAYED, LOGISTIC, ENCODED, CHECKED],
    ids=["no layers", "layers renewed", "decay", "softmax regression", "autoencoder", "check"],
)
def test_what_is_right_is_not_accused(uses, use):
    assert [(u.proof.pitfall, u.line) for u in uses(NET + use)] == []
