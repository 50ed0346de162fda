"""Saves progress in a process that is killed at a random moment, many times, and looks.

Run as a program: without NumPy a fork costs a millisecond.
"""

from __future__ import annotations

import os
import random
import signal
import struct
import sys
import time
from pathlib import Path

from tutor.course.progress import Progress


def save_forever(path: Path, start: int, acknowledged: int) -> None:
    progress = Progress.load(path)
    for place in range(start, 1 << 30):
        progress.visit("lesson", place)
        progress.draft("lesson", "x" * (place % 5000))
        if progress.save() is None:
            os.write(acknowledged, struct.pack("<I", place))


def kill_once(path: Path, start: int, delay: float) -> int:
    """Return the last place whose save was acknowledged before the kill."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reader)
            save_forever(path, start, writer)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        first = stream.read(4)
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        last = (first + stream.read())[-4:]
    return int(struct.unpack("<I", last)[0])


def main(folder: str, times: str) -> None:
    path = Path(folder) / "progress.json"
    rng = random.Random(0)
    place = 0
    for count in range(int(times)):
        said = kill_once(path, place, rng.uniform(0, 0.008))
        progress = Progress.load(path)
        place = progress.lesson("lesson").place
        assert not progress.messages, (count, progress.messages)
        assert place in (said, said + 1), (count, place, said)
        assert len(progress.lesson("lesson").draft) == place % 5000, count
    assert not list(Path(folder).glob("*damaged*"))


if __name__ == "__main__":
    main(*sys.argv[1:])
