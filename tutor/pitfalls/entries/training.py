"""Training and evaluation, wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.nets import FloatArray
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.points import bowl
from tutor.pitfalls.measuring import Gradients, flat, last_number, raised, true_slopes
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Labels, Setting
from tutor.pitfalls.signature import Signature

STEP = "net.params[key] -= lr * grads[key]"
PIXELS = "return pixels / 255.0"
SAMPLES = 60
SMALL_RATE = 1e-4


def change_of_loss(code: Any, setting: Setting) -> float:
    """Measure by how much the loss changes in ten steps on one batch."""
    net = setting.net(code)
    before = net.loss(setting.x, setting.t)
    code.train(net, setting.x, setting.t, steps=10, batch_size=setting.N, seed=setting.seed)
    return float(net.loss(setting.x, setting.t) - before)


def rise_per_slope(code: Any, setting: Setting) -> float:
    """Measure the change of the loss in one small step, over lr times the slopes squared."""
    net = setting.net(code)
    x, t = setting.x[:1], setting.t[:1]
    before, slopes = net.loss(x, t), flat(true_slopes(net, x, t))
    code.train(net, x, t, lr=SMALL_RATE, steps=1, batch_size=1, seed=setting.seed)
    return float((net.loss(x, t) - before) / (SMALL_RATE * np.sum(slopes**2)))


def axes_of_labels(code: Any, setting: Setting) -> float:
    """Measure the number of axes that an AxisError complains of; nan if there is none."""
    error = raised(setting.net(code).accuracy, setting.x, setting.labels)
    return last_number(error) if isinstance(error, np.exceptions.AxisError) else math.nan


def pictures(setting: Setting) -> tuple[FloatArray, Labels]:
    """Return pictures of pixels from 0 to 255 and their labels, a bright stretch a class.

    The last pixel is black in every picture, as the corners of handwritten digits are.
    """
    rng = setting.rng(11)
    labels = rng.integers(setting.K, size=SAMPLES)
    bright = np.arange(setting.K * 4 + 1) // 4 == labels[:, np.newaxis]
    pixels = np.where(bright, 200, 20) + rng.integers(0, 55, bright.shape)
    pixels[0, 0] = 255
    pixels[:, -1] = 0
    return pixels.astype(float), labels


def accuracy_on_pictures(code: Any, setting: Setting) -> float:
    """Measure the accuracy after training on them; nan if the weights did not become nan.

    The accuracy alone would not tell: a net may also say the same class with finite weights.
    """
    pixels, labels = pictures(setting)
    H = 2 * setting.H + 8  # so that some ReLU is open for every picture
    net = code.TwoLayerNet(pixels.shape[1], H, setting.K, 1.0, setting.seed)
    accuracy = code.train_on_pixels(net, pixels, labels, steps=100, seed=setting.seed)
    return float(accuracy) if np.isnan(net.params["W2"]).any() else math.nan


def share_of_class_0(setting: Setting) -> float:
    """Predict it: the largest of a row of nan is the first."""
    return float(np.mean(pictures(setting)[1] == 0))


def growth(code: Any, setting: Setting) -> float:
    """Measure the factor by which one step of descent changes a point of the bowl."""
    x = setting.point
    return float(np.mean(code.gradient_descent(bowl, x, step_num=1) / x))


class Watched:
    """A net that only remembers what it is trained on."""

    def __init__(self) -> None:
        self.params: Gradients = {}
        self.batches: list[tuple[FloatArray, FloatArray]] = []

    def gradient(self, x: FloatArray, t: FloatArray) -> Gradients:
        """Keep the batch; there is nothing to be learnt."""
        self.batches.append((x, t))
        return {}

    def accuracy(self, x: FloatArray, t: FloatArray) -> float:
        """Return nothing of interest."""
        return 0.0


def targets_a_sample(code: Any, setting: Setting) -> float:
    """Measure how many targets a sample is trained with."""
    net = Watched()
    code.train(net, setting.x, setting.t, steps=1, batch_size=2, seed=setting.seed)
    return float(net.batches[0][1].shape[1])


def mispaired(code: Any, setting: Setting) -> float:
    """Measure the share of samples that are trained with the target of another."""
    net = Watched()
    numbers = np.arange(1000)
    code.train(net, numbers, numbers, steps=10, batch_size=100, seed=setting.seed)
    return float(np.mean([np.mean(x != t) for x, t in net.batches]))


def largest_pixel(code: Any, setting: Setting) -> float:
    """Measure the largest number that the net is given to train on."""
    net = Watched()
    pixels, labels = pictures(setting)
    code.train_on_pixels(net, pixels, labels, steps=20, seed=setting.seed)
    return float(max(x.max() for x, _ in net.batches))


def _train(name: str, find: str, wrong: str, signature: Signature | None = None) -> Variant:
    return Variant(name, (Edit("train", find, wrong),), signature)


def _growth(lr: float) -> Signature:
    return Signature(
        "factor by which one step changes x on the bowl",
        f"1 - 2 lr: {1 - 2 * lr:g}",
        lambda _: 1 - 2 * lr,
        growth,
        rtol=1e-6,
        why="rounding in the difference of two values, over h",
    )


UNSCALED = Edit("normalize", PIXELS, "return pixels * 1.0")

TRAININGS: tuple[Pitfall, ...] = (
    Pitfall(
        "rebinds-parameters",
        Part.TRAINING,
        "`params[key] = params[key] - ...` makes new arrays that no layer reads: "
        "the net itself never learns anything.",
        Severity.ERROR,
        (_train("params[key] =", STEP, "net.params[key] = net.params[key] - lr * grads[key]"),),
        Signature("change of the loss in ten steps", "exactly 0", lambda _: 0.0, change_of_loss),
        lesson="rebinding",
    ),
    Pitfall(
        "gradient-ascent",
        Part.TRAINING,
        "The step is added, so the net walks uphill and the loss grows.",
        Severity.ERROR,
        (_train("+=", STEP, "net.params[key] += lr * grads[key]"),),
        Signature(
            "change of the loss in one small step, over lr |grad|^2",
            "+1",
            lambda _: 1.0,
            rise_per_slope,
            rtol=2e-2,
            why="the curvature of the loss, times lr",
        ),
    ),
    Pitfall(
        "wrong-pairing",
        Part.TRAINING,
        "The batch of targets is not that of the inputs, so the net learns nonsense.",
        Severity.ERROR,
        (
            _train("t_batch = x_batch", "t_batch = t[batch_mask]", "t_batch = x_batch"),
            _train(
                "another mask",
                "t_batch = t[batch_mask]",
                "t_batch = t[rng.choice(x.shape[0], batch_size)]",
                Signature(
                    "share of 1000 samples with the target of another",
                    "999 / 1000",
                    lambda _: 0.999,
                    mispaired,
                    atol=0.01,
                    why="1000 draws",
                ),
            ),
        ),
        Signature(
            "number of targets a sample",
            "D, where K is right",
            lambda s: float(s.D),
            targets_a_sample,
            silent=lambda s: s.D == s.K,
        ),
    ),
    Pitfall(
        "accuracy-axis",
        Part.NETWORK,
        "argmax is taken along an axis that labels do not have: an AxisError.",
        Severity.ERROR,
        (
            Variant(
                "always argmax",
                (
                    Edit(
                        "TwoLayerNet.accuracy",
                        "if t.ndim != 1:\n    t = np.argmax(t, axis=1)",
                        "t = np.argmax(t, axis=1)",
                    ),
                ),
            ),
        ),
        Signature("number of axes of the labels", "1", lambda _: 1.0, axes_of_labels),
    ),
    Pitfall(
        "blow-up",
        Part.USE_OF_DIFFERENTIATOR,
        "The steps are too long, or the pixels go from 0 to 255: "
        "each step overshoots by more than the last, until nothing is finite or no ReLU lives.",
        Severity.ERROR,
        (
            Variant(
                "lr=10",
                (
                    Edit(
                        "gradient_descent",
                        "def gradient_descent(f, init_x, lr=0.1, step_num=100):",
                        "def gradient_descent(f, init_x, lr=10.0, step_num=100):",
                    ),
                ),
            ),
            Variant(
                "pixels to 255",
                (UNSCALED,),
                Signature(
                    "largest number that the net is trained on",
                    "255",
                    lambda _: 255.0,
                    largest_pixel,
                ),
            ),
        ),
        _growth(10.0),
        lesson="learning-rate",
    ),
    Pitfall(
        "constant-class",
        Part.TRAINING,
        "The weights are nan (here from 0 / 0, at a pixel that is the same in every picture), and "
        "the largest of nan is the first: the net says class 0 for everything, and its accuracy "
        "is the share of class 0, .0987 on MNIST.",
        Severity.ERROR,
        (
            Variant(
                "0 / 0 in normalize",
                (
                    Edit(
                        "normalize",
                        PIXELS,
                        "return (pixels - np.mean(pixels, axis=0)) / np.std(pixels, axis=0)",
                    ),
                ),
            ),
        ),
        Signature(
            "accuracy of the net with nan in its weights",
            "the share of class 0",
            share_of_class_0,
            accuracy_on_pictures,
        ),
        lesson="softmax-over-the-batch",
    ),
)
