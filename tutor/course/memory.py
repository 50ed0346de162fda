"""Progress as the program holds it, and which parts of it are not yet in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from tutor.course.record import Record


def _is_keymap(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


# What a preference of this version looks like.
CHOICES: Final[Mapping[str, Callable[[object], bool]]] = {
    "theme": lambda value: isinstance(value, str),
    "keymap": _is_keymap,
    "plain": lambda value: isinstance(value, bool),
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the learner chose: a theme by name, keys by action, and text without a screen."""

    theme: str = ""
    keymap: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """Progress as the program holds it, and the parts of it that no file has yet.

    ``touched`` holds ``lessons.slug``, ``preferences.name`` and ``last``.
    """

    records: Mapping[str, Record] = field(default_factory=dict)
    preferences: Preferences = Preferences()
    last: str = ""
    touched: frozenset[str] = frozenset()

    def with_record(self, slug: str, record: Record) -> Memory:
        """Return it with one lesson changed."""
        records = {**self.records, slug: record}
        return replace(self, records=records, touched=self.touched | {f"lessons.{slug}"})

    def with_last(self, slug: str) -> Memory:
        """Return it with another lesson open."""
        return replace(self, last=slug, touched=self.touched | {"last"})

    def with_preferences(self, chosen: Mapping[str, Any]) -> Memory:
        """Return it with some choices changed."""
        preferences = replace(self.preferences, **chosen)
        touched = self.touched | {f"preferences.{name}" for name in chosen}
        return replace(self, preferences=preferences, touched=touched)

    def without_lessons(self) -> Memory:
        """Return it with every lesson forgotten."""
        kept = frozenset(name for name in self.touched if name.startswith("preferences."))
        return Memory({}, self.preferences, "", kept)

    def untouched(self) -> Memory:
        """Return it with nothing left to write."""
        return replace(self, touched=frozenset())

    def touching(self, names: frozenset[str]) -> Memory:
        """Return it with these parts to be written as well."""
        return replace(self, touched=self.touched | names)

    def all_touched(self) -> Memory:
        """Return it with all of it to be written, as far as there is something to write."""
        names = {f"lessons.{slug}" for slug in self.records} | ({"last"} if self.last else set())
        for name in CHOICES:
            if getattr(self.preferences, name) != getattr(Preferences(), name):
                names.add(f"preferences.{name}")
        return self.touching(frozenset(names))

    def on_top_of(self, written: Memory) -> Memory:
        """Return what a file holds, with the parts on top that were touched since."""
        mine = {s: r for s, r in self.records.items() if f"lessons.{s}" in self.touched}
        names = [n for n in CHOICES if f"preferences.{n}" in self.touched]
        chosen = {name: getattr(self.preferences, name) for name in names}
        return Memory(
            {**written.records, **mine},
            replace(written.preferences, **chosen),
            self.last if "last" in self.touched else written.last,
            self.touched,
        )
