r"""Diagnoses as JSON, for programs.

The form is version 1, described by ``schema.json`` beside this module::

    {"version": 1,
     "isolation": ["landlock 7", ...],
     "submissions": [
       {"path": "report3.ipynb", "verdict": "PITFALL", "reason": "...",
        "parts": [{"part": "softmax", "definition": "softmax", "cell": 3, "line": 1}],
        "findings": [
          {"pitfall": "softmax-whole-batch", "severity": "error", "definition": "softmax",
           "cell": 3, "line": 4,
           "evidence": [{"what": "...", "predicted": 1.0, "measured": 1.0}],
           "repair": {"confirmed": true, "max_relative_error": 3e-9},
           "lesson": "softmax-over-the-batch"}],
        "gradient_check": [{"parameter": "W1", "max_relative_error": 0.9, "ratio": null}]}]}

- There is exactly one row for each submission, in the order in which they were given.
- ``pitfall`` is null for a fault without a name, ``lesson`` where no lesson teaches it, and
  ``repair`` where none was tried. A repair's line is never in it.
- ``max_relative_error`` is what is left of the gradients, or of what the repaired part gives, once
  it is put right. It is null where no gradient tells that: a learning rate, an update, weights
  that start at zero and a batch are confirmed by what the training does then, an accuracy and a
  misspelt name by that nothing is raised any more.
- ``cell`` counts the code cells from 1 and is null for a file. ``line`` counts from 1 within the
  cell or the file and is null where it is not known.
- Parts and findings have a ``file`` as well if the submission is of more than one file.
- A number that JSON does not have is a string: ``"nan"``, ``"inf"``, ``"-inf"``. What was
  predicted or measured may be a text as well.
- All of it is ASCII; what is not is written as ``\uXXXX``, half characters as backslash text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final

from tutor.diagnosis.findings import Evidence, Finding, ParameterCheck, PartTaken, Repair
from tutor.reports.figures import is_number
from tutor.reports.item import Item
from tutor.reports.spots import has_files, spot

VERSION: Final = 1

_Json = dict[str, Any]


def as_json(items: Iterable[Item], isolation: Iterable[str] = ()) -> str:
    """Return all rows as one JSON text with an end of line.

    Parameters
    ----------
    isolation : iterable of str
        The layers that the submissions were run under.
    """
    whole = {
        "version": VERSION,
        "isolation": [_text(layer) for layer in isolation],
        "submissions": [_submission(item) for item in items],
    }
    return json.dumps(whole, indent=1, allow_nan=False) + "\n"


def schema() -> str:
    """Return the JSON Schema of it, draft 2020-12."""
    return files("tutor.reports").joinpath("schema.json").read_text(encoding="utf-8")


def _submission(item: Item) -> _Json:
    found = item.diagnosis
    return {
        "path": _text(item.path),
        "verdict": found.verdict.value,
        "reason": _text(found.reason),
        "parts": [_part(one, item) for one in found.parts],
        "findings": [_finding(one, item) for one in found.findings],
        "gradient_check": [_check(one) for one in found.gradient_check],
    }


def _part(part: PartTaken, item: Item) -> _Json:
    return {
        "part": _text(part.part),
        "definition": _text(part.definition),
        **_place(item, part.module, part.line),
    }


def _finding(found: Finding, item: Item) -> _Json:
    return {
        "pitfall": _text(found.pitfall) or None,
        "severity": found.severity.value,
        "definition": _text(found.definition),
        **_place(item, found.module, found.line),
        "evidence": [_evidence(one) for one in found.evidence],
        "repair": _repair(found.repair) if found.repair else None,
        "lesson": _text(found.lesson) or None,
    }


def _place(item: Item, module: str, line: int) -> _Json:
    at = spot(item.submission, module, line)
    file = {"file": _text(at.file) or None} if has_files(item.submission) else {}
    return {**file, "cell": at.cell, "line": at.shown_line}


def _evidence(evidence: Evidence) -> _Json:
    return {
        "what": _text(evidence.what),
        "predicted": _value(evidence.predicted),
        "measured": _value(evidence.measured),
    }


def _repair(repair: Repair) -> _Json:
    error = repair.max_relative_error
    return {
        "confirmed": repair.confirmed,
        "max_relative_error": None if error is None else _value(error),
    }


def _check(found: ParameterCheck) -> _Json:
    return {
        "parameter": _text(found.parameter),
        "max_relative_error": _value(found.max_relative_error),
        "ratio": None if found.ratio is None else _value(found.ratio),
    }


def _value(value: float | str) -> int | float | str:
    """Return what JSON has a number for as a number, everything else as text."""
    if not is_number(value):
        return _text(str(value))
    if isinstance(value, int):
        return value
    number = float(value)
    return number if math.isfinite(number) else str(number)


def _text(text: str) -> str:
    """Return a text without half characters, which many readers of JSON refuse."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
