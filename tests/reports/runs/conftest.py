from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reports.runs import given
from tests.reports.runs.browser import Opened, start
from tutor.reports.runs import write


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    found = start()
    yield found
    found.quit()


@pytest.fixture
def browser(driver: Any) -> Opened:
    return Opened(driver)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages by what they show; see `given`."""
    folder = tmp_path_factory.mktemp("pages")
    out = {}
    for name, make in given.SAVED.items():
        out[name] = folder / f"{name}.html"
        write(make(), out[name])
    return out


@pytest.fixture
def two(browser: Opened, files: dict[str, Path]) -> Opened:
    """The puzzle: f reads net.W; once it is given net.W itself, once a copy."""
    return browser.go(files["two"])
