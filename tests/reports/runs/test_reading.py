"""The page's own reading of a document, beside that of `tutor.trace.saved`."""

from __future__ import annotations

import json
import random
from itertools import pairwise

import numpy as np
import pytest

from tests.reports.runs import given
from tests.trace.corpus import CASES
from tutor.reports.runs import write
from tutor.trace import Cursor, Lockstep
from tutor.trace.find import first_parting
from tutor.trace.saved import Run, Saved, dump, load
from tutor.ui.digits import compare

_MOST = 12  # steps of a run that are looked at
_FEW = 24  # runs of the corpus; the slow test takes all
_READ = """
const [path, steps] = given;
const player = await gradtutor.player;
let run = player.reader.runs[path[0]].run;
for (const step of path.slice(1)) run = run.stepInto(step);
return JSON.stringify(steps.map((k) =>
  [gradtutor.stateAsJson(run, k), gradtutor.memoryAsJson(run, k)]));
"""


def text_of(value):
    """Return a scalar as `str` has it; of narrow floats, versions of NumPy write some otherwise."""
    is_narrow = value.dtype.kind == "f" and value.dtype.itemsize < 8
    if is_narrow and 1e-4 <= abs(float(value)) < 1e16:
        return np.format_float_positional(value, trim="0")
    return str(value)


def value_of(value):
    if hasattr(value, "to_numpy"):
        texts = [text_of(cell) for cell in value.to_numpy().reshape(-1)]
        return ["array", list(value.shape), str(value.dtype), texts, list(map(list, value.changed))]
    if isinstance(value, np.generic):
        return [
            "numpy",
            {"U": "str", "S": "bytes"}.get(value.dtype.kind, str(value.dtype)),
            str(value),
        ]
    if isinstance(value, tuple):
        return ["tuple", [value_of(item) for item in value]]
    if type(value).__name__ == "Opaque":
        return ["opaque", value.text]
    name = {"str": "text", "NoneType": "none"}.get(type(value).__name__, type(value).__name__)
    return [name, repr(value)]


def state_of(state):
    plain = ("step", "line", "end_line", "depth", "call", "iteration", "written", "exception")
    source = state.source
    return {
        **{name: getattr(state, name) for name in (*plain, "printed")},
        "idx": None if state.idx is None else list(state.idx),
        "names": [[name, value_of(value)] for name, value in state.names.items()],
        "blank": list(state.blank),
        "assigned": list(state.assigned),
        "writes": [[w.name, list(w.index), value_of(w.old), value_of(w.new)] for w in state.writes],
        "returned": [[callee, value_of(value)] for callee, value in state.returned],
        "result": [value_of(value) for value in state.result],
        "source": [source.name, source.filename, source.first_line, list(source.lines)],
    }


def memory_of(memory):
    return [
        [b.number, list(b.shape), b.dtype, [[n, how, part] for n, how, part, _ in b.bindings],
         [list(index) for index in b.written]]
        for b in memory.buffers
    ]  # fmt: skip


def assert_read_alike(browser, run, path):
    steps = sorted(random.Random(0).sample(range(len(run)), min(_MOST, len(run))))
    found = json.loads(browser.wait(_READ, path, steps))
    for step, (state, memory) in zip(steps, found, strict=True):
        assert state == state_of(run.state(step)), (path, step)
        assert memory == memory_of(run.memory(step)), (path, step)
    for step in run.data.inside:
        assert_read_alike(browser, run.step_into(step), [*path, step])


def opened(browser, saved, folder):
    """Open the page of some runs, and return them as read by Python from what it carries."""
    kept = load(dump(saved))  # once: to save what was called inside is to call it again
    write(kept, folder / "run.html")
    browser.go(folder / "run.html")
    return kept


def corpus(names):
    return Saved("the corpus", tuple(Run(name, given.recorded(name)) for name in names))


@pytest.mark.parametrize("part", range(2))
def test_states_and_memory_are_as_python_reads_them(browser, tmp_path, part):
    names = random.Random(1).sample(sorted(CASES), _FEW)
    saved = opened(browser, corpus(names[part::2]), tmp_path)
    for number, run in enumerate(saved.runs):
        assert_read_alike(browser, run.steps, [number])


@pytest.mark.slow
def test_every_run_of_the_corpus_is_read_alike(browser, tmp_path):
    names = sorted(CASES)
    for start in range(0, len(names), 50):
        saved = opened(browser, corpus(names[start : start + 50]), tmp_path)
        for number, run in enumerate(saved.runs):
            assert_read_alike(browser, run.steps, [number])


@pytest.mark.parametrize(
    "names",
    [
        ("special_numbers", "other_kinds", "complex_step"),  # that JavaScript has no word for
        ("flat_ravel", "flat_reshape", "transposed", "view_of_view", "empty_arrays"),
    ],
    ids=["numbers", "views"],
)
def test_what_is_easily_got_wrong_is_read_alike(browser, tmp_path, names):
    saved = opened(browser, corpus(names), tmp_path)
    for number, run in enumerate(saved.runs):
        assert_read_alike(browser, run.steps, [number])


def test_a_larger_run_is_read_alike(browser, tmp_path):
    saved = opened(browser, given.wide(), tmp_path)
    assert_read_alike(browser, saved.runs[0].steps, [0])


def test_two_runs_are_in_step_as_in_the_terminal(browser, tmp_path):
    runs = [given.recorded("range_size"), given.recorded("nested_i_j")]
    runs += [given.repeated(2, 3, 1), given.repeated(1, 2, 4)]
    others = tuple(Run(str(number), run) for number, run in enumerate(runs))
    saved = opened(browser, Saved("x", (*given.two().runs, *others)), tmp_path)
    script = (
        "const [a, b] = given; const {reader} = await gradtutor.player;"
        "const [left, right] = [a, b].map(at => reader.runs[at].run);"
        "const steps = [...Array(left.length).keys()];"
        "return steps.map(k => gradtutor.corresponding(left, right, k))"
    )
    for one, other in [(0, 1), (0, 2), (2, 0), (3, 0), (4, 5), (5, 4)]:
        left, right = (saved.runs[number].steps for number in (one, other))
        lockstep = Lockstep(Cursor(left), Cursor(right))
        expected = [lockstep.corresponding(step) for step in range(len(left))]
        assert browser.wait(script, one, other) == expected


def test_runs_part_where_the_terminal_says_they_do(browser, tmp_path):
    saved = opened(browser, given.two(), tmp_path)
    script = (
        "const {reader} = await gradtutor.player; const [a, b] = reader.runs.map(r => r.run);"
        "return await gradtutor.firstParting(a, b, {aborted: false}, () => {})"
    )
    left, right = (run.steps for run in saved.runs)
    assert browser.wait(script) == first_parting(left, right)[0]


# --- figures -------------------------------------------------------------------------------------


def numbers():
    chance = random.Random(2)
    usual = [
        0.1,
        1 / 3,
        1e16,
        9999999999999998.0,
        1e-5,
        0.0001,
        2.5,
        -0.0,
        5e-324,
        1.7976931348623157e308,
    ]
    return usual + [chance.uniform(-1, 1) * 10 ** chance.randint(-20, 20) for _ in range(300)]


def test_floats_are_written_as_python_writes_them(browser, files):
    browser.go(files["two"])
    script = "return given[0].map(n => gradtutor.floatText(n, given[1]))"
    assert browser.wait(script, numbers(), 8) == [repr(n) for n in numbers()]
    narrow = [np.float32(n) for n in numbers() if 1e-30 < abs(n) < 1e30]
    assert browser.wait(script, [float(n) for n in narrow], 4) == [text_of(n) for n in narrow]
    half = [np.float16(n) for n in numbers() if 1e-4 < abs(n) < 6e4]
    assert browser.wait(script, [float(n) for n in half], 2) == [text_of(n) for n in half]


def test_rounded_numbers_are_pythons(browser, files):
    browser.go(files["two"])
    ties = [0.5, 1.5, 2.5, 0.125, 0.375, 1.0625, -2.5, 0.03125, 1.00048828125]
    some = [n for n in numbers() if abs(n) < 1e15] + ties
    for places in (0, 1, 4):
        script = "return given[0].map(n => gradtutor.fixed(n, given[1]))"
        assert browser.wait(script, some, places) == [f"{n:.{places}f}" for n in some]
    script = "return given[0].map(n => gradtutor.scientific(n, 3))"
    some = [n for n in numbers() + ties if n]
    assert browser.wait(script, some) == [f"{n:.3e}" for n in some]


def test_figures_are_told_apart_as_in_the_terminal(browser, files):
    browser.go(files["two"])
    chance = random.Random(3)
    near = [(n, n * (1 + chance.uniform(-1, 1) * 10 ** chance.randint(-15, -1))) for n in numbers()]
    pairs = [(a, b) for a, b in [*near, *pairwise(numbers())] if abs(a) < 1e300 and abs(b) < 1e300]
    script = (
        "const as = (raw) => ({type: 'float', raw});"
        "return given[0].map(([a, b]) => { const c = gradtutor.compared(as(a), as(b));"
        "return [c.left, c.right].map(f => [f.common, f.mark, f.rest, f.exponent])"
        ".concat([c.difference]) })"
    )
    for pair, found in zip(pairs, browser.wait(script, pairs), strict=True):
        both = compare(*pair)
        wanted = [[f.common, f.mark, f.rest, f.exponent] for f in (both.left, both.right)]
        assert found == [*wanted, both.difference], pair
