"""`gradtutor diagnose`, called as a user calls it, on students' files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tutor.cli import main
from tutor.commands import diagnose as command
from tutor.commands import judging
from tutor.course.catalogue import load_course
from tutor.course.find import find_lesson
from tutor.diagnosis.findings import Verdict
from tutor.diagnosis.gather import gather
from tutor.diagnosis.trial import SECONDS
from tutor.pitfalls import CATALOGUE

STUDENTS = Path(__file__).parents[1] / "students"
WRONG, RIGHT = str(STUDENTS / "mika_ch5.ipynb"), str(STUDENTS / "akira_affine.py")


def call(*words: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["diagnose", *words], prog_name="gradtutor", input=stdin)


def test_a_wrong_notebook_is_named_with_its_cell_and_line() -> None:
    result = call(WRONG)
    assert result.exit_code == 1
    assert "softmax-whole-batch in softmax (cell 2, line 4)" in result.stdout
    assert "> 4 |     return exp_a / np.sum(exp_a)" in result.stdout
    assert "\x1b" not in result.output
    assert result.stderr == ""


def test_a_right_file_is_right() -> None:
    result = call(RIGHT)
    assert result.exit_code == 0
    assert result.stdout.startswith("akira_affine.py: nothing is wrong.")


def test_several_end_in_a_table_and_the_worst_counts() -> None:
    result = call(RIGHT, WRONG, "no-such-file.py")
    assert result.exit_code == 1
    assert "3 submissions: 1 wrong, 1 with nothing wrong, 1 not judged." in result.stdout
    assert call(RIGHT, "no-such-file.py").exit_code == 2


def test_json_has_a_row_for_each_in_order() -> None:
    result = call(RIGHT, "no-such-file.py", WRONG, "--format", "json")
    rows = json.loads(result.stdout)["submissions"]
    assert [row["verdict"] for row in rows] == ["CLEAN", "UNREADABLE", "PITFALL"]
    assert [row["path"] for row in rows] == [RIGHT, "no-such-file.py", WRONG]


def test_standard_input_is_read() -> None:
    result = call("-", stdin=Path(STUDENTS / "mika_ch5.ipynb").read_bytes())
    assert result.exit_code == 1
    assert result.stdout.startswith("standard input: ")


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_student_is_not_given_the_line(form: str) -> None:
    assert "keepdims" not in call(WRONG, "--format", form, "--for-student").stdout
    if form != "json":
        assert "keepdims" in call(WRONG, "--format", form).stdout


def test_where_nothing_keeps_the_code_in_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.jail.isolation.Isolation.is_none", True)
    result = call(RIGHT)
    assert result.exit_code == 2
    assert "--unsafe" in result.stderr
    assert result.stdout == ""
    assert call(RIGHT, "--unsafe").exit_code == 0


def test_a_fault_of_ours_is_ours_and_the_next_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("ours")

    (found,) = gather([WRONG])
    monkeypatch.setattr(judging, "diagnose", fail)
    assert judging.judge(found, 0, 1.0).diagnosis.verdict is Verdict.INTERNAL_ERROR
    result = call(WRONG, RIGHT, "--format", "json")
    assert result.exit_code == 2
    rows = json.loads(result.stdout)["submissions"]
    assert [row["verdict"] for row in rows] == ["INTERNAL_ERROR"] * 2


def test_each_subfolder_is_one_submission(tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "net.py").write_bytes(Path(RIGHT).read_bytes())
    result = call(str(tmp_path), "--each-folder", "--format", "json")
    assert len(json.loads(result.stdout)["submissions"]) == 2


def test_a_hostile_name_is_printed_safely(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[2Jx\udcff.py"
    path.write_text("import numpy as np\n", encoding="utf-8")
    result = call(str(path))
    assert "\x1b" not in result.stdout
    assert result.exit_code == 2


def test_a_class_is_one_report_each_and_counts_at_the_end(tmp_path: Path) -> None:
    for name in ("ann", "bob", "cho"):
        (tmp_path / name).mkdir()
        source = RIGHT if name == "bob" else str(STUDENTS / "amelie_descente.py")
        (tmp_path / name / "net.py").write_bytes(Path(source).read_bytes())
    text = call(str(tmp_path), "--each-folder").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "sum-not-difference            2     67%" in text
    assert text.count("Run under") == 1
    assert text.index("of all") < text.index("3 submissions: 2 wrong, 1 with nothing wrong")


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_language_without_words_gets_a_sentence_and_the_report(form: str) -> None:
    result = call(RIGHT, "--lang", "tlh", "--format", form)
    assert result.exit_code == 0
    assert result.stderr == (
        "There are no reports in tlh yet, so this one is in English. The languages are: en.\n"
    )
    assert result.stdout == call(RIGHT, "--lang", "en", "--format", form).stdout
    assert call(RIGHT, "--lang", "en").stderr == ""


@pytest.mark.parametrize("slug", CATALOGUE)
def test_what_a_report_points_at_is_there(slug: str) -> None:
    lesson = CATALOGUE[slug].lesson
    if lesson:
        assert slug in find_lesson(load_course(None), lesson).pitfalls
        return
    result = CliRunner().invoke(main, ["lesson", slug], prog_name="gradtutor")
    assert result.exit_code == 2
    assert f"`gradtutor pitfalls {slug}` shows it" in " ".join(result.stderr.split())


def test_a_wrong_call_is_2() -> None:
    assert call().exit_code == 2
    assert call(RIGHT, "--seconds", "0").exit_code == 2


def test_the_time_is_that_of_the_judge_and_numpy_waits_for_it() -> None:
    assert command._SECONDS == SECONDS
    code = "import sys, tutor.cli; assert not {'numpy', 'textual'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
