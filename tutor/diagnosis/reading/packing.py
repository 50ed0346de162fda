"""How a file is packed, told by its first bytes; cheap, unlike unpacking it."""

from __future__ import annotations

from typing import Final

_STARTS: Final = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\0", "xz"),
)


def packing_of(data: bytes) -> str:
    """Return ``zip``, ``gz``, ``bz2``, ``xz``, ``tar``, or nothing. 300 bytes are enough."""
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    return "tar" if data[257:262] == b"ustar" else ""
