"""Making a call twice without a trace: afterwards, whatever it can reach is as it was."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from tutor.trace.reach import reachable_objects


@contextmanager
def as_before(roots: Mapping[str, object]) -> Iterator[None]:
    """Put everything that can be reached from some names back when the block ends.

    That is the contents of arrays, lists, dicts and sets, the attributes of objects and of their
    classes, the state of random generators, and what NumPy prints like and how it takes errors.
    """
    saved = [(found, _copied(found)) for found in reachable_objects(roots)]
    numpy_state, python_state = np.random.get_state(), random.getstate()
    printing, errors = np.get_printoptions(), np.geterr()
    try:
        yield
    finally:
        for found, copied in saved:
            _restore(found, copied)
        np.random.set_state(numpy_state)
        random.setstate(python_state)
        np.set_printoptions(**printing)
        np.seterr(**errors)


def _copied(found: Any) -> Any:
    if isinstance(found, np.ndarray | dict | list | set):
        return found.copy()
    if isinstance(found, np.random.Generator):
        return found.bit_generator.state
    if isinstance(found, random.Random):
        return found.getstate()
    if isinstance(found, type):
        return {name: value for name, value in vars(found).items() if _is_data(name, value)}
    return dict(vars(found))


def _restore(found: Any, copied: Any) -> None:
    if isinstance(found, np.ndarray):
        if found.flags.writeable and found.dtype.kind in "fiubc":
            np.copyto(found, copied)
    elif isinstance(found, np.random.Generator):
        found.bit_generator.state = copied
    elif isinstance(found, random.Random):
        found.setstate(copied)
    elif isinstance(found, list):
        found[:] = copied
    elif isinstance(found, type):
        for name, value in copied.items():
            if vars(found).get(name) is not value:
                setattr(found, name, value)
    else:
        held = found if isinstance(found, dict | set) else vars(found)
        held.clear()
        held.update(copied)


def _is_data(name: str, value: object) -> bool:
    return not name.startswith("__") and not callable(value) and not hasattr(value, "__get__")
