"""Which expression of an accused line is meant, and how the line reads when it is put right."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.diagnosis.place import Module


@dataclass(frozen=True, slots=True)
class Marking:
    """An accused line.

    Attributes
    ----------
    start, end : int
        The characters of the line that are accused, the end not included.
    repaired : str
        The line put right as the student would write it; may be several lines, may be empty.
    fits : bool
        It is a statement like the accused one, or several; else it belongs somewhere else.
    """

    start: int
    end: int
    repaired: str = ""
    fits: bool = True


def marking(module: Module, line: int, repaired: str = "") -> Marking:
    """Return what to mark in a line, and the repaired line in the student's own spelling.

    Parameters
    ----------
    line : int
        In the module's source, counted from 1.
    repaired : str
        What takes the place of the statement there, or of a call in it, as a syntax tree is
        printed.
    """
    text = module.text(line)
    try:
        return _marked(module, line, text, repaired)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # What cannot be parsed, or is nested too deeply to be walked through, is marked whole.
        return Marking(*_whole(text), repaired)


def _marked(module: Module, line: int, text: str, repaired: str) -> Marking:
    parsed = _parsed(repaired)
    statement = _statement(module, line, type(parsed))
    if statement is None:
        return Marking(*_whole(text), repaired)
    held = _span(statement, text)
    parsed = _with_call(statement, parsed)
    if parsed is None or type(parsed) is not type(statement):
        return Marking(*held, repaired, not isinstance(parsed, ast.Expr))
    pair = _difference(_judged(statement), _judged(parsed))
    if pair is None or getattr(pair[0], "lineno", 0) != line:
        return Marking(*held, repaired)
    start, end = _span(pair[0], text)
    own = f"{text[held[0] : start]}{ast.unparse(pair[1])}{text[end : held[1]]}"
    return Marking(start, end, own if _is_same(own, parsed) else repaired)


def _with_call(statement: ast.stmt, parsed: ast.stmt | None) -> ast.stmt | None:
    """Return the whole statement where only a call in it has been put right."""
    if not isinstance(parsed, ast.Expr) or not isinstance(parsed.value, ast.Call):
        return parsed
    wanted = ast.unparse(parsed.value.func)
    calls = [n for n in _inner(statement) if isinstance(n, ast.Call)]
    calls = [call for call in calls if ast.unparse(call.func) == wanted]
    is_whole = isinstance(statement, ast.Expr) and statement.value in calls
    if len(calls) != 1 or is_whole:
        return parsed
    old, new = ast.unparse(calls[0]), ast.unparse(parsed.value)
    whole = ast.unparse(statement)
    return _parsed(whole.replace(old, new)) if whole.count(old) == 1 else parsed


def _inner(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield what stands in a statement, the head alone of a compound one."""
    if not hasattr(statement, "body"):
        yield from ast.walk(statement)
    elif isinstance(statement, ast.If | ast.While | ast.For):
        yield from ast.walk(_judged(statement))


def _statement(module: Module, line: int, kind: type) -> ast.stmt | None:
    """Return the statement that begins on a line; of several, the one of a kind."""
    nodes = ast.walk(module.tree)
    found = [n for n in nodes if isinstance(n, ast.stmt) and n.lineno == line]
    return next((n for n in found if type(n) is kind), found[0] if found else None)


def _whole(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _span(node: ast.AST, text: str) -> tuple[int, int]:
    """Return the characters of a node on the line where it begins; the tree counts bytes."""
    assert isinstance(node, ast.stmt | ast.expr | ast.keyword)
    data = text.encode()
    start = len(data[: node.col_offset].decode(errors="replace"))
    body = getattr(node, "body", None)
    if isinstance(node, ast.stmt) and isinstance(body, list):
        return start, len(text.rstrip())  # the head of a loop or a definition
    if node.end_lineno != node.lineno or node.end_col_offset is None:
        return start, len(text.rstrip())
    return start, len(data[: node.end_col_offset].decode(errors="replace"))


def _parsed(text: str) -> ast.stmt | None:
    """Return the one statement of a text; the head of a compound one may stand without body."""
    head = text.strip()
    if head.endswith(":"):
        head = f"{head.removeprefix('el')}\n    pass"
    try:
        body = ast.parse(head).body
    except (SyntaxError, ValueError):
        return None
    return body[0] if len(body) == 1 else None


def _judged(statement: ast.stmt) -> ast.AST:
    """Return the part of a statement that stands on its line."""
    if isinstance(statement, ast.If | ast.While):
        return statement.test
    return statement.iter if isinstance(statement, ast.For) else statement


def _is_same(text: str, parsed: ast.stmt) -> bool:
    """Tell whether a line spelt in another way is the same statement."""
    found = _parsed(text)
    return found is not None and ast.dump(_judged(found)) == ast.dump(_judged(parsed))


def _difference(old: ast.AST, new: ast.AST) -> tuple[ast.AST, ast.AST] | None:
    """Return the smallest expressions that hold all that differs; None if nothing does."""
    if ast.dump(old) == ast.dump(new):
        return None
    if type(old) is type(new):
        pairs = [pair for pair in _children(old, new) if _dump(pair[0]) != _dump(pair[1])]
        if len(pairs) == 1 and all(isinstance(one, ast.expr) for one in pairs[0]):
            return _difference(pairs[0][0], pairs[0][1])  # type: ignore[arg-type]
    return old, new


def _children(old: ast.AST, new: ast.AST) -> list[tuple[object, object]]:
    pairs: list[tuple[object, object]] = []
    for name in old._fields:
        one, other = getattr(old, name, None), getattr(new, name, None)
        if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            pairs += zip(one, other, strict=True)
        else:
            pairs.append((one, other))
    return pairs


def _dump(value: object) -> object:
    if isinstance(value, ast.AST):
        return ast.dump(value)
    return [_dump(one) for one in value] if isinstance(value, list) else (type(value), value)
