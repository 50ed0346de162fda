"""Modules that are imported from text that was sent, not from files."""

from __future__ import annotations

import ast
import builtins
import linecache
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any

from tutor.jail.program import MAIN, Module, Program

Namespace = dict[str, Any]


class Importer(MetaPathFinder, Loader):
    """Runs the modules of a program; each is compiled when it is wanted.

    Attributes
    ----------
    student : dict
        The namespaces of the modules that have begun to run, by name.
    prepare : callable or None
        Changes a module's syntax tree before it is compiled.
    """

    def __init__(self, program: Program) -> None:
        self._main = program.main
        self._modules = {module.name: module for module in (*program.others, program.main)}
        self._names = {module.filename: module.name for module in self._modules.values()}
        self._names[program.main.filename] = MAIN
        self._packages = {name.rpartition(".")[0] for name in self._modules if "." in name} | {
            name for name, each in self._modules.items() if each.filename.endswith("__init__.py")
        }
        self._builtins = ModuleType("builtins")
        self.student: dict[str, Namespace] = {}
        self.prepare: Callable[[ast.Module, str], ast.Module] | None = None

    def install(self, keep: frozenset[str]) -> None:
        """Put the modules before all others.

        Parameters
        ----------
        keep : frozenset of str
            Loaded modules that theirs do not replace.
        """
        for name in self._modules:
            if name.partition(".")[0] not in keep:
                sys.modules.pop(name, None)
        for module in self._modules.values():
            lines = module.source.splitlines(keepends=True)
            linecache.cache[module.filename] = (len(module.source), None, lines, module.filename)
        sys.meta_path.insert(0, self)
        # What is patched in `builtins` is patched for the code that does it, not for the jail.
        self._builtins.__dict__.update(builtins.__dict__)
        sys.modules["builtins"] = self._builtins

    def module_of(self, filename: str) -> str | None:
        """Return the name of the module that has this file name."""
        return self._names.get(filename)

    def run_main(self) -> None:
        """Run the main module as ``__main__``."""
        module = ModuleType(MAIN)
        # Classes and dataclasses look their module up.
        sys.modules[MAIN] = module
        self._run(self._main, module)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module of the program, or a package that it needs to be in."""
        module = self._modules.get(fullname)
        is_package = fullname in self._packages
        if module is None and not is_package:
            return None
        origin = module.filename if module else None
        return spec_from_loader(fullname, self, origin=origin, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        """Run an imported module's text."""
        found = self._modules.get(module.__name__)
        if found is not None:
            self._run(found, module)

    def get_source(self, fullname: str) -> str | None:
        """Return a module's text, as `inspect` and tracebacks ask for it."""
        found = self._modules.get(fullname)
        return found.source if found else None

    def _run(self, source: Module, module: ModuleType) -> None:
        namespace = module.__dict__
        namespace["__file__"] = source.filename
        namespace["__builtins__"] = self._builtins
        self.student[module.__name__] = namespace
        exec(self._compiled(source, module.__name__), namespace)

    def _compiled(self, source: Module, name: str) -> Any:
        tree: Any = source.source
        if self.prepare is not None:
            tree = self.prepare(ast.parse(source.source, source.filename), name)
        return compile(tree, source.filename, "exec", dont_inherit=True)
