"""What is counted of what other tools show, is what a person would count."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from click.testing import CliRunner

from tests.benchmarks import peers, peers_lines, peers_scripts, peers_seen, peers_watched
from tests.benchmarks.__main__ import main
from tests.benchmarks.peers_calls import ARRAYS, CALLS, LESSON, LONG, PAIRS
from tests.benchmarks.peers_seen import changes, elements, figures, renumbered, unmarked
from tutor.nets import numerical_gradient


def test_a_write_is_shown_where_the_value_shown_is_another():
    assert changes(["[0.1]", "[0.2]", "[0.2]", "[0.1]"]) == 2
    assert changes(["[0.1 ... 0.9]"] * 5) == 0
    assert changes([]) == 0


def test_only_whole_figures_count_as_shown():
    assert figures(2) == ["0.1001", "0.1002"]
    assert elements("[0.1001, 0.1002]", 6) == 2
    assert elements("0.100, 0.10019, 10.1003, 0.9999", 6) == 0


@pytest.mark.parametrize("shape", [(2, 3), (20, 20)])
def test_an_array_that_numpy_prints_is_counted_in_full(shape):
    count = shape[0] * shape[1]
    (x,) = ARRAYS[count].made()
    assert x.shape == shape
    assert len(set(x.flat)) == count
    assert elements(repr(x), count) == elements(str(x), count) == count


def test_two_graphs_are_the_same_whatever_the_ids():
    assert renumbered("node77 -> node5, node77") == renumbered("node8 -> node9, node8")
    assert renumbered("node7 -> node7") != renumbered("node7 -> node8")
    assert unmarked("<f at 0x7f12>") == unmarked("<f at 0x7f9a>")


def test_the_lines_there_are_to_show():
    # two before the loop, seven looks at the condition, nine lines in each of six rounds, return
    assert peers.lines_run(LESSON) == 2 + 7 + 6 * 9 + 1
    assert peers.lines_run(LONG) == 2 + 401 + 400 * 9 + 1


def test_the_script_of_a_call_is_the_call():
    names = {"__name__": "__main__"}
    exec(compile(LESSON.script, "lesson.py", "exec"), names)
    f, x = LESSON.made()
    assert np.array_equal(names["numerical_gradient"](f, x), numerical_gradient(f, x))
    assert LESSON.script.startswith("from __future__")
    assert set(CALLS) == {call.name for call in CALLS.values()}


def test_a_pair_differs_in_nothing_but_its_memory():
    for shared, copied in PAIRS.values():
        one, other = shared.made(), copied.made()
        arrays = [(a, b) for a, b in zip(one, other, strict=True) if isinstance(a, np.ndarray)]
        assert all(np.array_equal(a, b) for a, b in arrays)
        assert _shares(one)
        assert not _shares(other)


def _shares(made):
    *_, first, second = made
    return np.shares_memory(getattr(first, "W", first), second)


def test_every_write_of_ours_is_counted_and_every_pair_told():
    seen = peers_watched.ours(LESSON)()
    assert (seen.steps, seen.writes) == (64, 18)
    for shared, copied in PAIRS.values():
        assert peers_watched.ours(shared)().text != peers_watched.ours(copied)().text
        assert peers_watched.ours(shared)().text == peers_watched.ours(shared)().text


PYSNOOPER = """\
Starting var:.. x = array([1.])
12:00:00.000000 call         1 def f(x):
12:00:00.000000 line         2     x[0] = 2
Modified var:.. x = array([2.])
12:00:00.000000 line         3     return x
Modified var:.. xs = 3
Elapsed time: 00:00:00.000100
"""
SNOOP = """\
12:00:00.00 >>> Call to f in File "a.py", line 1
12:00:00.00 ...... x = array([1.])
12:00:00.00    1 | def f(x):
12:00:00.00    2 |     x[0] = 2
12:00:00.00 .......... x = array([2.])
12:00:00.00    3 |     return x
"""
HUNTER = """\
  a.py:1     call      [x := array([1.])]
  a.py:2     line      [x : array([1.]) => array([2.])]
  a.py:3     line      [idx : 1 => 2]
"""


def test_an_argument_is_not_a_write():
    assert peers_lines.pysnooper_writes(PYSNOOPER) == 1
    assert peers_lines.snoop_writes(SNOOP) == 1
    assert peers_lines.hunter_writes(HUNTER) == 1


def test_the_line_of_the_definition_is_no_step():
    assert peers_watched._printed(PYSNOOPER, *peers_watched.PYSNOOPER).steps == 2
    assert peers_watched._printed(SNOOP, *peers_watched.SNOOP).steps == 2
    assert peers_watched._printed(HUNTER, *peers_watched.HUNTER).steps == 2


def test_x_is_found_in_what_python_tutor_drew():
    def drawn(event, locals_, heap):
        frame = {"encoded_locals": locals_}
        return {"event": event, "func_name": "numerical_gradient", "heap": heap} | {
            "stack_to_render": [frame]
        }

    trace = [
        drawn("call", {"x": ["REF", 1]}, {1: ["INSTANCE_PPRINT", "ndarray", "[1.]"]}),
        drawn("step_line", {"x": ["REF", 1]}, {1: ["INSTANCE_PPRINT", "ndarray", "[1.]"]}),
        drawn("step_line", {"x": ["REF", 1]}, {1: ["INSTANCE_PPRINT", "ndarray", "[2.]"]}),
        {"event": "instruction_limit_reached", "exception_msg": "Stopped after 3 steps. Please"},
    ]
    seen = peers_scripts._seen_by_python_tutor(LESSON, trace)
    assert (seen.steps, seen.writes, seen.stopped) == (2, 1, "Stopped after 3 steps")


def test_x_is_found_in_a_graph():
    head = '<TR><TD BORDER="1" STYLE="ROUNDED"> f </TD><TD BORDER="1" STYLE="ROUNDED"> x </TD></TR>'
    cells = '<TR><TD BORDER="1"> f </TD><TD BORDER="1" PORT="ref0"> </TD></TR>'
    source = (
        "\tnode1 [label=<\nanother\n> xlabel=grad]\n\tnode12 [label=<\n0.5\n> xlabel=x]\n"
        f"\tnode9 [label=<\n{head}\n{cells}\n> xlabel=dict]\n\tnode9:ref0 -> node12:table []\n"
    )
    assert "0.5" in peers_watched._x_in_graph(source)
    assert "another" not in peers_watched._x_in_graph(source)


def test_thonny_shows_one_object_under_two_names():
    class Value:
        def __init__(self, number):
            self.id, self.repr = number, "array([1.])"

    shared = {"x": Value(7), "W": Value(7)}
    assert peers_scripts._in_heap_view(shared) == "x 0 array([1.])\nW 0 array([1.])"
    assert peers_scripts._in_heap_view(shared | {"W": Value(8)}).endswith("W 1 array([1.])")


def test_a_tool_that_is_missing_is_said():
    missing = peers.Tool("Nothing", "no-such-tool", peers_watched.ours, "", "as its page says")
    row = peers._absent(missing)
    assert row.how == "not installed; documented: as its page says"


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_a_quick_run_has_a_row_for_every_tool():
    result = CliRunner().invoke(main, ["--quick", "--only", "peers"])
    assert result.exit_code == 0, result.output
    assert all(f"{tool.name}: " in result.stdout for tool in peers.TOOLS)
    assert sys.gettrace() is None
    assert peers_seen.Seen(1, 1, 1, "").stopped == ""
