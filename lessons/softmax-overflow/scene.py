"""What the lesson runs: softmax where its exponentials are too large, or too small, for a float."""

import sys

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import cross_entropy_error, numerical_gradient
from tutor.pitfalls import find
from tutor.trace import record

NEAR_ZERO = (10.0, 0.0, -10.0)
NEAR_THOUSAND = (1010.0, 1000.0, 990.0)
ONE_LARGE = (2.0, 800.0, 1.0)
ALL_LOW = (-800.0, -800.0, -800.0)
LARGEST = np.log(sys.float_info.max)
EXPONENTS = (1, 709, 710)
t = np.array([0.0, 1.0, 0.0])

as_it_is = find("softmax-overflow").wrong
less_the_largest = find("softmax-overflow").right
in_place = find("softmax-mutates-input").wrong


def near_zero():
    return record(as_it_is, np.array(NEAR_ZERO))


def near_thousand():
    with np.errstate(over="ignore", invalid="ignore"):
        return record(as_it_is, np.array(NEAR_THOUSAND))


def one_large():
    with np.errstate(over="ignore", invalid="ignore"):
        return record(as_it_is, np.array(ONE_LARGE))


def all_low():
    with np.errstate(invalid="ignore"):
        return record(as_it_is, np.array(ALL_LOW))


def shifted():
    return record(less_the_largest, np.array(NEAR_THOUSAND))


def written():
    return record(in_place, np.array(NEAR_ZERO))


# --- what the text quotes --------------------------------------------------------------------


def figures(runs):
    left = np.array(NEAR_ZERO)
    in_place(left)
    with np.errstate(over="ignore", invalid="ignore"):
        loss = cross_entropy_error(as_it_is(np.array(ONE_LARGE)), t)
    return {
        "x": np.array(NEAR_ZERO),
        "sum": np.sum(runs["near-zero"].result),
        "far_x": np.array(NEAR_THOUSAND),
        "largest": sys.float_info.max,
        "largest_exponent": LARGEST,
        "one_x": np.array(ONE_LARGE),
        "one_y": runs["one-large"].result,
        "argmax": int(np.argmax(runs["one-large"].result)),
        "loss": loss,
        "low_x": np.array(ALL_LOW),
        "difference": float(np.abs(runs["shifted"].result - runs["near-zero"].result).max()),
        "smallest": sys.float_info.min,
        "left": left,
    }


def tables(runs):
    with np.errstate(over="ignore"):
        rows = tuple((n, f"{np.exp(float(n)):.4g}") for n in EXPONENTS)
    return {
        "exponentials": Table("np.exp of a number", ("of", "is"), rows),
        "slopes": Table(
            "slope of the loss along each logit",
            ("softmax", "x[0]", "x[1]", "x[2]"),
            (("x - c", *slopes(less_the_largest)), ("x -= c", *slopes(in_place))),
        ),
    }


def slopes(softmax):
    def f(x):
        return cross_entropy_error(softmax(x), t)

    return tuple(f"{slope:.4f}" for slope in numerical_gradient(f, np.array([2.0, 1.0, 0.5])))


# --- the exercise ----------------------------------------------------------------------------

K = 5
CLOSE = {"rtol": 1e-6, "atol": 1e-12}
# What another softmax than the right one may have become, as the catalogue has it.
OTHERS = ("softmax-wrong-denominator", "softmax-is-sigmoid")
HIGH, WIDE, LOW, HUGE = 1000.0, 2000.0, -1000.0, 30_000.0


def softmax(x):
    exp_x = np.exp(x - np.max(x))
    return exp_x / np.sum(exp_x)


def check(oracle):
    rng = np.random.default_rng()
    ordinary = rng.standard_normal(K)
    return (
        judge_ordinary(oracle, ordinary)
        or judge_far(oracle, ordinary)
        or judge_argument(oracle, ordinary)
        or judge_whole(oracle)
        or Verdict(True, "solved", {"far": ordinary[0] + HUGE})
    )


def ask(oracle, x):
    """Return the probabilities and x as it was left; None for what is no row of floats."""
    answer = oracle.call("try_it", x)
    if not isinstance(answer, tuple) or len(answer) != 2:
        return None, None
    y, left = answer
    good = isinstance(y, np.ndarray) and y.shape == x.shape and y.dtype.kind == "f"
    return (y if good else None), left


def judge_ordinary(oracle, x):
    """Judge it where nothing overflows: it must be softmax."""
    y, _ = ask(oracle, x)
    if y is None:
        return Verdict(False, "shape", {"shape": x.shape})
    if np.allclose(y, softmax(x), **CLOSE):
        return None
    figures = {"sum": np.sum(y), "got": y[0], "due": softmax(x)[0]}
    if not np.isfinite(y).all():
        return Verdict(False, "nan-near", {"x": x.round(2), "y": y})
    for slug in OTHERS:
        for variant in find(slug).variants:
            if np.allclose(y, find(slug).callable(variant)(x.copy()), **CLOSE):
                return Verdict(False, slug, figures)
    if not np.allclose(y.sum(), 1):
        return Verdict(False, "sum-is-not-one", figures)
    return Verdict(False, "other-softmax", figures)


def judge_far(oracle, ordinary):
    """Judge it far out: up, down, wide apart, and where no float of any width is enough."""
    wide = np.array([WIDE, 0.0, -WIDE, 1.0, 2.0])
    for text, x in (
        ("high", ordinary + HIGH),
        ("low", ordinary + LOW),
        ("wide", wide),
        ("huge", ordinary + HUGE),
    ):
        y, _ = ask(oracle, x)
        if y is None:
            return Verdict(False, "shape", {"shape": x.shape})
        figures = {"x": x.round(2), "y": y, "sum": np.sum(y), "limit": LARGEST}
        if np.isnan(y).any() or np.isinf(y).any():
            return Verdict(False, f"nan-{text}", figures)
        if not np.allclose(y, softmax(x), **CLOSE):
            return far_off(y, x, figures)
    return None


def far_off(y, x, figures):
    if not np.allclose(np.sum(y), 1):
        return Verdict(False, "patched", figures)
    levelled = len(np.unique(y)) < len(np.unique(softmax(x)))
    return Verdict(False, "levelled" if levelled else "far-off", figures)


def judge_argument(oracle, x):
    _, left = ask(oracle, x)
    if isinstance(left, np.ndarray) and np.array_equal(left, x):
        return None
    moved = float(np.abs(left - x).max()) if isinstance(left, np.ndarray) else np.nan
    return Verdict(False, "softmax-mutates-input", {"moved": moved})


def judge_whole(oracle):
    """Judge it for logits that are whole numbers."""
    x = np.array([3, 1, 0, 2, 1])
    answer = oracle.call("try_it", x)[0]
    if np.allclose(answer, softmax(x), **CLOSE):
        return None
    return Verdict(False, "integer-result", {"x": x, "y": answer})
