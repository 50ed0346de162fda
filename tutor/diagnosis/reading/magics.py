"""Lines that IPython takes and Python does not, replaced so that line numbers stay true."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tutor.diagnosis.reading.grammar import fault
from tutor.diagnosis.reading.scan import Scanner

MARK: Final = re.compile(r"^[ \t]*[%!?]|\?[ \t;]*$|=[ \t]*[!%]", re.M)

_MARGIN: Final = re.compile(r"\s*")
_HELP: Final = re.compile(r"\s*(?:\?{1,2}\s*%{0,2}[\w.*]+|%{0,2}[\w.*\[\]]+\s*\?{1,2})\s*;?\s*$")
_ASSIGNED: Final = re.compile(r"(\s*[^=()#'\"!%]+?=\s*)([!%])(?!=)(.*)")
_OPTIONS: Final = re.compile(r"(?:-\w+(?:\s*\d+)?\s+)*")
_RUN: Final = re.compile(r"%run\s+(?:-\w\s+)*[\"']?(?:\.{1,2}/)*([\w/]+)\.py\b")
_CELL: Final = re.compile(r"%%(\S+)(.*)")
_WRITTEN: Final = re.compile(r"(-a\s+|--append\s+)?[\"']?(?:\./)?((?:\w+/)*\w+)\.py[\"']?\s*$")

_AROUND: Final = frozenset(
    ("time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "heat", "snakeviz", "wandb")
)
_TIMED: Final = frozenset(("time", "timeit", "prun", "memit"))
_NO_PYTHON: Final = frozenset(
    ("bash", "sh", "script", "cmd", "powershell", "shell", "system", "sx", "!", "html", "HTML",
     "javascript", "js", "latex", "markdown", "svg", "perl", "ruby", "R", "sql", "bigquery",
     "cython", "python", "python2", "python3", "pypy", "writefile", "file", "configure")
)  # fmt: skip
# What %pylab puts into the session.
_PYLAB: Final = "import numpy; import numpy as np; from numpy import *"


@dataclass(frozen=True, slots=True)
class Written:
    """A module that a cell writes to a file: ``%%writefile name.py``."""

    name: str
    appended: bool


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cell without its magics.

    Attributes
    ----------
    lines : tuple of str
        As many as there were.
    written : Written or None
        The module that the lines are, in place of code of the notebook.
    dropped : str
        The magic whose cell is no Python and is blank now, or nothing.
    """

    lines: tuple[str, ...]
    written: Written | None = None
    dropped: str = ""


def clean(lines: Sequence[str]) -> Cleaned:
    """Replace the magics, shell lines and help lines of a cell."""
    lines = list(lines)
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        head = _CELL.match(line.rstrip())
        if not head:
            break
        lines[at] = ""
        kind, rest = head.groups()
        written = _WRITTEN.match(rest.strip())
        if kind in ("writefile", "file") and written:
            name = written[2].replace("/", ".")
            return Cleaned(tuple(lines), Written(name, bool(written[1])))
        if kind in _NO_PYTHON or (kind not in _AROUND and fault("\n".join(without_magics(lines)))):
            return Cleaned(("",) * len(lines), dropped=f"%%{kind}")
    return Cleaned(tuple(without_magics(lines)))


def without_magics(lines: Sequence[str]) -> list[str]:
    """Replace magics, shell lines and help by Python that does nothing, or by what they stand for.

    ``%time f(x)`` becomes ``f(x)``, ``%run layers.py`` becomes ``from layers import *``.
    """
    scanner = Scanner()
    out = []
    shell = False
    for line in lines:
        new = "" if shell else _replaced(line) if scanner.fresh else line
        if new != line:
            shell = line.rstrip().endswith("\\")
        scanner.feed(new)
        out.append(new)
    return out


def _replaced(line: str) -> str:
    text = line.strip()
    margin = line[: len(line) - len(line.lstrip())]
    if text.startswith("!") or ((text.endswith("?") or text[:1] == "?") and _HELP.match(text)):
        return f"{margin}pass"
    if text.startswith("%"):
        return margin + _line_magic(text, not margin)
    assigned = _ASSIGNED.match(line)
    if assigned:
        return assigned[1] + _value(assigned[2], assigned[3])
    return line


def _line_magic(text: str, at_margin: bool) -> str:
    name, _, rest = text.lstrip("%").partition(" ")
    if name in _TIMED:
        return _statement(rest) or "pass"
    if name == "pylab" and at_margin:
        return _PYLAB
    run = _RUN.match(text)
    if run and at_margin:
        return f"from {run[1].replace('/', '.')} import *"
    return "pass"


def _value(mark: str, text: str) -> str:
    if mark == "!":
        return "[]"  # the lines that the shell printed
    name, _, rest = text.partition(" ")
    return (_statement(rest) if name == "time" else "") or "None"


def _statement(rest: str) -> str:
    options = _OPTIONS.match(rest)
    statement = rest[options.end() :] if options else rest
    return statement.strip() if not fault(statement.strip()) else ""


def calls_of_ipython(tree: ast.Module) -> list[tuple[int, int, list[str]]]:
    """Find the statements that an exported notebook has in place of its magics.

    Returns
    -------
    list of int, int, list of str
        First and last line, and the lines to put there: the cell that ``run_cell_magic`` wraps.
    """
    found = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            for statement in block if isinstance(block, list) else ():
                instead = _instead(statement)
                if instead is not None:
                    found.append((statement.lineno, statement.end_lineno or 0, instead))
    return sorted(found)


def _instead(statement: ast.stmt) -> list[str] | None:
    if not isinstance(statement, ast.Expr | ast.Assign):
        return None
    match statement.value:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=method),
            args=args,
        ):
            texts = [a.value for a in args if isinstance(a, ast.Constant)]
            lines = _meant(method, [text for text in texts if isinstance(text, str)])
        case _:
            return None
    margin = " " * statement.col_offset
    if isinstance(statement, ast.Assign):
        target = ast.unparse(statement.targets[0])
        return [f"{margin}{target} = {'[]' if method == 'getoutput' else 'None'}"]
    return [margin + line for line in lines]


def _meant(method: str, texts: list[str]) -> list[str]:
    if method in ("magic", "run_line_magic"):
        return without_magics(["%" + " ".join(texts)])
    if method == "run_cell_magic" and len(texts) == 3:
        lines = list(clean([f"%%{texts[0]} {texts[1]}", *texts[2].split("\n")]).lines)
        return lines if not fault("\n".join(lines)) and any(map(str.strip, lines)) else ["pass"]
    return ["pass"]
