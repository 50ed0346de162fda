from __future__ import annotations

import os
from pathlib import Path

from tutor.ui.own_editor import OwnFile


def test_a_saved_file_is_seen_once(tmp_path: Path) -> None:
    own = OwnFile(tmp_path / "deep" / "exercise.py")
    assert own.put("a = 1\n") is None
    assert own.changed_text() is None
    own.path.write_text("a = 22\n")
    assert own.changed_text() == "a = 22\n"
    assert own.changed_text() is None


def test_a_file_saved_by_renaming_is_seen(tmp_path: Path) -> None:
    own = OwnFile(tmp_path / "exercise.py")
    own.put("a = 1\n")
    own.path.unlink()
    assert own.changed_text() is None
    aside = tmp_path / "new"
    aside.write_text("a = 33\n")
    os.replace(aside, own.path)
    assert own.changed_text() == "a = 33\n"


def test_an_earlier_text_is_kept(tmp_path: Path) -> None:
    own = OwnFile(tmp_path / "exercise.py")
    own.path.write_text("mine\n")
    kept = own.put("yours\n")
    assert kept is not None
    assert kept.read_text() == "mine\n"
    assert own.path.read_text() == "yours\n"
    assert own.put("yours\n") is None
