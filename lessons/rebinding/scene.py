"""One line of training in two spellings, on a net whose layers were handed their arrays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import (
    Affine,
    FloatArray,
    SoftmaxWithLoss,
    cross_entropy_error,
    numerical_gradient,
    softmax,
)
from tutor.pitfalls import find
from tutor.trace import Recorder, Recording, record

if TYPE_CHECKING:
    from tutor.jail import Oracle

SAMPLES, D, K = 6, 2, 3
STEPS = (0, 1, 10, 50)
SHORT = 3  # calls of gradient on the screen


class LayeredNet:
    """The net of chapter 5, with a single layer, which is handed the arrays of params."""

    def __init__(self) -> None:
        self.params = first_params()
        self.affine = Affine(self.params["W"], self.params["b"])
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        return self.affine.forward(x)

    def loss(self, x, t):
        return self.last_layer.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward()
        self.affine.backward(dout)
        dW, db = self.affine.dW, self.affine.db
        return {"W": dW, "b": db}


class PlainNet(LayeredNet):
    """The same in the way of chapter 4: no layer, predict looks the arrays up in params."""

    def __init__(self) -> None:
        self.params = first_params()

    def predict(self, x):
        return x @ self.params["W"] + self.params["b"]

    def loss(self, x, t):
        return cross_entropy_error(softmax(self.predict(x)), t)

    def gradient(self, x, t):
        layer = SoftmaxWithLoss()
        layer.forward(self.predict(x), t)
        dout = layer.backward()
        dW, db = x.T @ dout, np.sum(dout, axis=0)
        return {"W": dW, "b": db}


def first_params() -> dict[str, FloatArray]:
    rng = np.random.default_rng(2)
    return {"W": 0.1 * rng.standard_normal((D, K)), "b": np.zeros(K)}


pitfall = find("rebinds-parameters")
train = {"in-place": pitfall.right, "rebinds": pitfall.wrong}
t = np.arange(SAMPLES) % K
x = np.eye(K, D)[t] + 0.2 * np.random.default_rng(1).standard_normal((SAMPLES, D))
SCHEDULE: dict[str, Any] = {"batch_size": SAMPLES, "seed": 3}


# -- the runs -------------------------------------------------------------------------------------


def in_place() -> Recording:
    """Record each gradient that training asks for: the second comes after one update."""
    recorder = Recorder(LayeredNet.gradient)
    return recorder.run(train["in-place"], LayeredNet(), x, t, steps=SHORT, **SCHEDULE)


def rebinds() -> Recording:
    recorder = Recorder(LayeredNet.gradient)
    return recorder.run(train["rebinds"], LayeredNet(), x, t, steps=SHORT, **SCHEDULE)


def no_layers() -> Recording:
    recorder = Recorder(PlainNet.gradient)
    return recorder.run(train["rebinds"], PlainNet(), x, t, steps=SHORT, **SCHEDULE)


def checked_after() -> Recording:
    net = trained(LayeredNet, "rebinds", 1)

    def f(_):
        return net.loss(x, t)

    return record(numerical_gradient, f, net.params["b"])


def slopes_of(net: LayeredNet) -> FloatArray:
    return numerical_gradient(lambda _: net.loss(x, t), net.params["b"])


# -- what the text quotes -------------------------------------------------------------------------


def trained(kind: type, way: str, steps: int) -> Any:
    """Return a new net after some steps of training."""
    net = kind()
    train[way](net, x, t, steps=steps, **SCHEDULE)
    return net


@cache
def loss_after(kind: type, way: str, steps: int) -> float:
    return float(trained(kind, way, steps).loss(x, t))


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    last = STEPS[-1]
    net, first = trained(LayeredNet, "rebinds", last), first_params()
    checked = trained(LayeredNet, "rebinds", 1)
    return {
        "steps": last,
        "before": loss_after(LayeredNet, "rebinds", 0),
        "in_place": loss_after(LayeredNet, "in-place", last),
        "change": loss_after(LayeredNet, "rebinds", last) - loss_after(LayeredNet, "rebinds", 0),
        "moved": float(np.abs(net.params["W"] - first["W"]).max()),
        "read": float(np.abs(net.affine.W - first["W"]).max()),
        "plain": loss_after(PlainNet, "rebinds", last),
        "plain_gap": abs(
            loss_after(PlainNet, "rebinds", last) - loss_after(LayeredNet, "in-place", last)
        ),
        "agreed": float(np.abs(slopes_of(LayeredNet()) - LayeredNet().gradient(x, t)["b"]).max()),
        "numerical": float(np.abs(runs["checked-after"].result).max()),
        "backprop": float(np.abs(checked.gradient(x, t)["b"]).max()),
    }


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    ways = {"-=": (LayeredNet, "in-place"), "= ... -": (LayeredNet, "rebinds")}
    both = {"layers": (LayeredNet, "rebinds"), "no layers": (PlainNet, "rebinds")}
    return {
        "losses": losses("The loss of the net with a layer", ways),
        "nets": losses("The loss of both nets, trained with =", both),
    }


def losses(title: str, columns: Mapping[str, tuple[type, str]]) -> Table:
    rows = tuple(
        (steps, *(f"{loss_after(kind, way, steps):.10f}" for kind, way in columns.values()))
        for steps in STEPS
    )
    return Table(title, ("steps", *columns), rows)


# -- the exercise ---------------------------------------------------------------------------------

KEYS = ("W1", "b1", "W2", "b2")
SIZES = {"W1": (5, 4), "b1": (4,), "W2": (4, 3), "b2": (3,)}
N, LR = 6, 0.5
Arrays = dict[str, FloatArray]
Fault = tuple[str, dict[str, object]]


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    seed = int(rng.integers(10**6))
    x, t = rng.standard_normal((N, 5)), rng.integers(3, size=N)
    saved = {key: rng.standard_normal(shape) for key, shape in SIZES.items()}
    stepped = oracle.call("try_step", seed, x, t, LR)
    loaded = oracle.call("try_load", seed, saved)
    if not (is_answer(stepped, 5) and is_answer(loaded, 5)):
        return Verdict(False, "no-parts")
    found = step_fault(*stepped)
    before = "`step` is right. "
    if found is None:
        found = load_fault(saved, *loaded)
    else:
        before = ""
    if found is None:
        return Verdict(True, "solved")
    text, shown = found
    return Verdict(False, text, {"before": before, **shown})


def is_answer(answer: object, count: int) -> bool:
    return isinstance(answer, tuple) and len(answer) == count


def step_fault(
    first: Arrays, grads: Arrays, params: Arrays, layers: Arrays, shared: list[str]
) -> Fault | None:
    """Return what is wrong after one step, None if it is right."""
    due = {key: first[key] - LR * grads[key] for key in KEYS}
    uphill = {key: first[key] + LR * grads[key] for key in KEYS}
    if not wrong(params, uphill) or not wrong(layers, uphill):
        return "uphill", {}
    return fault("step", due, first, params, layers) or split("step", shared)


def load_fault(
    saved: Arrays, first: Arrays, params: Arrays, layers: Arrays, kept: Arrays, shared: list[str]
) -> Fault | None:
    """Return what is wrong after loading, and after a little training; None if it is right."""
    found = fault("load", saved, first, params, layers)
    if found is None and wrong(kept, saved):
        return "saved-moved", {"keys": listed(wrong(kept, saved))}
    return found or split("load", shared)


def fault(way: str, due: Arrays, first: Arrays, params: Arrays, layers: Arrays) -> Fault | None:
    """Return what is wrong with the numbers in params and in the layers."""
    bad_params, bad_layers = wrong(params, due), wrong(layers, due)
    still_params, still_layers = not wrong(params, first), not wrong(layers, first)
    shown = {"way": way, "keys": listed(bad_params or bad_layers)}
    if not bad_params and not bad_layers:
        return None
    if still_params and still_layers:
        return "nothing", shown
    if not bad_params:
        return ("rebinds" if still_layers else "some-layers"), shown
    if not bad_layers:
        return "only-layers", shown
    return "other", shown


def split(way: str, shared: list[str]) -> Fault | None:
    """Return the verdict on right numbers that stand in two arrays each."""
    apart = [key for key in KEYS if key not in shared]
    return ("split", {"way": way, "keys": listed(apart)}) if apart else None


def wrong(given: Arrays, due: Arrays) -> list[str]:
    """Return the keys of which the array is not the one that is due."""
    return [key for key in KEYS if not is_equal(given.get(key), due[key])]


def is_equal(given: object, due: FloatArray) -> bool:
    same_shape = isinstance(given, np.ndarray) and given.shape == due.shape
    return same_shape and bool(np.allclose(given, due, rtol=1e-9, atol=1e-12))


def listed(keys: list[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)
