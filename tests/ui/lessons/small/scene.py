import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.trace import record


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)

    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
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


class Net:
    def __init__(self):
        self.W = np.array(
            [[-1.15726607, -0.13529752, -1.05744382], [-1.73589911, -0.20294628, -1.58616574]]
        )

    def loss(self, x):
        z = x @ self.W
        y = np.exp(z - z.max())
        y /= y.sum()
        return -np.log(y[2] + 1e-7)


net = Net()
x_data = np.array([0.6, 0.9])


def f(W):
    return net.loss(x_data)


def mutated():
    return record(numerical_gradient, f, net.W)


def copied():
    a = np.array([[0.2, 0.1, -0.3], [0.12, -0.17, 0.088]])
    return record(numerical_gradient, f, a)


def figures(runs):
    return {"loss": f(None), "dW": runs["mutated"].result}


def tables(runs):
    rows = tuple((k, *(float(v) for v in r.result[0])) for k, r in runs.items())
    return {"slopes": Table("The first row of grad", ("x is", "0", "1", "2"), rows)}


def check(oracle):
    value = oracle.call("answer")
    return Verdict(value == 42, "right" if value == 42 else "wrong", {"value": value})
