"""Helpers that are imported before the fork, and a limit for each question."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tutor.jail import Module, Oracle, Program, Timeout, start_early, warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

PACKAGE = "tutor.diagnosis.inside"
HELPERS = f"""
import sys
before = sorted(name for name in sys.modules if name.partition('.')[0] == 'tutor')
from {PACKAGE} import observe
def names(): return before
"""


def names(jails: Path, helpers: str) -> list[str]:
    """Return which modules of ours a child has before it imports any."""
    warm._shared.close()
    warm._shared.helpers = ""
    start_early(helpers)
    with Oracle(Program(Module("__main__", "a.py", ""), (), HELPERS)) as oracle:
        return list(oracle.ask("names"))


def test_the_warm_process_has_the_helpers_and_no_more_of_ours(jails: Path) -> None:
    found = names(jails, PACKAGE)
    assert {"tutor", "tutor.diagnosis", PACKAGE, f"{PACKAGE}.loading"} <= set(found)
    assert not [name for name in found if name.startswith("tutor.jail")]


def test_without_them_it_has_nothing_of_ours(jails: Path) -> None:
    assert names(jails, "") == []


def test_one_question_may_take_a_part_of_the_time(clean: Path) -> None:
    source = "def f():\n    while True: pass\n"
    with Oracle(source, "a.py", 60, seconds_each=0.1) as oracle:
        with pytest.raises(Timeout) as caught:
            oracle.call("f")
        assert not caught.value.by_clock


def test_questions_that_keep_within_it_add_up_to_more(clean: Path) -> None:
    source = "import time\ndef f():\n    end = time.process_time() + 0.05\n"
    source += "    while time.process_time() < end: pass\n    return 1\n"
    with Oracle(source, "a.py", 60, seconds_each=0.3) as oracle:
        assert [oracle.call("f") for _ in range(10)] == [1] * 10
