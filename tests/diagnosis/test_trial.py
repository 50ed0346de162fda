"""What was printed is read in the judgement itself, with code and without."""

from __future__ import annotations

from pathlib import Path

from tutor.diagnosis.place import Module, Output
from tutor.diagnosis.submission import Submission, read_submission
from tutor.diagnosis.trial import diagnose

STUDENTS = Path(__file__).parent.parent / "students"


def test_the_remarks_of_a_notebook_are_in_its_diagnosis():
    found = diagnose(read_submission(STUDENTS / "mika_ch5.ipynb"))
    assert "softmax-whole-batch" in [remark.pitfall for remark in found.remarks]


def test_figures_without_code_go_as_far_as_figures_go():
    output = Output(None, "W1:0.0002\nb2:0.0667", 1)
    pasted = Submission("pasted", "pasted", Module("pasted", "pasted", ""), (), (output,))
    assert "softmax-whole-batch" in [remark.pitfall for remark in diagnose(pasted).remarks]
