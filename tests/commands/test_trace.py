"""`gradtutor trace`, called as a user calls it, on files of a learner's own."""

from __future__ import annotations

import os
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.ui.test_terminal import started
from tutor.cli import main
from tutor.commands import showing
from tutor.commands import trace as command
from tutor.reports.runs.export import KINDS
from tutor.trace.saved import Saved, load
from tutor.tracing.request import MOST_STEPS

NET = """\
import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in range(x.size):
        tmp = x.flat[i]
        x.flat[i] = tmp + h
        fxh1 = f(x)
        x.flat[i] = tmp - h
        fxh2 = f(x)
        grad.flat[i] = (fxh1 - fxh2) / (2 * h)
        x.flat[i] = tmp
    return grad


class Net:
    def __init__(self):
        self.W = np.array([[0.5, -1.0], [2.0, 0.25]])

    def loss(self, x):
        return float(np.sum((x @ self.W) ** 2))


net = Net()
x = np.array([1.0, 2.0])
f = lambda W: net.loss(x)
"""
ONE_CALL = NET + "dW = numerical_gradient(f, net.W)\n"
TWO_CALLS = ONE_CALL + "dV = numerical_gradient(f, net.W.copy())\n"
RAISES = NET.replace("return grad", "raise ValueError('no grad today')") + ONE_CALL[len(NET) :]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "my_net.py"


def call(*words: object) -> Result:
    return CliRunner().invoke(main, ["trace", *map(str, words)], prog_name="gradtutor")


def test_one_call_is_recorded_and_printed_where_there_is_no_terminal(file: Path) -> None:
    file.write_text(ONE_CALL)
    result = call(file)
    assert result.exit_code == 0
    assert "4 iterations" in result.stdout
    assert result.stdout.count("fxh1 = f(x)    # fxh1 = ") == 4
    assert "at the end:" in result.stdout
    # d/dW of the sum of squares of x @ W is 2 * outer(x, x @ W); in the first row [9, -1].
    assert "9" in result.stdout.split("grad  2x2 float64")[-1]
    assert "\x1b" not in result.output
    assert result.stderr == ""


def test_several_calls_are_listed_with_how_to_choose(file: Path) -> None:
    file.write_text(TWO_CALLS)
    result = call(file)
    assert result.exit_code == 2
    assert "1  numerical_gradient(f, net.W)   (line 29" in result.stdout
    assert "2  numerical_gradient(f, net.W.copy())   (line 30" in result.stdout
    assert "--call 1" in result.stderr


@pytest.mark.parametrize("word", ["2", "numerical_gradient(f, net.W.copy())"])
def test_a_call_is_chosen_by_its_number_or_its_text(file: Path, word: str) -> None:
    file.write_text(TWO_CALLS)
    result = call(file, "--call", word)
    assert result.exit_code == 0
    assert "numerical_gradient(f, net.W.copy()): " in result.stdout


def test_two_calls_are_recorded_side_by_side(file: Path, tmp_path: Path) -> None:
    file.write_text(TWO_CALLS)
    both = tmp_path / "both.json"
    result = call(file, "--call", "1", "--call", "2", "--export", both)
    assert result.exit_code == 0, result.output
    one, other = (run.steps for run in load(both.read_bytes()).runs)
    assert (one.iterations["fxh1"] != one.iterations["fxh2"]).any()
    assert (other.iterations["fxh1"] == other.iterations["fxh2"]).all()


def test_a_function_is_chosen_by_its_name(file: Path) -> None:
    file.write_text(TWO_CALLS)
    result = call(file, "--function", "numerical_gradient")
    assert result.exit_code == 0
    assert "numerical_gradient in my_net.py: 74 steps, 8 iterations" in result.stdout
    assert result.stdout.count("fxh1 = f(x)    # fxh1 = ") == 8


def test_a_number_that_is_not_in_the_list(file: Path) -> None:
    file.write_text(TWO_CALLS)
    result = call(file, "--call", "3")
    assert result.exit_code == 2
    assert "no call 3" in result.stderr


def test_a_file_that_only_defines_has_a_call_built_for_it(file: Path) -> None:
    file.write_text(NET[: NET.index("class Net")])
    result = call(file, "--call", "1")
    assert result.exit_code == 0, result.output
    assert "note: The file makes no such call itself." in result.stdout


def test_a_run_that_raises_is_shown_until_there(file: Path) -> None:
    file.write_text(RAISES)
    result = call(file)
    assert result.exit_code == 1
    assert "4 iterations" in result.stdout
    assert "no grad today" in result.stdout


def test_a_run_that_is_cut_says_so(file: Path) -> None:
    file.write_text(ONE_CALL)
    result = call(file, "--max-steps", "5")
    assert result.exit_code == 1
    assert "--max-steps" in result.stdout


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(x:\n", "line 1 is not Python"),
        ("import numpy as np\nx = np.zeros(3)\n", "--call"),
        (None, "There is no file"),
    ],
)
def test_where_nothing_can_be_recorded_the_sentence_says_why(
    file: Path, source: str | None, said: str
) -> None:
    if source is not None:
        file.write_text(source)
    result = call(file)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("--watch",),
        ("--watch", "--export", "run.json"),
        ("--export", "run.docx"),
        ("--export", "no/such/folder/run.json"),
        ("--max-steps", "0"),
        ("--cell", "0"),
    ],
)
def test_a_wrong_call_is_2_and_runs_nothing(
    file: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(f"open({str(file) + '.ran'!r}, 'w')\n" + ONE_CALL)
    result = call(file, *words)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert not Path(f"{file}.ran").exists()


def test_an_export_is_written_and_can_be_opened_again(file: Path, tmp_path: Path) -> None:
    file.write_text(ONE_CALL)
    target = tmp_path / "run.json"
    result = call(file, "--export", target)
    assert result.exit_code == 0, result.output
    assert (
        result.stdout
        == f"Written to {target}: {len(load(target.read_bytes()).runs[0].steps)} steps.\n"
    )
    opened = CliRunner().invoke(main, ["open", str(target)])
    assert opened.exit_code == 0
    assert opened.stdout == call(file).stdout


def test_a_file_that_cannot_be_written_is_said_after_the_run(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(ONE_CALL)
    (tmp_path / "run.json").mkdir()
    result = call(file, "--export", tmp_path / "run.json")
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_on_a_terminal_the_screen_is_opened_with_the_chosen_call(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, opened = [], []

    def choose(title: str, choices: list[object]) -> int:
        asked.extend([title, *choices])
        return 1

    def run_reader(saved: Saved, watch: object, same_place: object, beside: bool) -> int:
        opened.append((saved, watch, same_place))
        return 0

    monkeypatch.setattr(showing, "on_terminal", lambda: True)
    monkeypatch.setattr(command, "on_terminal", lambda: True)
    monkeypatch.setattr("tutor.ui.app.choose", choose)
    monkeypatch.setattr("tutor.ui.app.run_reader", run_reader)
    file.write_text(TWO_CALLS)
    result = call(file, "--watch")
    assert result.exit_code == 0, result.output
    assert asked[0] == "my_net.py: which call shall be recorded?"
    assert asked[1].title == "numerical_gradient(f, net.W)"
    assert asked[1].details[1] == "dW = numerical_gradient(f, net.W)"
    ((saved, watch, _),) = opened
    assert saved.runs[0].title == "numerical_gradient(f, net.W.copy())"
    import threading

    stop = threading.Event()
    assert watch(stop) is None
    file.write_text("# one line more\n" + TWO_CALLS)
    assert anew(watch, stop).runs[0].title == "numerical_gradient(f, net.W.copy())"
    file.write_text("def f(:\n")
    assert "is not Python" in anew(watch, stop)
    monkeypatch.setattr("tutor.ui.app.choose", lambda *_: None)
    file.write_text(TWO_CALLS)
    assert call(file).exit_code == 0
    assert len(opened) == 1


def anew(watch: object, stop: object) -> object:
    """Ask until there is something new; a change counts when two looks find the same."""
    answers = (watch(stop) for _ in range(5))
    return next(answer for answer in answers if answer is not None)


def test_numpy_and_textual_wait_and_the_default_is_that_of_the_tracer() -> None:
    assert command._MOST_STEPS == MOST_STEPS
    assert set(showing.SUFFIXES) == set(KINDS)
    code = (
        "import sys, tutor.commands.trace, tutor.commands.open;"
        "assert not {'numpy', 'textual', 'tutor.tracing'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")
def test_in_a_real_terminal_it_is_chosen_stepped_watched_and_left_as_it_was(
    file: Path, tmp_path: Path
) -> None:
    file.write_text(TWO_CALLS)
    with started(tmp_path, "trace", str(file), "--watch") as terminal:
        before = termios.tcgetattr(terminal.fd)
        terminal.until("dW = numerical_gradient(f, net.W)")
        os.write(terminal.fd, b"\r")
        terminal.until("what happened")
        os.write(terminal.fd, b"\x1b[B")
        terminal.until("idx 0") if "idx 0" in terminal.plain else terminal.until("iteration 1 of 4")
        file.write_text(TWO_CALLS.replace("h = 1e-4", "h = 1e-3"))
        terminal.until("recorded anew")
        os.write(terminal.fd, b"q")
        assert terminal.end() == 0
        assert "Traceback" not in terminal.plain
        assert terminal.said.rstrip().endswith((b"\x1b[?25h", b"l", b"h", b"K"))
        assert termios.tcgetattr(terminal.fd)[3] == before[3]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")
def test_ctrl_c_stops_a_file_that_never_ends_and_shows_what_it_did(
    file: Path, tmp_path: Path
) -> None:
    endless = "h = 1e-4\n    open('begun', 'w').close()\n    while True: h = h"
    file.write_text(NET.replace("h = 1e-4", endless) + ONE_CALL[len(NET) :])
    with started(tmp_path, "trace", str(file), "--max-steps", "1000000000") as terminal:
        terminal.until("ctrl+c stops")
        while not (file.parent / "begun").exists():
            terminal.read(0.05)
        os.write(terminal.fd, b"\x03")
        terminal.until("what happened", 30)
        os.write(terminal.fd, b"q")
        assert terminal.end() == 1
