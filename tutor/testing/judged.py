"""The pitfalls in the file that a net is defined in, as lines of text."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Iterator
from pathlib import Path

from tutor.diagnosis.findings import Finding
from tutor.diagnosis.one import diagnose_one
from tutor.jail import Unsafe

_OURS = Path(__file__).parents[1]
_SECONDS = 10.0


def pitfalls_of(owner: type) -> str:
    """Return what is wrong in a class's file: where, which line, which pitfall, which repair.

    Empty where there is no such file, or nothing in it has a name; a sentence where the file
    may not be run.
    """
    path = _file_of(owner)
    if path is None:
        return ""
    try:
        found = diagnose_one(path, seed=0, seconds=_SECONDS)
    except Unsafe as error:
        return f"{path.name} was not judged. {error}"
    return "\n\n".join("\n".join(_lines(path, one)) for one in found.errors)


def _file_of(owner: type) -> Path | None:
    try:
        found = inspect.getsourcefile(owner)
    except (OSError, TypeError):
        return None
    path = Path(found) if found else None
    if path is None or not path.is_file() or path.is_relative_to(_OURS):
        return None
    return path


def _lines(path: Path, found: Finding) -> Iterator[str]:
    file = path if found.module == "__main__" else _sibling(path, found.module)
    named = found.pitfall or "a fault without a name"
    yield f"{file.name}:{found.line}: {named}, in {found.definition or 'the file itself'}"
    text = linecache.getline(str(file), found.line).strip()
    if text:
        yield f"    {text}"
    yield found.sentence
    if found.repair is not None and found.repair.confirmed and found.repair.line:
        yield f"With this line instead it is right: {found.repair.line.strip()}"
    if found.lesson:
        yield f"gradtutor lesson {found.lesson} teaches it."


def _sibling(path: Path, module: str) -> Path:
    return path.parent.joinpath(*module.split(".")).with_suffix(".py")
