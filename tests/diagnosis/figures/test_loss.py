import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.figures.conftest import cell, only, remarks

LOOP = "for i in range(1000):\n    step()\n    print(i, net.loss(x, t))\n"


@pytest.mark.parametrize(
    ("text", "pitfall"),
    [("16.11809565095832", "epsilon-plateau"), ("16.118095", "epsilon-plateau"),
     ("23.7189981105", "label-one-hot-mixup"), ("23.7189871105", "label-one-hot-mixup"),
     ("155.7648417741", "label-one-hot-mixup")],
)  # fmt: skip
def test_a_figure_with_one_source_is_known(text: str, pitfall: str) -> None:
    remark = only(f"loss: {text}")
    assert (remark.pitfall, remark.certain) == (pitfall, True)
    assert remark.evidence[0].predicted == pytest.approx(float(text), rel=1e-6)


def test_fewer_digits_are_not_certain() -> None:
    assert not only("loss: 16.118").certain
    assert remarks("loss: 16.1") == []


@given(st.floats(16.2, 23.7))
def test_other_large_losses_are_no_known_figure(value: float) -> None:
    assert remarks(f"loss: {value}") == []


def test_a_loss_that_stays_at_ln_10_is_zero_init_or_nothing_that_moves() -> None:
    remark = only("\n".join(["loss 2.302585092994046"] * 4))
    assert (remark.pitfall, remark.certain) == ("zero-init", False)


def test_ln_10_alone_is_an_untrained_net() -> None:
    assert only("loss 2.302585092994046").pitfall == ""
    assert remarks("loss 2.3026") == []


def test_a_first_loss_near_ln_10_that_falls_is_ordinary() -> None:
    assert remarks("loss 2.302585092994046\nloss 1.9\nloss 1.2") == []


def test_the_same_loss_to_the_last_digit_means_that_no_update_arrives() -> None:
    output = "\n".join(f"{100 * i} 2.302401014912771 0.1252" for i in range(6))
    (remark,) = cell(LOOP, output)
    assert remark.pitfall == "rebinds-parameters"
    assert not remark.certain


def test_equal_losses_of_few_digits_are_no_evidence() -> None:
    assert remarks("loss 0.69\nloss 0.69\nloss 0.69") == []


@pytest.mark.parametrize("batch", [2, 3, 100])
def test_ln_nk_at_the_start_is_a_whole_batch(batch: int) -> None:
    first = only(f"損失: {math.log(10 * batch) + 4e-4:.6f}\n損失: 2.9\n損失: 2.7")
    assert first.pitfall == "softmax-whole-batch"
    assert f"batch of {batch} " in first.sentence


def test_a_loss_that_settles_on_the_floor_is_squashed_twice() -> None:
    assert math.log(1 + 9 / math.e) == pytest.approx(1.4612, abs=5e-5)
    remark = only("\n".join(f"loss {value}" for value in (2.1, 1.6, 1.4702, 1.4650, 1.4631)))
    assert remark.pitfall == "squashed-twice"
    assert remarks("\n".join(f"loss {v}" for v in (2.1, 1.6, 1.4702, 1.4650, 1.2))) == []


def test_a_rising_loss_climbs_or_blows_up() -> None:
    remark = only("\n".join(f"perte {value}" for value in (1.1, 1.3, 1.9, 4.2)))
    assert (remark.pitfall, remark.certain) == ("gradient-ascent", False)


def test_losses_of_examples_do_not_rise() -> None:
    code = "print(loss(y, a))\nprint(loss(y, b))\nprint(loss(y, c))\n"
    assert cell(code, "0.1\n0.429528266\n1.0767684") == []
    code = "losses = [loss(y, k) for k in range(3)]\nlosses\n"
    assert cell(code, "[0.1, 0.4295, 1.0767]") == []


def test_nan_and_inf_are_told_apart() -> None:
    assert "does not say which" in only("loss nan").sentence
    assert only("loss 2.3\nloss inf\nloss inf").pitfall == "log-of-zero"
    assert only("loss 2.3\nloss 9.1\nloss nan").pitfall == "blow-up"


@given(st.floats(2.29, 2.32), st.lists(st.floats(0.8, 0.99), min_size=1, max_size=20))
def test_a_loss_that_falls_gets_no_remark(first: float, rates: list[float]) -> None:
    values = [first]
    for rate in rates:
        values.append(values[-1] * rate)
    assert remarks("\n".join(f"{100 * i} loss: {v}" for i, v in enumerate(values))) == []
    assert cell(LOOP, "\n".join(f"{100 * i} {v}" for i, v in enumerate(values))) == []
