import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.trace import record

h = 1e-4


def bowl(x):
    return x[0] ** 2 + x[1] ** 2


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(x.size):
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
    return grad


def whole():
    return record(numerical_gradient, bowl, np.array([3.0, 4.0]))


def deaf():
    kept = np.array([3.0, 4.0])
    return record(numerical_gradient, lambda x: bowl(kept), kept.copy())


def figures(runs):
    first = runs["whole"].iterations[0]
    return {"fxh1": first["fxh1"], "slopes": runs["whole"].result, "count": 2}


def tables(runs):
    rows = tuple((int(row["idx"][0]), row["grad"]) for row in runs["whole"].iterations)
    return {"slopes": Table("Slopes", ("idx", "grad"), rows)}


def check(oracle):
    slope = oracle.call("slope", 3.0)
    if abs(slope - 6) < 1e-6:
        return Verdict(True, "solved", {"slope": slope})
    return Verdict(False, "wrong", {"slope": slope})
