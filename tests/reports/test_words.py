"""Every sentence has its id, and every id is used."""

import re
from pathlib import Path

import pytest

import tutor.reports
from tutor.diagnosis.findings import Verdict
from tutor.reports import words
from tutor.reports.words import LANGUAGES, Words, without_words

SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path(tutor.reports.__file__).parent.glob("*.py")
    if path.name != "words.py"
)

MADE = ("verdict.PITFALL.many", "summary.total.one", "summary.total.partial", "language.unknown")


@pytest.mark.parametrize("name", LANGUAGES["en"])
def test_each_sentence_is_said_somewhere(name: str) -> None:
    head, _, last = name.rpartition(".")
    made = head in ("verdict", "checks", "summary", "repair.gave")
    made = made or name.startswith(("repair.by.", "summary.tally."))
    assert f'"{name}"' in SOURCES or (made and last) or name in MADE


def test_every_id_that_is_asked_for_is_there() -> None:
    for name in re.findall(r'words\(\s*"([\w.]+)"', SOURCES):
        assert name in LANGUAGES["en"]


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_words(verdict: Verdict) -> None:
    assert Words()(f"verdict.{verdict.value}", pitfalls="x", count=1).endswith(".")


def test_a_language_is_one_table_and_what_it_lacks_is_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, "LANGUAGES", {**LANGUAGES, "fr": {"notes": "Remarques"}})
    assert Words("fr")("notes") == "Remarques"
    assert Words("fr")("advice") == Words("en")("advice")
    assert without_words("fr") == without_words("en") == ""


def test_an_unknown_language_gets_a_sentence() -> None:
    assert without_words("tl\x1bh") == (
        "There are no reports in tl\\x1bh yet, so this one is in English. The languages are: en."
    )


def test_an_unknown_language_is_english() -> None:
    assert Words("tlh")("notes") == Words("en")("notes") == "Notes"
