import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.figures.conftest import cell, only, remarks

TRAIN = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
TEST = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
PRINTED = {0: ("0.0987166666667", "0.098"), 1: ("0.112366666667", "0.1135"),
           6: ("0.0986333333333", "0.0958"), 8: ("0.0975166666667", "0.0974")}  # fmt: skip


def line(train: object, test: object) -> str:
    return f"train acc, test acc | {train}, {test}"


@pytest.mark.parametrize("digit", range(10))
def test_the_share_of_each_digit_is_known(digit: int) -> None:
    train, test = TRAIN[digit] / 60000, TEST[digit] / 10000
    remark = only("\n".join([line(train, test)] * 3))
    assert (remark.pitfall, remark.certain) == ("constant-class", True)
    assert f"the net answers {digit} for every image" in remark.sentence


@pytest.mark.parametrize("digit", PRINTED)
def test_the_figures_that_were_printed_are_known(digit: int) -> None:
    text = "\n".join([line(*PRINTED[digit])] * 2)
    assert f"the net answers {digit} " in only(text).sentence


def test_the_report_that_ends_with_zeros_names_six_and_eight_and_does_not_prove_nan() -> None:
    run = [("0.18245", "0.1849"), PRINTED[0], PRINTED[6], PRINTED[8], PRINTED[0], PRINTED[0]]
    remark = only("\n".join(line(*pair) for pair in run))
    assert "before that 0, 6, 8" in remark.sentence
    assert "NaN" in remark.sentence
    assert "does not prove" in remark.sentence


def test_a_net_that_begins_with_one_digit_and_learns_gets_no_remark() -> None:
    """A right net prints this, too: before it has learnt, one digit wins everywhere."""
    run = [PRINTED[8], ("0.78", "0.7874"), ("0.8762", "0.88")]
    assert remarks("\n".join(line(*pair) for pair in run)) == []


def test_one_pair_alone_is_not_certain() -> None:
    assert not only(line(*PRINTED[0])).certain


def test_one_pair_at_the_end_of_others_is_not_certain() -> None:
    assert not only(line("0.18245", "0.1849") + "\n" + line(*PRINTED[0])).certain


def test_percent_is_read() -> None:
    assert only("acc 9.87% 9.80%\nacc 9.87% 9.80%").pitfall == "constant-class"


def test_accuracies_that_stay_at_chance() -> None:
    remark = only("acc 0.1003\nacc 0.0991\nacc 0.1012\nacc 0.0987")
    assert (remark.pitfall, remark.certain) == ("", False)
    assert "guessing" in remark.sentence


def test_the_same_share_is_not_taken_for_a_loss() -> None:
    code = "for i in range(3):\n    print(i, net.accuracy(x, t), net.accuracy(u, v))\n"
    found = cell(code, "\n".join(f"{i} 0.09871666666666666 0.098" for i in range(3)))
    assert [remark.pitfall for remark in found] == ["constant-class"]


@given(st.lists(st.tuples(st.floats(0.2, 1), st.floats(0.2, 1)), min_size=1, max_size=8))
def test_ordinary_accuracies_get_no_remark(pairs: list[tuple[float, float]]) -> None:
    assert remarks("\n".join(line(*pair) for pair in pairs)) == []
