"""A small net made of a student's class, whatever its constructor takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import plain
from tutor.diagnosis.parts.shapes import Sizes

_DECAY: Final = 0.1

_INPUT = ("d", "n_in", "n_x", "in_dim", "in_size", "i", "in_features", "features", "n_features")
_OUTPUT = ("k", "c", "o", "n_out", "n_y", "out_dim", "out_size", "out_features")
_MANY = {"list", "sizes", "dims", "layers", "hiddens", "shape", "units"}
_SMALL = {"std", "scale", "sigma", "lr", "rate", "eta", "alpha"}
_REGULAR = {"lambda", "reg", "decay", "l2"}


def build(
    student: Student, definition: Definition, decay: bool = False, sizes: Sizes | None = None
) -> Observed:
    """Make a net of some sizes, 5, 4 and 3 by default; or as the student's own run made it.

    It is kept as ``net``. With ``decay`` the constructor's option for weight decay is switched on.
    """
    sizes = sizes or Sizes()
    options = decay_options(definition) if decay else {}
    three = (sizes.inputs, sizes.hidden, sizes.classes)
    made = student.remake("net", definition.expression, three, options)
    if not made.raised:
        return made
    failed = Observed(raised="TypeError", text="no arguments were found to make it with")
    sized = _sized_options(definition, sizes)
    for args, more in product(_arguments(definition, sizes), [sized, {}] if sized else [{}]):
        named = {"**": {**more, **options}}
        made = student.observe(definition.expression, *args, named, keep="net")
        if not made.raised:
            return made
        failed = made
    made = student.remake("net", definition.expression, (), {})
    return failed if made.raised else made


def decay_options(definition: Definition) -> dict[str, Any]:
    """Return the options of a constructor that switch weight decay on; empty without any."""
    optional = definition.parameters[definition.required :]
    return {name: _DECAY for name in optional if _REGULAR & set(plain(name).split("_"))}


def _sized_options(definition: Definition, sizes: Sizes) -> dict[str, Any]:
    """Return the options of a constructor that are sizes, made small: 3 * 32 * 32 by default."""
    start = definition.methods.get("__init__")
    if start is None:
        return {}
    defaults = start.node.args.defaults if isinstance(start.node, ast.FunctionDef) else []
    optional = definition.parameters[definition.required :]
    out: dict[str, Any] = {}
    for name, default in zip(optional, defaults, strict=False):
        value = size_of(plain(name), sizes)
        is_length = type(value) is int and _whole_number(default) > 1
        if is_length or (isinstance(value, list) and isinstance(default, ast.List | ast.Tuple)):
            out[name] = value
    return out


def _whole_number(node: ast.expr) -> int:
    """Return the whole number that an expression of constants is, 0 for any other."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else 0
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _whole_number(node.left) * _whole_number(node.right)
    return 0


def _arguments(definition: Definition, sizes: Sizes) -> Iterator[tuple[Any, ...]]:
    """Yield what a constructor may be called with, likeliest first."""
    D, H, K = sizes.inputs, sizes.hidden, sizes.classes
    sized = [size_of(plain(name), sizes) for name in definition.parameters]
    needed = sized[: definition.required]
    if None not in needed:
        yield tuple(needed)
    more = len([value for value in sized if isinstance(value, int | list)])
    if more > definition.required and None not in sized[:more]:
        yield tuple(sized[:more])
    if definition.required == 3:
        yield D, H, K
    elif definition.required < 3:
        yield (D, K)[: definition.required]
    if definition.required == 1:
        yield ([D, H, H + 2, K],)


def size_of(name: str, sizes: Sizes) -> Any:
    """Return a value for a parameter of a constructor, by its name; None if it says nothing."""
    D, H, K = sizes.inputs, sizes.hidden, sizes.classes
    several = [H, H + 2]
    words = set(name.split("_"))
    many = bool(_MANY & words)
    if "hidden" in name or name in ("h", "nh", "n_h", "mid", "middle"):
        return several if many or name.endswith("s") else H
    if many:
        return [D, *several, K]
    if "input" in name or name in _INPUT:
        return D
    if "output" in name or "class" in name or name in _OUTPUT:
        return K
    if "seed" in words or name == "random_state":
        return 0
    if "activation" in name:
        return "relu"
    if _REGULAR & words:
        return _DECAY
    return 0.1 if _SMALL & words else 0.0 if "dropout" in words else None
