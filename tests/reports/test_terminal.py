"""The report of one submission as a person reads it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.given import (
    DIAGNOSES,
    REPAIRED,
    SUBMISSIONS,
    advice,
    diagnosis,
    finding,
    folder,
    notebook,
    script,
)
from tutor.diagnosis.findings import Diagnosis, Evidence, Left, PartTaken, Repair, Verdict
from tutor.diagnosis.submission import Submission
from tutor.reports import Options, as_text
from tutor.reports.cells import cells


def told(found: Diagnosis, submission: Submission | None = None, **options: object) -> str:
    return as_text(found, submission or script(), Options(**options))  # type: ignore[arg-type]


def test_the_whole_report_of_one_pitfall() -> None:
    assert (
        told(diagnosis(finding(), advice(), notes=("A magic was skipped.",)))
        == """\
report3.py: one thing is wrong: softmax-whole-batch.

1. softmax-whole-batch in softmax (line 5)

     4 |     exp_a = np.exp(a - np.max(a))
   > 5 |     return exp_a / np.sum(exp_a)  # ひどい
       |                    ^^^^^^^^^^^^^

   Softmax divides by the sum over the whole batch.

   figure                     predicted       measured   difference
   mean difference of b2   0.0666666667   0.0666666668        1e-10

   Put right: return exp_a / np.sum(exp_a, axis=-1, keepdims=True)
   With only this line put right, all 4 gradients agree, to 3e-09.
   More: gradtutor pitfalls softmax-whole-batch

Worth knowing (none of it makes this file wrong)
 - log-of-zero in loss (line 8): log(0) is -inf.
   loss where y is 0: predicted inf, measured inf.
   Lesson: gradtutor lesson log-epsilon
   More on each: gradtutor pitfalls NAME

Gradient check: backprop beside the numerical gradient
   parameter   relative error   backprop / numerical
   W1          0.9              0.3333                 differs
   b1          0.9              0.3333                 differs
   W2          0.9              0.3333                 differs
   b2          0.9              0.3333                 differs

What was taken for which part
   softmax  softmax  line 3

Notes
 - A magic was skipped.

Run under: rlimits, landlock 7.
"""
    )


def test_a_notebook_names_the_cell_and_a_folder_the_file() -> None:
    assert "in softmax (cell 3, line 2)" in told(diagnosis(finding()), notebook())
    sibling = finding(module="common.functions")
    assert "(common/functions.py, line 5)" in told(diagnosis(sibling), folder())


def test_a_student_learns_where_and_why_and_not_the_line() -> None:
    text = told(diagnosis(finding()), for_student=True)
    assert "keepdims" not in text
    assert "Put right" not in text
    assert "^^^^^^^^^^^^^" in text
    assert "With one change in this line, all 4 gradients agree, to 3e-09." in text
    assert "gradtutor pitfalls softmax-whole-batch" in text


@pytest.mark.parametrize(
    ("repair", "sentence"),
    [
        (Repair(True, 2e-8, REPAIRED, Left.NET), "With only this line put right, all 4 gradients"),
        (Repair(True, 2e-8, "", Left.NET), "With only softmax swapped for a right one, all 4"),
        (
            Repair(True, 2e-8, REPAIRED, Left.TOGETHER),
            "With this line put right and the other accused ones too, all 4 gradients agree",
        ),
        # A right softmax does not make a net right that is wrong somewhere else as well.
        (Repair(True, 0.0, REPAIRED, Left.FIGURES), "what softmax gives is right, to the last"),
        (
            Repair(True, 1e-7, "", Left.FIGURES),
            "a right one, what softmax gives is right, to 1e-07",
        ),
        (Repair(True, None, REPAIRED, Left.FIGURES), "put right, what softmax gives is right. "),
        (Repair(True, 2e-8, REPAIRED), "With only this line put right, the gradients agree, to"),
        # No figure of a gradient confirms a repair of a training.
        (Repair(True, None, REPAIRED), "this line put right, none of this is seen any more."),
        (Repair(True, float("inf"), REPAIRED), "put right, none of this is seen any more."),
        (Repair(True, None, "np.exp(a)"), "With only that put right, none of this is seen"),
        (Repair(False, None, ""), "No single change was found"),
        (None, "No repair was tried"),
    ],
)
def test_what_the_repair_gave(repair: Repair | None, sentence: str) -> None:
    text = " ".join(told(diagnosis(finding(repair=repair))).split())
    assert sentence in text
    assert ("Put right:" in text) is bool(repair and repair.line)


def test_the_gradients_of_a_layer_are_said_to_be_its_own() -> None:
    layer = (PartTaken("layer", "Affine", "__main__", 3),)
    wrong = finding(definition="Affine", repair=Repair(True, 1e-10, REPAIRED))
    text = " ".join(told(diagnosis(wrong, parts=layer)).split())
    assert "the gradients that Affine gives agree, to 1e-10." in text


def test_a_use_is_not_swapped_for_a_right_one() -> None:
    for name in ("<module>", "train"):
        wrong = finding(definition=name, repair=Repair(True, 1e-8, ""))
        text = " ".join(told(diagnosis(wrong)).split())
        assert "With only that put right, the gradients agree, to 1e-08." in text


def test_a_repaired_line_that_is_too_long_stands_under_its_title_and_loses_nothing() -> None:
    long = "loss = " + " + ".join(f"first_weight[{n}]" for n in range(12))
    lines = told(diagnosis(finding(repair=Repair(True, None, long)))).split("\n")
    at = lines.index("   Put right:")
    shown = [line for line in lines[at + 1 :] if line.startswith("      ")]
    assert "".join(line[6:] for line in shown) == long
    assert all(line.endswith(("+", "]", "[11]")) for line in shown)


def test_a_line_that_is_left_out_is_said_to_be() -> None:
    text = told(diagnosis(finding(repair=Repair(True, None, "pass"))))
    assert "Put right: # (the line is left out)" in text


def test_a_fault_without_a_name_shows_what_should_be() -> None:
    nameless = finding(pitfall="", sentence="", evidence=(Evidence("dx[2, 1]", 0.373, 2.53),))
    text = told(diagnosis(nameless, verdict=Verdict.UNKNOWN_BUG))
    assert "1. Unnamed fault in softmax (line 5)" in text
    assert "softmax does not give what it should." in text
    assert "figure     should be   measured\n   dx[2, 1]       0.373       2.53" in text
    assert "gradtutor pitfalls" not in text


def test_what_cannot_be_read_is_its_name_and_why() -> None:
    found = Diagnosis("x.py", Verdict.UNREADABLE, "There is no file x.py. Check the path.")
    assert as_text(found) == (
        "x.py: not judged: it could not be read.\nThere is no file x.py. Check the path.\n\n"
        "None of its code was run.\n"
    )


def test_usual_advice_is_one_line() -> None:
    text = told(diagnosis(advice(pitfall="epsilon-plateau")))
    assert "\n - epsilon-plateau in loss (line 8).\n   More on each:" in text


def test_two_errors_are_counted() -> None:
    text = told(diagnosis(finding(), finding(pitfall="loss-not-averaged", line=8)))
    assert text.startswith("report3.py: 2 things are wrong: softmax-whole-batch, loss-not-")
    assert "\n2. loss-not-averaged in softmax (line 8)\n" in text


def test_one_pitfall_in_two_places_is_said_to_be_in_two() -> None:
    text = told(diagnosis(finding(), finding(line=4)))
    assert text.startswith("report3.py: 2 things are wrong: softmax-whole-batch (in 2 places).")


def test_what_all_were_run_under_is_not_said_of_each() -> None:
    assert "Run under" not in told(diagnosis(finding()), isolation=("rlimits", "landlock 7"))
    assert "Run under" in told(diagnosis(finding()), isolation=("rlimits",))


def test_colour_adds_nothing_but_colour() -> None:
    found = diagnosis(finding(), advice())
    painted = told(found, colour=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == told(found)
    assert "\x1b[31m" in painted


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = replace(finding(), sentence="word " * 100, line=2)
    source = "a = 1\nb = " + "勾配 + " * 200 + "1\n"
    text = told(diagnosis(long, notes=("n" * 500,)), script(source), width=width)
    assert max(map(cells, text.splitlines())) <= width


@given(DIAGNOSES, SUBMISSIONS, st.integers(0, 200))
def test_any_diagnosis_is_text_without_control_characters(
    found: Diagnosis, submission: Submission | None, width: int
) -> None:
    text = as_text(found, submission, Options(width=width))
    assert text.endswith("\n")
    assert all(line.isprintable() for line in text.split("\n"))
    assert max(map(cells, text.split("\n"))) <= max(width, 60)
