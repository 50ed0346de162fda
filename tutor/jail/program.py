"""The source text of a program, in one module or several."""

from __future__ import annotations

from dataclasses import dataclass

MAIN = "__main__"


@dataclass(frozen=True, slots=True)
class Module:
    """One module.

    Attributes
    ----------
    name : str
        The name by which the others import it, with dots in a package: ``"common.functions"``.
    filename : str
        The name under which its lines are reported. A package's own module ends in
        ``__init__.py``; a package without one needs no module.
    source : str
        Its text.
    """

    name: str
    filename: str
    source: str


@dataclass(frozen=True, slots=True)
class Program:
    """A main module, the modules that it can import, and the judge's own helpers.

    Attributes
    ----------
    main : Module
        Run as ``__main__``. It can be imported by its own name too, and is then, as always in
        Python, a second module.
    others : tuple of Module
        Importable; none is run before it is imported. One of them hides an installed package of
        its name, but not what the interpreter and NumPy themselves have imported.
    helpers : str
        Python source that runs, in a namespace of its own, before `main`. Its functions answer
        `Oracle.ask`. It finds ``student``, a dict from module names to namespaces (``"__main__"``
        for `main`; a module is in it from the moment in which it begins to run), and ``kept``,
        an empty dict for what is to live on between questions. If it defines
        ``prepare(tree, name)``, each module's ``ast.Module`` passes through that before it is
        compiled.
    """

    main: Module
    others: tuple[Module, ...] = ()
    helpers: str = ""

    @property
    def modules(self) -> tuple[Module, ...]:
        """All of them, the main module first."""
        return (self.main, *self.others)

    def mentions(self, word: str) -> bool:
        """Tell whether the word stands anywhere in the code."""
        return any(word in module.source for module in self.modules)
