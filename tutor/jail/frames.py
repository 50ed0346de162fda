"""Values as bytes: a JSON header and the raw bytes of arrays. Nothing read here can run code.

A frame is 4 bytes of header length, 8 bytes of body length, the header in UTF-8, the body.
The header says what to build: a tree of ``[kind, ...]`` lists, in which ``["array", k]`` is the
k-th array of the body.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HEADER_CAP: Final = 4 << 20
BODY_CAP: Final = 64 << 20
DEPTH_CAP: Final = 8
NODE_CAP: Final = 10_000
DIMENSION_CAP: Final = 8

DTYPES: Final = frozenset(
    ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
) | frozenset(("float16", "float32", "float64", "complex64", "complex128"))

_LENGTHS: Final = struct.Struct("<IQ")


class BadFrame(Exception):
    """Bytes or a value that no frame may hold. The message is a sentence's end."""


class Writer:
    """Turns one value into a tree and a body of raw bytes."""

    def __init__(self) -> None:
        self.arrays: list[tuple[str, tuple[int, ...]]] = []
        self.body = bytearray()
        self._nodes = 0

    def tree(self, value: object, depth: int = 0) -> list[Any]:
        """Return the tree of a value.

        Raises
        ------
        BadFrame
            If the value is of a kind that is not sent, or too large.
        """
        self._nodes += 1
        if depth > DEPTH_CAP or self._nodes > NODE_CAP:
            raise BadFrame("a value nested too deeply or with too many parts")
        if value is None:
            return ["none"]
        if isinstance(value, (np.ndarray, np.generic)):
            return self._array(value)
        if isinstance(value, bool):
            return ["bool", value]
        if isinstance(value, int):
            return ["int", _sent_int(value)]
        if isinstance(value, float):
            return ["float", float(value)]
        if isinstance(value, complex):
            return ["complex", value.real, value.imag]
        if isinstance(value, str):
            return ["str", str(value)]
        if isinstance(value, (tuple, list)):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return [kind, [self.tree(item, depth + 1) for item in value]]
        if isinstance(value, dict):
            pairs = [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in value.items()]
            return ["dict", pairs]
        raise BadFrame(f"a value of type {type(value).__name__}")

    def _array(self, value: NDArray[Any] | np.generic) -> list[Any]:
        if value.dtype.name not in DTYPES:
            raise BadFrame(f"an array of dtype {value.dtype}")
        if value.ndim > DIMENSION_CAP or len(self.body) + value.nbytes > BODY_CAP:
            raise BadFrame(f"an array of {value.nbytes:,} bytes, which is too large")
        array = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        self.arrays.append((value.dtype.name, value.shape))
        self.body += array.tobytes()
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        return [kind, len(self.arrays) - 1]


def pack(message: dict[str, Any], value: object = None) -> bytes:
    """Return a frame of a message (plain JSON) and a value that goes with it.

    Raises
    ------
    BadFrame
        If the value cannot be sent.
    """
    writer = Writer()
    tree = writer.tree(value)
    header = json.dumps({**message, "value": tree, "arrays": writer.arrays}).encode("ascii")
    if len(header) > HEADER_CAP:
        raise BadFrame("a value that is too large")
    return _LENGTHS.pack(len(header), len(writer.body)) + header + bytes(writer.body)


def read_frame(read: Callable[[int], bytes]) -> tuple[dict[str, Any], object]:
    """Read one frame with `read(count)` and return its message and its value.

    Raises
    ------
    EOFError
        If the other side is gone.
    BadFrame
        If the bytes are no frame, or one above the caps.
    """
    header_size, body_size = _LENGTHS.unpack(_exactly(read, _LENGTHS.size))
    if header_size > HEADER_CAP or body_size > BODY_CAP:
        raise BadFrame("more bytes than are taken")
    header = _exactly(read, header_size)
    body = _exactly(read, body_size)
    try:
        message = json.loads(header)
        arrays = _arrays(message.pop("arrays"), body)
        value = _build(message.pop("value"), arrays, 0)
    except BadFrame:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, LookupError, RecursionError) as error:
        raise BadFrame("bytes that are no value") from error
    return message, value


def _exactly(read: Callable[[int], bytes], count: int) -> bytes:
    parts = []
    while count:
        part = read(min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _arrays(described: Any, body: bytes) -> list[NDArray[Any]]:
    arrays = []
    offset = 0
    for name, shape in described:
        if name not in DTYPES or len(shape) > DIMENSION_CAP or not all(map(_is_size, shape)):
            raise BadFrame("an array that is not allowed")
        dtype = np.dtype(name).newbyteorder("<")
        count = math.prod(shape)
        if offset + count * dtype.itemsize > len(body):
            raise BadFrame("an array larger than its bytes")
        flat = np.frombuffer(body, dtype, count, offset)
        arrays.append(flat.reshape(shape).astype(np.dtype(name)))
        offset += count * dtype.itemsize
    if offset != len(body):
        raise BadFrame("bytes that belong to no array")
    return arrays


def _is_size(size: object) -> bool:
    return type(size) is int and 0 <= size <= BODY_CAP


def _build(tree: Any, arrays: list[NDArray[Any]], depth: int) -> object:
    if depth > DEPTH_CAP:
        raise BadFrame("a value nested too deeply")
    kind, *rest = tree
    if kind == "none":
        return None
    if kind in _PLAIN:
        sort = _PLAIN[kind]
        if type(rest[0]) is not sort:
            raise BadFrame(f"something that is no {kind}")
        return rest[0]
    if kind == "complex":
        return complex(float(rest[0]), float(rest[1]))
    if kind in ("array", "scalar"):
        array = arrays[_index(rest[0], arrays)]
        return array if kind == "array" else array[()]
    if kind in ("tuple", "list"):
        items = [_build(item, arrays, depth + 1) for item in rest[0]]
        return tuple(items) if kind == "tuple" else items
    if kind == "dict":
        return {_build(k, arrays, depth + 1): _build(v, arrays, depth + 1) for k, v in rest[0]}
    raise BadFrame("a value of an unknown kind")


_PLAIN: Final[dict[str, type]] = {"bool": bool, "int": int, "float": float, "str": str}


def _index(number: object, arrays: list[NDArray[Any]]) -> int:
    if type(number) is not int or not 0 <= number < len(arrays):
        raise BadFrame("an array that was not sent")
    return number


def _sent_int(value: int) -> int:
    if value.bit_length() > 4096:
        raise BadFrame("an integer of more than a thousand digits")
    return int(value)
