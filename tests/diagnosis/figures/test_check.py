from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.figures.conftest import cell, only, remarks
from tutor.nets import TwoLayerNet, one_hot

BOOK = ("W1:4.18e-10", "b1:2.4e-9", "W2:5.5e-9", "b2:1.40e-7")  # pitfalls.md, I10
WHOLE = {  # figures.md, F
    "W1": 9.2121465976e-05, "b1": 0.000717251479244,
    "W2": 0.00188098131822, "b2": 0.0666666666667859,
}  # fmt: skip
SPELLINGS: list[Callable[[str, float], str]] = [
    lambda name, value: f"{name}:{value}",
    lambda name, value: f"{name} : {value:.12e}",
    lambda name, value: f"'{name}': {value},",
    lambda name, value: f"{name} の誤差は {value!r} です",
    lambda name, value: f"écart de {name} = {value}",
    lambda name, value: f"{name} 차이: {value}",
    lambda name, value: f"diff {name} np.float64({value})",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_whole_batch_figure_is_found_however_it_is_labelled(
    spelling: Callable[[str, float], str],
) -> None:
    remark = only("\n".join(spelling(name, value) for name, value in WHOLE.items()))
    assert remark.pitfall == "softmax-whole-batch"
    assert remark.certain
    assert "N = 3" in remark.sentence
    assert remark.evidence[0].predicted == pytest.approx(0.2 / 3)


@given(st.permutations(list(WHOLE)))
def test_the_order_of_the_lines_does_not_matter(names: list[str]) -> None:
    assert only(str({name: WHOLE[name] for name in names})).pitfall == "softmax-whole-batch"


@pytest.mark.parametrize(("batch", "figure"), [(2, 0.05), (5, 0.08), (10, 0.09), (100, 0.099)])
def test_the_batch_size_is_worked_out_of_b2(batch: int, figure: float) -> None:
    assert figure == pytest.approx((batch - 1) / batch / 10)
    text = f"W1:1.1e-05\nb1:7.1e-04\nW2:1.8e-03\nb2:{figure + 1.2e-10:.13f}"
    remark = only(text)
    assert f"with N = {batch}." in remark.sentence
    assert remark.certain
    rounded = only(f"W1:1.1e-05\nb1:7.1e-04\nW2:1.8e-03\nb2:{figure:.3g}")
    assert f"with N = {batch}." in rounded.sentence
    assert not rounded.certain


def test_a_b2_that_is_no_n_minus_1_over_nk_is_no_whole_batch() -> None:
    found = remarks("W1:9.2e-05\nb1:0.00071725\nW2:0.0018809\nb2:0.0712345678")
    assert all(remark.pitfall != "softmax-whole-batch" for remark in found)


def test_the_epsilon_is_not_noise() -> None:
    remark = only("\n".join(BOOK))
    assert remark.pitfall == ""
    assert remark.certain
    assert "not noise" in remark.sentence
    assert "three different labels" in remark.sentence
    assert remark.evidence[0].predicted == pytest.approx(1.4e-7)


def test_three_equal_labels_have_their_own_figure() -> None:
    assert "three equal labels" in only("W1:4e-10 b1:2e-9 W2:5e-9 b2:1.79e-7").sentence


def test_a_thousandfold_epsilon_is_named() -> None:
    remark = only("W1: 4.2e-7\nb1: 2.4e-6\nW2: 5.5e-6\nb2: 1.40e-4")
    assert remark.pitfall == "epsilon-wrong"
    assert "log(y + 1e-4)" in remark.sentence


def test_our_own_net_prints_the_books_b2() -> None:
    """The figure is that of a run: 784-50-10, three images with three labels."""
    rng = np.random.default_rng(1)
    net = TwoLayerNet(12, 50, 10, rng)
    x, t = rng.random((3, 12)), one_hot(np.array([5, 0, 4]), 10)
    one, other = net.gradient(x, t), net.numerical_gradient(x, t)
    lines = [f"{key}:{np.average(np.abs(one[key] - other[key]))}" for key in one]
    assert "not noise" in only("\n".join(lines)).sentence


def test_all_zero_is_a_comparison_with_itself() -> None:
    remark = only("W1:0.0\nb1:0.0\nW2:0.0\nb2:0.0")
    assert (remark.pitfall, remark.certain) == ("compares-with-itself", True)
    assert not only("W1:0.000\nb1:0.000\nW2:0.000\nb2:0.000").certain


def test_a_ratio_that_is_the_same_everywhere_is_a_batch() -> None:
    text = "\n".join(f"{name} max rel err: 6.666667e-01" for name in WHOLE)
    remark = only(text)
    assert remark.pitfall == "missing-batch-division"
    assert "batch of 3" in remark.sentence
    assert not remark.certain


def test_ln_10_over_h_everywhere_is_a_sum() -> None:
    remark = only("W1: 23025.9\nb1: 23025.8\nW2: 23025.7\nb2: 23025.9")
    assert remark.pitfall == "sum-not-difference"


def test_a_wrong_sign_is_a_relative_error_of_2() -> None:
    assert only("W1: 2.0\nb1: 2.0\nW2: 2.0\nb2: 1.9999999").pitfall == "gradient-sign"


def test_b2_of_a_missing_division_by_3() -> None:
    remark = only("W1: 0.00084\nb1: 0.0048\nW2: 0.011\nb2: 0.2799")
    assert (remark.pitfall, remark.certain) == ("", False)
    assert "missing-batch-division" in remark.sentence
    assert "gradient-sign" in remark.sentence


def test_differences_of_one_size_point_to_nothing_alone() -> None:
    remark = only("W1: 0.0041\nb1: 0.0063\nW2: 0.0021\nb2: 0.0088")
    assert (remark.pitfall, remark.certain) == ("", False)
    assert "float32" in remark.sentence
    assert "missing division" in remark.sentence


def test_the_first_layer_alone() -> None:
    assert only("W1: 2e-5\nb1: 3e-5\nW2: 1e-9\nb2: 2e-9").pitfall == "relu-kink"
    assert only("W1: 2e-3\nb1: 3e-3\nW2: 1e-9\nb2: 2e-9").pitfall == ""


def test_matrices_or_biases_alone() -> None:
    assert only("W1: 1e-3\nb1: 3e-7\nW2: 1e-3\nb2: 2e-7").pitfall == "row-view"
    assert only("W1: 3e-6\nb1: 1.2e-3\nW2: 1e-9\nb2: 0.107").pitfall == "bias-gradient"
    assert only("W1: 3e-6\nb1: 2e-5\nW2: 1e-9\nb2: 0.139").pitfall == ""


def test_huge_differences_may_be_a_random_loss() -> None:
    remark = only("W1 109.3\nb1 83.6\nW2 123.4\nb2 90.5")
    assert (remark.pitfall, remark.certain) == ("random-loss", False)


def test_a_check_that_has_passed_is_said_to_without_code_alone() -> None:
    text = "W1:4e-10\nb1:3e-10\nW2:7e-10\nb2:1e-10\n"
    assert "has passed" in only(text).sentence
    code = "for key in grads:\n    print(key, np.abs(grads[key] - numerical[key]).mean())\n"
    assert cell(code, text) == []


@given(st.lists(st.floats(1e-13, 9e-8), min_size=4, max_size=4))
def test_a_passed_check_points_to_no_pitfall(values: list[float]) -> None:
    names = ("W1", "b1", "W2", "b2")
    text = "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
    assert only(text).pitfall == ""


def test_two_checks_in_one_output_are_two() -> None:
    before = "\n".join(f"{name}:{value}" for name, value in WHOLE.items())
    found = remarks(before + "\n" + "\n".join(BOOK))
    assert [remark.pitfall for remark in found] == ["softmax-whole-batch", ""]
    assert found[0].text.endswith("0.0666666666667859")


def test_norms_of_the_weights_are_no_check() -> None:
    code = "for key in net.params:\n    print(key, np.linalg.norm(net.params[key]))\n"
    assert cell(code, "W1 1.98\nb1 0.31\nW2 0.222\nb2 0.0666666667\n") == []
