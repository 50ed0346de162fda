"""What is typed to be looked for, and a search that can be stopped."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ui.runs import dead, gradient, long_run, squares
from tutor.trace import record
from tutor.ui import seeking
from tutor.ui.seeking import Kind, Seek, Wanted, element, find, likely_element, presets, wanted


def never() -> bool:
    return False


def nobody(share: float) -> None:
    pass


def search(what: Wanted, steps: object, here: int = 0, forwards: bool = True) -> int | None:
    return find(what, steps, here, forwards, never, nobody)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("first NaN", Wanted(Kind.NAN)),
        ("the next nan", Wanted(Kind.NAN)),
        ("NaN", Wanted(Kind.NAN)),
        ("next write of W", Wanted(Kind.WRITE, "W")),
        ("write to net.W[0, 1]", Wanted(Kind.WRITE, "net.W", (0, 1))),
        ("last write of params['W1'][2,3]", Wanted(Kind.WRITE, "params['W1']", (2, 3))),
        (" fxh1 == fxh2 ", Wanted(Kind.WHERE, "fxh1 == fxh2")),
        ("np.isnan(fxh1)", Wanted(Kind.WHERE, "np.isnan(fxh1)")),
    ],
)
def test_what_was_typed_is_a_condition_a_nan_or_a_write(text: str, what: Wanted) -> None:
    assert wanted(text) == what


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("W[0, 1]", ("W", (0, 1))),
        ("W[3]", ("W", (3,))),
        ("net.params['W1'][-1, 0]", ("net.params['W1']", (-1, 0))),
        ("x", ("x", None)),
        ("params['W1']", ("params['W1']", None)),
        ("x[True]", ("x[True]", None)),
    ],
)
def test_an_element_is_an_array_and_an_index(text: str, found: object) -> None:
    assert element(text) == found


@pytest.mark.parametrize("text", ["", "W[0,", "the first", "W[0]] "])
def test_what_names_no_element_gets_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as W\[0, 1\]"):
        element(text)


def test_presets_are_those_of_the_run() -> None:
    offered = presets(gradient(), "h > 0")
    assert offered == [
        "h > 0",
        "first NaN",
        "fxh1 == fxh2",
        "next write of x",
        "next write of grad",
    ]


def test_the_element_asked_about_is_the_one_at_hand() -> None:
    steps = gradient()
    at = next(k for k in range(len(steps)) if steps.state(k).assigned == ("fxh1",))
    assert likely_element(steps.state(at)) == "x[0, 0]"
    stored = next(k for k in range(at, len(steps)) if "grad" in str(steps.state(k).writes))
    assert likely_element(steps.state(stored)) == "grad[0, 0]"
    assert likely_element(record(lambda a: a, 1).state(0)) == ""


def test_a_dead_column_is_where_the_two_values_are_equal() -> None:
    steps = gradient(dead)
    step = search(Wanted(Kind.WHERE, "fxh1 == fxh2"), steps)
    assert step is not None
    assert steps.state(step).idx == (0, 2)
    assert steps.state(step).assigned == ("fxh2",)
    following = search(Wanted(Kind.WHERE, "fxh1 == fxh2"), steps, step)
    assert steps.state(following).idx == (1, 2)
    back = search(Wanted(Kind.WHERE, "fxh1 == fxh2"), steps, following, False)
    assert back == step


def test_the_last_write_is_found_again_and_again_backwards() -> None:
    steps = gradient()
    what = Wanted(Kind.WRITE, "x", (0, 1))
    found, here = [], len(steps) - 1
    while (here := search(what, steps, here, False)) is not None:
        found.append(steps.state(here).writes[0])
    assert [write.index for write in found] == [(0, 1)] * 3
    assert found[-1].new == pytest.approx(2.0 + 1e-4)


def test_the_first_nan_and_none_after_the_last() -> None:
    def poisoned(x: np.ndarray) -> float:
        return float("nan") if x[1, 0] > 4.0 else float(np.sum(x**2))

    steps = gradient(poisoned)
    step = search(Wanted(Kind.NAN), steps)
    assert steps.state(step).idx == (1, 0)
    assert steps.state(step).assigned == ("fxh1",)
    assert search(Wanted(Kind.NAN), steps, len(steps) - 1, False) == step
    assert search(Wanted(Kind.NAN), steps, step, False) is None
    assert search(Wanted(Kind.NAN), gradient(squares)) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("fhx1 == 2", "fxh1"), ("x = 2", "=="), ("", "empty"), ("write of W[", "W[0, 1]")],
)
def test_what_cannot_be_looked_for_is_said_before_the_search(text: str, said: str) -> None:
    assert said in seeking.problem_of(text, gradient())
    assert seeking.problem_of("fxh1 == fxh2", gradient()) == ""


def test_a_search_says_how_far_it_is_and_can_be_stopped() -> None:
    steps = long_run()
    told = []
    seek = Seek("x", (steps,), lambda stop, tell: ())

    def tell(share: float) -> None:
        told.append(share)
        seek.stopped = len(told) > 2

    what = Wanted(Kind.WHERE, "fxh1 > 1e9")
    assert find(what, steps, 0, True, lambda: seek.stopped, tell) is None
    assert len(told) == 3
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] < 1


def test_a_search_leaves_the_interpreter_as_it_was_and_tells_its_problem() -> None:
    import sys

    before = sys.getswitchinterval()
    during = []

    def look(stop: object, tell: object) -> tuple[int, ...]:
        during.append(sys.getswitchinterval())
        raise ValueError("There is no such array.")

    assert Seek("x", (), look).run().problem == "There is no such array."
    assert during[0] < before
    assert sys.getswitchinterval() == before
