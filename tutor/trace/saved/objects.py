"""What is neither an array nor a usual number, as JSON: a tag, and what it stands for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.trace.saved.columns import packed
from tutor.trace.saved.node import Node
from tutor.trace.state import Opaque

_MOST_DIGITS = 4000


def packed_object(value: object) -> list[Any]:
    """Return a value as ``[tag, content]``."""
    match value:
        case None:
            return ["none"]
        case np.generic() if value.dtype.kind in "biufcUSMm":
            return ["numpy", packed(np.array([value]), exact=True)]
        case bool():
            return ["bool", value]
        case str():
            return ["text", value]
        case bytes():
            return ["bytes", value.hex()]
        case int() if abs(value).bit_length() < _MOST_DIGITS:
            return ["int", str(value)]
        case float() | complex():
            return [type(value).__name__, packed(np.array([value]))]
        case np.ndarray() if value.dtype.kind in "biufc":
            return ["array", list(value.shape), packed(value.reshape(-1), exact=True)]
        case tuple():
            return ["tuple", [packed_object(item) for item in value]]
        case _:
            return ["opaque", str(value)]


def unpacked_object(node: Node, depth: int = 0) -> object:
    """Return the value that a ``[tag, content]`` stands for."""
    parts = node.items(most=3)
    tag = parts[0].text() if parts else ""
    content = parts[1] if len(parts) > 1 else node
    match tag:
        case "none":
            return None
        case "bool":
            return content.flag()
        case "text":
            return content.text()
        case "opaque":
            return Opaque(content.text())
        case "numpy":
            return content.column(1)[0]
        case "float" | "complex":
            return content.column(1)[0].item()
        case "int":
            return _whole(content)
        case "bytes":
            return _raw(content)
        case "tuple" if depth < 8:
            return tuple(unpacked_object(item, depth + 1) for item in content.items())
        case "array" if len(parts) == 3:
            return _array(content, parts[2])
        case _:
            raise node.bad(f"has the tag {tag!r}, which is none")


def _whole(node: Node) -> int:
    text = node.text()
    if len(text) > _MOST_DIGITS or not text.removeprefix("-").isdecimal():
        raise node.bad("is not a whole number in digits")
    return int(text)


def _raw(node: Node) -> bytes:
    try:
        return bytes.fromhex(node.text())
    except ValueError:
        raise node.bad("is not a row of hexadecimal digits") from None


def _array(shape: Node, cells: Node) -> Any:
    lengths = shape.shape()
    flat = cells.column()
    if math.prod(lengths) != len(flat):
        raise cells.bad(f"does not fill an array {lengths}")
    return flat.reshape(lengths)
