"""Students' runs as handed in and put right: which function, and where the two part."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.diagnosis.test_students import WRONG, judged
from tutor.diagnosis.findings import Diagnosis, Finding, Repair, Verdict
from tutor.diagnosis.shown import HANDED_IN, PUT_RIGHT, Shown, each_shown, shown, unrun
from tutor.diagnosis.submission import Submission, read_submission
from tutor.jail import Oracle
from tutor.pitfalls import Severity
from tutor.trace.state import State
from tutor.trace.steps import Steps


@cache
def shown_of(name: str) -> tuple[Shown, ...]:
    found = judged(name)
    return shown(found.submission, found.diagnosis)


def line(steps: Steps, step: int) -> str:
    return steps.source.line(steps.line_of(step)).strip()


def values(state: State) -> dict[str, object]:
    kept = {}
    for name, value in state.names.items():
        view = getattr(value, "to_numpy", None)
        kept[name] = view().tolist() if view else repr(value)
    return kept


@pytest.mark.parametrize(
    ("name", "number", "function", "accused", "right"),
    [
        ("mika_ch5.ipynb", 0, "softmax", "exp_a / np.sum(exp_a)", "keepdims=True"),
        ("tanaka.py", 1, "backward", "np.mean(dout, axis=0)", "np.sum(dout, axis=0)"),
        ("alan_gradcheck.py", 1, "numerical_gradient", "/ 2*h", "(2 * h)"),
        ("joao_denominator.py", 1, "cross_entropy_error", "reshape", ""),
        ("marc_classes.py", 0, "backward", "", "/"),
        ("omar_xor.ipynb", 0, "backward", "", ""),
        ("pascal_sigmoide.py", 0, "sigmoide", "", "-"),
        ("zoe.py", 0, "gradients", "1.5", "self.h.T @ d"),
    ],
)
def test_the_accused_function_is_run_and_the_two_part_at_its_line(
    name: str, number: int, function: str, accused: str, right: str
) -> None:
    one = shown_of(name)[number]
    assert [run.title for run in one.runs] == [HANDED_IN, PUT_RIGHT]
    handed_in, put_right = (run.steps for run in one.runs)
    assert handed_in.source.name == function
    assert one.at is not None
    at, other = one.at
    assert accused in "\n".join(handed_in.source.lines)
    assert right in line(put_right, other) or right in "\n".join(put_right.source.lines)
    assert "\n".join(handed_in.source.lines) != "\n".join(put_right.source.lines)
    for step in range(min(at, other)):
        assert values(handed_in.state(step)) == values(put_right.state(step)), step
    assert told(handed_in.state(at)) != told(put_right.state(other))


def told(state: State) -> tuple[object, ...]:
    return values(state), repr(state.result), state.exception, state.source.line(state.line)


def test_the_softmax_put_right_gives_rows_that_sum_to_1_and_the_other_a_batch_that_does() -> None:
    (one,) = shown_of("mika_ch5.ipynb")
    assert one.at is not None
    (before,), (after,) = (
        [float(x) for x in run.steps.state(step).names["exp_a"].to_numpy().sum(keepdims=True)[0]]
        for run, step in zip(one.runs, one.at, strict=True)
    )
    assert before == after
    rows = one.runs[1].steps.state(one.at[1]).names["exp_a"].to_numpy()
    expected = rows / rows.sum(axis=1, keepdims=True)
    text = one.runs[1].steps.state(one.at[1]).result[0].text
    shown_figures = np.array([float(x) for x in text.translate(_NO_BRACKETS).split()[1:]])
    np.testing.assert_allclose(shown_figures, expected.ravel(), atol=1e-4)


_NO_BRACKETS = {ord(x): " " for x in "[]"}


def test_the_lines_of_a_notebook_count_within_its_cell() -> None:
    (one,) = shown_of("mika_ch5.ipynb")
    source = one.runs[0].steps.source
    assert source.filename == "mika_ch5.ipynb, cell 2"
    assert source.first_line == 1
    assert one.at is not None
    assert one.runs[0].steps.line_of(one.at[0]) == 4
    assert one.runs[0].steps.state(one.at[0]).line == 4
    (line_alone,) = unrun(judged("mika_ch5.ipynb").submission, judged("mika_ch5.ipynb").diagnosis)
    still = line_alone.runs[0].steps
    assert (len(still), still.line_of(0), still.source.first_line) == (1, 4, 1)
    assert still.source.line(4) == source.line(4)


def test_where_nothing_reaches_the_line_it_stands_alone_and_says_why() -> None:
    (one,) = shown_of("steve_bootcamp.py")
    assert not one.has_run
    assert "NeuralNetwork.update" in one.sentences[0]
    steps = one.runs[0].steps
    assert len(steps) == 1
    assert line(steps, 0) == "self.weights1 += self.learning_rate * self.d_weights1"
    (other,) = shown_of("seoyeon.py")
    assert other.sentences == (
        "Line 52 calls no function of this file, so there is no run to step through.",
    )


def test_a_run_that_is_over_sooner_parts_where_the_other_goes_on() -> None:
    one = next(s for s in shown_of("karim_batch.py") if s.finding.pitfall == "returns-none")
    assert one.at is not None
    assert line(one.runs[0].steps, one.at[0]).startswith("loss = ")
    assert line(one.runs[1].steps, one.at[1]) == "return loss"


LOOP = """\
import numpy as np


def softmax(x):
    n = 3
    while n > 0:
        n -= 1
    return np.exp(x) / np.exp(x).sum()
"""


def accused(line: int, repair: str, definition: str = "softmax") -> Diagnosis:
    put = Repair(True, 1e-9, repair)
    told = Finding("p", Severity.ERROR, definition, "__main__", line, "Wrong.", (), put)
    return Diagnosis("net.py", Verdict.PITFALL, "", findings=(told,))


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    path = tmp_path / "net.py"
    path.write_text(LOOP)
    return read_submission(path)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one question to the jail take no longer than half a second."""
    monkeypatch.setattr("tutor.diagnosis.shown.stage._EACH", 0.5)


def test_a_repair_that_never_ends_is_told_and_the_run_as_handed_in_is_there(
    submission: Submission, short: None
) -> None:
    (one,) = shown(submission, accused(7, "n += 1"))
    assert len(one.runs) == 2  # its recording is cut behind so many steps
    # Within one step nothing can cut it.
    (endless,) = shown(submission, accused(5, "n = sum(iter(int, 1))"))
    assert [run.title for run in endless.runs] == [HANDED_IN]
    assert "Put right, the run could not be recorded" in endless.sentences[0]
    assert line(endless.runs[0].steps, 1) == "n = 3"


def test_code_that_never_ends_as_handed_in_is_told(tmp_path: Path, short: None) -> None:
    path = tmp_path / "net.py"
    path.write_text(LOOP.replace("n = 3", "n = sum(iter(int, 1))"))
    (one,) = shown(read_submission(path), accused(5, "n = 3"))
    assert not one.has_run
    assert "The run could not be recorded" in one.sentences[0]
    assert line(one.runs[0].steps, 0) == "n = sum(iter(int, 1))"


def test_hostile_code_leaves_the_jail_no_more_than_a_verdict_does(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    target = tmp_path / "written"
    path.write_text(LOOP.replace("n = 3", f"open({str(target)!r}, 'w').write('x'); n = 3"))
    (one,) = shown(read_submission(path), accused(5, "n = 3"))
    with Oracle("") as oracle:
        walls = oracle.isolation.layers
    if any("landlock" in layer for layer in walls):
        assert not target.exists()
    assert one.runs


def test_nothing_is_left_running(submission: Submission, clean: Path, short: None) -> None:
    (one,) = shown(submission, accused(5, "n = sum(iter(int, 1))"))
    assert one.sentences


def test_whoever_does_not_wait_gets_nothing_more(submission: Submission) -> None:
    asked: list[int] = []

    def stopped() -> bool:
        asked.append(1)
        return len(asked) > 2

    assert list(each_shown(submission, accused(5, "n = 2"), 0, stopped)) == []
    assert len(asked) == 3


def test_a_file_with_nothing_wrong_has_nothing_to_show(submission: Submission) -> None:
    clean = Diagnosis("net.py", Verdict.CLEAN, "")
    assert shown(submission, clean) == ()
    assert unrun(submission, clean) == ()


def in_order(name: str) -> Iterator[tuple[Finding, Shown]]:
    yield from zip(judged(name).errors, shown_of(name), strict=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_every_error_of_every_student_is_shown(name: str) -> None:
    for finding, one in in_order(name):
        assert one.finding == finding
        assert one.runs
        assert all(len(run.steps) for run in one.runs)
        assert one.sentences or (one.at and len(one.runs) == 2)
        if one.at is not None:
            for step, run in zip(one.at, one.runs, strict=True):
                assert run.steps.state(step).line
