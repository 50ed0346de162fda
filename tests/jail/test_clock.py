from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tutor.jail import clock
from tutor.jail.clock import Clock, TimeUp


@pytest.mark.skipif(sys.platform != "linux", reason="reads the clock of a process")
def test_processor_time_runs_out_before_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "WALL_FACTOR", 1e6)
    ours = Clock(0.05, os.getpid())
    assert 0 < ours.patience() <= 0.05
    until = time.process_time() + 0.06
    while time.process_time() < until:
        pass
    with pytest.raises(TimeUp) as caught:
        ours.patience()
    assert not caught.value.by_clock


def test_time_counts_only_while_an_answer_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    ours = Clock(2.0)
    ours.resume()
    now = 101.0
    assert ours.patience() == 5.0
    ours.pause()
    now = 1000.0
    ours.resume()
    assert ours.patience() == 5.0
    now = 1004.5
    assert ours.patience() == 0.5
    now = 1005.0
    with pytest.raises(TimeUp):
        ours.patience()


def test_a_process_that_is_gone_has_the_clock_alone() -> None:
    gone = subprocess.Popen([sys.executable, "-IS", "-c", ""])
    gone.wait()
    ours = Clock(2.0, gone.pid)
    ours.resume()
    assert 2.0 < ours.patience() <= 6.0
