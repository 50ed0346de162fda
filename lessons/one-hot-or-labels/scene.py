"""What the lesson runs: one y, two kinds of targets, and two formulas that each know only one."""

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.jail import Raised
from tutor.nets import cross_entropy_error, one_hot
from tutor.pitfalls import chosen
from tutor.trace import record

Y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
RIGHT_CLASS = 2
CLASSES = 10
BATCH_SIZES = (3, 7, CLASSES, 20)


def wrong(name):
    pitfall, variant = chosen(name)
    return pitfall.callable(variant)


# Two losses that each know one kind of target.
by_labels = wrong("label-one-hot-mixup: one-hot as labels")
by_rows = wrong("label-broadcast")


def labels(*classes):
    return np.array(classes)


def row():
    return one_hot(RIGHT_CLASS, CLASSES).astype(int)


def label():
    return record(by_labels, Y[np.newaxis], labels(RIGHT_CLASS))


def one_hot_as_label():
    return record(by_labels, Y.copy(), row())


def rows_of_one_hot():
    return record(by_rows, Y.copy(), row())


def label_as_one_hot():
    return record(by_rows, Y[np.newaxis], labels(RIGHT_CLASS))


def label_zero():
    return record(by_rows, Y[np.newaxis], labels(0))


def batch_of(size):
    rng = np.random.default_rng(7)
    return rng.dirichlet(np.ones(CLASSES), size), rng.integers(CLASSES, size=size)


def square():
    return record(by_rows, *batch_of(CLASSES))


# --- what the text quotes --------------------------------------------------------------------


def figures(runs):
    return {
        "y": Y,
        "right": runs["label"].result,
        "row": row(),
        "mixed": runs["one-hot-as-label"].result,
        "mixed_without": -np.sum(np.log(Y[row()])),
        "zeroth": Y[0],
        "first": Y[1],
        "reverse": runs["label-as-one-hot"].result,
        "one_hot": runs["one-hot"].result,
        "zeros": int(np.sum(Y == 0)),
        "zero_pays": -np.log(1e-7),
        "nothing": abs(runs["label-zero"].result),
        "due_for_zero": cross_entropy_error(Y, 0),
        "square": runs["square"].result,
        "square_right": cross_entropy_error(*batch_of(CLASSES)),
        "N": BATCH_SIZES[0],
    }


def tables(runs):
    return {
        "picked": Table(
            "y[np.arange(1), t], one-hot t",
            ("t holds", "times", "picks", "-log(y + 1e-7)"),
            tuple(
                (place, int(np.sum(row() == place)), f"y[{place}]", f"{cost(Y[place]):.7f}")
                for place in np.unique(row())
            ),
        ),
        "labels": Table(
            "a label in t * log(y)",
            ("label", "loss", "right"),
            tuple(
                (k, f"{abs(by_rows(Y[np.newaxis], labels(k))):.4f}", f"{cost(Y[k]):.4f}")
                for k in (0, 1, 2, 5)
            ),
        ),
        "batches": Table(
            "labels in t * log(y), ten classes",
            ("N", "what comes out", "right"),
            tuple(tried(size) for size in BATCH_SIZES),
        ),
        "shapes": Table(
            "shapes",
            ("", "y", "one-hot t", "labels t"),
            (("one sample", "(K,)", "(K,)", "()"), ("a batch", "(N, K)", "(N, K)", "(N,)")),
        ),
    }


def cost(probability):
    return -np.log(probability + 1e-7)


def tried(size):
    y, t = batch_of(size)
    try:
        found = f"{by_rows(y, t):.4f}"
    except ValueError as error:
        found = type(error).__name__
    return size, found, f"{cross_entropy_error(y, t):.4f}"


# --- the exercise ----------------------------------------------------------------------------

N, K = 4, 6
CLOSE = {"rtol": 1e-5, "atol": 1e-9}
# Formulas of the catalogue that a repair for labels may turn into.
MIXED = "label-one-hot-mixup: t times log y[i, t]"
PAIRS = "all-pairs-index"


class NoNumber(Exception):
    """What should be a loss is something else."""


def check(oracle):
    rng = np.random.default_rng()
    try:
        return (
            judge_labels(oracle, *draw(rng, N, K))
            or judge_rows(oracle, *draw(rng, N, K))
            or judge_labels(oracle, *draw(rng, K, K), "square")
            or judge_rows(oracle, *draw(rng, K, K), "square-rows")
            or judge_two_classes(oracle, rng)
            or judge_one(oracle, *draw(rng, 1, K))
            or judge_single_class(oracle)
        )
    except NoNumber:
        return Verdict(False, "no-number")


def draw(rng, size, classes):
    """Return probabilities and labels, of which none is 0 or 1: as factors those hide a mistake."""
    return rng.dirichlet(np.ones(classes), size), rng.integers(2, classes, size=size)


def ask(oracle, y, t):
    loss = np.asarray(oracle.call("cross_entropy_error", y, t))
    if loss.shape or loss.dtype.kind not in "fiu":
        raise NoNumber
    return float(loss)


def judge_labels(oracle, y, t, square=""):
    due = cross_entropy_error(y, t)
    try:
        got = ask(oracle, y, t)
    except Raised as error:
        return labels_raise(error, y, t)
    figures = {"loss": got, "due": due, "y_shape": y.shape, "t_shape": t.shape}
    if np.isclose(got, due, **CLOSE):
        return None
    if square:
        broadcast = np.isclose(got, by_rows(y, t), **CLOSE)
        return Verdict(False, "label-broadcast" if broadcast else square, figures)
    for text, value in (
        ("label-one-hot-mixup", wrong(MIXED)(y, t)),
        ("all-pairs-index", wrong(PAIRS)(y, t)),
        ("mean-over-pairs", wrong(PAIRS)(y, t) / len(y)),
        ("sum-over-batch", due * len(y)),
        ("divided-twice", due / len(y)),
        ("mean-over-classes", due / y.shape[1]),
    ):
        if np.isclose(got, value, **CLOSE):
            return Verdict(False, text, figures)
    return Verdict(False, "labels-wrong", figures)


def labels_raise(error, y, t):
    figures = {"y_shape": y.shape, "t_shape": t.shape, "said": error.message}
    if "broadcast" in error.message:
        return Verdict(False, "labels-do-not-fit", figures, line=error.line)
    if "axis" in error.message:
        return Verdict(False, "labels-have-no-axis", figures, line=error.line)
    raise error


def judge_rows(oracle, y, t, square=""):
    """Judge one-hot rows, of whole numbers and of floats."""
    due = cross_entropy_error(y, t)
    for kind in (int, float):
        try:
            got = ask(oracle, y, one_hot(t, y.shape[1]).astype(kind))
        except Raised as error:
            if "index" not in error.message and "broadcast" not in error.message:
                raise
            return Verdict(False, "rows-raise", {"said": error.message, "kind": kind.__name__})
        if not np.isclose(got, due, **CLOSE):
            figures = {"loss": got, "due": due, "kind": kind.__name__, "shape": y.shape}
            return Verdict(False, square or "rows-wrong", figures)
    return None


def judge_two_classes(oracle, rng):
    """Judge labels that are all 0 or 1, as the entries of one-hot rows are."""
    y, t = rng.dirichlet(np.ones(K), N), np.array([0, 1, 1, 0])
    try:
        right = np.isclose(ask(oracle, y, t), cross_entropy_error(y, t), **CLOSE)
    except Raised:
        right = False
    return None if right else Verdict(False, "by-values", {"t": t})


def judge_one(oracle, y, t):
    """Judge a single sample, of shape (K,), with either kind."""
    due = cross_entropy_error(y, t)
    for kind, target in (("one-hot", one_hot(t[0], y.shape[1])), ("label", t[0])):
        try:
            got = ask(oracle, y[0], target)
        except Raised as error:
            figures = {"kind": kind, "shape": y[0].shape, "said": error.message}
            return Verdict(False, "one-sample-raises", figures, line=error.line)
        if not np.isclose(got, due, **CLOSE):
            discarded = np.isclose(got, due / y.shape[1], **CLOSE)
            text = "reshape-discarded" if discarded else "one-sample-wrong"
            return Verdict(False, text, {"kind": kind, "loss": got, "due": due})
    return None


def judge_single_class(oracle):
    """Judge one class, for which there are as many targets as labels: the last word."""
    y = np.array([[0.3], [0.8]])
    try:
        losses = [ask(oracle, y, t) for t in (np.ones((2, 1)), np.zeros((2, 1)))]
    except Raised:
        return Verdict(True, "solved")
    return Verdict(True, "solved-by-size" if np.isclose(*losses) else "solved")
