"""The JSON form: as documented, as its schema says, whatever was diagnosed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.reports.given import DIAGNOSES, SUBMISSIONS, advice, diagnosis, finding, folder, script
from tutor.diagnosis.findings import Diagnosis, Evidence, Verdict
from tutor.diagnosis.submission import Submission
from tutor.reports import Item, as_json, isolation_of, schema

SCHEMA = json.loads(schema())
KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def check(value: Any, form: dict[str, Any], at: str = "$") -> None:
    """Hold a value against the words of JSON Schema that ours uses, and no others."""
    known = {"type", "const", "enum", "minimum", "items", "properties", "required"}
    assert set(form) <= known | {"additionalProperties", "description", "title", "$schema"}
    if "const" in form:
        assert value == form["const"], at
    if "enum" in form:
        assert value in form["enum"], at
    kinds = form.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    allowed = tuple(kind for name in kinds for kind in KINDS[name])
    if allowed:
        assert isinstance(value, allowed), at
        assert not isinstance(value, bool) or "boolean" in kinds, at
    if "minimum" in form and value is not None:
        assert value >= form["minimum"], at
    for number, item in enumerate(value if isinstance(value, list) else ()):
        check(item, form["items"], f"{at}[{number}]")
    if isinstance(value, dict):
        assert set(form["required"]) <= set(value) <= set(form["properties"]), at
        for name, item in value.items():
            check(item, form["properties"][name], f"{at}.{name}")


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def read(text: str) -> Any:
    return json.loads(text, parse_constant=refuse)


def test_the_documented_form_to_the_letter() -> None:
    found = diagnosis(finding(), gradient_check=(), reason="One thing is wrong.")
    assert read(as_json([Item.of(found, script())], found.isolation)) == {
        "version": 1,
        "isolation": ["rlimits", "landlock 7"],
        "submissions": [
            {
                "path": "in/report3.py",
                "verdict": "PITFALL",
                "reason": "One thing is wrong.",
                "parts": [{"part": "softmax", "definition": "softmax", "cell": None, "line": 3}],
                "findings": [
                    {
                        "pitfall": "softmax-whole-batch",
                        "severity": "error",
                        "definition": "softmax",
                        "cell": None,
                        "line": 5,
                        "evidence": [
                            {
                                "what": "mean difference of b2",
                                "predicted": 2 / 30,
                                "measured": 0.0666666668,
                            }
                        ],
                        "repair": {"confirmed": True, "max_relative_error": 3e-9},
                        "lesson": None,
                    }
                ],
                "gradient_check": [],
            }
        ],
    }


def test_numbers_that_json_lacks_are_strings() -> None:
    evidence = (Evidence("a", float("nan"), float("inf")), Evidence("b", "x", float("-inf")))
    text = as_json([Item.of(diagnosis(finding(evidence=evidence)), script())])
    rows = read(text)["submissions"][0]["findings"][0]["evidence"]
    assert [(row["predicted"], row["measured"]) for row in rows] == [("nan", "inf"), ("x", "-inf")]


def test_a_folder_names_the_file_and_an_unnamed_fault_has_no_pitfall() -> None:
    found = diagnosis(finding(module="common.functions", pitfall=""))
    (row,) = read(as_json([Item.of(found, folder())]))["submissions"][0]["findings"]
    assert (row["file"], row["line"], row["pitfall"]) == ("common/functions.py", 5, None)


def test_the_repaired_line_is_never_in_it() -> None:
    assert "keepdims" not in as_json([Item.of(diagnosis(finding(), advice()), script())])


def test_there_is_one_row_for_each_and_every_verdict_is_known() -> None:
    items = [Item.of(Diagnosis("x.py", verdict, ""), None) for verdict in Verdict]
    rows = read(as_json(items))
    check(rows, SCHEMA)
    assert [row["verdict"] for row in rows["submissions"]] == [v.value for v in Verdict]


def test_the_isolation_of_all_is_what_each_was_run_under() -> None:
    one, other = diagnosis(isolation=("a", "b")), diagnosis(isolation=("b", "c"))
    never_run = Diagnosis("x.py", Verdict.UNREADABLE, "")
    items = [Item.of(found, None) for found in (one, never_run, other)]
    assert isolation_of(items) == ("b",)
    assert isolation_of(items[1:2]) == ()


@given(st.lists(st.tuples(DIAGNOSES, SUBMISSIONS), max_size=3))
def test_any_diagnosis_is_valid(pairs: list[tuple[Diagnosis, Submission | None]]) -> None:
    text = as_json([Item.of(*pair) for pair in pairs], ["landlock"])
    assert text.isascii()
    check(read(text), SCHEMA)
