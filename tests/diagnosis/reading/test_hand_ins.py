"""A class: each subfolder is one submission, and one of its files is the one to judge."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.diagnosis.conftest import SOFTMAX, Writer, notebook, results, submitted
from tutor.diagnosis.submission import Submission
from tutor.diagnosis.unreadable import Kind, Unreadable

USE = "print(softmax(3.0))\n"


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_each_subfolder_is_one(write: Writer, tmp_path: Path) -> None:
    write("class/alice/train.py", f"from layers import *\n{USE}")
    write("class/alice/layers.py", SOFTMAX)
    write("class/bob/report.ipynb", notebook(SOFTMAX))
    write("class/bob/old.py", SOFTMAX + USE)
    write("class/carol.py", SOFTMAX)
    write("class/dora/essay.pdf", "%PDF")
    write("class/emil.zip", zipped({"emil/net.py": SOFTMAX}))
    write("class/finn/upload.zip", zipped({"net.py": SOFTMAX}))
    found = results(tmp_path / "class", each_folder=True)
    assert list(found) == ["alice", "bob", "carol.py", "dora", "emil.zip", "finn"]
    alice = found["alice"]
    assert isinstance(alice, Submission)
    assert alice.path == f"{tmp_path}/class/alice"
    assert str(alice.main.place(2)) == "train.py, line 2"
    assert [module.filename for module in alice.siblings] == ["layers.py"]
    bob = found["bob"]
    assert isinstance(bob, Submission)
    assert bob.main.filename == "report.ipynb"
    assert bob.notes == ("Also there, and not judged: old.py.",)
    dora = found["dora"]
    assert isinstance(dora, Unreadable)
    assert dora.kind is Kind.NO_CODE
    for packed in (found["emil.zip"], found["finn"]):
        assert isinstance(packed, Submission)
        assert packed.main.source == SOFTMAX


@pytest.mark.parametrize(
    ("files", "main"),
    [
        ({"a.py": "from b import *\n" + USE, "b.py": SOFTMAX}, "a.py"),
        ({"functions.py": SOFTMAX, "run.py": SOFTMAX + USE}, "run.py"),
        ({"net.py": SOFTMAX, "test_net.py": SOFTMAX + USE * 3}, "net.py"),
        ({"net.py": SOFTMAX + USE, "report.ipynb": notebook(SOFTMAX)}, "report.ipynb"),
        ({"broken.py": "def\n", "net.py": SOFTMAX}, "net.py"),
        ({"deep/a.py": SOFTMAX, "net.py": SOFTMAX}, "net.py"),
        ({"pkg/__init__.py": "", "pkg/net.py": SOFTMAX}, "pkg/net.py"),
        ({"a.py": "import b\n", "b.py": "import a\n"}, "a.py"),
    ],
)
def test_the_file_to_judge(write: Writer, tmp_path: Path, files: dict[str, str], main: str) -> None:
    for name, text in files.items():
        write(f"class/ann/{name}", text)
    found = submitted(tmp_path / "class", each_folder=True)
    assert found["ann"].main.filename == main


def test_a_broken_file_is_said_and_not_judged(write: Writer, tmp_path: Path) -> None:
    write("class/ann/broken.py", "def\n")
    write("class/ann/net.py", SOFTMAX)
    (found,) = submitted(tmp_path / "class", each_folder=True).values()
    assert found.notes[0].startswith("broken.py, line 1 is not Python")


def test_only_broken_files_are_one_refusal(write: Writer, tmp_path: Path) -> None:
    write("class/ann/broken.py", "def\n")
    write("class/ann/other.py", "print 'x'\n")
    found = results(tmp_path / "class", each_folder=True)
    assert list(found) == ["ann"]
    assert isinstance(found["ann"], Unreadable)


def test_a_module_that_several_share(write: Writer, tmp_path: Path) -> None:
    write("book/ch04/net.py", f"from common.functions import *\n{USE}")
    write("book/common/functions.py", SOFTMAX)
    found = submitted(tmp_path / "book", each_folder=True)
    assert [module.name for module in found["ch04"].siblings] == ["common", "common.functions"]


def test_a_link_to_a_folder_is_refused(write: Writer, tmp_path: Path) -> None:
    target = write("private/net.py", SOFTMAX).parent
    write("class/ann/net.py", SOFTMAX)
    (tmp_path / "class" / "mallory").symlink_to(target, target_is_directory=True)
    found = results(tmp_path / "class", each_folder=True)
    mallory = found["mallory"]
    assert isinstance(mallory, Unreadable)
    assert mallory.kind is Kind.REFUSED
    assert list(results(tmp_path / "class")) == ["ann/net.py"]


def test_a_packed_class_in_a_folder_of_its_own(write: Writer) -> None:
    files = {"class/ann/net.py": SOFTMAX, "class/bob/net.py": SOFTMAX, "class/cy/x.pdf": ""}
    path = write("class.zip", zipped(files))
    assert list(results(path, each_folder=True)) == ["ann", "bob", "cy"]
    files = {"ann/net.py": SOFTMAX, "bob/net.py": SOFTMAX}
    assert list(results(write("b.zip", zipped(files)), each_folder=True)) == ["ann", "bob"]
