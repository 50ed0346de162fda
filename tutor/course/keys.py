"""A TOML file read key by key, with a sentence for each key that is missing or wrong.

Faults are collected and not raised, so that an author sees all of them at once.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from tutor.course.problem import Problem

SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

T = TypeVar("T", str, int, bool)

_NAMES: Final[dict[type, str]] = {
    str: "a text in quotes",
    int: "a whole number",
    bool: "true or false",
}


class Keys:
    """One table of a TOML file. Each method reads a key; `finish` complains about the rest."""

    def __init__(
        self, file: Path, table: Mapping[str, Any], where: str, problems: list[Problem]
    ) -> None:
        self.file = file
        self.where = where
        self.problems = problems
        self._table = table
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def complain(self, text: str, word: str = "") -> None:
        """Record a fault, at the line where `word` first stands in the file."""
        self.problems.append(Problem(self.file, line_of(self.file, word), text))

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        return self._one(key, str, "", default)

    def number(self, key: str, default: int | None = None) -> int:
        """Return a whole number; without a default it must be there."""
        return self._one(key, int, 0, default)

    def flag(self, key: str) -> bool:
        """Return a truth value, False where there is none."""
        return self._one(key, bool, False, False)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where there is none."""
        value = self._take(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.complain(f"{self.where}: `{key}` must be a list of texts in quotes.", key)
        return ()

    def table(self, key: str) -> Keys:
        """Return a table inside this one, empty where there is none."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.complain(f"{self.where}: `{key}` must be a table of keys and values.", key)
            value = {}
        return Keys(self.file, value, f"{self.where}, {key}", self.problems)

    def tables(self, key: str) -> list[Keys]:
        """Return the tables of a list such as [[steps]], empty where there is none."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.complain(f"{self.where}: write `{key}` as tables headed [[{key}]].", key)
            return []
        return [
            Keys(self.file, item, f"[[{key}]] number {count}", self.problems)
            for count, item in enumerate(value, start=1)
        ]

    def strings(self) -> dict[str, str]:
        """Return this whole table as texts by name."""
        self._known.update(self._table)
        for key, value in self._table.items():
            if not isinstance(value, str):
                self.complain(
                    f"{self.where}: put `{key}` in quotes, exactly as it was printed.", key
                )
        return {key: str(value) for key, value in self._table.items()}

    def finish(self) -> None:
        """Complain about every key that nobody asked for."""
        for key in self._table:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1)
                hint = f" Did you mean `{near[0]}`?" if near else " Remove it."
                self.complain(f"{self.where}: there is no key `{key}`.{hint}", key)

    def _one(self, key: str, sort: type[T], empty: T, default: T | None) -> T:
        value = self._take(key, default)
        # In Python True is an int; in a lesson file it is not a number.
        if isinstance(value, sort) and isinstance(value, bool) == (sort is bool):
            return value
        if key in self._table:
            self.complain(f"{self.where}: `{key}` must be {_NAMES[sort]}.", key)
        else:
            self.complain(f"{self.where}: `{key}` is missing; add it as {_NAMES[sort]}.")
        return empty

    def _take(self, key: str, default: Any) -> Any:
        self._known.add(key)
        return self._table.get(key, default)


def read_keys(file: Path, problems: list[Problem]) -> Keys | None:
    """Read a TOML file; None, with the reason in `problems`, if that cannot be done."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(Problem(file, None, "This file is missing; add it."))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(file, None, f"This file cannot be read: {error}."))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        problems.append(
            Problem(file, int(line[1]) if line else None, f"This is not TOML: {error}.")
        )
    else:
        return Keys(file, table, file.name, problems)
    return None


def line_of(file: Path, word: str) -> int | None:
    """Return the line where a word first stands in a file, None if nowhere."""
    if not word:
        return None
    whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return next((number for number, line in enumerate(lines, 1) if whole.search(line)), None)
