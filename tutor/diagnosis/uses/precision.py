"""Steps that are too small for the numbers, too many, or in a direction that is lost."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.uses.call import Call, Floats
from tutor.diagnosis.uses.polynomial import VECTOR, slopes_at
from tutor.diagnosis.uses.text import MODULE
from tutor.diagnosis.uses.use import Case, Use, error, trap

_WRONG = 1e-3  # relative to the largest slope
_BEST = 6e-6  # the step at which a central difference of float64 errs least
_FAIR = 2.3  # decades from it
_SMALLEST = 1e-16  # a smaller one is no step at all
_HARM = 1e-4  # relative: what a step far from it may leave


def find_precision(case: Case) -> Iterator[Use]:
    """Yield the calls whose slopes are ruined by the size of the step or the kind of number."""
    for call in case.calls:
        definition = case.definitions.get(call.name)
        if definition is None:
            continue
        if call.asked > 2 * call.size and call.size > 1:
            yield from _quadratic(case, call, definition)
        if call.slopes is None or call.slopes.shape != call.shape:
            continue
        if _is_complex(definition):
            yield from _complex(case, call, definition)
        elif call.dtype == "float32":
            yield from _narrow(case, call)
        elif call.dtype == "float64" and call.step > 0:
            yield from _step(case, call, definition)


def _quadratic(case: Case, call: Call, definition: Definition) -> Iterator[Use]:
    if call.asked < call.size**2:
        return
    loops = [n for n in ast.walk(definition.node) if isinstance(n, ast.For | ast.While)]
    if loops:
        evidence = Evidence("times that f is asked", 2 * call.size**2, call.asked)
        yield case.at(
            definition.module,
            loops[0].lineno,
            trap("quadratic-cost", evidence),
            None,
            definition.name,
        )


# -- float32 --------------------------------------------------------------------------------------


def _narrow(case: Case, call: Call) -> Iterator[Use]:
    """Yield a call with float32 whose slopes are better with a larger step."""
    coarse, picked = call.central(case.student, 1e-2)
    other, _ = call.central(case.student, 2e-2)
    found = call.slopes
    scale = float(np.max(np.abs(coarse), initial=0.0))
    if found is None or not scale or not call.is_as_then(case.student, scale):
        return
    noise = float(np.max(np.abs(found.ravel()[picked] - coarse)) / scale)
    settled = float(np.max(np.abs(other - coarse)) / scale)
    if noise <= _WRONG or settled > noise / 3:
        return
    wide = _wide(case, call)
    left = None
    if wide is not None and wide.shape == found.shape:
        left = float(np.max(np.abs(wide.ravel()[picked] - coarse)) / scale)
    evidence = (
        Evidence("largest error of the slopes in float32", "above 0.001", noise),
        Evidence("with a step of 0.01", f"below {noise:.2g}", settled),
    )
    repair = Repair(left is not None and left < noise / 3, left, _wider(case, call))
    if repair.confirmed:
        yield case.at(call.place.module, call.place.line, error("float32-noise", *evidence), repair)


def _wide(case: Case, call: Call) -> Floats | None:
    target = case.definitions[call.name].expression
    given = f"=x{call.number}.astype('float64')"
    return case.student.observe(target, f"=f{call.number}", given).array()


def _wider(case: Case, call: Call) -> str:
    text = case.texts[call.place.module]
    nodes = text.calls(call.name, call.place.line)
    if not nodes or len(nodes[0].args) < 2:
        return ""
    f, x = (text.piece(arg) for arg in nodes[0].args[:2])
    return f"{call.name}({f}, {x}.astype(np.float64))"


# -- the step -------------------------------------------------------------------------------------


def _step(case: Case, call: Call, definition: Definition) -> Iterator[Use]:
    """Yield a call with a step too small or too large, if a better one gives other slopes."""
    if not _SMALLEST < call.step <= 1 or abs(np.log10(call.step / _BEST)) <= _FAIR:
        return
    module, line, name, text = _where(case, call, definition)
    own = slopes_at(case.student, definition, VECTOR).step
    if name and (not own or abs(np.log10(call.step / own)) > 1):
        return  # f moves x too
    true, picked = call.central(case.student)
    found = call.slopes
    scale = float(np.max(np.abs(true), initial=0.0))
    if found is None or not scale or not call.is_as_then(case.student, scale):
        return
    true, picked = call.central(case.student)
    wrong = float(np.max(np.abs(found.ravel()[picked] - true)) / scale)
    repair = _stepped(case, call, definition, true, picked, text)
    if wrong > _HARM and repair is not None and repair.confirmed:
        evidence = (
            Evidence("largest error of the slopes, to the largest", f"above {_HARM:g}", wrong),
            Evidence(f"step, where {_BEST:g} is best", call.step, call.step),
        )
        yield case.at(module, line, error("bad-step-size", *evidence), repair, name)


def _where(case: Case, call: Call, definition: Definition) -> tuple[str, int, str, str]:
    """Return where the step is chosen: in the call, in a constant, or in the definition."""
    text = case.texts[call.place.module]
    for node in text.calls(call.name, call.place.line):
        if len(node.args) > 2 or any(k.arg in ("h", "eps", "step", "delta") for k in node.keywords):
            return call.place.module, call.place.line, "", ""
    own = case.texts[definition.module]
    read = {n.id for n in ast.walk(definition.node) if isinstance(n, ast.Name)}
    for statement in own.tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            names = [t.id for t in statement.targets if isinstance(t, ast.Name)]
            if names and names[0] in read and statement.value.value == _near(call.step):
                return definition.module, statement.lineno, MODULE, f"{names[0]} = 1e-05"
    for inner in ast.walk(definition.node):
        if isinstance(inner, ast.Constant) and inner.value == _near(call.step):
            return definition.module, inner.lineno, definition.name, ""
    return definition.module, definition.line, definition.name, ""


def _near(step: float) -> float:
    """Return the power of ten that a measured step was meant to be."""
    return float(f"1e{round(float(np.log10(step)))}")


def _stepped(
    case: Case,
    call: Call,
    definition: Definition,
    true: Floats,
    picked: NDArray[np.intp],
    text: str,
) -> Repair | None:
    """Call it with a good step, given as an argument where it takes one."""
    extra = (1e-5,) if len(definition.parameters) > 2 else ()
    given = (f"=f{call.number}", f"=x{call.number}", *extra)
    found = case.student.observe(definition.expression, *given).array()
    if not extra:
        found = np.zeros(call.shape)
        found.ravel()[picked] = true
    if found is None or found.shape != call.shape:
        return None
    left = float(np.max(np.abs(found.ravel()[picked] - true)) / np.max(np.abs(true)))
    return Repair(left < _HARM, left, text)


# -- an imaginary step ----------------------------------------------------------------------------


def _is_complex(definition: Definition) -> bool:
    return any(
        isinstance(n, ast.Constant) and isinstance(n.value, complex)
        for n in ast.walk(definition.node)
    )


def _complex(case: Case, call: Call, definition: Definition) -> Iterator[Use]:
    """Yield an imaginary step that was written into an array of floats."""
    found = call.slopes
    if found is None or found.any() or not call.dtype.startswith("float"):
        return
    given = f"=x{call.number}.astype(complex)"
    value = case.student.observe(definition.expression, f"=f{call.number}", given).value
    right = np.real(np.asarray(value)) if isinstance(value, np.ndarray) else None
    true, picked = call.central(case.student)
    if right is None or right.shape != call.shape or not true.any():
        return
    left = float(np.max(np.abs(right.ravel()[picked] - true)) / np.max(np.abs(true)))
    line = next(
        n.lineno
        for n in ast.walk(definition.node)
        if isinstance(n, ast.Constant) and isinstance(n.value, complex)
    )
    evidence = Evidence("largest slope that was found", 0.0, float(np.max(np.abs(found))))
    x = definition.parameters[1] if len(definition.parameters) > 1 else "x"
    repair = Repair(left < _WRONG, left, f"{x} = {x}.astype(complex)")
    if not repair.confirmed:
        return  # an f with comparisons takes no complex numbers: then the loop itself is judged
    yield case.at(
        definition.module,
        line,
        error("complex-step-into-float", evidence),
        repair,
        definition.name,
    )
