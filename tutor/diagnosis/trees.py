"""Syntax trees, gone through node by node."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

_PLAIN: Final = frozenset(("attr", "ctx", "id", "kind", "module", "type_comment"))


def nodes(root: ast.AST) -> list[ast.AST]:
    """Return a node and all below it in the order of `ast.walk`, in half of its time.

    Whether a name is read or written, which each holds as ``ctx``, is no node of its own here.
    """
    out = [root]
    for node in out:
        kind: Any = type(node)
        for name in _inner(kind):
            value = getattr(node, name, None)
            if isinstance(value, list):
                out += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                out.append(value)
    return out


@cache
def _inner(kind: Any) -> Sequence[str]:
    """Return the fields of a kind of node that may hold nodes."""
    fields: tuple[str, ...] = kind._fields
    return tuple(name for name in fields if name not in _PLAIN)
