"""The command line, called as a user calls it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tutor.cli import main
from tutor.version import __version__

LESSONS = str(Path(__file__).parent / "ui" / "lessons")


@pytest.fixture(autouse=True)
def _own_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADTUTOR_DATA", str(tmp_path))


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["--lessons", LESSONS, *words], prog_name="gradtutor")


def test_version() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.output == f"gradtutor {__version__}\n"


def test_help_says_how_to_complete_with_the_tab_key() -> None:
    said = CliRunner().invoke(main, ["--help"]).output
    for shell in ("bash", "zsh", "fish"):
        assert f"_GRADTUTOR_COMPLETE={shell}_source" in said


def test_without_a_terminal_the_lessons_are_listed_and_a_lesson_is_text() -> None:
    assert "small" in call().output
    result = call("lesson", "small")
    assert result.exit_code == 0
    assert result.output.startswith("Mutated or copied, small\n====")
    assert result.output == call("lesson", "small", "--plain").output


def test_a_pitfall_opens_the_lesson_that_teaches_it() -> None:
    assert call("lesson", "perturbs-a-copy", "--plain").output.startswith("Mutated or copied")


def test_a_wrong_slug_gets_the_nearest_right_one() -> None:
    result = call("lesson", "smal")
    assert result.exit_code == 2
    assert "Did you mean small?" in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("lesson",),
        ("lesson", "small", "--plein"),
        ("lessons", "check", "/no/such/folder"),
        ("progress", "--reset", "--export", "x"),
        ("prógress",),
    ],
)
def test_a_wrong_call_is_a_sentence_and_exit_code_2(words: tuple[str, ...]) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert "Error: " in result.output


def test_a_folder_that_is_not_there_is_a_wrong_call() -> None:
    result = CliRunner().invoke(main, ["--lessons", "/no/such/folder", "lessons"])
    assert result.exit_code == 2
    assert "/no/such/folder" in result.output


def test_lessons_that_cannot_be_used_are_said_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text("format = 1\nfirst = ''\n[[chapters]\n")
    result = CliRunner().invoke(main, ["--lessons", str(tmp_path), "lessons"])
    assert result.exit_code == 1
    assert "course.toml" in result.output
    assert "Traceback" not in result.output


def test_a_check_that_finds_a_fault_exits_with_1() -> None:
    result = call("lessons", "check", LESSONS)
    assert result.exit_code == 1
    assert "small" in result.output
    assert "faults found" in result.output


def test_progress_is_shown_copied_and_reset(tmp_path: Path) -> None:
    from tutor.course.progress import Progress

    kept = Progress.load()
    kept.visit("small", 1)
    kept.save()
    assert "[-] small  at text 2" in call("progress").output
    copy = tmp_path / "copy.json"
    assert call("progress", "--export", str(copy)).exit_code == 0
    assert '"small"' in copy.read_text()
    assert call("progress", "--reset").exit_code == 0
    assert "[ ] small  not started" in call("progress").output
    assert call("progress", "--export", str(tmp_path / "no" / "x")).exit_code == 1


@pytest.mark.parametrize(
    ("typed", "offered"), [("sm", {"small"}), ("per", {"perturbs-a-copy"}), ("zz", set())]
)
def test_the_shell_completes_lessons_and_pitfalls(typed: str, offered: set[str]) -> None:
    words = f"gradtutor --lessons {LESSONS} lesson {typed}"
    setting = {
        **os.environ,
        "_GRADTUTOR_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tutor"],
        env=setting,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert {row.split(",")[1] for row in done.stdout.split()} == offered


def test_a_faulty_lesson_is_said_beside_the_list_of_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    shutil.copytree(LESSONS, folder)
    (folder / "large" / "lesson.toml").write_text("format = = 1\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["--lessons", str(folder), "lessons"])
    assert result.exit_code == 0
    assert "small" in result.stdout
    assert "lesson.toml" in result.stderr
