"""The document that holds runs: written as JSON, read back with a sentence for what is wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tutor.trace.frames import FrameRecording
from tutor.trace.recording import Recording
from tutor.trace.saved.collect import collect
from tutor.trace.saved.data import RunData
from tutor.trace.saved.node import Budget, DamagedRun, Node
from tutor.trace.saved.pack import packed_run
from tutor.trace.saved.run import SavedRun
from tutor.trace.saved.unpack import unpacked_run
from tutor.trace.saved.walk import collect_frames
from tutor.trace.steps import Steps

FORMAT = "gradtutor run"
VERSION = 1
_DAMAGED = "This is no run that can be opened: {error}. Save the run again, or ask for it anew."
_NEWER = (
    "This run was saved by a newer gradtutor (its format is {found}, this program reads up to "
    "{known}). Update gradtutor to open it."
)


@dataclass(frozen=True)
class Run:
    """A run under a title."""

    title: str
    steps: Steps


@dataclass(frozen=True)
class Saved:
    """Runs that belong together, the first one shown first; ``notes`` are sentences about all."""

    title: str
    runs: tuple[Run, ...]
    notes: tuple[str, ...] = ()


def dump(saved: Saved, deep: bool = True) -> bytes:
    """Return the document of some runs: JSON in UTF-8.

    Parameters
    ----------
    deep : bool
        With the calls made in the first iteration, frame by frame. To record them, each is made
        once more.

    Raises
    ------
    TypeError
        If a run is of a class that is not known here.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "title": saved.title,
        "notes": list(saved.notes),
        "runs": [
            {"title": run.title, **packed_run(data_of(run.steps, deep))} for run in saved.runs
        ],
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def load(data: bytes) -> Saved:
    """Return the runs of a document.

    Raises
    ------
    DamagedRun
        With a sentence: it is no such document, a damaged one, or one of a newer program.
    """
    try:
        document = json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except RecursionError:
        raise DamagedRun(_DAMAGED.format(error="it is nested too deeply")) from None
    except ValueError as error:  # of the encoding, of JSON, or a number that JSON has not
        raise DamagedRun(_DAMAGED.format(error=f"it is not JSON ({error})")) from None
    node = Node(document, "", Budget())
    _check_version(document)
    try:
        return Saved(
            node.field("title").text(),
            tuple(_run(item) for item in node.field("runs").items(most=100)),
            tuple(item.text() for item in node.field("notes").items()),
        )
    except DamagedRun as error:
        raise DamagedRun(_DAMAGED.format(error=error)) from None


def data_of(steps: Steps, deep: bool = True) -> RunData:
    """Return the tables of a run, whatever recorded it."""
    match steps:
        case Recording():
            return collect(steps, deep)
        case FrameRecording():
            return collect_frames(steps)
        case SavedRun():
            return steps.data
        case _:
            raise TypeError(f"a {type(steps).__name__} cannot be saved")


def _run(node: Node) -> Run:
    return Run(node.field("title").text(), SavedRun(unpacked_run(node)))


def _check_version(document: Any) -> None:
    is_ours = isinstance(document, dict) and document.get("format") == FORMAT
    found = document.get("version") if is_ours else None
    if type(found) is not int or found < 1:
        raise DamagedRun(_DAMAGED.format(error=f'it does not say "format": "{FORMAT}"'))
    if found > VERSION:
        raise DamagedRun(_NEWER.format(found=found, known=VERSION))


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")


__all__ = ["FORMAT", "VERSION", "Run", "Saved", "data_of", "dump", "load"]
