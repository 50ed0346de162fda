"""Tells when a file has been saved."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from tutor.diagnosis.submission import read_submission
from tutor.diagnosis.unreadable import Unreadable

_INTERVAL = 0.25  # seconds
_FOLDERS_UP = 2


class Watch:
    """Looks at files now and then; what counts is what they hold.

    A file that is gone for a moment, or half written, is not taken for saved: it is when two
    looks find the same.

    Parameters
    ----------
    *paths : path
        The file, and those that it imports.
    interval : float
        Seconds between two looks.
    """

    def __init__(self, *paths: str | os.PathLike[str], interval: float = _INTERVAL) -> None:
        self._paths = [Path(path) for path in paths]
        self._interval = interval
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._hashes: dict[Path, bytes] = {}
        self._known = self._look()
        self._last = self._known

    @staticmethod
    def of(path: str | os.PathLike[str], interval: float = _INTERVAL) -> Watch:
        """Watch a file and the modules beside it that it imports, as far as it can be read."""
        return Watch(path, *_siblings(path), interval=interval)

    def has_changed(self) -> bool:
        """Look once; tell whether a file has been saved with something new since the last time."""
        now = self._look()
        is_settled = now == self._last
        self._last = now
        if not is_settled or now == self._known:
            return False
        self._known = now
        return True

    def changes(self, stop: threading.Event | None = None) -> Iterator[None]:
        """Yield each time that a file has been saved, until the event is set."""
        stop = stop or threading.Event()
        while not stop.wait(self._interval):
            if self.has_changed():
                yield

    def _look(self) -> dict[Path, bytes]:
        for path in self._paths:
            try:
                found = path.stat()
                stamp = (found.st_mtime_ns, found.st_size)
                if self._stamps.get(path) != stamp:
                    self._hashes[path] = hashlib.sha256(path.read_bytes()).digest()
                    self._stamps[path] = stamp
            except OSError:
                self._stamps.pop(path, None)  # being replaced: what it was holds until it is back
        return dict(self._hashes)


def _siblings(path: str | os.PathLike[str]) -> list[Path]:
    try:
        submission = read_submission(path)
    except Unreadable:
        return []
    folder = Path(os.path.abspath(path)).parent
    roots = [folder, *list(folder.parents)[:_FOLDERS_UP]]
    found = []
    for module in submission.siblings:
        name = Path(*module.name.split("."))
        files = (f for root in roots for f in (root / f"{name}.py", root / name / "__init__.py"))
        found += [file for file in files if file.is_file()][:1]
    return found
