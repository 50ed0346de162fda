"""Each pitfall in a use is found by its name, in its line, with a repair that holds."""

from __future__ import annotations

import pytest

from tests.diagnosis.uses.conftest import NET

# (pitfall, what is added to the right net, the accused line of it)
FOUND = [
    ("perturbs-a-copy", """
W = net.params['W1'].copy()
print(numerical_gradient(lambda w: net.loss(x_train, t_train), W))
""", 2),
    ("integer-array", """
print(numerical_gradient(lambda p: p[0] ** 2 + p[1] ** 2, np.array([3, 4])))
""", 1),
    ("loss-not-scalar", """
def losses(w):
    return -np.log(softmax(x_train @ w)[:, 0] + 1e-7)
print(numerical_gradient(lambda w: losses(w), np.zeros((5, 3))))
""", 2),
    ("closure-returns-none", """
def f(w):
    np.sum(w ** 2)
print(numerical_gradient(f, np.ones(3)))
""", 1),
    ("float32-noise", """
x32 = x_train.astype(np.float32)
W32 = np.random.randn(5, 3).astype(np.float32)
def f(w):
    return cross_entropy_error(softmax(x32 @ w), t_train.astype(np.float32))
print(numerical_gradient(f, W32))
""", 5),
    ("points-transposed", """
def rows(f, X):
    return np.array([numerical_gradient(f, x) for x in X])
def numerical_gradients(f, X):
    return numerical_gradient(f, X) if X.ndim == 1 else rows(f, X)
X, Y = np.linspace(-2, 2, 7), np.linspace(-1, 3, 7)
print(numerical_gradients(lambda p: p[0] ** 2 + 3 * p[1] ** 2, np.array([X, Y])))
""", 6),
    ("compares-with-itself", """
g_num = net.gradient(x_train, t_train)
g_back = net.gradient(x_train, t_train)
for k in g_num:
    print(np.max(np.abs(g_num[k] - g_back[k])) / np.max(np.abs(g_num[k])))
""", 1),
    ("rebinds-parameters", """
for i in range(20):
    g = net.gradient(x_train, t_train)
    for k in net.params:
        net.params[k] = net.params[k] - 0.1 * g[k]
""", 4),
    ("rebinds-parameters", """
def train(steps=20):
    small = Net(5, 4, 3)
    for i in range(steps):
        g = small.gradient(x_train, t_train)
        for k in small.params:
            small.params[k] = small.params[k] - 0.1 * g[k]
""", 6),
    ("gradient-ascent", """
for i in range(20):
    g = net.gradient(x_train, t_train)
    for k in net.params:
        net.params[k] += 0.1 * g[k]
""", 4),
    ("blow-up", """
class Line:
    def __init__(self):
        self.w = np.zeros(5)
    def loss(self, x, t):
        return 0.5 * np.mean((x @ self.w - t) ** 2)
    def gradient(self, x, t):
        return x.T @ (x @ self.w - t) / len(x)
line = Line()
rate = 0.01
pixels = np.random.randint(0, 256, (60, 5)) * 1.0
for i in range(300):
    line.w -= rate * line.gradient(pixels, pixels @ np.ones(5))
""", 9),
    ("wrong-pairing", """
(x_all, t_all) = (x_train, t_train)
for i in range(20):
    m = np.random.choice(60, 20)
    x_batch = x_all[m]
    t_batch = x_all[m]
    g = net.gradient(x_batch, t_batch)
    for k in net.params:
        net.params[k] -= 0.1 * g[k]
""", 5),
    ("wrong-pairing", """
for i in range(20):
    m = np.random.choice(60, 20)
    n = np.random.choice(60, 20)
    x_batch = x_train[m]
    t_batch = t_train[n]
    g = net.gradient(x_batch, t_batch)
    for k in net.params:
        net.params[k] -= 0.1 * g[k]
""", 5),
    ("accuracy-axis", """
def score(net, x, t):
    return np.mean(np.argmax(net.predict(x), axis=1) == np.argmax(t, axis=1))
print(score(net, x_train, np.argmax(t_train, axis=1)))
""", 2),
    ("crash", """
def evaluate(net, x, t):
    result = net.accuracy(x, t)
    return reslt
print(evaluate(net, x_train, t_train))
""", 3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pitfall", "use", "line"), FOUND, ids=[f"{p}-{i}" for i, (p, *_) in enumerate(FOUND)]
)
def test_a_pitfall_is_named_in_its_line_and_repaired(uses, pitfall, use, line):
    found = [u for u in uses(NET + use.lstrip("\n")) if u.is_error]

    assert [u.proof.pitfall for u in found] == [pitfall]
    assert found[0].line == NET.count("\n") + line
    assert found[0].repair is not None
    assert found[0].repair.confirmed
    assert found[0].proof.evidence


def test_a_loss_that_rebinding_leaves_alone_does_not_move_at_all(uses):
    use = next(f[1] for f in FOUND if f[0] == "rebinds-parameters")
    (found,) = uses(NET + use.lstrip("\n"))

    loss, held = found.proof.evidence
    assert (loss.predicted, loss.measured) == (0.0, 0.0)
    assert ".layers[" in str(held.measured)


def test_an_ascent_climbs_by_the_steps_squared_length_over_the_rate(uses):
    """dL along a step of +rate * gradient is rate * |gradient|**9, |step|**2 / rate."""
    use = next(f[1] for f in FOUND if f[0] == "gradient-ascent")
    (found,) = uses(NET + use.lstrip("\n"))

    assert found.proof.evidence[0].measured == pytest.approx(
        found.proof.evidence[0].predicted, rel=1e-3
    )


def test_integers_are_cut_toward_zero(uses):
    """figures of a run in numpy: [3, 4] gives [25000, 35000] for the sum of squares."""
    use = next(f[1] for f in FOUND if f[0] == "integer-array")
    (found,) = uses(NET + use.lstrip("\n"))

    assert found.proof.evidence[0].measured == 35000
    assert found.proof.evidence[0].predicted == 35000
