"""A small net made of a student's class, whatever its constructor takes."""

from __future__ import annotations

from collections.abc import Iterator
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
    for args in _arguments(definition, sizes):
        made = student.observe(definition.expression, *args, {"**": options}, keep="net")
        if not made.raised:
            return made
        failed = made
    made = student.remake("net", definition.expression, (), {})
    return failed if made.raised else made


def decay_options(definition: Definition) -> dict[str, Any]:
    """Return the options of a constructor that switch weight decay on; empty without any."""
    optional = definition.parameters[definition.required :]
    return {name: _DECAY for name in optional if _REGULAR & set(plain(name).split("_"))}


def _arguments(definition: Definition, sizes: Sizes) -> Iterator[tuple[Any, ...]]:
    """Yield what a constructor may be called with, likeliest first."""
    D, H, K = sizes.inputs, sizes.hidden, sizes.classes
    sized = [_size(plain(name), sizes) for name in definition.parameters]
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


def _size(name: str, sizes: Sizes) -> Any:
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
