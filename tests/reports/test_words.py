"""Every sentence has its id, and every id is used."""

import re
from pathlib import Path

import pytest

import tutor.reports
from tutor.diagnosis.findings import Verdict
from tutor.reports.words import LANGUAGES, Words

SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path(tutor.reports.__file__).parent.glob("*.py")
    if path.name != "words.py"
)


@pytest.mark.parametrize("name", LANGUAGES["en"])
def test_each_sentence_is_said_somewhere(name: str) -> None:
    head, _, last = name.rpartition(".")
    made = head in ("verdict", "checks", "summary", "repair.line", "repair.kept", "repair.part")
    assert f'"{name}"' in SOURCES or (made and last) or name == "verdict.PITFALL.many"


def test_every_id_that_is_asked_for_is_there() -> None:
    for name in re.findall(r'words\(\s*"([\w.]+)"', SOURCES):
        assert name in LANGUAGES["en"]


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_words(verdict: Verdict) -> None:
    assert Words()(f"verdict.{verdict.value}", pitfalls="x", count=1).endswith(".")


def test_an_unknown_language_is_english() -> None:
    assert Words("tlh")("notes") == Words("en")("notes") == "Notes"
