"""Many submissions in one table."""

from tests.reports.given import advice, diagnosis, finding, notebook, script
from tutor.diagnosis.findings import Diagnosis, Verdict
from tutor.reports import Item, left_out, summary

ITEMS = [
    Item.of(diagnosis(finding(), finding(pitfall="", line=8), name="a.py"), script()),
    Item.of(diagnosis(finding(), name="b.ipynb"), notebook()),
    Item.of(diagnosis(advice(), name="c.py"), script()),
    Item.of(Diagnosis("d.py", Verdict.UNREADABLE, "It is empty."), None),
]


def test_a_row_for_each_and_the_totals() -> None:
    assert (
        summary(ITEMS)
        == """\
submission  verdict     pitfalls             line
a.py        PITFALL     softmax-whole-batch  line 5
                        an unnamed fault     line 8
b.ipynb     PITFALL     softmax-whole-batch  cell 3, line 2
c.py        CLEAN
d.py        UNREADABLE

4 submissions: 2 wrong, 1 with nothing wrong, 1 not judged.
"""
    )


def test_the_clean_ones_that_are_not_shown_are_counted() -> None:
    assert left_out(ITEMS).startswith("Nothing is wrong in 1 of them;")
    assert left_out(ITEMS[:2]) == ""
