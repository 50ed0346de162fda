"""The modules that a submission imports, as far as they stand beside it.

They are looked for where Python would have found them on the student's machine: in the file's
own folder, one and two folders up (``sys.path.append(os.pardir)``), and in folders that are
named in a ``sys.path.append("...")``; never outside the shelf.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from tutor.diagnosis.place import Module
from tutor.diagnosis.reading.chunks import whole_module
from tutor.diagnosis.reading.decode import decode
from tutor.diagnosis.reading.grammar import LARGEST_CODE
from tutor.diagnosis.reading.shelf import Shelf, printable
from tutor.diagnosis.unreadable import Kind, Unreadable

_MOST_MODULES: Final = 200
_FOLDERS_UP: Final = 2
_IMPORT: Final = re.compile(r"(?:^|[;:])[ \t]*(?:from|import)[ \t]+(\.*[\w.]*)([^\n#;]*)", re.M)
_ADDED: Final = re.compile(
    r"\bsys\.path\.(?:append|insert)\(\s*(?:\d+\s*,\s*)?[\"']([^\"'\n]+)[\"']\s*\)"
)
# What no file beside a program stands in the way of.
_NEVER: Final = frozenset((*sys.builtin_module_names, "numpy", "__future__"))


@dataclass(frozen=True, slots=True)
class Found:
    """A main module under the name that its imports need, its siblings, and what was left out."""

    main: Module
    modules: tuple[Module, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A module that is imported: its dots, its name, and what is taken out of it."""

    level: int
    name: str
    members: tuple[str, ...] = ()


def module_name(path: PurePosixPath) -> str:
    """Return a name for a file as a module; what no identifier holds becomes ``_``."""
    return re.sub(r"\W", "_", path.stem) or "_"


def find_siblings(
    main: Module, shelf: Shelf, inside: PurePosixPath, written: Mapping[str, Module]
) -> Found:
    """Find what a module imports, and what that imports in turn.

    Parameters
    ----------
    inside : PurePosixPath
        Where the main module stands on the shelf.
    written : mapping of str to Module
        Modules that a notebook writes; they go before those on the shelf.
    """
    finder = _Finder(main, shelf, inside, written)
    finder.follow(finder.main, inside)
    for module in written.values():
        finder.follow(module, inside)
    modules = {**written, **finder.modules}
    return Found(finder.main, tuple(modules.values()), tuple(finder.notes))


class _Finder:
    def __init__(
        self, main: Module, shelf: Shelf, inside: PurePosixPath, written: Mapping[str, Module]
    ) -> None:
        self.main = _in_its_package(main, inside)
        self.modules: dict[str, Module] = {}
        self.notes: list[str] = []
        self._shelf = shelf
        self._inside = inside
        self._written = written
        self._tried: set[str] = set()
        self._base = PurePosixPath(str(inside).removesuffix(main.filename) or ".")
        self._roots = list(dict.fromkeys((inside.parent, *inside.parent.parents)))
        del self._roots[_FOLDERS_UP + 1 :]

    def follow(self, module: Module, path: PurePosixPath) -> None:
        """Load what a module imports."""
        waiting = [(module, path)]
        while waiting and len(self.modules) < _MOST_MODULES:
            module, path = waiting.pop(0)
            for wanted in self._wanted_by(module):
                waiting.extend(self._load(wanted, module, path))

    def _wanted_by(self, module: Module) -> list[_Wanted]:
        """Parse a module only if a look at its text finds an import that may be a sibling."""
        source = module.source
        if "sys.path" in source:
            self._roots.extend(self._added_folders(source))
        rough = [
            name.partition(".")[0] for text in _IMPORT.finditer(source) for name in _names(text)
        ]
        if not any(not name or self._root_of(name) for name in rough):
            return []
        return list(_imports(module.tree))

    def _added_folders(self, source: str) -> list[PurePosixPath]:
        found = (_normal(self._inside.parent, text) for text in _ADDED.findall(source))
        return [folder for folder in found if folder is not None and folder not in self._roots]

    def _load(
        self, wanted: _Wanted, module: Module, path: PurePosixPath
    ) -> Iterator[tuple[Module, PurePosixPath]]:
        """Load a module, the packages it lies in, and those of its members that are modules."""
        names: list[str] = []
        if not wanted.level:
            folder = self._root_of(wanted.name.partition(".")[0])
        elif wanted.level <= len(path.parents):
            folder = path.parents[wanted.level - 1]
            names = _package_of(module, wanted.level)
            yield from self._packages(names, folder)
        else:
            folder = None
        if folder is None:
            return
        for part in filter(None, wanted.name.split(".")):
            folder /= part
            names.append(part)
            yield from self._one(".".join(names), folder)
        for member in wanted.members:
            if self._shelf.has(folder / member / "__init__.py") or self._shelf.has(
                folder / f"{member}.py"
            ):
                yield from self._one(".".join((*names, member)), folder / member)

    def _packages(
        self, names: list[str], folder: PurePosixPath
    ) -> Iterator[tuple[Module, PurePosixPath]]:
        for count in range(len(names), 0, -1):
            yield from self._package(".".join(names[:count]), folder)
            folder = folder.parent

    def _one(self, name: str, path: PurePosixPath) -> Iterator[tuple[Module, PurePosixPath]]:
        file = path.with_name(f"{path.name}.py")
        if self._shelf.has(file) and not self._shelf.has(path / "__init__.py"):
            yield from self._file(name, file)
        elif self._shelf.has_folder(path):
            yield from self._package(name, path)

    def _package(self, name: str, folder: PurePosixPath) -> Iterator[tuple[Module, PurePosixPath]]:
        if self._shelf.has(folder / "__init__.py"):
            yield from self._file(name, folder / "__init__.py")
        elif name not in self.modules:
            self.modules[name] = Module(name, self._shown(folder / "__init__.py"), "")

    def _file(self, name: str, file: PurePosixPath) -> Iterator[tuple[Module, PurePosixPath]]:
        if name in self._tried or file == self._inside or name in self._written:
            return
        self._tried.add(name)
        shown = self._shown(file)
        try:
            text = decode(self._shelf.read(file, LARGEST_CODE), shown)
            module, notes = whole_module(text.text, name, shown)
        except Unreadable as error:
            if error.kind is Kind.EMPTY:
                self.modules[name] = Module(name, shown, "")
            else:
                self.notes.append(f"{error.sentence} It is imported, and left out.")
            return
        self.notes.extend((*text.notes, *notes))
        self.modules[name] = module
        yield self.modules[name], file

    def _root_of(self, name: str) -> PurePosixPath | None:
        """Return the folder in which a module of that name stands, packages without a file last."""
        if name in _NEVER or not name or name in self._written:
            return None
        for root in self._roots:
            if self._shelf.has(root / name / "__init__.py") or self._shelf.has(root / f"{name}.py"):
                return root
        return next((root for root in self._roots if self._shelf.has_folder(root / name)), None)

    def _shown(self, file: PurePosixPath) -> str:
        inside = file.relative_to(self._base) if file.is_relative_to(self._base) else file
        return printable(str(inside))


def _in_its_package(main: Module, inside: PurePosixPath) -> Module:
    """Name a main module that imports relatively as a part of its package: ``hw1.net``."""
    if not re.search(r"^[ \t]*from[ \t]+\.", main.source, re.M):
        return main
    level = max((wanted.level for wanted in _imports(main.tree)), default=0)
    folders = [re.sub(r"\W", "_", part) for part in inside.parent.parts][-level:] if level else []
    folders = ["submission"] * (level - len(folders)) + folders
    return replace(main, name=".".join((*folders, main.name)))


def _package_of(module: Module, level: int) -> list[str]:
    """Return the names of the package that so many dots lead to."""
    parts = module.name.split(".")
    return parts[: len(parts) - level + module.package]


def _imports(tree: ast.Module) -> Iterator[_Wanted]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (_Wanted(0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            members = tuple(alias.name for alias in node.names if alias.name != "*")
            yield _Wanted(node.level, node.module or "", members)


def _names(statement: re.Match[str]) -> list[str]:
    """Return what a line imports from, roughly: ``import a, b as c`` gives a and b."""
    rest = re.findall(r",\s*(\w+)", statement[2]) if " import" not in statement[2] else []
    return [statement[1], *rest]


def _normal(folder: PurePosixPath, text: str) -> PurePosixPath | None:
    """Follow a relative path from a folder; None if it leaves the shelf."""
    if text.startswith(("/", "~")) or "\\" in text or ":" in text or "\0" in text:
        return None
    parts = list(folder.parts)
    for part in PurePosixPath(text).parts:
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)
