"""Whether Python 3 takes a text, and if not, a sentence that says why."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tutor.diagnosis.place import Place
from tutor.diagnosis.reading.scan import code_of
from tutor.diagnosis.unreadable import Kind, Unreadable

LARGEST_CODE: Final = 400_000  # characters; ten thousand lines

# Python 3.11 takes a time squared in the number of fields of a long f-string.
_MOST_BRACES: Final = 5000
_SHOWN: Final = 70
_LONGEST: Final = 1000
_CURLY: Final = re.compile("[‘’“”„«»＂＇]")
_ON_LINE: Final = re.compile(r"\bon line (\d+)")
_OURS: Final = re.compile(r"<{7}(?: |$)")
_THEIRS: Final = re.compile(r"(?:={7}|>{7} .*|\|{7} .*)$")

# What only Python 2 takes, in a line that Python 3 has refused.
_PYTHON_2: Final = (
    (
        re.compile(r"(?:^|[:;])\s*print\s+[\w\"'{~@-]|(?:^|[:;])\s*print\s*>>"),
        "the print statement",
    ),
    (re.compile(r"(?:^|[:;])\s*exec\s+[\w\"']"), "the exec statement"),
    (re.compile(r"^\s*except\s+[\w.]+\s*,|^\s*except\s*\(.*\)\s*,"), "`except Error, name`"),
    (re.compile(r"(?:^|[:;])\s*raise\s+[\w.]+\s*,"), '`raise Error, "text"`'),
    (re.compile(r"<>"), "`<>`"),
    (re.compile(r"(?<!`)`(?!``)[^`]+`(?!`)"), "backticks"),
    (re.compile(r"(?<![\w.])0\d*[1-9]\d*(?![\w.])"), "a number that begins with 0"),
    (re.compile(r"\b\d+[lL]\b"), "a number that ends in L"),
    (re.compile(r"\b[uU][rR][\"']"), 'ur"..."'),
    (re.compile(r"\bdef\s+\w+\s*\([^)]*\(\w+\s*,|\blambda\s*\(\w"), "a tuple among the parameters"),
)

# Statements that no printed figure is mistaken for.
_SURELY_CODE: Final = re.compile(
    r"^[ \t]*(?:def \w+|class \w+|import \w|from [\w.]+ import|for \w.*:|while .*:|return\b"
    r"|print ?\(|if .*:|with .*:|try:|@\w+$)",
    re.M,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why Python does not take a text, and the line, counted from 1, that it stops at."""

    kind: Kind
    line: int
    message: str
    tabs: bool = False


def fault(source: str) -> Fault | None:
    """Return what keeps Python from compiling a text, or None. Nothing is run."""
    if source.count("{") > _MOST_BRACES:
        return Fault(Kind.TOO_LARGE, 1, "it holds too many braces")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<handed in>", "exec", dont_inherit=True)
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), source.rstrip("\n").count("\n") + 1)
        return Fault(Kind.SYNTAX_ERROR, line, error.msg, isinstance(error, TabError))
    except (RecursionError, MemoryError, OverflowError):
        return Fault(Kind.TOO_DEEP, 1, "it is nested too deeply")
    except ValueError as error:  # null bytes, before Python 3.12
        return Fault(Kind.NULL_BYTES, 1, str(error))
    return None


def refusal(found: Fault, lines: Sequence[str], places: Sequence[Place]) -> Unreadable:
    """Put a fault into a sentence.

    Parameters
    ----------
    lines, places : sequence
        The text in which it was found, and where each of its lines was handed in.
    """
    text = lines[found.line - 1]
    place = places[found.line - 1]
    if found.kind is Kind.TOO_DEEP:
        return Unreadable(
            Kind.TOO_DEEP,
            f"{place.file} is nested too deeply for Python to read. Hand in a simpler file.",
            Place(place.file, places[0].line, places[0].cell),
        )
    if found.kind is Kind.TOO_LARGE:
        return too_much(place.file)
    if found.kind is Kind.NULL_BYTES:
        return Unreadable(Kind.NULL_BYTES, f"{place} holds null bytes. Save it again.", place)
    marker = _merge_marker(lines)
    if marker is not None:
        return _merge_refusal(places[marker])
    old = python_2(text)
    if old:
        return Unreadable(
            Kind.PYTHON_2,
            f"{place} is Python 2 ({old}): `{shown(text)}`. "
            "Hand in a version that runs under Python 3.",
            place,
        )
    return _syntax_refusal(found, text, place, places)


def too_much(file: str) -> Unreadable:
    """Return the refusal of more code than a person writes."""
    return Unreadable(
        Kind.TOO_LARGE,
        f"{file} holds more code, or data in the code, than is read ({LARGEST_CODE} characters). "
        "Hand in the code without the data.",
    )


def _syntax_refusal(found: Fault, text: str, place: Place, places: Sequence[Place]) -> Unreadable:
    message = _ON_LINE.sub(
        lambda match: f"on line {places[min(int(match[1]), len(places)) - 1].line}", found.message
    ).rstrip(".")
    line = f": `{shown(text)}`" if text.strip() else ""
    advice = "Put that line right and try again."
    if _CURLY.search(text):
        advice = "Type straight quotes in place of the curly ones and try again."
    return Unreadable(Kind.SYNTAX_ERROR, f"{place} is not Python, {message}{line}. {advice}", place)


def python_2(line: str) -> str:
    """Return what makes a refused line Python 2, or nothing."""
    code = code_of(line[:_LONGEST])
    return next((what for pattern, what in _PYTHON_2 if pattern.search(code)), "")


def merge_refusal(lines: Sequence[str], file: str) -> Unreadable | None:
    """Return the refusal of a text in which a merge has left its markers, or None."""
    at = _merge_marker(lines)
    return None if at is None else _merge_refusal(Place(file, at + 1))


def _merge_marker(lines: Sequence[str]) -> int | None:
    ours = (at for at, line in enumerate(lines) if _OURS.match(line))
    first = next(ours, None)
    if first is None or not any(_THEIRS.match(line) for line in lines[first:]):
        return None
    return first


def _merge_refusal(place: Place) -> Unreadable:
    return Unreadable(
        Kind.MERGE_MARKERS,
        f"{place} holds the marker of a merge that was not finished (`<<<<<<<`). "
        "Choose one of the two versions, delete the markers, and try again.",
        place,
    )


def shown(text: str) -> str:
    """Return a line as a sentence quotes it; what is cut off is counted."""
    text = "".join(c if c.isprintable() else " " for c in text.strip())
    if len(text) <= _SHOWN:
        return text
    return f"{text[:_SHOWN]}… ({len(text) - _SHOWN} more characters)"


def is_code(source: str) -> bool:
    """Tell whether a text that compiles does or defines anything.

    ``W1: 4.1e-10`` and ``loss = 0.9280`` compile, and are figures that somebody printed.
    """
    if _SURELY_CODE.search(source):
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return not all(map(_is_inert, tree.body))


def _is_inert(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass():
            return True
        case ast.Expr(value) | ast.Assign(value=value):
            return all(isinstance(node, _INERT) or _is_array(node) for node in ast.walk(value))
        case ast.AnnAssign(annotation=annotation, value=None):
            return all(isinstance(node, _INERT) for node in ast.walk(annotation))
    return False


def _is_array(node: ast.AST) -> bool:
    """Tell whether a node is the way that NumPy shows an array."""
    return isinstance(node, ast.keyword) or (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("array", "tensor")
    )


_INERT: Final = (
    ast.Constant, ast.Name, ast.Tuple, ast.List, ast.Dict, ast.UnaryOp, ast.unaryop, ast.BinOp,
    ast.operator, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.expr_context,
)  # fmt: skip
