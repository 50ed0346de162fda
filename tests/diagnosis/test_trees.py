"""The nodes of a tree, as the standard library goes through them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tutor.diagnosis.trees import nodes

SYNTAX = """\
@wrap(1)
async def f(a, /, b: int = 2, *c, d=3, **e) -> None:
    async with a as (x, y): await b
    try: raise ValueError from None
    except (OSError, KeyError) as error: pass
    else: del x[1:2, ...]
    finally: global z
    match a:
        case {"k": [1, *rest], **more} if b: return f"{a!r:>{b}}"
        case Point(x=0) | None: yield
    return [i for i in a if i] or {**e} or (lambda q: -q)(*c, **e)
"""


@pytest.mark.parametrize("source", [SYNTAX, Path(__file__).read_text()])
def test_nodes_are_those_of_walk_in_its_order_but_for_contexts(source: str) -> None:
    tree = ast.parse(source)
    walked = [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
    assert nodes(tree) == walked
