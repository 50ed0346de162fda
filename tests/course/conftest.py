"""A small course in a temporary folder, good as it stands, for tests to break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"

COURSE = """format = 1
first = "second"

[[chapters]]
title = "One"
lessons = ["bowl"]

[[chapters]]
title = "Two"
lessons = ["second"]
"""


@pytest.fixture
def bowl(tmp_path: Path) -> Path:
    """The folder of one good lesson."""
    return Path(shutil.copytree(DATA / "bowl", tmp_path / "lessons" / "bowl"))


@pytest.fixture
def course_folder(bowl: Path) -> Path:
    """The folder of a course of two lessons."""
    second = shutil.copytree(bowl, bowl.with_name("second"))
    edit(second / "lesson.toml", 'slug = "bowl"', 'slug = "second"')
    edit(second / "lesson.toml", "needs = []", 'needs = ["bowl"]')
    edit(second / "lesson.toml", '["perturbs-a-copy"]', '["log-of-zero"]')
    edit(second / "en.md", "# A small bowl", "# A second bowl")
    (bowl.parent / "course.toml").write_text(COURSE)
    return bowl.parent


def edit(file: Path, old: str, new: str) -> None:
    """Replace one text in a file; it must be there."""
    text = file.read_text()
    assert old in text, f"{old!r} is not in {file}"
    file.write_text(text.replace(old, new, 1))


@pytest.fixture
def edit_file() -> Callable[[Path, str, str], None]:
    return edit
