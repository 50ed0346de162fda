import numpy as np

from tutor.trace import Recorder


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


def long():
    rng = np.random.default_rng(0)
    shapes = {"W1": (784, 50), "b1": (50,), "W2": (50, 10), "b2": (10,)}
    params = {k: 0.01 * rng.standard_normal(s) for k, s in shapes.items()}

    def f(_):
        return float(params["W1"][0, 0] ** 2 + params["b2"].sum())

    recorder = Recorder(numerical_gradient)
    return recorder.run(lambda: {k: recorder_call(f, p) for k, p in params.items()})


def recorder_call(f, p):
    return numerical_gradient(f, p)
