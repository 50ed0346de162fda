"""A file that is saved again is noticed, by what it holds."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from tutor.tracing import Watch


def _looks(watch: Watch) -> list[bool]:
    return [watch.has_changed() for _ in range(3)]


def test_a_saved_file_is_noticed_once(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("h = 1e-4\n")
    watch = Watch(file)
    assert _looks(watch) == [False, False, False]
    file.write_text("h = 1e-50\n")
    assert sum(_looks(watch)) == 1


def test_the_same_text_saved_again_is_no_change(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("h = 1e-4\n")
    watch = Watch(file)
    file.write_text("h = 1e-4\n")
    os.utime(file, ns=(1, 1))
    assert _looks(watch) == [False, False, False]


def test_text_of_the_same_length_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("h = 1e-4\n")
    watch = Watch(file)
    file.write_text("h = 1e-5\n")
    os.utime(file, ns=(2, 2))
    assert sum(_looks(watch)) == 1


def test_a_file_that_is_replaced_is_not_gone(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("h = 1e-4\n")
    watch = Watch(file)
    file.unlink()
    assert _looks(watch) == [False, False, False]
    file.write_text("h = 2e-4 # new\n")
    assert sum(_looks(watch)) == 1


def test_a_half_written_file_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("h = 1e-4\n")
    watch = Watch(file)
    for text in ("", "h =", "h = 2e-4 # done\n"):
        file.write_text(text)
        assert not watch.has_changed()
    assert watch.has_changed()


def test_a_sibling_that_is_saved_counts(tmp_path: Path) -> None:
    file, sibling = tmp_path / "net.py", tmp_path / "layers.py"
    file.write_text("import layers\n")
    sibling.write_text("h = 1\n")
    watch = Watch(file, sibling)
    sibling.write_text("h = 1.5\n")
    assert sum(_looks(watch)) == 1


def test_the_modules_that_a_file_imports_are_watched_with_it(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    sibling = tmp_path / "common" / "layers.py"
    sibling.write_text("h = 1\n")
    file = tmp_path / "net.py"
    file.write_text("from common.layers import h\n\nprint(h)\n")
    watch = Watch.of(file)
    sibling.write_text("h = 1.5\n")
    assert sum(_looks(watch)) == 1


def test_changes_end_when_they_are_told_to(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("h = 1e-4\n")
    watch = Watch(file, interval=0.001)
    file.write_text("h = 1e-40\n")
    stop = threading.Event()
    seen = []
    for _ in watch.changes(stop):
        seen.append(file.read_text())
        stop.set()
    assert seen == ["h = 1e-40\n"]
