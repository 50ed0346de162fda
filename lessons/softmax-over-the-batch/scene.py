"""What the lesson runs: a softmax that sums over the whole batch, its slopes and its training."""

from functools import cache

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.jail import Raised
from tutor.nets import cross_entropy_error, load_digits, numerical_gradient
from tutor.pitfalls import REPORTED, RIGHT, build_net, find
from tutor.pitfalls.softmax import whole_batch_bias_difference
from tutor.trace import record

over_the_batch = find("softmax-whole-batch").wrong
row_by_row = find("softmax-whole-batch").right

LOGITS = np.array([[2.0, 1.0, 0.0], [0.5, 3.0, 1.5]])
LABELS = np.array([0, 1])

CLASSES = 10
DIGITS_NET = {"input_size": 64, "hidden_size": 50, "output_size": CLASSES}
REPORTED_N = 3
BATCH_SIZES = (2, 3, 5, 10, 100)

LEARNING_RATE, BATCH_SIZE = 0.1, 100
STEPS_A_LINE, LINES, RIGHT_LINES = 600, 8, 3
TRAINING_SEED = 1

# How often three digits occur in MNIST, of all for training and of all for the test.
IN_MNIST = {0: (5923, 980), 6: (5918, 958), 8: (5851, 974)}
ALL_OF_MNIST = (60_000, 10_000)


def one_sample():
    return record(over_the_batch, LOGITS[0].copy())


def two_samples():
    return record(over_the_batch, LOGITS.copy())


def by_rows():
    return record(row_by_row, LOGITS.copy())


def slopes_with(softmax):
    def f(x):
        return cross_entropy_error(softmax(x), LABELS, epsilon=0.0)

    return record(numerical_gradient, f, LOGITS.copy())


def slopes():
    return slopes_with(over_the_batch)


def by_rows_slopes():
    return slopes_with(row_by_row)


# --- the net of the report -------------------------------------------------------------------


@cache
def b2_gradients(batch_size):
    train = load_digits().train
    x, t = train.x[:batch_size], train.t[:batch_size]
    net = build_net(REPORTED, **DIGITS_NET, rng=3)

    def f(_):
        return net.loss(x, t)

    return net.gradient(x, t)["b2"], numerical_gradient(f, net.params["b2"])


def class_by_class(backprop, numerical):
    difference = np.zeros_like(numerical)
    for idx in np.ndindex(difference.shape):
        bp = backprop[idx]
        num = numerical[idx]
        difference[idx] = abs(bp - num)
    return np.mean(difference)


def b2_by_class():
    return record(class_by_class, *b2_gradients(REPORTED_N))


# --- its training ----------------------------------------------------------------------------


def steps_of(parts):
    """Return a net and a function that trains it for so many steps."""
    net = build_net(parts, **DIGITS_NET, rng=TRAINING_SEED)
    rng = np.random.default_rng(TRAINING_SEED)
    train = load_digits().train

    def take(steps):
        for _ in range(steps):
            batch = rng.choice(len(train.x), BATCH_SIZE)
            grads = net.gradient(train.x[batch], train.t[batch])
            for key in net.params:
                net.params[key] -= LEARNING_RATE * grads[key]

    return net, take


def train(net, take, digits, lines):
    log = []
    for line in range(lines):
        take(STEPS_A_LINE if line else 1)
        said = np.bincount(np.argmax(net.predict(digits.x), axis=1), minlength=10)
        largest = np.max(np.abs(net.params["W2"]))
        accuracy = net.accuracy(digits.x, digits.t)
        log.append((line, accuracy, said, largest))
    return log


def trained(parts, lines):
    with np.errstate(all="ignore"):
        return record(train, *steps_of(parts), load_digits().train, lines)


def training():
    return trained(REPORTED, LINES)


def right_training():
    return trained(RIGHT, RIGHT_LINES)


# --- what the text quotes --------------------------------------------------------------------


def figures(runs):
    y, by_rows = runs["two-samples"].result, runs["by-rows"].result
    log, right = runs["training"].result, runs["right-training"].result
    finite = [line for line in log if np.isfinite(line[3])]
    train_zero, test_zero = shares(0)
    return {
        "x": LOGITS[0],
        "one": np.sum(runs["one-sample"].result),
        "all": np.sum(y),
        "y00": y[0, 0],
        "y01": y[0, 1],
        "half": y[0, 1] / 2,
        "by_rows01": by_rows[0, 1],
        "slope01": runs["slopes"].result[0, 1],
        "N": len(y),
        "rebuilt_N": REPORTED_N,
        "K": CLASSES,
        "third": 1 / REPORTED_N / CLASSES,
        "predicted": whole_batch_bias_difference(REPORTED_N, CLASSES),
        "tenth": 1 / CLASSES,
        "measured": runs["b2-by-class"].result,
        "zero": train_zero,
        "zero_test": test_zero,
        "first": log[0][1],
        "second": log[1][1],
        "said": int(np.argmax(log[1][2])),
        "finite_accuracy": finite[-1][1],
        "nan_accuracy": log[-1][1],
        "finite_largest": finite[-1][3],
        "pull": sum(b2_gradients(BATCH_SIZE)[0]),
        "batch_size": BATCH_SIZE,
        "steps_a_line": STEPS_A_LINE,
        "right": right[-1][1],
        "steps": STEPS_A_LINE * (RIGHT_LINES - 1),
    }


def shares(digit):
    return tuple(count / of for count, of in zip(IN_MNIST[digit], ALL_OF_MNIST, strict=True))


def tables(runs):
    wrong, right = (runs[run].result.sum(axis=1) for run in ("two-samples", "by-rows"))
    return {
        "sums": Table(
            "what the rows sum to",
            ("row", "left", "right"),
            tuple((n, f"{wrong[n]:.4f}", f"{right[n]:.4f}") for n in range(len(wrong))),
        ),
        "entries": Table(
            "an entry: y, y - t/N, and the slope",
            ("idx", "t", "y", "y - t/N", "slope"),
            tuple(entry(runs, idx) for idx in np.ndindex(LOGITS.shape)),
        ),
        "predicted": Table(
            "b2: mean |backprop - numerical|",
            ("N", "predicted", "measured"),
            tuple(b2_of(batch_size) for batch_size in BATCH_SIZES),
        ),
        "shares": Table(
            "who always says one digit, in MNIST",
            ("digit", "training", "test"),
            tuple((digit, *map("{:.6f}".format, shares(digit))) for digit in IN_MNIST),
        ),
        "lines": Table(
            "the rebuilt net, on 8x8 digits",
            ("step", "accuracy", "it says", "largest |W2|"),
            tuple(line_of(*line) for line in runs["training"].result),
        ),
    }


def entry(runs, idx):
    y, slope = runs["two-samples"].result[idx], runs["slopes"].result[idx]
    t = int(LABELS[idx[0]] == idx[1])
    expected = y - t / len(LABELS)
    return f"{idx[0]},{idx[1]}", t, f"{y:.4f}", f"{expected:.4f}", f"{slope:.4f}"


def b2_of(batch_size):
    backprop, numerical = b2_gradients(batch_size)
    predicted = whole_batch_bias_difference(batch_size, CLASSES)
    return batch_size, f"{predicted:.8f}", f"{np.mean(abs(backprop - numerical)):.8f}"


def line_of(line, accuracy, said, largest):
    digits = np.flatnonzero(said)
    what = f"only {digits[0]}" if len(digits) == 1 else f"{len(digits)} digits"
    return STEPS_A_LINE * line or 1, f"{accuracy:.4f}", what, f"{largest:.1e}"


# --- the exercise ----------------------------------------------------------------------------

N, K = 3, 5
CLOSE = {"rtol": 1e-6, "atol": 1e-12}


def check(oracle):
    rng = np.random.default_rng()
    batch = rng.standard_normal((N, K))
    return (
        judge_batch(oracle, batch)
        or judge_square(oracle, rng.standard_normal((K, K)))
        or judge_one(oracle, batch[0])
        or judge_far(oracle, batch)
        or judge_argument(oracle, batch)
        or Verdict(True, "solved", {"shape": batch.shape})
    )


def softmax_of(oracle, x):
    """Return what the learner's softmax gives, and x as it was left."""
    answer = oracle.call("try_it", x)
    y, left = answer if isinstance(answer, tuple) and len(answer) == 2 else (None, None)
    good = isinstance(y, np.ndarray) and y.dtype.kind == "f" and y.shape == x.shape
    return (y if good else None), left


def judge_batch(oracle, x):
    try:
        y, _ = softmax_of(oracle, x)
    except Raised as error:
        if "broadcast" not in error.message:
            raise
        return Verdict(False, "softmax-missing-keepdims", {"shape": x.shape, "rows": (len(x),)})
    if y is None:
        return Verdict(False, "shape", {"shape": x.shape})
    return judge_sums(y, x)


def judge_sums(y, x):
    """Judge the values: a wrong sum has one of three shapes."""
    if np.allclose(y, row_by_row(x), **CLOSE):
        return None
    rows, columns = y.sum(axis=1), y.sum(axis=0)
    figures = {"sum": float(y.sum()), "rows": rows.round(4), "columns": columns.round(4)}
    if np.allclose(rows, 1):
        return Verdict(False, "other-probabilities", figures)
    if np.allclose(y.sum(), 1):
        return Verdict(False, "softmax-whole-batch", figures)
    if np.allclose(columns, 1):
        return Verdict(False, "softmax-wrong-axis", figures)
    if np.allclose(rows, rows[0]):
        return Verdict(False, "rows-alike", figures)
    return Verdict(False, "rows-differ", figures)


def judge_square(oracle, x):
    """Judge as many samples as classes, where a missing axis raises nothing."""
    y, _ = softmax_of(oracle, x)
    if y is not None and np.allclose(y, row_by_row(x), **CLOSE):
        return None
    sums = y.sum(axis=1).round(4) if y is not None else np.array([])
    return Verdict(False, "square", {"shape": x.shape, "rows": sums})


def judge_one(oracle, x):
    try:
        y, _ = softmax_of(oracle, x)
    except Raised as error:
        if "axis" not in error.message:
            raise
        return Verdict(False, "one-sample", {"shape": x.shape})
    if y is not None and np.allclose(y, row_by_row(x), **CLOSE):
        return None
    return Verdict(False, "one-sample-wrong", {"shape": x.shape})


def judge_far(oracle, x):
    """Judge logits that are all high, and one row high above the others."""
    y, _ = softmax_of(oracle, x + 1000)
    if y is None or not np.allclose(y, row_by_row(x), **CLOSE):
        return Verdict(False, "softmax-overflow")
    apart = x.copy()
    apart[0] += 1000
    y, _ = softmax_of(oracle, apart)
    if y is None or not np.allclose(y, row_by_row(x), **CLOSE):
        lost = int(np.isnan(y).any(axis=1).sum()) if y is not None else len(x)
        return Verdict(False, "softmax-global-max", {"lost": lost, "N": len(x)})
    return None


def judge_argument(oracle, x):
    _, left = softmax_of(oracle, x)
    if isinstance(left, np.ndarray) and np.array_equal(left, x):
        return None
    return Verdict(False, "softmax-mutates-input")
