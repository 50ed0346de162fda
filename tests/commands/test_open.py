"""`gradtutor open`: what was saved is shown again, and what is no run gets its sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.ui.runs import dead, gradient, saved
from tests.ui.test_terminal import started
from tutor.cli import main
from tutor.trace.saved import dump


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    path.write_bytes(dump(saved(gradient(), title="her_net.py", notes=("Cut short.",))))
    return path


def call(*words: object) -> Result:
    return CliRunner().invoke(main, ["open", *map(str, words)], prog_name="gradtutor")


def test_it_is_printed_where_there_is_no_terminal(file: Path) -> None:
    result = call(file, "--plain")
    assert result.exit_code == 0
    assert result.stdout.startswith("her_net.py\n==========\n")
    assert "6 iterations" in result.stdout
    assert "note: Cut short." in result.stdout


def test_several_files_stand_in_one_list(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(dump(saved(gradient(dead), title="after.py")))
    result = call(file, other)
    assert result.exit_code == 0
    assert "her_net.py: run 1: " in result.stdout
    assert "after.py: run 1: " in result.stdout


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no run that can be opened"),
        (b"\x00\xff" * 99, "no run that can be opened"),
        (b'{"format": "gradtutor run", "version": 99}', "newer gradtutor"),
        (b"[" * 100_000, "no run that can be opened"),
        (b'{"format": "gradtutor run", "version": 1, "title": 3}', "no run that can be opened"),
    ],
)
def test_what_is_no_run_gets_its_sentence(file: Path, data: bytes, said: str) -> None:
    file.write_bytes(data)
    result = call(file)
    assert result.exit_code == 2
    assert said in result.stderr
    assert str(file) in result.stderr
    assert result.stdout == ""


def test_a_missing_file_and_a_folder(file: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        result = call(path)
        assert result.exit_code == 2
        assert f"{path} cannot be read" in result.stderr
    assert call().exit_code == 2
    assert call(file, "--export", "x.docx").exit_code == 2


def test_a_hostile_title_commands_the_terminal_nothing(file: Path) -> None:
    document = json.loads(file.read_text())
    document["title"] = "\x1b[2Jgone"
    document["notes"] = ["\x1b]0;title\x07"]
    file.write_text(json.dumps(document))
    assert "\x1b" not in call(file).output


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")
def test_in_a_real_terminal_it_opens_the_screen(file: Path, tmp_path: Path) -> None:
    with started(tmp_path, "open", str(file)) as terminal:
        terminal.until("what happened")
        os.write(terminal.fd, b"\x1b[B")
        terminal.until("iteration 1 of 6")
        os.write(terminal.fd, b"q")
        assert terminal.end() == 0
        assert "Traceback" not in terminal.plain
