"""What is noted of a program while it runs for the first time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tutor.diagnosis.trial import HELPERS
from tutor.diagnosis.uses.run import all_updates, first_run, sites_of
from tutor.diagnosis.uses.text import Text
from tutor.jail import Module, Oracle, Program

HEAD = "import numpy as np\nw = np.ones(3)\nlr = 0.1\n"


@pytest.fixture
def oracle() -> Iterator[Oracle]:
    program = Program(Module("__main__", "<the judge>", ""), (), f"from {HELPERS} import *\n")
    with Oracle(program) as oracle:
        yield oracle


def load(oracle: Oracle, source: str) -> tuple[dict[str, Any], Any]:
    texts = {"__main__": Text("__main__", "a.py", source)}
    updates = all_updates(texts)
    sites = sites_of(updates, "__main__")
    sent = [{"name": "__main__", "filename": "a.py", "source": source, "sites": sites}]
    loaded = oracle.ask("load", sent, {}, False)
    return loaded, first_run(updates, loaded, {})


def test_a_plain_step_is_seen_and_leaves_nothing_to_look_at_closer(oracle: Oracle) -> None:
    loaded, run = load(oracle, f"{HEAD}w -= lr * w\n")
    (label,) = loaded["labels"]
    assert (label["visits"], label["moved"], label["bad"]) == (1, True, 0)
    assert run is not None
    assert oracle.ask("named", "w").tolist() == pytest.approx([0.9] * 3)


@pytest.mark.parametrize(
    "step",
    [
        "w = w - lr * w",  # another array in its place
        "w += lr * w",  # uphill
        "for _ in range(100): w -= 90 * lr * w",  # each pass makes it eight times as large
    ],
)
def test_an_odd_step_asks_for_a_closer_look(oracle: Oracle, step: str) -> None:
    _, run = load(oracle, f"{HEAD}{step}\n")
    assert run is None


def test_the_way_to_a_failure_goes_from_the_innermost_line(oracle: Oracle) -> None:
    loaded, _ = load(oracle, "def f(x):\n    return x.y\n\ndef g(x):\n    return f(x)\ng(1)\n")
    (failure,) = loaded["failures"]
    assert [tuple(place) for place in failure["chain"]] == [
        ("__main__", "f", 2),
        ("__main__", "g", 5),
        ("__main__", "<module>", 6),
    ]


def test_rows_of_nan_that_argmax_is_given_are_counted(oracle: Oracle) -> None:
    source = "import numpy as np\ny = np.full((4, 3), np.nan)\ny[0] = 1, 2, 3\np = y.argmax(1)\n"
    loaded, _ = load(oracle, f"{source}p = np.argmax(y, axis=1)\n")
    (pick,) = loaded["picks"]
    assert (pick["rows"], pick["nan_rows"], pick["line"]) == (4, 3, 5)


def test_loops_inside_functions_are_cut_short_only_where_they_update(oracle: Oracle) -> None:
    source = f"""{HEAD}
def train():
    n = m = 0
    for _ in range(50):
        w[...] = w
        n += 1
    for _ in range(50):
        globals()['w'] -= lr * w
        m += 1
    return n, m
found = train()
"""
    load(oracle, source)
    assert oracle.ask("named", "found") == (50, 6)
