"""What is printed while the judge asks."""

from __future__ import annotations

import pytest

from tutor.diagnosis.inside.hush import hush, hushed


def test_a_question_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    hushed(print)("x" * 1000)
    with hush():
        print("inner")
        hushed(print)("innermost")
    print("heard")
    assert capsys.readouterr().out == "heard\n"


def test_a_flood_is_heard(capsys: pytest.CaptureFixture[str]) -> None:
    with hush():
        for _ in range(3):
            print("x" * (1 << 20))
    assert len(capsys.readouterr().out) > 1 << 20
