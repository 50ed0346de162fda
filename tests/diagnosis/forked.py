"""Programs judged in processes of their own, without the walls of the jail: a test trusts them."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import pickle
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from tutor.diagnosis import inside
from tutor.diagnosis.asked import Student
from tutor.diagnosis.judge import judge
from tutor.diagnosis.submission import read_text
from tutor.jail.frames import pack, read_frame

_SECONDS = 120


@dataclass(frozen=True)
class Told:
    """What was said of a program: its errors and its advice by slug, "?" for one without a name."""

    verdict: str
    errors: tuple[str, ...]
    advice: tuple[str, ...]


class Copying:
    """Answers in this very process, with copies of everything as a jail has it."""

    def ask(self, name: str, *values: object) -> Any:
        return _copied(getattr(inside, name)(*_copied(values)))


def _copied(value: Any) -> Any:
    """Return a copy that shares nothing; of what the jail would not send, what it sends instead."""
    if type(value) is np.ndarray and value.dtype.kind in "biufc":
        return value.copy()
    if value is None or type(value) in (bool, int, float, complex, str):
        return value
    if type(value) in (list, tuple):
        return type(value)(map(_copied, value))
    if type(value) is dict:
        return {_copied(key): _copied(item) for key, item in value.items()}
    return read_frame(io.BytesIO(pack({}, value, opaque=True)).read)[1]


def judged(programs: Iterable[tuple[str, int]]) -> Iterator[Told]:
    """Yield what is said of each (source, seed), a process for each, as many at once as cores."""
    running: deque[tuple[multiprocessing.Process, Connection]] = deque()
    for source, seed in programs:
        running.append(_started(source, seed))
        if len(running) > (os.cpu_count() or 1):
            yield _ended(*running.popleft())
    while running:
        yield _ended(*running.popleft())


def _started(source: str, seed: int) -> tuple[multiprocessing.Process, Connection]:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_judge, args=(there, source, seed))
    child.start()
    there.close()
    return child, here


def _ended(child: multiprocessing.Process, pipe: Connection) -> Told:
    try:
        assert pipe.poll(_SECONDS), "it did not answer"
        told: Told = pickle.loads(pipe.recv_bytes())
    finally:
        pipe.close()
        child.join(5)
        child.kill()
    return told


def _judge(pipe: Connection, source: str, seed: int) -> None:
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    with contextlib.redirect_stdout(io.StringIO()):
        found = judge(read_text(source, "program.py"), Student(Copying()), seed)
    slugs = [(f.is_error, f.pitfall or "?") for f in found.findings]
    errors = sorted({slug for is_error, slug in slugs if is_error})
    advice = sorted({slug for is_error, slug in slugs if not is_error})
    pipe.send_bytes(pickle.dumps(Told(found.verdict.value, tuple(errors), tuple(advice))))
