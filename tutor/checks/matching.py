"""Parameters and gradients, known to belong together before anything is measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tutor.checks.losses import Array


def check_matching(params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
    """Refuse what cannot be compared, with a sentence that says why.

    Raises
    ------
    TypeError
        If a parameter is no array of floats, or a gradient is None or holds no numbers.
    ValueError
        If a gradient is missing or one too many, has another shape than its parameter, or
        there is nothing to check.
    """
    if not params:
        raise ValueError("There is no parameter to check. Give the net's parameter arrays.")
    _same_names(params, grads)
    for name, param in params.items():
        _check_param(name, param)
        _check_grad(name, param, grads[name])


def _same_names(params: Mapping[str, Any], grads: Mapping[str, Any]) -> None:
    missing = [name for name in params if name not in grads]
    extra = [name for name in grads if name not in params]
    if missing or extra:
        found = [f"{name} has no gradient" for name in missing]
        found += [f"there is a gradient for {name}, which is no parameter" for name in extra]
        raise ValueError(
            f"Parameters and gradients have different names: {'; '.join(found)}. "
            f"The parameters are {', '.join(map(str, params))}."
        )


def _check_param(name: str, param: Any) -> None:
    if not isinstance(param, np.ndarray) or param.dtype.kind != "f":
        kind = param.dtype if isinstance(param, np.ndarray) else type(param).__name__
        raise TypeError(
            f"{name} is {kind}, and a small step cannot be added to that in place. "
            "Give an array of floats."
        )
    if param.size == 0:
        raise ValueError(f"{name} has shape {param.shape}: there is no entry to check.")


def _check_grad(name: str, param: Array, grad: Any) -> None:
    if grad is None:
        raise TypeError(f"The gradient of {name} is None. Was backward called, does it return?")
    found = np.asarray(grad)
    if found.dtype.kind not in "fiu":
        raise TypeError(f"The gradient of {name} holds {found.dtype}, not real numbers.")
    if found.shape != param.shape:
        raise ValueError(
            f"The gradient of {name} has shape {found.shape}, but {name} has shape {param.shape}. "
            "They have to be the same."
        )
