"""Where a jailed process begins: as the warm one, or by itself."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from tutor.jail.inside.child import Line, alone_with, run
from tutor.jail.inside.confine import Bounds, Walls, prepare


def start_fresh(
    keep: frozenset[str], descriptor: str, seconds: str, scratch: str, why: str
) -> None:
    """Serve one oracle on a socket; on stdin and stdout where its number is 0."""
    walls = Walls()
    walls.layers.append("fresh process")
    walls.missing.append(f"warm process ({why})")
    line = _standard_streams() if descriptor == "0" else alone_with(int(descriptor))
    hide()
    run(line, Bounds(float(seconds), scratch), keep, walls)


def _standard_streams() -> Line:
    line = (os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in line:
            msvcrt.setmode(descriptor, os.O_BINARY)
    return Line(*line)


def start_warm(keep: frozenset[str], control: str, root: str, helpers: str, *layers: str) -> None:
    """Wait for requests for children on a socket, fork them, and end with the socket.

    Parameters
    ----------
    helpers : str
        A package of ours that the children's helpers are in, empty for none: imported once, here.
    """
    from tutor.jail.inside.zygote import Zygote

    import_module("numpy.ma")  # NumPy itself does that late: for a median, for unique numbers
    if helpers:
        import_module(helpers)
    hide(helpers)
    prepare()
    Zygote(int(control), root, keep, layers).serve()


def hide(helpers: str = "") -> None:
    """Forget our own modules but the helpers: somebody else's program may have one of that name."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "tutor"]:
        if not f"{helpers}.".startswith(f"{name}.") and not name.startswith(f"{helpers}."):
            del sys.modules[name]
