"""From a request and the file as it was read to what its process is told."""

from __future__ import annotations

import ast
import difflib
import os
from contextlib import suppress
from pathlib import Path

from tutor.diagnosis.submission import Submission
from tutor.tracing.inside.plan import Plan, Written
from tutor.tracing.inside.rewriting import called_name, parsed_call
from tutor.tracing.parts import parts_of
from tutor.tracing.request import Request
from tutor.tracing.search import slopes_of

_SHARE = 0.75  # of the machine's memory


class Impossible(Exception):
    """A request that no run can meet; the message is a sentence for the user."""


def plan_of(request: Request, submission: Submission, scratch: Path) -> Plan:
    """Return what the process of the file is told.

    Parameters
    ----------
    scratch : Path
        A folder for the files that outlive the process.

    Raises
    ------
    Impossible
        If the call is no call, or there is no such function or cell.
    """
    file = os.path.abspath(request.path)
    parts = parts_of(submission.main, file)
    _check(request, submission)
    call = parsed_call(request.call or "")
    called = called_name(call) if call is not None else ""
    counter = scratch / "count"
    counter.write_bytes(bytes(8))
    package, folders = _package(submission.main.name, file)
    return Plan(
        title=request.call or f"{request.function} in {os.path.basename(file)}",
        file=file,
        package=package,
        paths=folders,
        arguments=request.arguments,
        parts=parts,
        written=_written(submission, file),
        call=request.call or "",
        line=request.line,
        cell=request.cell,
        setups=request.setups,
        function=request.function or "",
        slopes=tuple(sorted(slopes_of(submission, called))),
        called=called,
        max_steps=request.max_steps,
        memory=request.memory or _most_memory(),
        crash=str(scratch / "crash"),
        counter=str(counter),
    )


def _check(request: Request, submission: Submission) -> None:
    if request.call is not None and parsed_call(request.call) is None:
        raise Impossible(
            f"{request.call} is no call that can be traced. Write it as in the file: "
            "--call 'numerical_gradient(f, net.W)'."
        )
    if request.cell is not None:
        check_cell(request.cell, submission)
    if request.function is not None:
        _check_function(request.function, submission)


def check_cell(cell: int, submission: Submission) -> None:
    """Raise a sentence if there is no such cell with code.

    Raises
    ------
    Impossible
    """
    known = sorted({place.cell for place in submission.main.places if place.cell is not None})
    if cell not in known:
        has = f"its cells with code go from {known[0]} to {known[-1]}" if known else "it has none"
        raise Impossible(f"There is no cell {cell} in {submission.name}: {has}.")


def _check_function(name: str, submission: Submission) -> None:
    known = _names(submission)
    wanted = name.rpartition(".")[2]
    if wanted in known:
        return
    near = difflib.get_close_matches(wanted, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else "Say its name as the file defines it."
    raise Impossible(f"There is no function {name} in {submission.name}. {hint}")


def _names(submission: Submission) -> set[str]:
    """Return every name that the modules define, give a value to or import."""
    found: set[str] = set()
    for module in submission.modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.alias):
                found.add(node.asname or node.name.rpartition(".")[2])
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found


def _package(name: str, file: str) -> tuple[str, tuple[str, ...]]:
    """Return the package of a main module that imports relatively, and where imports begin."""
    folder = Path(file).parent
    package = name.rpartition(".")[0]
    levels = name.count(".")
    if not package or len(folder.parents) < levels:
        return "", (str(folder),)
    return package, (str(folder), str(folder.parents[levels - 1]))


def _written(submission: Submission, file: str) -> tuple[Written, ...]:
    """Return the modules that cells of the notebook write; the others are files beside it."""
    own = [one for one in submission.siblings if one.filename == submission.main.filename]
    return tuple(Written(m.name, f"{file}, module {m.name}", m.source) for m in own)


def _most_memory() -> int:
    with suppress(AttributeError, ValueError, OSError):
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * _SHARE)
    return 0
