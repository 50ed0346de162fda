from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jail.leftovers import processes
from tutor.jail import Oracle, warm


@pytest.fixture(scope="module")
def jails(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which all of a module's jails stand, with a warm process of their own."""
    folder = tmp_path_factory.mktemp("jails")
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    warm._shared.close()
    yield folder
    warm._shared.close()
    tempfile.tempdir = before
    assert list(folder.iterdir()) == []


@pytest.fixture
def clean(jails: Path) -> Iterator[Path]:
    """The same; afterwards no process and no folder is left but the warm process and its own."""
    with Oracle("def f(): return 1\n"):
        pass
    before = processes(jails)
    yield jails
    # Another one may have come in the place of the warm process.
    assert len(processes(jails)) <= len(before)
    assert [inner for root in jails.iterdir() for inner in root.iterdir()] == []
