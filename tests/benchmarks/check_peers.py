"""Other gradient checks, given the very same losses and gradients.

Each is handed a function whose value is the net's loss and whose derivative is the gradient
that is to be checked, and does with its defaults what it does.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from tests.checks.faults import Case

_FAR = 1e-3  # of the gradient's norm: for a check that gives a number and leaves the rest to us


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether something was noticed, how many losses that took, and which array was named."""

    noticed: bool
    passes: int
    where: str = ""


@dataclass(frozen=True, slots=True)
class Peer:
    """``is_fast`` with a right net of 39,760 parameters, ``is_fast_to_fail`` with a wrong one."""

    name: str
    package: str
    check: Callable[[Case], Finding]
    is_fast: bool = False
    is_fast_to_fail: bool = False

    @property
    def version(self) -> str:
        """Return the installed version, empty where there is none."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return ""


class Counted:
    """A case as a function of its arrays, which are put back by whoever calls it again."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.passes = 0
        self.start = [param.copy() for param in case.net.params.values()]
        self.grads = [case.grads[name] for name in case.net.params]

    def __call__(self, *arrays: Any) -> float:
        self.passes += 1
        for param, value in zip(self._case.net.params.values(), arrays, strict=True):
            param[...] = np.asarray(value)
        return self._case.net.loss()

    def put_back(self) -> None:
        for param, value in zip(self._case.net.params.values(), self.start, strict=True):
            param[...] = value


def _asked(case: Case, ask: Callable[[Counted], tuple[bool, str]]) -> Finding:
    counted = Counted(case)
    try:
        noticed, where = ask(counted)
    finally:
        counted.put_back()
    return Finding(noticed, counted.passes, where)


def _torch(case: Case, *, fast: bool) -> Finding:
    torch = importlib.import_module("torch")
    mismatch = importlib.import_module("torch.autograd.gradcheck").GradcheckError
    torch.manual_seed(0)
    names = list(case.net.params)

    def ask(counted: Counted) -> tuple[bool, str]:
        class Loss(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *tensors: Any) -> Any:
                arrays = (tensor.detach().numpy() for tensor in tensors)
                return torch.tensor(counted(*arrays), dtype=torch.float64)

            @staticmethod
            def backward(ctx: Any, dout: Any) -> Any:
                return tuple(torch.from_numpy(grad) * dout for grad in counted.grads)

        inputs = tuple(torch.tensor(a, requires_grad=True) for a in counted.start)
        try:
            torch.autograd.gradcheck(Loss.apply, inputs, fast_mode=fast)
        except mismatch as error:
            found = re.search(r"with respect to input (\d+)", str(error))
            return True, f"{names[int(found.group(1))]}, the first that differs" if found else ""
        return False, ""

    return _asked(case, ask)


def _jax(case: Case) -> Finding:
    jax = importlib.import_module("jax")
    test_util = importlib.import_module("jax.test_util")
    jax.config.update("jax_enable_x64", True)
    np.random.seed(0)

    def ask(counted: Counted) -> tuple[bool, str]:
        shape = jax.ShapeDtypeStruct((), np.float64)

        @jax.custom_vjp
        def loss(*arrays: Any) -> Any:
            return jax.pure_callback(lambda *a: np.float64(counted(*a)), shape, *arrays)

        def forward(*arrays: Any) -> Any:
            return loss(*arrays), None

        def backward(_: None, dout: Any) -> Any:
            return tuple(grad * dout for grad in counted.grads)

        loss.defvjp(forward, backward)
        return _raises(partial(test_util.check_grads, loss, counted.start, 1, modes=["rev"])), ""

    return _asked(case, ask)


def _autograd(case: Case) -> Finding:
    extend = importlib.import_module("autograd.extend")
    test_util = importlib.import_module("autograd.test_util")
    np.random.seed(0)

    def ask(counted: Counted) -> tuple[bool, str]:
        loss = extend.primitive(counted)

        def of(grad: Any) -> Callable[..., Any]:
            return lambda ans, *arrays: lambda dout: dout * grad

        extend.defvjp(loss, *map(of, counted.grads))
        check = test_util.check_grads(loss, modes=["rev"], order=1)
        return _raises(partial(check, *counted.start)), ""

    return _asked(case, ask)


def _raises(check: Callable[[], object]) -> bool:
    try:
        check()
    except AssertionError:
        return True
    return False


def _scipy(case: Case) -> Finding:
    optimize = importlib.import_module("scipy.optimize")

    def ask(counted: Counted) -> tuple[bool, str]:
        ends = np.cumsum([a.size for a in counted.start])[:-1]

        def loss(flat: Any) -> float:
            parts: Sequence[Any] = np.split(flat, ends)
            shaped = (p.reshape(a.shape) for p, a in zip(parts, counted.start, strict=True))
            return counted(*shaped)

        start, grad = _flat(counted.start), _flat(counted.grads)
        error = optimize.check_grad(loss, lambda _: grad, start)
        return bool(error > _FAR * np.linalg.norm(grad)), ""

    return _asked(case, ask)


def _flat(arrays: Sequence[Any]) -> Any:
    return np.concatenate([a.ravel() for a in arrays])


PEERS = (
    Peer("torch gradcheck, fast", "torch", partial(_torch, fast=True), is_fast=True),
    Peer("torch gradcheck, slow", "torch", partial(_torch, fast=False)),
    Peer("jax check_grads", "jax", _jax, is_fast=True, is_fast_to_fail=True),
    Peer("autograd check_grads", "autograd", _autograd, is_fast=True, is_fast_to_fail=True),
    Peer("scipy check_grad", "scipy", _scipy),
)
