"""Text of the judge's made into functions among a student's names."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any


def made(code: str, owner: str, names: Sequence[str], module: dict[str, Any]) -> Callable[..., Any]:
    """Return a step as a function of the names that it found."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    text = f"def __step__({', '.join(names)}):\n{body}\n"
    if owner:
        inner = "\n".join(f"    {line}" for line in text.splitlines())
        text = f"class {owner}:\n{inner}\n"
    found: dict[str, Any] = {}
    exec(compile(text, "<step>", "exec", dont_inherit=True), module, found)
    made = vars(found[owner])["__step__"] if owner else found["__step__"]
    assert isinstance(made, FunctionType)
    return made


@contextlib.contextmanager
def helping(helpers: Sequence[Mapping[str, str]], module: dict[str, Any]) -> Iterator[None]:
    """Give some functions other code for a while; whoever holds them calls that."""
    before: list[tuple[FunctionType, CodeType]] = []
    try:
        for helper in helpers:
            owner, name = helper["owner"], helper["name"]
            held = vars(module[owner]).get(name) if owner else module.get(name)
            old = inspect.unwrap(getattr(held, "__func__", held))  # type: ignore[arg-type]
            text = helper["source"]
            if owner:
                inner = "\n".join(f"    {line}" for line in text.splitlines())
                text = f"class {owner}:\n{inner}\n"
            found: dict[str, Any] = {}
            exec(compile(text, "<step>", "exec", dont_inherit=True), module, found)
            new = vars(found[owner])[name] if owner else found[name]
            if isinstance(old, FunctionType) and not old.__code__.co_freevars:
                before.append((old, old.__code__))
                old.__code__ = new.__code__
        yield
    finally:
        for function, code in reversed(before):
            function.__code__ = code
