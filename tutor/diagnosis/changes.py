"""A change of one statement, made in the jail: a function anew, or a method of its class."""

from __future__ import annotations

import ast
import re

from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.edits import Edit
from tutor.diagnosis.names import plain
from tutor.diagnosis.rehearsal import Change

_GRADIENT = re.compile(r"\s*(self\.)?(d[A-Z_]|d\w{0,4}\d?\b|\w*grad|\w*delta|\w*err|g\b)")


def apply(
    student: Student, definition: Definition, part: Definition, edit: Edit, source: str
) -> bool:
    """Run a definition with a part of it changed; False if it does not run. See `change`."""
    question, values = change(definition, part, edit, source)
    return "raised" not in student.oracle.ask(question, *values)


def change(definition: Definition, part: Definition, edit: Edit, source: str) -> Change:
    """Return what has the jail run a definition with a part of it changed.

    Parameters
    ----------
    definition, part : Definition
        A function or a class of a module's top level, and itself or one of its methods.
    source : str
        The source of its module.
    """
    name = part.name.rpartition(".")[2]
    if part is not definition and "super()" not in edit.source:
        given = (definition.name, name, edit.source, part.line, definition.module)
        return "redefine_method", given
    return anew(definition, whole(definition, part, source, edit.source))


def anew(definition: Definition, text: str) -> Change:
    """Return what has the jail run a whole definition in the place of another."""
    return "redefine", (definition.name, text, definition.line, definition.module)


def whole(definition: Definition, part: Definition, source: str, changed: str) -> str:
    """Return a top-level definition's source with one of its methods changed."""
    if part is definition:
        return changed
    lines = source.split("\n")
    before = lines[definition.line - 1 : part.line - 1]
    after = lines[part.end_line : definition.end_line]
    return "\n".join([*before, changed, *after])


def writes_gradient(line: str) -> bool:
    """Tell whether a line gives a value to what is called like a gradient: dW, grad, delta."""
    return bool(_GRADIENT.match(line))


def is_backward(part: Definition) -> bool:
    """Tell whether a definition only has to do with gradients, by its name."""
    name = plain(part.name.rpartition(".")[2])
    return bool(re.search(r"grad|back|bwd|deriv|prime|delta|bac[a-z]*ward", name))


def is_within(part: Definition, definition: Definition) -> bool:
    """Tell whether a method stands in the class itself, not in a base of it."""
    return definition.line <= part.line and part.end_line <= definition.end_line


def held(definition: Definition) -> tuple[str, ...]:
    """Return what the methods of a class keep: ``self.x``, in the order of the source."""
    nodes = (n for n in ast.walk(definition.node) if isinstance(n, ast.Attribute))
    kept = [n for n in nodes if isinstance(n.ctx, ast.Store) and ast.unparse(n.value) == "self"]
    return tuple(dict.fromkeys(ast.unparse(n) for n in sorted(kept, key=lambda n: n.lineno)))
