"""What a file prints: beside the step that did so, or with the rest of the output."""

from __future__ import annotations

from tests.tracing.runs import steps_of, traced
from tutor.tracing import Request


def test_each_print_stands_beside_the_line_that_printed() -> None:
    steps = steps_of(traced(Request("prints.py")))
    shown = [(steps.state(k).line, steps.state(k).printed) for k in range(len(steps))]
    assert [pair for pair in shown if pair[1]] == [
        (5, "begin\n"),
        (10, "x is [1.5 2. ]\n"),
        (12, "x is [0.5 2. ]\n"),
        (13, "i = 0\n"),
        (10, "x is [1.  2.5]\n"),
        (12, "x is [1.  1.5]\n"),
        (13, "i = 1\n"),
    ]


def test_what_is_printed_before_the_call_is_the_rest_of_the_output() -> None:
    assert traced(Request("prints.py")).printed == "before\n"


def test_what_is_printed_between_calls_of_a_function_is_the_rest_too() -> None:
    found = traced(Request("prints.py", function="f"))
    assert found.printed == "before\nbegin\ni = 0\ni = 1\nafter\n"
    steps = steps_of(found)
    texts = [steps.state(k).printed for k in range(len(steps)) if steps.state(k).printed]
    assert texts == ["x is [1.5 2. ]\n", "x is [0.5 2. ]\n", "x is [1.  2.5]\n", "x is [1.  1.5]\n"]
