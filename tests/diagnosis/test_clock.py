"""What is found depends on the file alone, not on how busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.diagnosis import forked

_Judge = Callable[[Connection, str, int], None]
_HOUR = 3600.0
# Its fault has a name from the line that puts it right, after a hundred trials.
_STUDENT = Path(__file__).parents[1] / "students" / "ono_two_layer.py"


def test_a_clock_that_leaps_an_hour_at_every_look_changes_no_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = _STUDENT.read_text(encoding="utf-8")
    monkeypatch.setattr(forked, "_judge", _judge_while_it_leaps(forked._judge))
    (told,) = forked.judged([(source, 0)])
    assert told.errors == ("sigmoid-grad-of-activation",)


def _judge_while_it_leaps(judge: _Judge) -> _Judge:
    def leaping(pipe: Connection, source: str, seed: int) -> None:
        # In a process of its own: nobody else's clock leaps.
        hours = count(time.monotonic(), _HOUR)
        time.monotonic = time.perf_counter = lambda: next(hours)
        judge(pipe, source, seed)

    return leaping
