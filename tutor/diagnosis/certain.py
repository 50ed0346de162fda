"""Which exceptions show that code is wrong whatever it is given.

An exception of a call with the judge's own arguments, which nobody promised to take, says nothing
by itself: it counts only where it is about a name, a key or an attribute that the code alone is
to blame for.
"""

from __future__ import annotations

import ast
import re
from difflib import get_close_matches
from typing import Final

import numpy as np

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import Role

_ALWAYS: Final = re.compile(
    r"^UnboundLocalError|'(float|int|tuple|module)' object is not callable"
    r"|'tuple' object cannot be interpreted as an integer"
    r"|unhashable type: 'numpy|module '\w+' has no attribute|type object '\w+' has no attribute"
)
_OF_AN_ARRAY: Final = re.compile(r"'numpy\.ndarray' object has no attribute '(\w+)'")
_OF_AN_OBJECT: Final = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
_KEY: Final = re.compile(r"^KeyError: '(\w+)'")
_INTO_ELEMENT: Final = "setting an array element with a sequence"
_PLAIN: Final = {"function", "str", "int", "float", "bool", "list", "tuple", "dict", "NoneType"}
_CLOSE: Final = 0.75


def is_certain(
    told: str, role: Role | None, definition: Definition, line: int, missing: bool
) -> bool:
    """Tell whether an exception is the code's own, and no matter of what it was called with.

    Parameters
    ----------
    told : str
        Its class and its text: ``KeyError: 'b2'``.
    role : Role or None
        What the definition that raised it was taken for.
    line : int
        Where it was raised.
    missing : bool
        Whether the file imports modules that are not there: they may have given a name.
    """
    if told.startswith("NameError"):
        return not missing
    if _ALWAYS.search(told):
        return True
    of_array = _OF_AN_ARRAY.search(told)
    if of_array is not None:
        return bool(get_close_matches(of_array[1], dir(np.ndarray), n=1, cutoff=_CLOSE))
    of_object = _OF_AN_OBJECT.search(told)
    if of_object is not None:
        return of_object[1] not in _PLAIN and not _stores_attribute(definition, of_object[2])
    key = _KEY.search(told)
    if key is not None:
        return role is Role.NETWORK and not _stores_key(definition, key[1], line)
    return role is Role.DIFFERENTIATOR and _INTO_ELEMENT in told


def _stores_attribute(definition: Definition, name: str) -> bool:
    """Tell whether a definition gives such an attribute a value: then it may just come later."""
    nodes = (n for n in ast.walk(definition.node) if isinstance(n, ast.Attribute))
    return any(n.attr == name and isinstance(n.ctx, ast.Store) for n in nodes)


def _stores_key(definition: Definition, key: str, line: int) -> bool:
    """Tell whether an item of that name may be made of what is read at a line."""
    nodes = list(ast.walk(definition.node))
    items = [n for n in nodes if isinstance(n, ast.Subscript)]
    read = {_last(n.value) for n in items if n.lineno == line and _is_key(n.slice, key)}
    if not read:
        return True
    stored = (n for n in items if isinstance(n.ctx, ast.Store) and _last(n.value) in read)
    if any(not isinstance(n.slice, ast.Constant) or _is_key(n.slice, key) for n in stored):
        return True
    made = [n for n in nodes if isinstance(n, ast.Assign) and not isinstance(n.value, ast.Constant)]
    holders = [n.value for n in made if read & {_last(target) for target in n.targets}]
    return any(_has(value, key) for value in holders)


def _has(node: ast.expr, key: str) -> bool:
    """Tell whether a value may have an item of that name; an empty dict has none."""
    if isinstance(node, ast.Call):
        return bool(node.args or node.keywords) or _last(node.func) not in ("dict", "OrderedDict")
    if not isinstance(node, ast.Dict):
        return True
    return any(k is None or not isinstance(k, ast.Constant) or _is_key(k, key) for k in node.keys)


def _is_key(node: ast.expr, key: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == key


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
