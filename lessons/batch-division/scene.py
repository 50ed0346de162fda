"""What the lesson runs: one backward with and without its division, and the net of a report."""

from functools import cache

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import (
    SoftmaxWithLoss,
    cross_entropy_error,
    load_digits,
    numerical_gradient,
    softmax,
)
from tutor.pitfalls import REPORTED, RIGHT, Parts, build_net
from tutor.pitfalls.backward import MissingBatchDivision
from tutor.trace import Recorder, record

SHAPE = {"input_size": 4, "hidden_size": 5, "output_size": 3}
BATCH_SIZE = 5
BATCH_SIZES = (1, 2, 5, 100)

DIGITS_NET = {"input_size": 64, "hidden_size": 50, "output_size": 10}
DIFFERENT, TWO_ALIKE, THREE_ALIKE = (0, 1, 2), (0, 0, 1), (0, 0, 0)
OPEN_BATCH_SIZES = (1, 2, 3, 5, 10, 100)


class Divided(SoftmaxWithLoss):
    """The right layer, under a name that does not give the answer away on the screen."""


class Undivided(MissingBatchDivision):
    """The wrong one, likewise."""


DIVIDED = Parts(loss_layer=Divided)
UNDIVIDED = Parts(loss_layer=Undivided)

# Below this an entry has no slope: a ReLU was shut for every sample, and the ratio is 0 / 0.
NO_SLOPE = 1e-8


def entry_by_entry(backprop, numerical):
    ratio = np.zeros_like(numerical)
    for idx in np.ndindex(ratio.shape):
        bp = backprop[idx]
        num = numerical[idx]
        ratio[idx] = bp / num
    return ratio


# --- the small net ---------------------------------------------------------------------------


def small_net(parts):
    return build_net(parts, **SHAPE, rng=13, std=0.3)


def samples(batch_size):
    rng = np.random.default_rng(11)
    x = rng.standard_normal((batch_size, SHAPE["input_size"]))
    return x, rng.integers(SHAPE["output_size"], size=batch_size)


@cache
def both_gradients(batch_size):
    net = small_net(UNDIVIDED)
    x, t = samples(batch_size)
    return net.gradient(x, t), net.numerical_gradient(x, t)


@cache
def ratios(batch_size):
    """Return backprop / numerical for each parameter, of the entries that have a slope."""
    backprop, numerical = both_gradients(batch_size)
    sloping = {key: abs(backprop[key]) > NO_SLOPE for key in backprop}
    return {key: backprop[key][on] / numerical[key][on] for key, on in sloping.items()}


def divided():
    net = small_net(DIVIDED)
    return Recorder(SoftmaxWithLoss.backward).run(net.gradient, *samples(BATCH_SIZE))


def undivided():
    net = small_net(UNDIVIDED)
    return Recorder(MissingBatchDivision.backward).run(net.gradient, *samples(BATCH_SIZE))


def slopes():
    net = small_net(UNDIVIDED)
    x, t = samples(BATCH_SIZE)

    def f(_):
        return net.loss(x, t)

    return record(numerical_gradient, f, net.params["b2"])


def far_below():
    backprop, numerical = both_gradients(BATCH_SIZE)
    return record(entry_by_entry, backprop["W1"], numerical["W1"])


# --- the net of the report -------------------------------------------------------------------


def digits(labels):
    """Return one handwritten digit for each label, none of them twice."""
    train = load_digits().train
    rows = [np.flatnonzero(train.t == label)[number] for number, label in enumerate(labels)]
    return train.x[rows], train.t[rows]


def b2_gradients(parts, x, t):
    net = build_net(parts, **DIGITS_NET, rng=3)

    def f(_):
        return net.loss(x, t)

    return net.gradient(x, t)["b2"], numerical_gradient(f, net.params["b2"])


def b2_difference(parts, x, t):
    backprop, numerical = b2_gradients(parts, x, t)
    return float(np.mean(abs(backprop - numerical)))


def reported_backward():
    net = build_net(REPORTED, **DIGITS_NET, rng=3)
    return Recorder(SoftmaxWithLoss.backward).run(net.gradient, *digits(DIFFERENT))


def reported_b2():
    return record(entry_by_entry, *b2_gradients(REPORTED, *digits(DIFFERENT)))


def undivided_b2():
    return record(entry_by_entry, *b2_gradients(UNDIVIDED, *digits(DIFFERENT)))


# --- what the text quotes --------------------------------------------------------------------


def figures(runs):
    x, right_classes = digits(DIFFERENT)
    b2_ratio = runs["reported-b2"].result
    difference = abs(np.subtract(*b2_gradients(REPORTED, x, right_classes)))
    furthest = max(abs(ratio - BATCH_SIZE).max() for ratio in ratios(BATCH_SIZE).values())
    return {
        "N": BATCH_SIZE,
        "left": runs["divided"].result["b2"][0],
        "right": runs["undivided"].result["b2"][0],
        "slope": runs["slopes"].result[0],
        "entries": runs["far-below"].result.size,
        "rest": np.ceil(furthest * 1e6) / 1e6,
        "rebuilt_N": len(x),
        "rebuilt": b2_difference(REPORTED, x, right_classes),
        "right_b2": b2_difference(RIGHT, x, right_classes),
        "undivided": b2_difference(UNDIVIDED, x, right_classes),
        "undivided_ratio": np.mean(runs["undivided-b2"].result),
        "ratio_of_right": np.mean(b2_ratio[right_classes]),
        "ratio_of_others": np.mean(np.delete(b2_ratio, right_classes)),
        "least": min(difference),
        "most": max(difference),
    }


def tables(runs):
    return {
        "everywhere": Table(
            f"backprop / numerical, batch of {BATCH_SIZE}",
            ("", "entries", "smallest", "largest"),
            tuple(spread(key, ratio) for key, ratio in ratios(BATCH_SIZE).items()),
        ),
        "batch-sizes": Table(
            "backprop / numerical, no division",
            ("N", "entries", "smallest", "largest"),
            tuple(spread(n, np.concatenate([*ratios(n).values()])) for n in BATCH_SIZES),
        ),
        "left-behind": Table(
            "mean |backprop - numerical| in b2",
            ("the digits", "no division", "rebuilt net"),
            tuple(left_behind(labels) for labels in (DIFFERENT, TWO_ALIKE, THREE_ALIKE)),
        ),
        "open": Table(
            "b2 of the rebuilt net",
            ("N", "mean difference"),
            tuple((n, f"{reported_difference(n):.6f}") for n in OPEN_BATCH_SIZES),
        ),
    }


def spread(name, ratio):
    """Return a row: how many entries have a slope, and the ends of their ratios."""
    return name, ratio.size, f"{ratio.min():.4f}", f"{ratio.max():.4f}"


def left_behind(labels):
    x, t = digits(labels)
    differences = [b2_difference(parts, x, t) for parts in (UNDIVIDED, REPORTED)]
    return ", ".join(map(str, labels)), *(f"{difference:.4f}" for difference in differences)


def reported_difference(batch_size):
    train = load_digits().train
    return b2_difference(REPORTED, train.x[:batch_size], train.t[:batch_size])


# --- the exercise ----------------------------------------------------------------------------

# Batch size, inputs, classes: no two of the six numbers alike, so that each shows itself.
TRIALS = ((3, 5, 7), (8, 4, 6))
# How a ratio grows from trial to trial where the divisor does not know the batch.
SIZES_OVER_FIRST = [sizes[0] / TRIALS[0][0] for sizes in TRIALS]

# What a repair may have done to the slope, as a factor of the right one.
FACTORS = {
    "solved": lambda N, D, K: 1,
    "not-divided": lambda N, D, K: N,
    "divided-twice": lambda N, D, K: 1 / N,
    "by-classes": lambda N, D, K: N / K,
    "by-inputs": lambda N, D, K: N / D,
    "by-every-entry": lambda N, D, K: 1 / K,
    "uphill": lambda N, D, K: -1,
    "uphill-not-divided": lambda N, D, K: -N,
}


def trial(rng, N, D, K):
    """Return what the learner's function is given, what it should give, and y."""
    # Small weights: a probability near the 1e-7 would blur the loss.
    x, W, b = (0.5 * rng.standard_normal(shape) for shape in ((N, D), (D, K), K))
    t = np.eye(K)[rng.integers(K, size=N)]
    y = softmax(x @ W + b)
    loss = cross_entropy_error(y, t)
    dx = (y - t) / N
    return (x, t, W, b), (loss, dx, x.T @ dx, dx.sum(axis=0)), y


def check(oracle):
    rng = np.random.default_rng()
    trials = [trial(rng, *sizes) for sizes in TRIALS]
    answers = [oracle.call("loss_and_gradients", *given) for given, _, _ in trials]
    right = [wanted for _, wanted, _ in trials]
    pairs = list(zip(answers, right, strict=True))
    if not all(fits(answer, wanted) for answer, wanted in pairs):
        return Verdict(False, "shape")
    if not all(np.isfinite(part).all() for answer in answers for part in answer):
        return Verdict(False, "not-finite")
    losses = [answer[0] / wanted[0] for answer, wanted in pairs]
    if not np.allclose(losses, 1, rtol=1e-3):
        return judge_loss(losses)
    at_the_top = all(np.allclose(answer[1], wanted[1], rtol=1e-4) for answer, wanted in pairs)
    dW, db = ([share(answer[at], wanted[at]) for answer, wanted in pairs] for at in (2, 3))
    return judge_gradients(dW, db, at_the_top) or judge_entries(answers[-1][1], trials[-1])


def fits(answer, wanted):
    """Tell whether the four values are there: numbers, in the shapes that they should have."""
    if not isinstance(answer, tuple | list) or len(answer) != len(wanted):
        return False
    parts = [np.asarray(part) for part in answer]
    return all(
        part.shape == np.shape(right) and part.dtype.kind in "fiu"
        for part, right in zip(parts, wanted, strict=True)
    )


def judge_loss(losses):
    for text, power in (("loss-is-a-sum", 1), ("loss-divided-twice", -1)):
        if np.allclose(losses, [float(N) ** power for N, _, _ in TRIALS], rtol=1e-3):
            return Verdict(False, text)
    return Verdict(False, "loss-changed")


def judge_gradients(dW, db, at_the_top):
    """Name what became of the two gradients, by their factors; None if they have none."""
    found = name_of(dW), name_of(db)
    figures = {"N": tuple(N for N, _, _ in TRIALS), "dW": tuple(dW), "db": tuple(db)}
    if found == ("solved", "solved"):
        return Verdict(True, "solved" if at_the_top else "solved-below", figures)
    if np.isnan([*dW, *db]).any():
        return None
    if "solved" in found:
        return Verdict(False, "only-W" if found[0] == "solved" else "only-b", figures)
    same = found[0] == found[1] != ""
    return Verdict(False, found[0] if same else "two-factors", figures)


def share(got, right):
    """Return the factor between two arrays, NaN if it is not one and the same in all entries."""
    factor = np.sum(got * right) / np.sum(right * right)
    return factor if np.allclose(got, factor * right, rtol=1e-4, atol=1e-7) else np.nan


def name_of(shares):
    for name, factor in FACTORS.items():
        if np.allclose(shares, [factor(*sizes) for sizes in TRIALS], rtol=1e-3):
            return name
    if min(shares) > 0 and np.allclose(np.divide(shares, shares[0]), SIZES_OVER_FIRST, rtol=1e-3):
        return "by-a-constant"
    return ""


def judge_entries(dx, last_trial):
    """Name what was divided in place of the whole difference."""
    (_, t, _, _), _, y = last_trial
    for text, wrong in (("divides-t", y - t / len(t)), ("divides-y", y / len(t) - t)):
        if np.allclose(dx, wrong, rtol=1e-4):
            return Verdict(False, text)
    return Verdict(False, "no-factor")
