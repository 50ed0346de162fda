"""What the lesson runs: the logarithm of a probability of 0, with and without the 1e-7."""

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.jail import Raised
from tutor.nets import SimpleNet, SoftmaxWithLoss, cross_entropy_error, numerical_gradient, softmax
from tutor.pitfalls.loss import epsilon_plateau, log_of_zero, loss_of_logits, plateau_ratio
from tutor.trace import record

EPSILON = 1e-7

# Two classes, and class 0 is right: the logits are 0 and a gap.
t = np.array([1.0, 0.0])
FAR_GAP = 800.0
GAP = 50.0
GAPS = (10.0, 16.0, 20.0, 25.0, GAP, FAR_GAP)

# One figure of the walk-through and three of the reader, as they were printed.
p = np.array([1.05414809, 0.63071653, 1.1328074])
READER_LOSS = 2.0620146712373737
READER_FXH1, READER_FXH2 = 2.062083801262337, 2.0619455426551796  # at (1, 1)
x_data = np.array([0.6, 0.9])
t_data = np.array([0.0, 0.0, 1.0])


def logits(gap):
    return np.array([0.0, gap])


def slope_at(loss, gap):
    """Record the numerical gradient of a loss of two logits."""

    def f(x):
        return loss(x, t)

    return record(numerical_gradient, f, logits(gap))


def log_of_softmax(x, t):
    return log_of_zero(softmax(x), t)


def backprop(x):
    layer = SoftmaxWithLoss()
    layer.forward(x, t)
    return layer.backward()


# --- the runs --------------------------------------------------------------------------------


def zero():
    with np.errstate(divide="ignore", invalid="ignore"):
        return record(log_of_zero, softmax(logits(FAR_GAP)), t)


def nan_slope():
    with np.errstate(divide="ignore", invalid="ignore"):
        return slope_at(log_of_softmax, FAR_GAP)


def floor():
    return record(cross_entropy_error, softmax(logits(FAR_GAP)), t)


def plateau():
    return slope_at(epsilon_plateau, GAP)


def no_plateau():
    return slope_at(loss_of_logits, GAP)


def printed_with():
    return record(cross_entropy_error, softmax(p), t_data, epsilon=EPSILON)


def printed_without():
    return record(cross_entropy_error, softmax(p), t_data, epsilon=0.0)


def reader():
    net = SimpleNet(reader_weights())

    def f(_):
        return net.loss(x_data, t_data)

    return record(numerical_gradient, f, net.W)


def reader_weights():
    """Return a W that prints what the reader printed: y follows from a loss and one slope."""
    y2 = np.exp(-READER_LOSS) - EPSILON
    slope = (READER_FXH1 - READER_FXH2) / (2 * 1e-4)
    y1 = slope / x_data[1] / plateau_ratio(y2)
    y = np.array([1 - y1 - y2, y1, y2])
    return np.outer(x_data, np.log(y)) / (x_data @ x_data)


# --- what the text quotes --------------------------------------------------------------------


def figures(runs):
    y2 = np.exp(-READER_LOSS)
    with_epsilon, without = runs["printed-with"].result, runs["printed-without"].result
    tenth = slope_at(epsilon_plateau, np.log(9.0)).result[0] / backprop(logits(np.log(9.0)))[0]
    # Each p is off by half a unit of its eighth place at most.
    rounding = 0.5e-8 * np.sum(abs(softmax(p) - t_data))
    with np.errstate(divide="ignore", invalid="ignore"):
        three_classes = log_of_zero(np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0]))
    return {
        "gap": FAR_GAP,
        "plateau_gap": GAP,
        "y": softmax(logits(FAR_GAP)),
        "zero": runs["zero"].result,
        "three_classes": three_classes,
        "exact": loss_of_logits(logits(FAR_GAP), t),
        "floor": runs["floor"].result,
        "nan": runs["nan-slope"].result[0],
        "backprop": backprop(logits(FAR_GAP)),
        "dead": runs["plateau"].result[0],
        "alive": runs["no-plateau"].result[0],
        "backprop_there": backprop(logits(GAP))[0],
        "tenth": softmax(logits(np.log(9.0)))[0],
        "tenth_off": 1 - tenth,
        "with_epsilon": with_epsilon,
        "without": without,
        "apart": without - with_epsilon,
        "rounding": rounding,
        "times": (without - with_epsilon) / rounding,
        "y_reader": y2,
        "reader_slope": runs["reader"].result[0, 2],
        "slope_without": x_data[0] * (y2 - 1),
        "slope_with": x_data[0] * (y2 - EPSILON - 1) * plateau_ratio(y2 - EPSILON),
    }


def tables(runs):
    return {
        "ceiling": Table(
            "the loss of logits 0 and gap",
            ("gap", "exactly", "with 1e-7"),
            tuple(losses(gap) for gap in GAPS),
        ),
        "share": Table(
            "how much of the slope is left",
            ("gap", "y", "num / bp", "y / (y + 1e-7)"),
            tuple(share(gap) for gap in GAPS),
        ),
    }


def losses(gap):
    x = logits(gap)
    exact, with_epsilon = loss_of_logits(x, t), epsilon_plateau(x, t)
    return int(gap), f"{exact:11.7f}", f"{with_epsilon:10.7f}"


def share(gap):
    y = softmax(logits(gap))[0]
    measured = slope_at(epsilon_plateau, gap).result[0] / backprop(logits(gap))[0]
    return int(gap), f"{y:.2e}" if y else "0", f"{abs(measured):.5f}", f"{plateau_ratio(y):.5f}"


# --- the exercise ----------------------------------------------------------------------------

SURE_AND_WRONG = np.array([[0.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])
SURE_AND_RIGHT = np.array([[1.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])

# Above this a gradient check, good to five digits, takes the epsilon for a mistake.
LARGEST_EPSILON = 1.01e-6

# -log of the smallest float64 above 0: no loss of a single sample is larger.
LARGEST_LOSS = 745.2

SMALLER_AND_SMALLER = (1e-3, 1e-6, 1e-9, 1e-12, 1e-100)


class NoNumber(Exception):
    """What should be a loss is something else."""


def check(oracle):
    rng = np.random.default_rng()
    N, K = 6, 4
    x, t = rng.standard_normal((N, K)), np.eye(K)[rng.integers(K, size=N)]
    try:
        at_zero = ask(oracle, *SURE_AND_WRONG)
        ordinary = ask(oracle, softmax(x), t)
        return (
            judge_zero(at_zero)
            or judge_ordinary(ordinary, at_zero, softmax(x), t)
            or judge_order(oracle, at_zero)
            or judge_batch(oracle)
            or judge_backward(oracle, x, t, np.exp(-at_zero))
            or solved(ordinary, at_zero, softmax(x), t)
        )
    except NoNumber:
        return Verdict(False, "no-number")
    except Raised as error:
        if "truth value" not in error.message:
            raise
        return Verdict(False, "whole-array", line=error.line)


def ask(oracle, y, t):
    """Return the learner's loss as a float; adding 0 turns -0 into 0."""
    loss = np.asarray(oracle.call("cross_entropy_error", y, t))
    if loss.shape or loss.dtype.kind not in "fiu":
        raise NoNumber
    return float(loss) + 0.0


def judge_zero(loss):
    """Judge the loss where the probability of the right class is 0."""
    if not np.isfinite(loss):
        return Verdict(False, "log-got-zero", {"loss": loss})
    return Verdict(False, "largest-float", {"loss": loss}) if loss > LARGEST_LOSS else None


def judge_ordinary(loss, at_zero, y, t):
    """Judge the loss of an ordinary batch, of which it is known what it should be."""
    N, K = y.shape
    right = cross_entropy_error(y, t, epsilon=0.0)
    epsilon = np.exp(-at_zero)
    figures = {"loss": loss, "right": right, "at_zero": at_zero, "epsilon": epsilon}
    if np.isclose(loss, cross_entropy_error(y, t, epsilon=epsilon), rtol=1e-6):
        return Verdict(False, "too-large", figures) if epsilon > LARGEST_EPSILON else None
    # The sample at 0 has three classes: if each of them pays, it pays three times.
    every_class = -np.sum(np.log(t * y + np.exp(-at_zero / 3))) / N
    for text, wrong in (
        ("every-class", every_class),
        ("loss-is-a-sum", right * N),
        ("mean-of-everything", right / K),
    ):
        if np.isclose(loss, wrong, rtol=1e-3):
            return Verdict(False, text, figures)
    return None if np.isclose(loss, right, rtol=2e-5) else Verdict(False, "loss-changed", figures)


def judge_order(oracle, at_zero):
    """Judge whether a smaller probability of the right class ever costs less."""
    for y in SMALLER_AND_SMALLER:
        rest = (1 - y) / 2
        loss = ask(oracle, np.array([[y, rest, rest]]), SURE_AND_WRONG[1])
        if not loss <= at_zero + 1e-9:
            return Verdict(False, "zero-is-cheaper", {"y": y, "loss": loss, "at_zero": at_zero})
    if np.exp(-at_zero) > LARGEST_EPSILON:
        return Verdict(False, "floor-too-high", {"epsilon": np.exp(-at_zero), "at_zero": at_zero})
    return None


def judge_batch(oracle):
    """Judge samples together: one that is sure and right costs nothing."""
    together = [np.concatenate(parts) for parts in zip(SURE_AND_WRONG, SURE_AND_RIGHT, strict=True)]
    wrong, right = (ask(oracle, *one) for one in (SURE_AND_WRONG, SURE_AND_RIGHT))
    both = ask(oracle, *together)
    good = abs(right) < 1e-5 and np.isclose(both, (wrong + right) / 2)
    figures = {"wrong": wrong, "right": right, "both": both}
    return None if good else Verdict(False, "sure-and-right", figures)


def judge_backward(oracle, x, t, epsilon):
    """Judge whether backward still sees the y that softmax gave, also where one of it is 0."""
    x, t = x.copy(), t.copy()
    x[0], t[0] = FAR_GAP * np.eye(x.shape[1])[0], np.eye(x.shape[1])[1]
    answer = oracle.call("loss_and_slope", x, t)
    if not isinstance(answer, tuple | list) or np.shape(answer[-1]) != x.shape:
        raise NoNumber
    off = np.abs(answer[-1] * len(x) - (softmax(x) - t)).max()
    if off < epsilon / 100 + 1e-12:
        return None
    return Verdict(False, "y-changed" if off < 2 * epsilon else "slope", {"most": off})


def solved(loss, at_zero, y, t):
    moved = abs(loss / cross_entropy_error(y, t, epsilon=0.0) - 1)
    return Verdict(True, "solved", {"at_zero": at_zero, "moved": moved})
