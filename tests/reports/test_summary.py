"""Many submissions in one table."""

from tests.reports.given import advice, diagnosis, finding, notebook, script
from tutor.diagnosis.findings import Diagnosis, Verdict
from tutor.reports import Item, Options, as_markdown, summary

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

what is wrong        submissions  of all
softmax-whole-batch            2     50%
an unnamed fault               1     25%

worth knowing  submissions  of all
log-of-zero              1     25%

not judged, or not all of it  submissions  of all
UNREADABLE                              1     25%

4 submissions: 2 wrong, 1 with nothing wrong, 1 not judged.
Nothing is wrong in 1 of them; their advice is shown when each is diagnosed by
itself.
"""
    )


def test_a_submission_counts_once_however_often_it_has_a_pitfall() -> None:
    twice = Item.of(diagnosis(finding(), finding(line=4), name="e.py"), script())
    assert "softmax-whole-batch            3     60%" in summary([*ITEMS, twice])


def test_the_most_frequent_stands_first_and_names_decide_between_equals() -> None:
    names = ["no-restore", "row-view", "row-view", "forward-difference"]
    items = [Item.of(diagnosis(finding(pitfall=name), name=name), script()) for name in names]
    told = summary(items).split("what is wrong")[1].split()
    assert [word for word in told if word in names] == [
        "row-view",
        "forward-difference",
        "no-restore",
    ]


def test_what_is_right_as_far_as_it_can_be_seen_is_not_called_unjudged() -> None:
    partial = Item.of(Diagnosis("p.py", Verdict.PARTIAL, "What can be seen is right."), None)
    text = " ".join(summary([*ITEMS, partial]).split())
    assert (
        "5 submissions: 2 wrong, 1 with nothing wrong, 1 right as far as can be seen, 1 not judged."
    ) in text


def test_what_all_were_run_under_is_said_once_at_the_end() -> None:
    layers = ("rlimits", "landlock 7")
    assert summary(ITEMS, Options(isolation=layers)).endswith("\nRun under: rlimits, landlock 7.\n")
    text = as_markdown(ITEMS, Options(isolation=layers))
    assert text.count("Run under") == 1


def test_three_hundred_are_legible_at_80_columns() -> None:
    long = "a-very-long-name-of-a-hand-in-for-the-second-week/" * 2
    items = [Item.of(diagnosis(finding(), name=f"{long}{n}.py"), script()) for n in range(300)]
    lines = summary(items, Options(width=80)).split("\n")
    assert max(map(len, lines)) <= 80
    assert "300 submissions: 300 wrong, 0 with nothing wrong, 0 not judged." in lines


def test_markdown_counts_as_well() -> None:
    text = as_markdown(ITEMS)
    assert "| what is wrong | submissions | of all |" in text
    assert "| `softmax-whole-batch` | 2 | 50% |" in text
