"""What may not be imported before the first paint, in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "kept_out"),
    [
        ("tutor.cli", ("textual", "rich", "numpy")),
        ("tutor.trace", ("textual", "rich", "click")),
        ("tutor.course.catalogue", ("textual", "numpy")),
        ("tutor.ui.plain", ("textual", "rich")),
        ("tutor.ui.player", ("textual", "rich", "numpy")),
        ("tutor.ui.app", ("numpy",)),
        ("tutor.ui.screens.lesson", ("numpy", "rich.markdown", "textual.widgets._text_area")),
        ("tutor.ui.screens.course", ("numpy",)),
    ],
)
def test_an_import_brings_no_more_than_it_needs(module: str, kept_out: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert set(kept_out).isdisjoint(done.stdout.split())
