"""What was handed in: exactly one result for each submission, whatever it is."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from tests.diagnosis.conftest import SOFTMAX, Writer, notebook, results, submitted
from tutor.diagnosis.gather import gather
from tutor.diagnosis.reading import shelf
from tutor.diagnosis.submission import Submission, read_submission
from tutor.diagnosis.unreadable import Kind, Unreadable


def kind_of(path: str | Path) -> Kind:
    (found,) = gather([path])
    assert isinstance(found, Unreadable)
    assert found.sentence.endswith(".")
    return found.kind


def test_a_file_is_one(write: Writer) -> None:
    path = write("net.py", SOFTMAX)
    (found,) = gather([path])
    assert isinstance(found, Submission)
    assert (found.name, found.path) == ("net.py", str(path))
    assert found == read_submission(path)


def test_each_file_of_a_folder_is_one_and_its_siblings_are_importable(write: Writer) -> None:
    write("hw/net.py", "from common.functions import softmax\n")
    write("hw/deep/report.ipynb", notebook(SOFTMAX))
    write("hw/common/functions.py", SOFTMAX)
    write("hw/common/__init__.py", "# nothing\n")
    for passed_over in (
        ".git/x.py",
        "__pycache__/x.py",
        ".ipynb_checkpoints/report-checkpoint.ipynb",
        "venv/lib/x.py",
        "myenv/x.py",
        "._net.py",
        "data.txt",
    ):
        write(f"hw/{passed_over}", SOFTMAX)
    path = write("hw/myenv/pyvenv.cfg", "home = /usr\n").parent.parent
    found = submitted(path)
    assert list(found) == ["net.py", "common/functions.py", "deep/report.ipynb"]
    assert [module.name for module in found["net.py"].siblings] == ["common", "common.functions"]
    assert found["deep/report.ipynb"].path == f"{path}/deep/report.ipynb"
    assert str(found["deep/report.ipynb"].main.place(4)) == "deep/report.ipynb, cell 1, line 4"


def test_a_bad_file_is_the_result_of_that_file_alone(write: Writer) -> None:
    write("hw/a.py", "def\n")
    path = write("hw/b.py", SOFTMAX)
    found = results(path.parent)
    assert isinstance(found["a.py"], Unreadable)
    assert found["a.py"].path == f"{path.parent}/a.py"
    assert isinstance(found["b.py"], Submission)


def test_a_fault_of_ours_is_called_that(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    write("hw/a.py", SOFTMAX)
    path = write("hw/b.py", SOFTMAX)

    def fail(*_: object) -> bytes:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(shelf.Disk, "read", fail)
    found = results(path.parent)
    assert len(found) == 2
    assert {one.kind for one in found.values() if isinstance(one, Unreadable)} == {Kind.INTERNAL}


def test_what_is_no_plain_file(write: Writer, tmp_path: Path) -> None:
    assert kind_of(tmp_path / "missing.py") is Kind.NOT_A_FILE
    assert kind_of("a\0b.py") is Kind.NOT_A_FILE
    assert kind_of(write("empty.py", "")) is Kind.EMPTY
    (tmp_path / "nothing").mkdir()
    assert kind_of(tmp_path / "nothing") is Kind.NO_CODE
    link = tmp_path / "link.py"
    link.symlink_to(write("net.py", SOFTMAX))
    assert kind_of(link) is Kind.REFUSED
    with pytest.raises(Unreadable) as caught:
        read_submission(tmp_path)
    assert caught.value.kind is Kind.NOT_A_FILE


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert kind_of(tmp_path / "pipe.py") is Kind.REFUSED
    assert kind_of(tmp_path) is Kind.REFUSED
    assert kind_of("/dev/zero") is Kind.REFUSED


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="has no names that are not UTF-8")
def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9\n.py")
    (tmp_path / name).write_text("import other\n")
    (tmp_path / "other.py").write_text(SOFTMAX)
    found = submitted(tmp_path)
    one = found["caf\\udce9\\x0a.py"]
    assert one.name.isprintable()
    assert one.path.isprintable()
    assert [module.name for module in one.siblings] == ["other"]
    (alone,) = gather([tmp_path / name])
    assert alone.name == one.name


def test_too_large(write: Writer, tmp_path: Path) -> None:
    assert kind_of(write("a.py", "x = abs(1)\n" * 200_000)) is Kind.TOO_LARGE
    with (tmp_path / "b.ipynb").open("wb") as sparse:
        sparse.truncate(10**10)
    assert kind_of(tmp_path / "b.ipynb") is Kind.TOO_LARGE


def test_standard_input() -> None:
    (found,) = gather(["-"], stdin=io.BytesIO(b">>> x = abs(3)\n>>> x\n3\n"))
    assert isinstance(found, Submission)
    assert found.name == "standard input"
    assert found.outputs[0].text == "3"
    (found,) = gather(["-"], stdin=io.BytesIO(notebook(SOFTMAX).encode()))
    assert isinstance(found, Submission)
    assert found.main.place(1).cell == 1
    (found,) = gather(["-"])
    assert isinstance(found, Unreadable)
    assert found.kind is Kind.EMPTY


def test_several_paths(write: Writer) -> None:
    paths = [write("a.py", SOFTMAX), "missing.py", write("b.py", SOFTMAX)]
    assert [one.name for one in gather(paths)] == ["a.py", "missing.py", "b.py"]
