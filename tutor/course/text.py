"""The words of a lesson: one Markdown file a language, cut at its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from tutor.course.keys import SLUG
from tutor.course.problem import Problem
from tutor.course.question import Answer

RESERVED: Final = ("keep", "goal", "try")

_HEADING: Final = re.compile(r"(#{1,3})\s+(.*?)\s*#*\s*$")
_FENCE: Final = re.compile(r"\s*(```|~~~)")


class Section(NamedTuple):
    """What stands under one heading, and the line of the file where it starts."""

    heading: str
    line: int
    body: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question: its prompt and its answers in order."""

    prompt: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """All that a lesson says in one language. Figures are not filled in yet.

    ``lines`` holds the line of the file where each heading stands, by its id: ``keep``,
    ``ask: same-or-not``, ``same-or-not / different`` for an answer.
    """

    file: Path
    title: str = ""
    summary: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    verdicts: Mapping[str, str] = field(default_factory=dict)
    keep: str = ""
    goal: str = ""
    try_it: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the id of every heading, in the order of the file."""
        return tuple(self.lines)

    def line(self, heading: str) -> int | None:
        """Return the line of a heading, None if it is not there."""
        return self.lines.get(heading)


class _Part(NamedTuple):
    level: int
    heading: str
    line: int
    body: str


def read_words(file: Path, problems: list[Problem]) -> Words:
    """Read one language of a lesson; what cannot be understood is added to `problems`."""
    try:
        source = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.append(Problem(file, None, "This file is missing; add the lesson's words."))
        return Words(file)
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(file, None, f"This file cannot be read: {error}."))
        return Words(file)
    return _Reader(file, problems).read(source)


def read_title(file: Path) -> str:
    """Return the title of a lesson, the first ``# `` heading; empty if there is none."""
    with file.open(encoding="utf-8") as lines:
        return next((line[2:].strip() for line in lines if line.startswith("# ")), "")


class _Reader:
    """Sorts the parts of a file into `Words`."""

    def __init__(self, file: Path, problems: list[Problem]) -> None:
        self._file = file
        self._problems = problems
        self._title = ""
        self._summary = ""
        self._plain: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._asked: dict[str, Asked] = {}
        self._hints: dict[int, str] = {}
        self._verdicts: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        self._sections: list[Section] = []

    def read(self, source: str) -> Words:
        parts = list(_cut(source))
        asking = ""
        for part in parts:
            self._sections.append(Section(part.heading, part.line + 1, part.body))
            if part.level == 2:
                asking = self._second_level(part)
            elif part.level == 3:
                self._answer(part, asking)
            elif not self._title:
                self._title, self._summary = part.heading, part.body.strip()
            else:
                self._complain(part.line, "A lesson has one title: make this heading a `##`.")
        if not self._title:
            self._complain(1, "The lesson has no title; start the file with `# The title`.")
        return self._words()

    def _words(self) -> Words:
        hints = tuple(self._hints[number] for number in sorted(self._hints))
        if sorted(self._hints) != list(range(1, len(hints) + 1)):
            self._complain(None, "Number the hints 1, 2, 3 and so on: `## hint: 1`.")
        return Words(
            self._file,
            self._title,
            self._summary,
            self._texts,
            self._asked,
            hints,
            self._verdicts,
            self._plain.get("keep", ""),
            self._plain.get("goal", ""),
            self._plain.get("try", ""),
            self._lines,
            tuple(self._sections),
        )

    def _second_level(self, part: _Part) -> str:
        """File a ``##`` part; return the id of the question if it asks one."""
        kind, colon, name = (piece.strip() for piece in part.heading.partition(":"))
        heading = f"{kind}: {name}" if colon else kind
        if heading in self._lines:
            self._complain(part.line, f"There are two headings `## {heading}`; rename one.")
        self._lines[heading] = part.line
        if not colon:
            self._named(part, kind)
        elif kind == "ask":
            self._asked[name] = Asked(part.body.strip("\n"), ())
            return name
        elif kind == "verdict":
            self._verdicts[name] = part.body.strip("\n")
        elif kind == "hint" and name.isdecimal():
            self._hints[int(name)] = part.body.strip("\n")
        else:
            self._complain(
                part.line,
                f"`## {part.heading}` is not understood; write `## ask: id`, `## hint: 1`, "
                "`## verdict: id` or `## text-id`.",
            )
        return ""

    def _named(self, part: _Part, name: str) -> None:
        if not SLUG.fullmatch(name):
            self._complain(
                part.line,
                f"`## {name}` is no id; write ids in small letters, digits and hyphens.",
            )
        (self._plain if name in RESERVED else self._texts)[name] = part.body.strip("\n")

    def _answer(self, part: _Part, asking: str) -> None:
        if not asking:
            self._complain(
                part.line, f"`### {part.heading}` stands under no question; move it or use `##`."
            )
            return
        label, _, reply = part.body.strip("\n").partition("\n")
        asked = self._asked[asking]
        answer = Answer(part.heading, label.strip(), reply.strip())
        self._asked[asking] = Asked(asked.prompt, (*asked.answers, answer))
        heading = f"{asking} / {part.heading}"
        if heading in self._lines:
            self._complain(part.line, f"The answer `{part.heading}` is there twice; rename one.")
        self._lines[heading] = part.line

    def _complain(self, line: int | None, text: str) -> None:
        self._problems.append(Problem(self._file, line, text))


def _cut(source: str) -> Iterator[_Part]:
    """Cut a file at its headings; a line of a fenced block is never one."""
    level, heading, start = 0, "", 0
    body: list[str] = []
    fence = ""
    for number, line in enumerate(source.splitlines(), start=1):
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        match = None if fence else _HEADING.match(line)
        if match is None:
            body.append(line)
            continue
        if level:
            yield _Part(level, heading, start, _body(body))
        level, heading, start, body = len(match[1]), match[2], number, []
    if level:
        yield _Part(level, heading, start, _body(body))


def _body(lines: list[str]) -> str:
    # Blank lines at the head stay, so that lines can be counted from the heading.
    return "\n".join(lines).rstrip()
