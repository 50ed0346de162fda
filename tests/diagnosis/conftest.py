"""Hand-ins, built for a test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.diagnosis.gather import gather
from tutor.diagnosis.submission import Submission
from tutor.diagnosis.unreadable import Unreadable

SOFTMAX = """\
import numpy as np


def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()
"""


def code_cell(source: str, *outputs: dict[str, object]) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": list(outputs),
        "source": source.splitlines(keepends=True),
    }


def text_cell(source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": [source]}


def printed(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def notebook(*cells: dict[str, object] | str, **metadata: object) -> str:
    built = [code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return json.dumps({"cells": built, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write a file below the test's folder and return its path."""

    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def results(*paths: Path, each_folder: bool = False) -> dict[str, Submission | Unreadable]:
    """Gather, and hold the promise that each submission has one result."""
    found = list(gather(paths, each_folder=each_folder))
    named = {one.name: one for one in found}
    assert len(named) == len(found)
    return named


def submitted(*paths: Path, each_folder: bool = False) -> dict[str, Submission]:
    """Gather what is expected to be readable."""
    found = results(*paths, each_folder=each_folder)
    assert all(isinstance(one, Submission) for one in found.values()), found
    return {name: one for name, one in found.items() if isinstance(one, Submission)}
