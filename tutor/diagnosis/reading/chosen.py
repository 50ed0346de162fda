"""Which file of a student's folder is the one to judge.

Files that another one imports are judged with it. Of the rest, those that can be read go before
those that cannot, code before figures, programs before tests and set-up files, a notebook before
a program, and then the one that does more at its top level: that is where the parts are used.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from tutor.diagnosis.submission import Submission
from tutor.diagnosis.unreadable import Unreadable

_ASIDE: Final = re.compile(r"(?:test_.*|.*_test|tests?|setup|conftest|__init__|config)$", re.I)
_MOST_NAMED: Final = 5


def choose(
    read: Mapping[PurePosixPath, Submission | Unreadable],
) -> tuple[Submission | Unreadable, tuple[str, ...]]:
    """Choose the file to judge.

    Parameters
    ----------
    read : mapping of path to Submission or Unreadable
        Each file of the folder, read as if it were the one. At least one.

    Returns
    -------
    Submission or Unreadable
        An Unreadable only if no file can be read.
    tuple of str
        Which other files are not judged.
    """
    good = {path: found for path, found in read.items() if isinstance(found, Submission)}
    if not good:
        return next(iter(read.values())), ()
    imported = {m.filename for found in good.values() for m in found.siblings}
    free = {p: found for p, found in good.items() if found.main.filename not in imported} or good
    path = min(free, key=lambda path: (_rank(path, free[path]), len(path.parts), str(path)))
    main = free[path]
    judged = {module.filename for module in main.modules}
    others = [found for found in good.values() if found.main.filename not in judged]
    notes = [f"{found.sentence} It is not judged." for found in read.values()
             if isinstance(found, Unreadable)]  # fmt: skip
    if others:
        notes.append(f"Also there, and not judged: {_named(others)}.")
    return main, tuple(notes)


def _rank(path: PurePosixPath, found: Submission) -> tuple[int, ...]:
    return (
        not found.has_code,
        bool(_ASIDE.match(path.stem)),
        path.suffix.lower() != ".ipynb",
        -_work(found),
    )


def _work(found: Submission) -> int:
    """Count the statements that use something, in place of defining it."""
    try:
        body = found.main.tree.body
    except (RecursionError, MemoryError):
        return 0
    return sum(1 for statement in body if _uses(statement))


def _uses(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef):
        return False
    return any(isinstance(node, ast.Call) for node in ast.walk(statement))


def _named(others: list[Submission]) -> str:
    names = [found.main.filename for found in others]
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
