# ruff: noqa: RET504
"""Which functions can be recorded, and what is said of the others."""

from __future__ import annotations

import ast
import functools
import importlib.util
import linecache
import os
from typing import Any

import numpy as np
import pytest

from tests.trace.corpus import Net, matrix, point, skew
from tutor.trace import Recorder, Recording, RecordingError, record


@pytest.fixture
def load(tmp_path):
    def load(text, name="learner"):
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.path = path
        return module

    return load


def rewrite(path, text):
    path.write_text(text, encoding="utf-8")
    stamp = os.stat(path).st_mtime + 10
    os.utime(path, (stamp, stamp))


def generator():
    yield 1


async def coroutine():
    return 1


class Plain:
    pass


@pytest.mark.parametrize("what", [len, print, np.add, Plain, int, generator, coroutine, 5])
def test_what_has_no_lines_is_refused_with_a_sentence(what):
    with pytest.raises(RecordingError) as refusal:
        record(what, 1)
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert getattr(what, "__name__", repr(what)) in sentence


def test_a_function_without_source_is_recorded_slowly_and_says_so():
    names = {"np": np}
    text = "def g(f, x):\n    y = f(x)\n    x[0] = 1.0\n    z = x * 2\n    return y\n"
    exec(text, names)
    x = point()
    recording = record(names["g"], skew, x)
    assert recording.notes
    assert "slower" in recording.notes[0].text
    assert recording.result == skew(point())
    last = recording.state(len(recording) - 1)
    assert last.names["y"] == recording.result
    np.testing.assert_array_equal(last.names["x"].to_numpy(), x)
    np.testing.assert_array_equal(last.names["z"].to_numpy(), x * 2)
    (write,) = recording.writes()
    assert (write["name"], write["index"].tolist(), write["old"], write["new"]) == ("x", [0], 3, 1)
    assert not recording.memory(3).shares("x", "z")
    assert len(recording.iterations) == 0
    assert not recording.can_step_into(1)


def test_a_slow_recording_of_the_same_function_inside_itself_is_refused():
    names = {}
    exec("def g(f):\n    y = f()\n    return y\n", names)
    said = []

    def f():
        try:
            record(names["g"], lambda: 1)
        except RecordingError as error:
            said.append(str(error))
        return 1

    record(names["g"], f)
    assert said


def test_a_deleted_file_leaves_the_slow_way(load, monkeypatch):
    module = load("def g(x):\n    y = x + 1\n    return y\n")
    module.path.unlink()
    monkeypatch.setattr(linecache, "cache", {})
    recording = record(module.g, 1)
    assert recording.result == 2
    assert "cannot be had" in recording.notes[0].text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def g(x):\n    y = x + 1\n    return y\n", "def g(x):\n    y = x + 2\n    return y\n\n"),
        ("def g(x):\n    y = x + 1\n    return y\n", "def g(x):\n    y = x - 1\n    return y\n\n"),
        (
            "def g(x):\n    y = abs(x)\n    return y\n",
            "def g(x):\n    y = str(x)\n    return y\n\n",
        ),
        ("def g(x):\n    y = x + 1\n    return y\n", "\n\ndef g(x):\n    y = x\n    return y\n"),
        ("def g(x):\n    y = x + 1\n    return y\n", "def g(x:\n"),
        ("def g(x):\n    y = x + 1\n    return y\n", "h = 1\n"),
        (
            "def g(x, h=1):\n    y = [x + h for _ in (1,)][0]\n    return y\n",
            "def g(x, h=1):\n    y = [x - h for _ in (1,)][0]\n    return y\n\n",
        ),
    ],
    ids=["constant", "operator", "name", "moved", "broken", "gone", "comprehension"],
)
def test_a_changed_file_is_never_run_in_place_of_the_loaded_function(load, before, after):
    module = load(before)
    expected = module.g(5)
    rewrite(module.path, after)
    recording = record(module.g, 5)
    assert recording.result == expected
    assert recording.notes
    assert all(line.strip() in before for line in recording.source.lines)


def test_a_function_of_a_notebook_cell_is_recorded_by_its_cell():
    text = "def g(f, x):\n    for i in range(x.size):\n        x[i] += 1\n        y = f(x)\n"
    text += "    return y\n"
    name = "<ipython-input-3-0123456789ab>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    names = {}
    exec(compile(text, name, "exec"), names)
    recording = record(names["g"], skew, point())
    assert isinstance(recording, Recording)
    assert recording.notes == ()
    assert recording.source.lines == tuple(text.splitlines())
    assert len(recording.iterations) == 3


def test_a_lambda_is_recorded_slowly_or_refused_with_a_sentence():
    recording = record(lambda x: x + 1, 1)
    assert recording.result == 2
    assert "lambda" in recording.notes[0].text


def test_the_source_shown_is_the_source_that_ran():
    recording = record(Net().gradient, 1e-4)
    assert recording.source.name == "gradient"
    for step in range(len(recording)):
        state = recording.state(step)
        assert state.source is recording.source
        assert recording.source.line(state.line).strip()
    assert recording.source.line(recording.source.first_line).strip() == "def gradient(self, h):"


@pytest.mark.parametrize(
    "wrapped",
    [
        functools.partial(skew),
        functools.partial(functools.partial(skew)),
    ],
)
def test_a_partial_is_recorded_as_its_function(wrapped):
    recording = record(wrapped, matrix())
    assert recording.result == skew(matrix())
    assert recording.source.name == "skew"


def test_a_cached_function_is_recorded_as_its_function():
    @functools.lru_cache
    def cached(n):
        y = n + 1
        return y

    recording = record(cached, 3)
    assert recording.result == 4
    assert recording.source.name == "cached"


def test_a_recursive_function_is_recorded_the_fast_way():
    def factorial(n):
        if n < 2:
            return 1
        return n * factorial(n - 1)

    from tests.trace.corpus import recursive

    for function in (factorial, recursive):
        recording = record(function, 5)
        assert recording.result == 120
        assert isinstance(recording, Recording), recording.notes
        assert {recording.state(s).call for s in range(len(recording))} == {0}


def test_a_function_nested_in_a_method_reads_private_names_of_its_class():
    recording = record(Net().nested(1.0), 2.0)
    assert recording.exception is None
    assert recording.result == 5.0
    assert isinstance(recording, Recording), recording.notes


class Parent:
    def double(self, x):
        return 2 * x


class Child(Parent):
    def nested(self):
        def inner(x):
            y = super(Child, self).double(x)
            return y

        def bare(x):
            y = super().double(x)
            return y

        return inner, bare

    def double(self, x):
        y = super().double(x)
        return y + 1


def test_super_works_in_a_recorded_method():
    recording = record(Child().double, 4)
    assert recording.result == 9
    assert isinstance(recording, Recording), recording.notes


def test_super_works_in_a_function_nested_in_a_method():
    inner, _ = Child().nested()
    recording = record(inner, 4)
    assert recording.result == 8
    assert isinstance(recording, Recording), recording.notes


def test_two_functions_of_one_name_are_told_apart(load):
    module = load(
        "def make(k):\n"
        "    if k:\n"
        "        def g(x):\n"
        "            y = x + 1\n"
        "            return y\n"
        "    else:\n"
        "        def g(x):\n"
        "            y = x + 2\n"
        "            return y\n"
        "    return g\n"
    )
    assert record(module.make(1), 0).result == 1
    assert record(module.make(0), 0).result == 2


def test_two_closures_of_one_function_are_recorded_apart():
    def make(k):
        def g(x):
            y = x + k
            return y

        return g

    one, two = make(1), make(2)
    recording = Recorder(one).run(lambda: (one(0), two(0)))
    assert recording.result == (1, 2)
    assert {recording.state(s).call for s in range(len(recording))} == {0}


def test_declarations_are_no_steps(load):
    module = load("T = 0\n\n\ndef g(x):\n    global T\n    z: int\n    T = x\n    return T\n")
    recording = record(module.g, 1)
    lines = [recording.state(s).line for s in range(len(recording))]
    assert lines == [4, 7, 8]


def test_future_annotations_and_names_of_the_file_are_kept(load):
    module = load(
        "from __future__ import annotations\n\n\ndef g(x: Nothing, h: float = 2.0) -> Nowhere:\n"
        "    def inner(v: Missing) -> Missing:\n        return v * h\n\n"
        "    y = inner(x)\n    return y\n"
    )
    recording = record(module.g, 3.0)
    assert recording.result == 6.0
    assert recording.exception is None


def test_a_function_compiled_as_a_statement_by_itself_is_what_stands_in_the_file(tmp_path):
    """As a notebook runs it, where `np` is no import of the code that is compiled."""
    text = "import numpy as np\n\ndef f(x):\n    y = np.sum(x)\n    return y\n"
    path = tmp_path / "cell.py"
    path.write_text(text)
    names: dict[str, Any] = {}
    for statement in ast.parse(text).body:
        exec(compile(ast.Module([statement], []), str(path), "exec"), names)
    assert isinstance(record(names["f"], np.ones(3)), Recording)
