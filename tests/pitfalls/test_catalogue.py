"""The catalogue: every pitfall of the list, whole, to be found, and as severe as it should be."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from tutor.pitfalls import (
    CATALOGUE,
    Part,
    Severity,
    UnknownPitfall,
    chosen,
    find,
    hypotheses,
)

DIFFERENTIATOR = """
    step-underflow forward-difference step-precedence sum-not-difference missing-parentheses
    divides-by-x integer-array row-view one-d-loop-on-matrix no-restore returns-early
    perturbs-a-copy closure-returns-none differentiates-another-function wrong-key float32-noise
    bad-step-size relu-kink loss-not-scalar steps-all-coordinates points-transposed
    quadratic-cost complex-step-into-float reshapes-result random-loss vacuous-check
    absolute-error-only compares-with-itself
"""
SOFTMAX_AND_LOSS = """
    softmax-whole-batch softmax-wrong-axis softmax-overflow softmax-global-max
    softmax-mutates-input softmax-wrong-denominator softmax-missing-keepdims builtin-max-sum
    squashed-twice hard-coded-batch integer-result softmax-is-sigmoid loss-not-averaged
    log-of-zero epsilon-plateau epsilon-wrong label-one-hot-mixup label-broadcast
    single-class-argmax reshape-discarded all-pairs-index loss-mutates-prediction
    wrong-batch-size wrong-operand returns-none single-sample-division
"""
BACKWARD = """
    missing-batch-division double-batch-division compensated-division gradient-sign
    bias-gradient missing-transpose relu-mask relu-mutates-dout sigmoid-grad-of-activation
    sigmoid-sign sigmoid-backward shared-layer gradients-miswired backward-returns-none
    dout-ignored misspelt-method stale-cache regularisation-mismatch loss-bypasses-last-layer
    backward-overwrites-weights crash
"""
TRAINING = """
    rebinds-parameters constant-class accuracy-axis gradient-ascent zero-init
    duplicate-layer-key blow-up wrong-pairing
"""
SLUGS = set(f"{DIFFERENTIATOR} {SOFTMAX_AND_LOSS} {BACKWARD} {TRAINING}".split())
ADVICE = {
    "log-of-zero",
    "epsilon-plateau",
    "relu-mutates-dout",
    "softmax-mutates-input",
    "dout-ignored",
    "single-sample-division",
    "integer-array",
    "one-d-loop-on-matrix",
    "absolute-error-only",
    "label-broadcast",
    "single-class-argmax",
    "hard-coded-batch",
    "bad-step-size",
    "forward-difference",
    "quadratic-cost",
    "compensated-division",
}
LESSONS = Path(__file__).parents[2] / "lessons"


def test_the_list_is_complete():
    assert len(SLUGS) == 83
    assert set(CATALOGUE) == SLUGS


def test_what_does_no_harm_is_advice():
    assert {slug for slug, p in CATALOGUE.items() if p.severity is Severity.ADVICE} == ADVICE


def test_a_step_far_from_the_best_is_an_error():
    pitfall = find("bad-step-size")
    severities = {v.name: pitfall.severity_of(v) for v in pitfall.variants}
    assert severities == {
        "h=1e-3": Severity.ADVICE,
        "h=1e-1": Severity.ERROR,
        "h=1e-12": Severity.ERROR,
    }


@pytest.mark.parametrize("slug", CATALOGUE)
def test_an_entry_is_whole(slug):
    pitfall = CATALOGUE[slug]
    assert pitfall.slug == slug
    assert pitfall.sentence.endswith(".")
    assert pitfall.lesson == "" or (LESSONS / pitfall.lesson / "lesson.toml").is_file()
    assert pitfall.wrong.__name__ == pitfall.right.__name__
    assert pitfall.variants[0].signature is None
    assert pitfall.variants[0].owner in pitfall.part.definitions
    names = [variant.name for variant in pitfall.variants]
    assert len(set(names)) == len(names)


def test_a_lesson_that_teaches_a_pitfall_is_named_by_it():
    for slug, pitfall in CATALOGUE.items():
        if pitfall.lesson:
            text = (LESSONS / pitfall.lesson / "lesson.toml").read_text(encoding="utf-8")
            assert f'"{slug}"' in text


@pytest.mark.parametrize("slug", CATALOGUE)
def test_find_gives_the_entry(slug):
    assert find(slug) is CATALOGUE[slug]


@pytest.mark.parametrize(
    ("slug", "says"),
    [
        ("missing-batch-divison", "Did you mean 'missing-batch-division'?"),
        ("softmax-whole", "Did you mean 'softmax-whole-batch'?"),
        ("zzz", "`gradtutor pitfalls` lists all of them."),
    ],
)
def test_an_unknown_name_gets_the_nearest(slug, says):
    with pytest.raises(UnknownPitfall) as caught:
        find(slug)
    assert says in str(caught.value)
    assert f"'{slug}'" in str(caught.value)


def test_a_variant_is_chosen_by_its_name():
    assert chosen("relu-mask")[1].name == "none"
    assert chosen("relu-mask: inverted")[1].name == "inverted"
    with pytest.raises(LookupError, match="There are: none, inverted, of the gradient"):
        chosen("relu-mask: upside down")


def test_every_variant_is_a_hypothesis_about_one_part():
    found = [variant for part in Part for _, variant in hypotheses(part)]
    assert len(found) == sum(len(pitfall.variants) for pitfall in CATALOGUE.values())


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        CATALOGUE["mine"] = CATALOGUE["log-of-zero"]
    with pytest.raises(FrozenInstanceError):
        CATALOGUE["log-of-zero"].slug = "mine"
