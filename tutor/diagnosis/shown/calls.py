"""What is run so that an accused function is seen at work, and which function that is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.findings import Finding
from tutor.diagnosis.names import Role
from tutor.diagnosis.roles import Taken
from tutor.diagnosis.uses.data import Data

_LOGITS = "np.array([[0.3, 2.9, 4.0, 0.1], [1.0, -0.5, 0.2, 0.7], [-1.2, 0.4, 0.9, 2.0]])"
_SHARES = "np.array([[0.1, 0.6, 0.2, 0.1], [0.3, 0.1, 0.2, 0.4], [0.2, 0.2, 0.5, 0.1]])"
_ONE_HOT = "np.eye(4)[[1, 3, 2]]"
_ROW = "np.array([-1.5, -0.2, 0.3, 2.0])"
_ARGUMENTS: Mapping[Role, str] = {
    Role.SOFTMAX: _LOGITS,
    Role.LOSS: f"{_SHARES}, {_ONE_HOT}",
    Role.SQUARED_LOSS: f"{_SHARES}, {_ONE_HOT}",
    Role.SIGMOID: _ROW,
    Role.RELU: _ROW,
    Role.TANH: _ROW,
    Role.SIGMOID_GRADIENT: _ROW,
    Role.DIFFERENTIATOR: "lambda x: float(np.sum(x ** 2)), np.array([3.0, 4.0])",
}
_LAYER = "layer = {make}\nout = layer.forward({given})\nlayer.backward({slopes})\n"
_OF_NETS = ("loss", "gradient", "forward", "predict")
_MAKES = (
    "{name}()",
    "{name}(np.arange(12.0).reshape(4, 3) / 10, np.array([0.1, -0.2, 0.3]))",
    "{name}(4, 3)",
)


def accused(finding: Finding, definitions: Mapping[str, Definition]) -> str:
    """Return what names the function in which a finding's line stands; empty at the top level."""
    for definition in definitions.values():
        if definition.module != finding.module:
            continue
        if not definition.line <= finding.line <= definition.end_line:
            continue
        if definition.kind is Kind.FUNCTION:
            return definition.expression
        for method in definition.methods.values():
            if method.line <= finding.line <= method.end_line:
                name = method.name.rpartition(".")[2]
                return f"{definition.expression}.{name}"
    return ""


def called_at(
    tree: ast.Module, line: int, definitions: Mapping[str, Definition], parts: Sequence[Taken]
) -> str:
    """Return which of the file's functions a statement calls, a differentiator first."""
    found = [
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    slopes = [p.definition.name for p in parts if p.role is Role.DIFFERENTIATOR]
    known = [n for n in found if n in definitions and definitions[n].kind is Kind.FUNCTION]
    first = [name for name in known if name in slopes]
    return definitions[(first or known)[0]].expression if known else ""


def most_telling(parts: Sequence[Taken]) -> str:
    """Return what names the part that shows most of a run; empty if there is none.

    That is the file's own differentiator, or else a net's loss.
    """
    slopes = [p.definition for p in parts if p.role is Role.DIFFERENTIATOR]
    if slopes:
        return slopes[0].expression
    nets = [p.definition for p in parts if p.role is Role.NETWORK]
    found = [(net, name) for net in nets for name in _OF_NETS if name in net.methods]
    return f"{found[0][0].expression}.{found[0][1]}" if found else ""


def made_up(parts: Sequence[Taken], target: str, data: Data) -> Iterator[str]:
    """Yield calls of a part with a few numbers, for a file that calls it nowhere."""
    for part in parts:
        name = part.definition.name
        if part.role is Role.NETWORK:
            yield from _of_net(part.definition, target, data)
        elif target == name and part.role in _ARGUMENTS:
            yield f"import numpy as np\n{name}({_ARGUMENTS[part.role]})"
        elif target.partition(".")[0] == name and part.definition.kind is Kind.CLASS:
            yield from _of_layer(part)


def _of_net(net: Definition, target: str, data: Data) -> Iterator[str]:
    """Yield calls of the methods that take inputs and targets, the accused one first."""
    own = target.rpartition(".")[2]
    for name in sorted(net.methods, key=lambda name: name != own):
        if net.methods[name].required == 2:
            for kind in ("one-hot", "labels"):
                yield f"import numpy as np\n{data.net(net)}.{name}({data.x}, {data.t(kind)})"


def _of_layer(part: Taken) -> Iterator[str]:
    name = part.definition.name
    if part.role is Role.LAYER:
        for make in (text.format(name=name) for text in _MAKES):
            slopes = "np.arange(1.0, out.size + 1).reshape(out.shape)"
            call = _LAYER.format(make=make, given=_LOGITS, slopes=slopes)
            yield f"import numpy as np\n{call}"
    elif part.role is Role.LOSS_LAYER:
        given = f"{_LOGITS}, {_ONE_HOT}"
        yield f"import numpy as np\n{_LAYER.format(make=f'{name}()', given=given, slopes='')}"
