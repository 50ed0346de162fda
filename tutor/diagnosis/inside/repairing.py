"""One definition of a student's program replaced, and put back."""

from __future__ import annotations

from typing import Any

from tutor.diagnosis.inside.space import MAIN, modules

Answer = dict[str, str]

_NOTHING = object()
_before: list[tuple[dict[str, Any], str, Any]] = []
_methods: list[tuple[Any, str, Any]] = []


def redefine(name: str, source: str, line: int = 1, module: str = MAIN) -> dict[str, str]:
    """Run a definition anew, changed, in the student's module; every importer gets the new one.

    Parameters
    ----------
    name : str
        A function or a class of the module's top level.
    source : str
        The whole definition.
    line : int
        Where it begins in the module, so that its lines keep their numbers.
    module : str
        The module that holds it.

    Returns
    -------
    dict
        ``raised``: what running it raised, if it did; then nothing has changed.
    """
    names = modules[module]
    filename = names.get("__file__") or f"<repair of {name}>"
    old = names.get(name)
    try:
        exec(compile("\n" * (line - 1) + source, filename, "exec", dont_inherit=True), names)
    except Exception as error:
        names[name] = old
        return {"raised": f"{type(error).__name__}: {error}"}
    _before.append((names, name, old))
    _exchange(old, names[name])
    return {}


def redefine_method(owner: str, name: str, source: str, line: int, module: str = MAIN) -> Answer:
    """Run a method anew, changed, and give it to its class: quicker than the class as a whole.

    ``source`` is the method as it stands in the class, indented; see `redefine` for the rest.
    """
    names = modules[module]
    made: dict[str, Any] = {}
    text = "\n" * (line - 2) + "if True:\n" + source
    try:
        exec(compile(text, names["__file__"], "exec", dont_inherit=True), names, made)
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {error}"}
    held = names[owner]
    _methods.append((held, name, vars(held).get(name, _NOTHING)))
    setattr(held, name, made[name])
    return {}


def restore() -> None:
    """Put back every definition that was replaced, the last one first."""
    while _methods:
        held, name, old = _methods.pop()
        if old is _NOTHING:
            delattr(held, name)
        else:
            setattr(held, name, old)
    while _before:
        names, name, old = _before.pop()
        new = names[name]
        names[name] = old
        _exchange(new, old)


def _exchange(old: Any, new: Any) -> None:
    for names in modules.values():
        for held in [key for key, value in names.items() if value is old]:
            names[held] = new
