"""Every spelling of every pitfall shows the figure that was predicted; right code does not."""

import math

import pytest

from tutor.pitfalls import CATALOGUE, Code, Setting, Signature

# N of 2, 3, 5 and 10; in each setting four sizes of which no two are alike.
SETTINGS = (
    Setting(N=2, K=7, D=3, H=5, seed=11),
    Setting(N=3, K=10, D=4, H=6, seed=12),
    Setting(N=5, K=3, D=7, H=4, seed=13),
    Setting(N=10, K=6, D=5, H=8, seed=14),
    Setting(N=3, K=4, D=6, H=9, h=1e-3, seed=15),
)
VARIANTS = [
    pytest.param(pitfall, variant, id=f"{pitfall.slug}: {variant.name}")
    for pitfall in CATALOGUE.values()
    for variant in pitfall.variants
]


@pytest.mark.parametrize(("pitfall", "variant"), VARIANTS)
def test_what_was_predicted_is_measured_and_not_in_right_code(pitfall, variant):
    signature = pitfall.signature_of(variant)
    told = 0
    for setting in SETTINGS:
        if signature.silent(setting):
            continue
        told += 1
        predicted = pitfall.predicted(setting, variant)
        measured = pitfall.measured(setting, variant)
        of_right = signature.measured(Code(), setting)
        assert signature.agree(predicted, measured), (setting, predicted, measured)
        assert not signature.agree(predicted, of_right), (setting, predicted, of_right)
    assert told >= 3


@pytest.mark.parametrize(("pitfall", "variant"), VARIANTS)
def test_a_figure_comes_out_the_same_twice(pitfall, variant):
    one, other = (pitfall.measured(SETTINGS[0], variant) for _ in range(2))
    assert one == other or math.isnan(one) == math.isnan(other) is True


@pytest.mark.parametrize(("pitfall", "variant"), VARIANTS)
def test_a_tolerance_has_a_reason(pitfall, variant):
    signature = pitfall.signature_of(variant)
    assert (signature.why == "exact") == (signature.rtol == signature.atol == 0)


def test_figures_agree_within_both_tolerances_together():
    signature = Signature("", "", lambda _: 0.0, lambda _, __: 0.0, rtol=0.1, atol=1.0)
    assert signature.agree(10.0, 11.9)
    assert not signature.agree(10.0, 12.1)
    assert signature.agree(math.nan, math.nan)
    assert signature.agree(math.inf, math.inf)
    assert not signature.agree(math.inf, -math.inf)
    assert not signature.agree(0.0, math.nan)
    assert not signature.agree(math.nan, 0.0)
