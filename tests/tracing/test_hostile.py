"""Files that crash, hang, flood and vanish: each ends its own process and gives its sentence."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.tracing.runs import HOSTILE, steps_of, traced
from tutor.tracing import Ending, Request, trace_file

_HARM_AT = 15  # the line of the differentiator whose f does harm, in its fourth call: fxh2 = f(x)


@dataclass(frozen=True)
class Harm:
    """A file, how its run ends, what its sentence says, and how much of it is recorded."""

    file: str
    ending: Ending
    words: tuple[str, ...]
    said: str = ""
    seconds: float = 20.0

    @property
    def is_recorded(self) -> bool:
        return bool(self.said)


IN_F = [
    Harm("loop_in_f.py", Ending.TIME, ("line 28", "loop without an end"), "time was over", 0.4),
    Harm("swallows.py", Ending.TIME, ("loop without an end",), "time was over", 0.4),
    Harm("exits.py", Ending.EXITED, ("line 28", "exit(3)"), "SystemExit: 3"),
    Harm("os_exit.py", Ending.EXITED, ("line 28", "os._exit(4)"), "os._exit(4)"),
    Harm("segfault.py", Ending.DIED, ("line 28", "segmentation fault", "run again"), "died here"),
    Harm("aborts.py", Ending.DIED, ("line 28", "os.abort()"), "os.abort()"),
    Harm("aborts_in_c.py", Ending.DIED, ("line 28", "an abort", "run again"), "died here"),
    Harm("killed.py", Ending.DIED, ("line 15", "SIGKILL"), "died here"),
    Harm("flood.py", Ending.OUTPUT, ("line 29", "megabyte"), "megabyte"),
    Harm("flood_of_errors.py", Ending.OUTPUT, ("line 29", "megabyte"), "megabyte"),
    Harm("raw_flood.py", Ending.OUTPUT, ("line 29", "megabyte"), "Stopped here"),
    Harm("memory.py", Ending.MEMORY, ("line 30", "memory"), "Unable to allocate"),
    Harm("recursion.py", Ending.RAISED, ("line 25", "calls itself"), "RecursionError"),
    Harm("asks_input.py", Ending.RAISED, ("line 28", "type"), "EOFError"),
    Harm("raises.py", Ending.RAISED, ("line 28", "ValueError: no such x"), "ValueError"),
]
WITHOUT = [
    Harm("syntax_error.py", Ending.UNREADABLE, ("line 3", "not Python")),
    Harm("python2.py", Ending.UNREADABLE, ("line 4", "Python 2")),
    Harm("binary.py", Ending.UNREADABLE, ("null bytes",)),
    Harm("empty.py", Ending.UNREADABLE, ("empty",)),
    Harm("missing.py", Ending.UNREADABLE, ("missing.py",)),
    Harm("", Ending.UNREADABLE, ("folder",)),
    Harm("missing_module.py", Ending.RAISED, ("line 2", "gradients_of_my_friend", "Install it")),
    Harm("loop_before.py", Ending.TIME, ("line 6", "loop without an end"), seconds=0.4),
    Harm("never.py", Ending.NEVER, ("line 7", "never reached")),
    Harm("generator.py", Ending.REFUSED, ("generator",)),
    Harm("nothing_to_trace.py", Ending.REFUSED, ("--call",)),
    Harm("closes_all.py", Ending.DIED, ("sent nothing", "os.close")),
]


def _traced_harm(harm: Harm) -> Request:
    memory = 1 << 28 if harm.ending is Ending.MEMORY else 0
    return Request(f"hostile/{harm.file}", seconds=harm.seconds, memory=memory)


@pytest.mark.parametrize("harm", IN_F, ids=lambda harm: harm.file)
def test_what_was_recorded_until_then_is_there_with_the_line(harm: Harm) -> None:
    found = traced(_traced_harm(harm))
    assert found.ended.ending is harm.ending, found.ended.sentence
    for word in harm.words:
        assert word in found.ended.sentence
    steps = steps_of(found)
    assert found.saved is not None
    assert found.ended.sentence in found.saved.notes
    last = steps.state(len(steps) - 1)
    assert last.line == _HARM_AT
    assert harm.said in (last.exception or "")
    # W = [1, 2, 3]: the first slope is whole, of the second the first value of f.
    np.testing.assert_allclose(steps.iterations["grad"], [2.0, np.nan], rtol=1e-6)
    np.testing.assert_allclose(
        steps.iterations["fxh1"], [1.0001**2 + 13, 2.0001**2 + 10], rtol=1e-12
    )
    np.testing.assert_allclose(steps.iterations["fxh2"], [0.9999**2 + 13, np.nan], rtol=1e-12)
    np.testing.assert_allclose(last.names["x"].to_numpy(), [[1.0, 1.9999, 3.0]], rtol=1e-12)


@pytest.mark.parametrize("harm", WITHOUT, ids=lambda harm: harm.file or "folder")
def test_where_nothing_is_recorded_a_sentence_says_why(harm: Harm) -> None:
    found = traced(_traced_harm(harm))
    assert found.ended.ending is harm.ending, found.ended.sentence
    assert found.saved is None
    for word in harm.words:
        assert word in found.ended.sentence
    assert found.ended.sentence.endswith(".")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request("script_nditer.py", function="numerical_gradent"), "Did you mean numerical_grad"),
        (Request("script_nditer.py", function="softmin_of_all"), "no function softmin_of_all"),
        (Request("script_nditer.py", function="SimpleNet"), "it is a class"),
        (Request("script_nditer.py", call="net.W"), "no call that can be traced"),
        (Request("script_nditer.py", call="numerical_gradient("), "no call that can be traced"),
        (Request("book.ipynb", cell=9), "There is no cell 9 in book.ipynb"),
        (Request("script_nditer.py", cell=1), "it has none"),
        (Request("only_net.py", function="softmax"), "never called"),
        (Request("script_nditer.py", call="abs(-1)"), "not written in Python"),
    ],
)
def test_a_request_that_cannot_be_met_says_what_to_do(request_: Request, words: str) -> None:
    found = traced(request_)
    assert found.saved is None
    assert words in found.ended.sentence
    assert found.ended.ending in (Ending.REFUSED, Ending.NEVER)


def test_an_expression_that_does_not_run_says_what_was_raised() -> None:
    found = traced(Request("range_size.py", call="numerical_gradient(f, no_such_name)"))
    assert found.ended.ending is Ending.RAISED
    assert "no_such_name" in found.ended.sentence


def test_a_file_that_deletes_itself_is_shown_all_the_same(tmp_path: Path) -> None:
    file = Path(shutil.copy(HOSTILE / "deletes_itself.py", tmp_path))
    found = trace_file(Request(file))
    assert not file.exists()
    steps = steps_of(found)
    assert steps.source.lines[0] == "def numerical_gradient(f, x):"
    np.testing.assert_allclose(steps.iterations["grad"], [2, 4])


def test_the_user_can_stop_a_run() -> None:
    cancel = threading.Event()
    cancel.set()
    found = trace_file(Request(HOSTILE / "loop_before.py", seconds=60), cancel)
    assert found.ended.ending is Ending.STOPPED
    assert "as you asked" in found.ended.sentence or "was ended" in found.ended.sentence


def test_a_recording_ends_after_so_many_steps_and_says_so() -> None:
    found = traced(Request("two_layer.py", max_steps=40))
    assert found.ended.ending is Ending.STEPS
    assert not found.ended.is_whole
    steps = steps_of(found)
    assert 40 <= len(steps) < 60  # up to the next look, at the head of the loop
    assert f"after {len(steps)} steps" in found.ended.sentence
    assert "--max-steps" in found.ended.sentence
    assert found.saved is not None
    assert found.ended.sentence in found.saved.notes
    whole = steps_of(traced(Request("two_layer.py")))
    for step in range(38):
        assert steps.state(step).line == whole.state(step).line
        assert steps.state(step).idx == whole.state(step).idx


def test_a_function_without_a_loop_ends_after_so_many_steps_too() -> None:
    found = traced(Request("training_loop.py", function="gradient", max_steps=1000))
    assert found.ended.ending is Ending.STEPS
    assert 1000 <= found.steps < 1000 + 64 * 5
