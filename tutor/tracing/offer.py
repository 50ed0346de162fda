"""Calls for a file that only defines: a small net, x and t are made for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from tutor.diagnosis.definitions import Definition, Kind, definitions
from tutor.diagnosis.names import BACKWARD, FORWARD, GRADIENT, LOSS, NUMERICAL, Role, method, plain
from tutor.diagnosis.roles import Taken, taken
from tutor.diagnosis.submission import Submission
from tutor.diagnosis.uses import unnamed
from tutor.diagnosis.uses.data import Data, is_f
from tutor.tracing.call import Call, Work

_SMALL: Final = Data(seed=0, rows=2, inputs=5, hidden=4, classes=3)
_DRAWS: Final = ("randn", "rand", "normal", "standard_normal", "uniform", "zeros", "ones")
_BEGIN: Final = ("import numpy as np", "np.random.seed(0)")
_F: Final = "f = lambda x: np.sum(x ** 2)"
_POINTS: Final = (
    "x = np.array([[0.5, -1.0, 2.0], [1.5, 0.0, -0.5]])",
    "x = np.array([3.0, 4.0])",
    "x = 5.0",
)

Lines = tuple[str, ...]


def offered_calls(submission: Submission) -> tuple[Call, ...]:
    """Return calls that can be traced although the file makes none: each with its set-up lines.

    A net is made with sizes that are guessed from the names of its constructor's arguments, a
    lone differentiator is given the sum of squares.
    """
    found: list[Taken] = []
    for module in submission.modules:
        found += taken(iter(definitions(module.name, module.tree).values()))
    main = submission.main.name
    slopes = [one.definition for one in found if one.role is Role.DIFFERENTIATOR]
    slopes += _unnamed(submission, slopes)
    nets = [one.definition for one in found if one.role is Role.NETWORK]
    layers = [d.definition for d in found if d.role in (Role.LAYER, Role.LOSS_LAYER)]
    calls = [call for net in nets for call in _of_net(net, slopes, main)]
    if not any(call.work in (Work.NET_SLOPES, Work.SLOPES_OF_PARAMETER) for call in calls):
        calls += [_of_slopes(one, main) for one in slopes]
    if not calls:
        calls += [call for layer in layers for call in _of_layer(layer, main)]
    order = list(Work)
    return tuple(sorted(calls, key=lambda call: order.index(call.work)))


def _unnamed(submission: Submission, known: Sequence[Definition]) -> Iterator[Definition]:
    names = {one.name for one in known}
    for module in submission.modules:
        every = definitions(module.name, module.tree)
        yield from (every[name] for name in unnamed(every.values()) if name not in names)


def _imported(definition: Definition, main: str) -> Lines:
    if definition.module == main:
        return ()
    return (f"from {definition.module} import {definition.name}",)


# -- nets -------------------------------------------------------------------------------------


def _of_net(net: Definition, slopes: Sequence[Definition], main: str) -> Iterator[Call]:
    setups = tuple(_net_setups(net, main))
    numerical = method(net.methods, NUMERICAL)
    gradient = method([n for n in net.methods if net.methods[n].required == 2], GRADIENT)
    loss = method(net.methods, LOSS)
    parameter = _parameter(net)
    if numerical:
        yield Call(f"net.{numerical}(x, t)", numerical, Work.NET_SLOPES, setups=setups)
    elif slopes and loss and parameter:
        one = slopes[0]
        more = (*_imported(one, main), f"f = lambda W: net.{loss}(x, t)")
        made = tuple((*lines, *more) for lines in setups)
        text = f"{one.name}(f, net.{parameter})"
        yield Call(text, one.name, Work.SLOPES_OF_PARAMETER, setups=made)
    if gradient and gradient != numerical:
        work = Work.BACKWARD if plain(gradient) in BACKWARD else Work.GRADIENT
        yield Call(f"net.{gradient}(x, t)", gradient, work, setups=setups)


def _net_setups(net: Definition, main: str) -> Iterator[Lines]:
    for (data, made), kind in product(_made(net), ("one-hot", "labels")):
        lines = (f"net = {made}", f"x = {data.x}", f"t = {data.t(kind)}")
        yield (*_BEGIN, *_imported(net, main), *lines)
    data, made = next(_made(net))
    one = (f"net = {made}", f"x = {data.x}[0]", f"t = np.eye({data.classes})[-1]")
    yield (*_BEGIN, *_imported(net, main), *one)


def _made(net: Definition) -> Iterator[tuple[Data, str]]:
    """Yield how a net may be made, likeliest first, with the data that fit it."""
    needed = net.parameters[: net.required]
    values = [_SMALL.value(plain(name), "") for name in needed]
    if needed and all(values):
        yield _SMALL, f"{net.name}({', '.join(values)})"
    if not needed:
        yield _data_of(net), f"{net.name}()"
    yield _SMALL, _SMALL.net(net)
    if net.required == 1:
        sizes = [_SMALL.inputs, _SMALL.hidden, _SMALL.classes]
        yield _SMALL, f"{net.name}({sizes})"
    if net.required < 3 <= len(net.parameters):
        yield _SMALL, f"{net.name}({_SMALL.inputs}, {_SMALL.hidden}, {_SMALL.classes})"


def _data_of(net: Definition) -> Data:
    """Return data for a net whose sizes stand in its constructor: ``np.random.randn(2, 3)``."""
    start = net.methods.get("__init__")
    pairs = list(_pairs(start.node)) if start else []
    if not pairs:
        return _SMALL
    return Data(0, _SMALL.rows, pairs[0][0], _SMALL.hidden, pairs[-1][1])


def _pairs(node: ast.AST) -> Iterator[tuple[int, int]]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and _draws(call):
            numbers = [n.value for n in ast.walk(call) if isinstance(n, ast.Constant)]
            sizes = [number for number in numbers if type(number) is int]
            if len(sizes) >= 2:
                yield sizes[0], sizes[1]


def _draws(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _DRAWS


def _parameter(net: Definition) -> str:
    """Return the first array that the constructor draws: ``W``, ``params['W1']``; or nothing."""
    start = net.methods.get("__init__")
    for node in ast.walk(start.node) if start else ():
        if isinstance(node, ast.Assign):
            target, drawn = node.targets[0], ast.walk(node.value)
            if isinstance(target, ast.Attribute | ast.Subscript) and any(
                isinstance(n, ast.Call) and _draws(n) for n in drawn
            ):
                return ast.unparse(target).removeprefix("self.")
    return ""


# -- differentiators and layers ---------------------------------------------------------------


def _of_slopes(definition: Definition, main: str) -> Call:
    begin = (*_BEGIN, *_imported(definition, main), _F)
    points = _POINTS if not _is_scalar(definition) else (*_POINTS[2:], *_POINTS[:2])
    setups = tuple((*begin, point) for point in points)
    names = [plain(name) for name in definition.parameters[:2]]
    given = "x, f" if len(names) == 2 and is_f(names[1]) and not is_f(names[0]) else "f, x"
    given = "f)(x" if definition.gives_function else given
    text = f"{definition.name}({given})"
    return Call(text, definition.name, Work.SLOPES, setups=setups)


def _is_scalar(definition: Definition) -> bool:
    """Tell whether a differentiator goes through no elements: x is one number."""
    return not any(isinstance(n, ast.For | ast.While) for n in ast.walk(definition.node))


def _of_layer(layer: Definition, main: str) -> Iterator[Call]:
    forward, backward = method(layer.methods, FORWARD), method(layer.methods, BACKWARD)
    made = _layer(layer)
    if layer.kind is not Kind.CLASS or not forward or not backward or made is None:
        return
    targets = layer.methods[forward].required > 1
    given = "x, t" if targets else "x"
    data = [f"x = {_SMALL.x}"] + [f"t = np.eye({_SMALL.inputs})[[0, 1]]"] * targets
    run = f"out = layer.{forward}({given})"
    dout = "dout = np.ones_like(out)"
    setup = (*_BEGIN, *_imported(layer, main), f"layer = {made}", *data, run, dout)
    text = f"layer.{backward}({'dout' if layer.methods[backward].required else ''})"
    yield Call(text, backward, Work.BACKWARD, setups=(setup,))


def _layer(layer: Definition) -> str | None:
    """Return how a layer is made, None if an argument is unknown."""
    values = [_weight(plain(name)) for name in layer.parameters[: layer.required]]
    return f"{layer.name}({', '.join(values)})" if all(values) else None


def _weight(name: str) -> str:
    if name.startswith(("w", "weight", "poids")):
        return f"np.random.randn({_SMALL.inputs}, {_SMALL.classes})"
    if name.startswith(("b", "bias", "biais")):
        return f"np.zeros({_SMALL.classes})"
    return _SMALL.value(name, "")
