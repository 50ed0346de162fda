"""What the process of the learner's file is told to do, and what it reports at its end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tutor.tracing.inside.ending import Ending


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the file that is run as a whole: all of it, or one cell.

    ``label`` is the file name under which its lines are known, ``net.ipynb, cell 3``.
    """

    label: str
    text: str
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A module that a notebook writes, with the name by which it is imported."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Again:
    """How a file whose process died is run once more.

    ``at`` 0 counts the lines that the recorded function runs, into a file; any other number
    ends the recording at that line, saying ``message``.
    """

    at: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, and what to record of it.

    Attributes
    ----------
    file, package, paths : str, str, tuple of str
        ``__file__`` and ``__package__`` of the main module, and the folders it imports from.
    call, line, cell
        The text of the call to be recorded, and where it stands, if that matters.
    setups : tuple of tuple of str
        Lines to be run before a call that the file does not make: the first lot with which
        the call works is used.
    function : str
        The function to be recorded; empty for the one that is called.
    called : str
        The name of what is called, as its definition has it.
    slopes : tuple of str
        The differentiators: a call that leads to one of them records that one.
    crash, counter : str
        Files for the traceback of a crash, and for the count of lines.
    is_deep : bool
        Whether the calls of f in the first iteration are recorded too, by calling it again.
    """

    title: str
    file: str
    package: str
    paths: tuple[str, ...]
    arguments: tuple[str, ...]
    parts: tuple[Part, ...]
    written: tuple[Written, ...]
    call: str
    line: int | None
    cell: int | None
    setups: tuple[tuple[str, ...], ...]
    function: str
    called: str
    slopes: tuple[str, ...]
    max_steps: int
    memory: int
    crash: str
    counter: str
    again: Again | None = None
    is_deep: bool = True

    def to_json(self) -> bytes:
        """Return it as it is sent."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def from_json(data: bytes) -> Plan:
        """Read it again."""
        fields: dict[str, Any] = json.loads(data)
        fields["parts"] = tuple(Part(**part) for part in fields["parts"])
        fields["written"] = tuple(Written(**module) for module in fields["written"])
        for name in ("paths", "arguments", "slopes"):
            fields[name] = tuple(fields[name])
        fields["setups"] = tuple(tuple(lines) for lines in fields["setups"])
        fields["again"] = Again(**fields["again"]) if fields["again"] else None
        return Plan(**fields)


@dataclass(frozen=True, slots=True)
class Report:
    """What the process says when it is through.

    Attributes
    ----------
    kind, text : str
        The class of an exception and what it says; for a refusal the sentence.
    label, line : str, int
        Where it was raised, or where the run was stopped; empty and 0 if nobody knows.
    code : int or None
        The exit code that the file has given itself.
    steps : int
        How many steps are recorded.
    setup : int
        Which of the plan's set-ups was used.
    """

    ending: Ending
    kind: str = ""
    text: str = ""
    label: str = ""
    line: int = 0
    code: int | None = None
    steps: int = 0
    setup: int = 0

    def to_json(self) -> bytes:
        """Return it as it is sent."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def from_json(data: bytes) -> Report:
        """Read it again."""
        fields: Mapping[str, Any] = json.loads(data)
        return Report(**{**fields, "ending": Ending(fields["ending"])})
