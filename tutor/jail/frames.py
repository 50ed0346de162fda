"""Values as bytes: a JSON header and the raw bytes of arrays. Nothing read here can run code.

A frame is 4 bytes of header length, 8 bytes of body length, the header in UTF-8, the body.
The header says what to build: a tree of ``[kind, ...]`` lists, in which ``["array", k]`` is the
k-th array of the body.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tutor.jail.opaque import Opaque

HEADER_CAP: Final = 4 << 20
BODY_CAP: Final = 64 << 20
DEPTH_CAP: Final = 8
NODE_CAP: Final = 10_000
DIMENSION_CAP: Final = 8
NAME_CAP: Final = 200

DTYPES: Final = frozenset(
    ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
) | frozenset(("float16", "float32", "float64", "complex64", "complex128"))

_LENGTHS: Final = struct.Struct("<IQ")
_HERE: Final = {np.dtype(name): name for name in DTYPES} if sys.byteorder == "little" else {}
_SENT_AS: Final = {name: np.dtype(name).newbyteorder("<") for name in DTYPES}
# Taken now: the code that is judged may put others in their place.
_NDARRAY: Final = np.ndarray
_GENERIC: Final = np.generic
_ASARRAY: Final = np.asarray
_CONTIGUOUS: Final = np.ascontiguousarray
_BYTES: Final = np.ndarray.tobytes
_TYPE_NAME: Final = type.__dict__["__name__"].__get__


class BadFrame(Exception):
    """Bytes or a value that no frame may hold. The message is a sentence's end."""


class Writer:
    """Turns one value into a tree and a body of raw bytes.

    What it reads of a value is what its class's base holds: a subclass of list, float or ndarray
    is not asked what it claims to be.

    Parameters
    ----------
    opaque : bool
        Send an `Opaque` in place of a leaf that cannot be sent; otherwise refuse the value.
    """

    def __init__(self, *, opaque: bool = False) -> None:
        self.arrays: list[tuple[str, tuple[int, ...]]] = []
        self.body = bytearray()
        self._opaque = opaque
        self._nodes = 0

    def tree(self, value: Any, depth: int = 0) -> list[Any]:
        """Return the tree of a value.

        Raises
        ------
        BadFrame
            If the value is of a kind that is not sent, or too large.
        """
        self._nodes += 1
        if self._nodes > NODE_CAP:
            raise BadFrame("a value nested too deeply or with too many parts")
        try:
            return self._node(value, type(value), depth)
        except _Unsendable as error:
            if not self._opaque:
                raise BadFrame(str(error)) from None
            return ["opaque", type_name(value), str(error)]

    def _node(self, value: Any, kind: type, depth: int) -> list[Any]:
        if depth > DEPTH_CAP:
            raise _Unsendable("a value nested too deeply or with too many parts")
        if value is None:
            return ["none"]
        if kind in _PLAIN:
            return [kind.__name__, _PLAIN[kind](value)]
        if issubclass(kind, (_NDARRAY, _GENERIC)):
            return self._array(value, kind)
        for plain, read in _PLAIN.items():
            if issubclass(kind, plain):
                return [plain.__name__, read(value)]
        if issubclass(kind, complex):
            number = complex.__complex__(value)
            return ["complex", number.real, number.imag]
        if issubclass(kind, (tuple, list)):
            base = tuple if issubclass(kind, tuple) else list
            return [base.__name__, [self.tree(item, depth + 1) for item in base.__iter__(value)]]
        if issubclass(kind, dict):
            return ["dict", [self._pair(k, v, depth + 1) for k, v in dict.items(value)]]
        if issubclass(kind, Opaque):
            return ["opaque", value.type_name, value.why]
        raise _Unsendable(f"a value of type {type_name(value)}")

    def _pair(self, key: object, value: object, depth: int) -> list[Any]:
        return [self.tree(key, depth), self.tree(value, depth)]

    def _array(self, value: Any, kind: type) -> list[Any]:
        is_array = issubclass(kind, _NDARRAY)
        # ndarray's own view: what a subclass says of its shape or dtype does not count.
        array = _NDARRAY.view(value, _NDARRAY) if is_array else _ASARRAY(value)
        dtype = array.dtype
        name = _HERE.get(dtype) or dtype.name
        if name not in DTYPES:
            raise _Unsendable(f"an array of dtype {dtype}"[:NAME_CAP])
        if array.ndim > DIMENSION_CAP or len(self.body) + array.nbytes > BODY_CAP:
            raise BadFrame(f"an array of {array.nbytes:,} bytes, which is too large")
        self.arrays.append((name, array.shape))
        if dtype not in _HERE:
            array = _CONTIGUOUS(array, dtype=dtype.newbyteorder("<"))
        self.body += _BYTES(array)
        return ["array" if is_array else "scalar", len(self.arrays) - 1]


class _Unsendable(Exception):
    """A leaf of a kind that is not sent."""


def type_name(value: object) -> str:
    """Return the name of a value's class, whatever its metaclass pretends."""
    return str(_TYPE_NAME(type(value)))[:NAME_CAP]


def pack(message: dict[str, Any], value: object = None, *, opaque: bool = False) -> bytes:
    """Return a frame of a message (plain JSON) and a value that goes with it.

    Parameters
    ----------
    opaque : bool
        Send an `Opaque` for each part of the value that cannot be sent.

    Raises
    ------
    BadFrame
        If the value cannot be sent.
    """
    writer = Writer(opaque=opaque)
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
    header_size, body_size = _LENGTHS.unpack(read_exactly(read, _LENGTHS.size))
    if header_size > HEADER_CAP or body_size > BODY_CAP:
        raise BadFrame("more bytes than are taken")
    both = read_exactly(read, header_size + body_size)
    header, body = both[:header_size], both[header_size:]
    try:
        message = json.loads(header)
        builder = _Builder(_arrays(message.pop("arrays"), body))
        value = builder.value(message.pop("value"), 0)
    except BadFrame:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, LookupError, RecursionError) as error:
        raise BadFrame("bytes that are no value") from error
    return message, value


def read_exactly(read: Callable[[int], bytes], count: int) -> bytes:
    """Return `count` bytes of `read(at_most)`.

    Raises
    ------
    EOFError
        If the other side is gone.
    """
    parts = []
    while count:
        part = read(min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _arrays(described: Any, body: bytes) -> list[NDArray[Any]]:
    if len(described) > NODE_CAP:
        raise BadFrame("more arrays than are taken")
    arrays = []
    offset = 0
    for name, shape in described:
        if name not in DTYPES or len(shape) > DIMENSION_CAP or not all(map(_is_size, shape)):
            raise BadFrame("an array that is not allowed")
        dtype = _SENT_AS[name]
        count = math.prod(shape)
        if offset + count * dtype.itemsize > len(body):
            raise BadFrame("an array larger than its bytes")
        flat = np.frombuffer(body, dtype, count, offset)
        arrays.append(flat.reshape(shape).astype(dtype.newbyteorder("=")))
        offset += count * dtype.itemsize
    if offset != len(body):
        raise BadFrame("bytes that belong to no array")
    return arrays


def _is_size(size: object) -> bool:
    return type(size) is int and 0 <= size <= BODY_CAP


class _Builder:
    """Builds a value from its tree; counts, so that a small header cannot make a large one."""

    def __init__(self, arrays: list[NDArray[Any]]) -> None:
        self._all = arrays
        self._nodes = 0

    def value(self, tree: Any, depth: int) -> object:
        self._nodes += 1
        # One deeper than a value goes there may be an Opaque that says so.
        if depth > DEPTH_CAP + 1 or self._nodes > NODE_CAP:
            raise BadFrame("a value nested too deeply or with too many parts")
        kind, *rest = tree
        if kind == "none":
            return None
        if kind in _SENT:
            return _exact(rest[0], _SENT[kind])
        if kind == "opaque":
            return Opaque(_exact(rest[0], str), _exact(rest[1], str))
        if kind == "complex":
            return complex(float(rest[0]), float(rest[1]))
        if kind in ("array", "scalar"):
            array = self._all[_index(rest[0], self._all)]
            return array if kind == "array" else array[()]
        if kind in ("tuple", "list"):
            items = [self.value(item, depth + 1) for item in rest[0]]
            return tuple(items) if kind == "tuple" else items
        if kind == "dict":
            return {self.value(k, depth + 1): self.value(v, depth + 1) for k, v in rest[0]}
        raise BadFrame("a value of an unknown kind")


_SENT: Final[dict[str, type]] = {"bool": bool, "int": int, "float": float, "str": str}


def _exact(value: Any, sort: type) -> Any:
    if type(value) is not sort:
        raise BadFrame(f"something that is no {sort.__name__}")
    return value


def _index(number: object, arrays: list[NDArray[Any]]) -> int:
    if type(number) is not int or not 0 <= number < len(arrays):
        raise BadFrame("an array that was not sent")
    return number


def _sent_int(value: int) -> int:
    if int.bit_length(value) > 4096:
        raise _Unsendable("an integer of more than a thousand digits")
    return int.__index__(value)


def _sent_bool(value: bool) -> bool:
    return value


# In this order, since a bool is an int.
_PLAIN: Final[dict[type, Callable[[Any], object]]] = {
    bool: _sent_bool,
    int: _sent_int,
    float: float.__float__,
    str: str.__str__,
}
