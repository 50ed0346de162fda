"""A saved run as one HTML page, which asks nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import html
from functools import lru_cache
from importlib.resources import files

from tutor.trace.saved import Saved, dump

# The parts of the player in the order in which they use each other.
_SCRIPTS = (
    "columns",
    "values",
    "arrays",
    "memory",
    "run",
    "cursor",
    "digits",
    "marks",
    "draw",
    "source",
    "heatmap",
    "valuespane",
    "told",
    "memorypane",
    "seek",
    "parting",
    "looking",
    "reader",
    "link",
    "theme",
    "keys",
    "places",
    "sheet",
    "board",
    "bar",
    "app",
    "plain",
    "boot",
)
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def page(saved: Saved) -> str:
    """Return the page that shows some runs step by step, with all that it needs inside it.

    Raises
    ------
    TypeError
        If a run is of a class that cannot be saved.
    """
    script, style = _script(), _part("player.css")
    parts = {
        "policy": _POLICY.format(script=_hash(script), style=_hash(style)),
        "style": style,
        "script": script,
        "title": html.escape(saved.title or "a recorded run"),
        "document": _embedded(dump(saved)),
    }
    text = _part("player.html")
    for name, part in parts.items():
        text = text.replace(f"<!--{name}-->", part)
    return text


def _embedded(document: bytes) -> str:
    """Return a document so that nothing in it can end the element that holds it."""
    return document.decode("utf-8").replace("<", "\\u003c")


@lru_cache(maxsize=1)
def _script() -> str:
    """Return the parts of the player as one script whose names stay inside it."""
    parts = "\n".join(_part(f"{name}.js") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


def _part(name: str) -> str:
    return files(__package__).joinpath("player", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return what a content security policy knows an inline part by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
