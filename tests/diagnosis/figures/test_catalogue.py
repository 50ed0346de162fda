"""What the wrong nets of the catalogue really print is read as what they are."""

import numpy as np
import pytest

from tests.diagnosis.figures.conftest import only
from tutor.nets import one_hot
from tutor.pitfalls import program

# The figures of a check cannot tell these apart; the remark names them and points to none.
ZERO_ON_ONE_SIDE = ("step-underflow", "perturbs-a-copy", "step-precedence")
FACTOR = ("missing-batch-division", "loss-not-averaged", "gradient-sign")


def checked(*slugs: str) -> str:
    """Return what the book's check prints of a net with these pitfalls: 12-20-10, three images."""
    namespace: dict[str, object] = {"__name__": "student"}
    exec(compile(program(*slugs), "student.py", "exec"), namespace)
    net = namespace["TwoLayerNet"](12, 20, 10, std=0.01, seed=1)  # type: ignore[operator]
    x, t = np.random.default_rng(5).random((3, 12)), one_hot(np.array([5, 0, 4]), 10)
    numerical, backprop = net.numerical_gradient(x, t), net.gradient(x, t)
    errors = {key: np.average(np.abs(backprop[key] - numerical[key])) for key in numerical}
    return "\n".join(f"{key}:{value}" for key, value in errors.items())


@pytest.mark.parametrize(
    ("slug", "certain"),
    [("softmax-whole-batch", True), ("softmax-wrong-axis", True), ("epsilon-wrong", True),
     ("sum-not-difference", False), ("missing-parentheses", False), ("row-view", False),
     ("bias-gradient", False), ("zero-init", False)],
)  # fmt: skip
def test_the_check_of_a_wrong_net_points_to_its_pitfall(slug: str, certain: bool) -> None:
    remark = only(checked(slug))
    assert (remark.pitfall, remark.certain) == (slug, certain)


@pytest.mark.parametrize("slug", [*ZERO_ON_ONE_SIDE, *FACTOR])
def test_what_the_figures_cannot_tell_apart_is_named_and_not_pointed_to(slug: str) -> None:
    remark = only(checked(slug))
    assert (remark.pitfall, remark.certain) == ("", False)
    for name in ZERO_ON_ONE_SIDE if slug in ZERO_ON_ONE_SIDE else FACTOR:
        assert name in remark.sentence


@pytest.mark.parametrize("slugs", [(), ("compensated-division",), ("relu-mutates-dout",)])
def test_a_right_net_shows_the_epsilon_and_no_pitfall(slugs: tuple[str, ...]) -> None:
    remark = only(checked(*slugs))
    assert remark.pitfall == ""
    assert "not noise" in remark.sentence
