"""`gradtutor diagnose --open`: the verdict as a screen, and how the report points to it."""

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
from tutor.commands import diagnose as command
from tutor.commands import judging, opening
from tutor.jail.errors import Unsafe
from tutor.reports import Item, Options

STUDENTS = Path(__file__).parents[1] / "students"
WRONG, RIGHT = str(STUDENTS / "mika_ch5.ipynb"), str(STUDENTS / "akira_affine.py")
TWO = str(STUDENTS / "tanaka.py")
Opened = list[tuple[Item, Options, int]]


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["diagnose", *words], prog_name="gradtutor")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "on_terminal", lambda: True)


@pytest.fixture
def opened(terminal: None, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Return what was shown on the screen, which ends at once."""
    shown: Opened = []

    def run_verdict(item: Item, options: Options, seed: int) -> int:
        shown.append((item, options, seed))
        return 0

    monkeypatch.setattr("tutor.ui.app.run_verdict", run_verdict)
    return shown


@pytest.mark.parametrize(
    "words", [(WRONG,), (WRONG, "--format", "json"), ("-",)], ids=["no terminal", "json", "stdin"]
)
def test_without_a_screen_it_is_a_wrong_call_and_nothing_is_judged(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "on_terminal", lambda: words != (WRONG,))
    monkeypatch.setattr(judging, "judge", lambda *_: pytest.fail("it was judged"))
    result = call(*words, "--open")
    assert result.exit_code == 2
    assert "call it on a terminal" in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_what_is_wrong_is_opened_and_the_exit_code_is_that_of_the_report(opened: Opened) -> None:
    result = call(WRONG, "--open", "--for-student", "--seed", "3")
    assert result.exit_code == 1
    assert "Recording the runs of one finding" in result.stderr
    assert result.stdout == ""
    ((item, options, seed),) = opened
    assert item.path == WRONG
    assert options.for_student
    assert seed == 3
    assert "2 findings" in call(TWO, "--open").stderr


def test_where_nothing_is_wrong_the_report_is_printed(opened: Opened) -> None:
    result = call(RIGHT, "--open")
    assert result.exit_code == 0
    assert "nothing is wrong." in result.stdout
    assert call("no-such-file.py", "--open").exit_code == 2
    assert not opened


def test_of_several_those_that_are_wrong_are_listed_until_the_list_is_left(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [1, 0, None]
    asked = []

    def choose(title: str, choices: list[object], picked: int) -> int | None:
        asked.append(([(one.title, *one.details) for one in choices], picked))
        return answers.pop(0)

    monkeypatch.setattr("tutor.ui.app.choose", choose)
    result = call(WRONG, RIGHT, TWO, "--open")
    assert result.exit_code == 1
    assert asked[0] == (
        [
            ("mika_ch5.ipynb", "one thing is wrong: softmax-whole-batch."),
            ("tanaka.py", "2 things are wrong: softmax-whole-batch, bias-gradient."),
        ],
        0,
    )
    assert [picked for _, picked in asked] == [0, 1, 0]
    assert [item.path for item, _, _ in opened] == [TWO, WRONG]


def test_a_screen_that_is_ended_from_outside_ends_the_program(
    terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.ui.app.run_verdict", lambda *_: 143)
    assert call(WRONG, "--open").exit_code == 143


def test_on_a_terminal_the_report_says_how_to_step_through_it(terminal: None) -> None:
    text = call(WRONG).stdout
    assert text.endswith(f"\nStep through it: gradtutor diagnose {WRONG} --open\n")
    told = call(WRONG, "--for-student").stdout
    assert told.endswith(f"diagnose {WRONG} --for-student --open\n")
    for words in ((RIGHT,), (WRONG, "--format", "json"), (WRONG, "--format", "markdown")):
        assert "Step through it" not in call(*words).stdout


def test_without_a_terminal_the_report_says_nothing_of_a_screen() -> None:
    assert "Step through it" not in call(WRONG).stdout


def test_the_hint_can_be_pasted_and_commands_no_terminal() -> None:
    assert "'my net.py' --open" in opening.hint(["my net.py"], False, False)
    assert "\x1b" not in opening.hint(["\x1b[2J.py"], False, False)
    assert "--each-folder" in opening.hint(["class"], True, False)
    assert opening.hint(["-"], False, False) == ""


def test_the_tutor_judges_a_path_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    (item,) = opening.judge_path(WRONG)
    assert [f.pitfall for f in item.diagnosis.errors] == ["softmax-whole-batch"]

    def refused(*_: object, **named: object) -> None:
        raise Unsafe("no walls")

    monkeypatch.setattr(judging, "Oracle", refused)
    assert "nothing would keep" in opening.judge_path(WRONG)


def test_numpy_and_textual_wait() -> None:
    code = (
        "import sys, tutor.commands.opening, tutor.commands.diagnose;"
        "assert not {'numpy', 'textual', 'tutor.reports'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")
def test_in_a_real_terminal_it_is_read_stepped_through_and_left_as_it_was(tmp_path: Path) -> None:
    with started(tmp_path, "diagnose", TWO, "--open") as terminal:
        before = termios.tcgetattr(terminal.fd)
        terminal.until("1 of 2")
        terminal.until("softmax-whole-batch")
        os.write(terminal.fd, b"f")
        terminal.until("bias-gradient in Affine")
        terminal.until("where they part", 60)
        os.write(terminal.fd, b"q")
        assert terminal.end() == 1
        assert "Traceback" not in terminal.plain
        assert termios.tcgetattr(terminal.fd)[3] == before[3]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")
@pytest.mark.parametrize("key", [b"q", b"\x03"])
def test_nobody_waits_for_a_recording_that_has_no_end(tmp_path: Path, key: bytes) -> None:
    with started(tmp_path, "diagnose", TWO, "--open") as terminal:
        terminal.until("recording its run")
        os.write(terminal.fd, key)
        assert terminal.end(5) == 1
        assert "Traceback" not in terminal.plain


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")
def test_a_list_of_several_leads_there_and_back(tmp_path: Path) -> None:
    with started(tmp_path, "diagnose", WRONG, TWO, "--open") as terminal:
        terminal.until("which verdict shall be opened?")
        os.write(terminal.fd, b"\r")
        terminal.until("gradtutor lesson softmax-over-the-batch")
        terminal.said = b""
        os.write(terminal.fd, b"\x1b")
        terminal.until("which verdict shall be opened?")
        os.write(terminal.fd, b"q")
        assert terminal.end() == 1
