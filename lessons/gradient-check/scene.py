"""What the lesson runs: two gradients of one net, held against each other in two ways."""

from functools import cache, partial

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import cross_entropy_error, load_digits, numerical_gradient, one_hot
from tutor.pitfalls import Parts, build_net, code_of
from tutor.pitfalls.backward import MissingBatchDivision
from tutor.trace import record

EPSILON, LARGER_EPSILON = 1e-7, 1e-4
CLASSES = 10
SHAPE = {"input_size": 64, "hidden_size": 50, "output_size": CLASSES}
BATCH_SIZE = 3
H = 1e-4
SECOND_HIDDEN, SECOND_STD = 20, 1e-4


def average(backprop, numerical):
    off = np.zeros_like(numerical)
    for idx in np.ndindex(off.shape):
        bp = backprop[idx]
        num = numerical[idx]
        off[idx] = abs(bp - num)
    return np.average(off)


def relative(backprop, numerical):
    difference = np.linalg.norm(backprop - numerical)
    bp_size = np.linalg.norm(backprop)
    num_size = np.linalg.norm(numerical)
    return difference / max(bp_size, num_size)


# --- the nets --------------------------------------------------------------------------------


def digits():
    train = load_digits().train
    return train.x[:BATCH_SIZE], train.t[:BATCH_SIZE]


def net_with(epsilon, **parts):
    error = partial(cross_entropy_error, epsilon=epsilon)
    return build_net(Parts(error=error, **parts), **SHAPE, rng=3)


@cache
def gradients(epsilon):
    net = net_with(epsilon)
    return net.gradient(*digits()), net.numerical_gradient(*digits())


@cache
def b2_gradients(epsilon, **parts):
    x, t = digits()
    net = net_with(epsilon, **parts)

    def f(_):
        return net.loss(x, t)

    return net.gradient(x, t)["b2"], numerical_gradient(f, net.params["b2"])


@cache
def second_gradients():
    """Return both gradients of a net with sigmoid, one line of whose backward is wrong."""
    x, t = digits()
    t = one_hot(t, CLASSES)
    loss_and_gradient = code_of("sigmoid-grad-of-activation").loss_and_gradient
    rng = np.random.default_rng(3)
    params = {
        "W1": SECOND_STD * rng.standard_normal((x.shape[1], SECOND_HIDDEN)),
        "b1": np.zeros(SECOND_HIDDEN),
        "W2": SECOND_STD * rng.standard_normal((SECOND_HIDDEN, CLASSES)),
        "b2": np.zeros(CLASSES),
    }

    def f(_):
        return loss_and_gradient(params, x, t)[0]

    backprop = loss_and_gradient(params, x, t)[1]
    return backprop, {key: numerical_gradient(f, value) for key, value in params.items()}


def of(key, both):
    backprop, numerical = both
    return backprop[key], numerical[key]


def b2():
    return record(average, *of("b2", gradients(EPSILON)))


def b2_without():
    return record(average, *of("b2", gradients(0.0)))


def b2_relative():
    return record(relative, *of("b2", gradients(EPSILON)))


def second_b1():
    return record(relative, *of("b1", second_gradients()))


# --- what the text quotes --------------------------------------------------------------------


def figures(runs):
    x, t = digits()
    net = net_with(EPSILON)
    loss = net.loss(x, t)
    averages, second = averages_of(gradients(EPSILON)), averages_of(second_gradients())
    numerical = gradients(EPSILON)[1]
    return {
        "N": BATCH_SIZE,
        "parameters": sum(value.size for value in numerical.values()),
        "W1": averages["W1"],
        "b2": averages["b2"],
        "times": averages["b2"] / averages["W1"],
        "without": runs["b2-without"].result,
        "loss": loss,
        "neighbours": np.spacing(loss),
        "noise": np.spacing(loss) / (2 * H),
        "half_h": half_the_step(),
        "y": np.mean(net.last_layer.y),
        "share": EPSILON / np.mean(net.last_layer.y),
        "b2_slope": np.mean(abs(numerical["b2"])),
        "W1_slope": np.mean(abs(numerical["W1"])),
        "larger": np.mean(abs(np.subtract(*b2_gradients(LARGER_EPSILON)))),
        "second": tuple(second.values()),
        "second_b1": runs["second-b1"].result,
        "second_b2": relative(*of("b2", second_gradients())),
    }


def averages_of(both):
    backprop, numerical = both
    return {key: np.mean(abs(backprop[key] - numerical[key])) for key in ("W1", "b1", "W2", "b2")}


def half_the_step():
    """Return what is left in b2 with no epsilon and half the step."""
    x, t = digits()
    net = net_with(0.0)

    def f(_):
        return net.loss(x, t)

    slopes = numerical_gradient(f, net.params["b2"], H / 2)
    return np.mean(abs(net.gradient(x, t)["b2"] - slopes))


def tables(runs):
    with_epsilon, without = averages_of(gradients(EPSILON)), averages_of(gradients(0.0))
    numerical = gradients(EPSILON)[1]
    sizes = {key: np.mean(abs(value)) for key, value in numerical.items()}
    second = second_gradients()
    return {
        "four": Table(
            "average of |backprop - numerical|",
            ("", "entries", "average"),
            tuple((k, numerical[k].size, f"{v:.2e}") for k, v in with_epsilon.items()),
        ),
        "without": Table(
            "the same averages",
            ("", "log(y + 1e-7)", "log(y)"),
            tuple((k, f"{v:.2e}", f"{without[k]:.2e}") for k, v in with_epsilon.items()),
        ),
        "epsilons": Table(
            "average in b2",
            ("epsilon", "predicted", "measured"),
            tuple(b2_with(epsilon) for epsilon in (EPSILON, LARGER_EPSILON)),
        ),
        "shares": Table(
            "average difference over average slope",
            ("", "difference", "slope", "quotient"),
            tuple(
                (k, f"{v:.2e}", f"{sizes[k]:.2e}", f"{v / sizes[k]:.2e}")
                for k, v in with_epsilon.items()
            ),
        ),
        "second": Table(
            "the second net",
            ("", "average", "relative"),
            tuple(
                (k, f"{v:.2e}", f"{relative(*of(k, second)):.2e}")
                for k, v in averages_of(second).items()
            ),
        ),
        "kinds": Table("relative error of b2 (second net: b1)", ("", "relative"), kinds()),
    }


def b2_with(epsilon):
    backprop, numerical = b2_gradients(epsilon)
    predicted = np.mean(abs(backprop)) * epsilon * CLASSES
    return f"{epsilon:.0e}", f"{predicted:.3e}", f"{np.mean(abs(backprop - numerical)):.3e}"


def kinds():
    undivided = b2_gradients(EPSILON, loss_layer=MissingBatchDivision)
    backprop, numerical = b2_gradients(EPSILON)
    rows = (
        ("right, log(y)", b2_gradients(0.0)),
        ("right, log(y + 1e-7)", (backprop, numerical)),
        ("one line wrong: second net", of("b1", second_gradients())),
        ("no division by N", undivided),
        ("the sign turned", (-backprop, numerical)),
    )
    return tuple((name, f"{relative(*both):.1e}") for name, both in rows)


# --- the exercise ----------------------------------------------------------------------------

SIZE = 500
SCALES = (1.0, 1e-3, 1e-6, 1e3)
SMALL = 1e-6
SHARE = 1e-6
NOISE = 2e-12


def check(oracle):
    rng = np.random.default_rng()
    slopes = rng.choice([-1.0, 1.0], SIZE) * rng.uniform(0.5, 2, SIZE)
    try:
        return (
            judge_size(oracle, slopes)
            or judge_right(oracle, slopes, rng)
            or judge_wrong(oracle, slopes)
            or Verdict(True, "solved", {"smallest": SMALL, "entries": SIZE})
        )
    except TypeError:
        return Verdict(False, "no-answer")


def says(oracle, backprop, numerical):
    """Return what the learner's function says, a bool; TypeError if it is none."""
    answer = np.asarray(oracle.call("agrees", backprop, numerical))
    if answer.shape or answer.dtype != bool:
        raise TypeError
    return bool(answer)


def judge_size(oracle, slopes):
    """Judge whether the answer hangs on how large the slopes are."""
    too_low, too_high = (says(oracle, slopes + way, slopes) for way in (-5.0, 5.0))
    if too_low and not too_high:
        return Verdict(False, "no-abs")
    accepted = [says(oracle, 3 * scale * slopes, scale * slopes) for scale in SCALES]
    refused = [not says(oracle, *right_pair(scale * slopes)) for scale in SCALES]
    if all(accepted) and not any(refused):
        return Verdict(False, "accepts-all")
    if all(refused) and all(accepted):
        return Verdict(False, "wrong-side")
    if all(refused) and not any(accepted):
        return judge_none(oracle, slopes)
    if any(accepted):
        scale = SCALES[int(np.argmax(accepted))]
        figures = {"scale": scale, "off": 2 * scale * float(np.mean(abs(slopes)))}
        return Verdict(False, "absolute-error-only", figures)
    if any(refused):
        return Verdict(False, "refuses-large", {"scale": SCALES[int(np.argmax(refused))]})
    return None


def right_pair(slopes):
    """Return two gradients as a right net gives them: the 1e-7 in the log takes a millionth."""
    return slopes, slopes * (1 - SHARE)


def judge_none(oracle, slopes):
    """Judge one that refuses every right net: even equal ones?"""
    equal = says(oracle, slopes, slopes.copy())
    return Verdict(False, "accuses-epsilon" if equal else "refuses-all", {"share": SHARE})


def judge_right(oracle, slopes, rng):
    """Judge entries without a slope: a ReLU was shut, and rounding is all there is."""
    backprop = np.where(np.arange(SIZE) % 2, slopes, 0.0)
    numerical = backprop + NOISE * rng.choice([-1.0, 0.0, 1.0], SIZE)
    if says(oracle, backprop, numerical):
        return None
    return Verdict(False, "accuses-noise", {"noise": NOISE})


def judge_wrong(oracle, slopes):
    """Judge small mistakes, and those that an average or a comparison may lose."""
    one, gone = slopes.copy(), slopes.copy()
    one[SIZE // 3] *= 1.1
    gone[0] = np.nan
    balanced = abs(slopes) * np.where(np.arange(SIZE) % 2, 1, -1)
    for text, backprop, numerical in (
        ("sign-turned", -slopes, slopes),
        ("signs-cancel", slopes + balanced - balanced.mean(), slopes),
        ("zero-backprop", np.zeros(SIZE), slopes),
        ("nan-passes", gone, slopes),
        ("too-loose", 0.94 * slopes, slopes),
        ("same-length", turned(slopes), slopes),
        ("one-entry", one, slopes),
    ):
        if says(oracle, SMALL * backprop, SMALL * numerical):
            return Verdict(False, text, {"entries": SIZE})
    return None


def turned(slopes, angle=0.1):
    """Return a gradient that is as long and points a little elsewhere: pairs are rotated."""
    pairs = slopes.reshape(-1, 2)
    c, s = np.cos(angle), np.sin(angle)
    return (pairs @ np.array([[c, -s], [s, c]])).ravel()
