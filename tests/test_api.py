"""The public names: there when they are first used, and not before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tutor
from tests.diagnosis.programs import RIGHT, WRONG
from tutor.jail import Isolation, Unsafe, oracle


def test_importing_it_imports_nothing_else() -> None:
    heavy = "'numpy', 'textual', 'click', 'tutor.trace', 'tutor.checks', 'tutor.diagnosis'"
    code = f"import sys, tutor; sys.exit(bool({{{heavy}}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", tutor.__all__)
def test_each_public_name_is_there(name: str) -> None:
    assert getattr(tutor, name)
    assert name in dir(tutor)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'softmax'"):
        tutor.softmax  # noqa: B018


def test_a_gradient_is_checked() -> None:
    W = np.array([[1.0, -2.0], [3.0, 0.5]])
    right = tutor.check_gradients(lambda: float(np.sum(W**2)), {"W": W}, {"W": 2 * W})
    assert not right.wrong
    wrong = tutor.check_gradients(lambda: float(np.sum(W**2)), {"W": W}, {"W": -2 * W})
    assert [one.name for one in wrong.wrong] == ["W"]


def test_a_source_and_a_file_are_diagnosed(tmp_path: Path) -> None:
    found = tutor.diagnose(WRONG)
    assert [f.pitfall for f in found.errors] == ["softmax-whole-batch"]
    assert found.isolation
    path = tmp_path / "net.py"
    path.write_text(RIGHT)
    assert tutor.diagnose(path).verdict.value == "CLEAN"
    assert tutor.diagnose(str(path)).name == "net.py"


def test_what_cannot_be_read_has_a_verdict(tmp_path: Path) -> None:
    for source in (tmp_path / "none.py", "def softmax(x:\n    return x\n"):
        found = tutor.diagnose(source)
        assert found.verdict.value == "UNREADABLE"
        assert found.reason.endswith(".")


def test_nothing_is_run_where_nothing_would_keep_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "Isolation", lambda *_: Isolation())
    with pytest.raises(Unsafe):
        tutor.diagnose(RIGHT)
