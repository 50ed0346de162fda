"""The file of progress as a document: read, judged, mended, merged with what is remembered."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from tutor.course.memory import CHOICES, Memory, Preferences
from tutor.course.record import merge, read_record, write_record
from tutor.course.store import set_aside, write_whole

VERSION: Final = 1

# From each older version, the step to the next one.
MIGRATIONS: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    # A file without a number: the same keys, before they were numbered.
    0: lambda data: {**data, "version": 1},
}


class State(Enum):
    """What was found where the file should be."""

    ABSENT = "absent"
    GOOD = "good"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    TOO_NEW = "too new"

    @property
    def writable(self) -> bool:
        """Tell whether a save may replace it."""
        return self in (State.ABSENT, State.GOOD)


@dataclass(frozen=True, slots=True)
class Document:
    """What the file holds, brought to this version, and a sentence if there is one to say."""

    state: State
    data: dict[str, Any]
    sentence: str = ""


def read_document(path: Path) -> Document:
    """Read the file; it never raises and changes nothing."""
    try:
        source = path.read_bytes()
    except FileNotFoundError:
        return Document(State.ABSENT, {})
    except OSError as error:
        reason = error.strerror or error
        return Document(
            State.UNREADABLE,
            {},
            f"The progress in {path} cannot be read: {reason}. Nothing is kept today; "
            "make the file readable and start again.",
        )
    try:
        # The copy fails, as later ones would, on a file nested deeper than Python goes.
        data = copy.deepcopy(json.loads(source.decode("utf-8-sig")))
        version = _version(data)
    except (ValueError, TypeError, RecursionError):
        return Document(State.DAMAGED, {})
    if version > VERSION:
        return _newer(path, data)
    return _judge(_migrated(data, version))


def mend(path: Path, document: Document) -> Document:
    """Set a damaged file aside, and keep of it what can be read. The lock must be held.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    if document.state is not State.DAMAGED:
        return document
    aside = set_aside(path, "damaged", keep=bool(document.data))
    kept = "What could be read of it was kept." if document.data else "A new one was begun."
    if document.data:
        write_whole(path, to_bytes(document.data))
    return Document(
        State.GOOD if document.data else State.ABSENT,
        document.data,
        f"The file of your progress was damaged. It is now {aside}. {kept}",
    )


def remembered(data: Mapping[str, Any]) -> Memory:
    """Return what a document says, leaving out what is not understood."""
    records = {
        slug: read_record(record, lenient=True)
        for slug, record in data.get("lessons", {}).items()
        if isinstance(record, dict)
    }
    found = data.get("preferences", {})
    chosen = {name: found[name] for name, fits in CHOICES.items() if fits(found.get(name))}
    last = data.get("last", "")
    return Memory(records, Preferences(**chosen), last if isinstance(last, str) else "")


def merged(document: Document, memory: Memory) -> dict[str, Any]:
    """Return what the file should hold: what it holds now and, on top, what was touched."""
    data = copy.deepcopy(document.data)
    data["version"] = max(data.get("version", VERSION), VERSION)
    lessons = data.setdefault("lessons", {})
    for slug, record in memory.records.items():
        own = lessons.setdefault(slug, {}) if f"lessons.{slug}" in memory.touched else None
        if isinstance(own, dict):
            write_record(merge(record, read_record(own, lenient=True)), own)
    if "last" in memory.touched:
        data["last"] = memory.last
    preferences = data.setdefault("preferences", {})
    for name, fits in CHOICES.items():
        ours = name not in preferences or fits(preferences[name])
        if ours and f"preferences.{name}" in memory.touched:
            value = getattr(memory.preferences, name)
            preferences[name] = dict(value) if name == "keymap" else value
    return data


def to_bytes(data: Mapping[str, Any]) -> bytes:
    """Return a document as it is written."""
    return (json.dumps(data, indent=1) + "\n").encode("ascii")


def _newer(path: Path, data: dict[str, Any]) -> Document:
    """Return a file of a newer version as far as it is understood; never set it aside."""
    if _has_our_shape(data):
        return Document(State.GOOD, data)
    return Document(
        State.TOO_NEW,
        {},
        f"The progress in {path} is from a newer gradtutor and is left as it is; nothing is "
        "kept today. Update with `pip install --upgrade gradtutor`.",
    )


def _judge(data: dict[str, Any]) -> Document:
    """Return a document of this version; what is wrong in it is left out, and it is damaged."""
    if not _has_our_shape(data):
        return Document(State.DAMAGED, {})
    sound = copy.deepcopy(data)
    for slug, record in data.get("lessons", {}).items():
        try:
            read_record(record)
        except (TypeError, ValueError, KeyError, AttributeError):
            del sound["lessons"][slug]
            if isinstance(record, dict):
                sound["lessons"][slug] = _readable(record)
    for name, value in data.get("preferences", {}).items():
        if name in CHOICES and not CHOICES[name](value):
            del sound["preferences"][name]
    return Document(State.GOOD if sound == data else State.DAMAGED, sound)


def _readable(record: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    write_record(read_record(record, lenient=True), kept)
    return kept


def _has_our_shape(data: dict[str, Any]) -> bool:
    return all(isinstance(data.get(key, {}), dict) for key in ("lessons", "preferences"))


def _version(data: Any) -> int:
    version = data.get("version", 0) if isinstance(data, dict) else None
    if type(version) is not int or version < 0:
        raise ValueError("no version")
    return version


def _migrated(data: dict[str, Any], version: int) -> dict[str, Any]:
    while version < VERSION:
        data = MIGRATIONS[version](data)
        version += 1
    return data
