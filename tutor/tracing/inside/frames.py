"""The line from the learner's process to the tutor: frames of a kind, a length and bytes."""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterator
from enum import Enum
from typing import IO

_HEAD = struct.Struct(">cQ")
_PIECE = 1 << 16


class Sort(Enum):
    """What a frame holds."""

    STARTED = b"S"  # the file is about to run
    BEGUN = b"B"  # the recording has begun
    PRINTED = b"P"  # text, UTF-8
    CLOSING = b"C"  # nothing of the file's runs any more
    RECORDED = b"R"  # the document
    REPORT = b"E"  # a `Report`; the last frame


class Sender:
    """Writes frames to a descriptor; one whose reader is gone takes them and says nothing."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.RLock()

    def send(self, sort: Sort, data: bytes = b"") -> None:
        """Write one frame."""
        with self._lock:
            try:
                self._write(_HEAD.pack(sort.value, len(data)) + data)
            except OSError:
                return  # the file has closed it, or the tutor is gone

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left[:_PIECE]) :]


def read_frames(stream: IO[bytes]) -> Iterator[tuple[Sort, bytes]]:
    """Yield frames until the stream ends, or holds something else."""
    while True:
        head = stream.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return
        kind, length = _HEAD.unpack(head)
        data = stream.read(length)
        if len(data) < length:
            return
        try:
            yield Sort(kind), data
        except ValueError:
            return
