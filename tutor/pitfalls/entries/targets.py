"""The cross-entropy: labels, one-hot rows, and the shapes of both."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from tutor.nets import FloatArray
from tutor.pitfalls.entries.loss import BATCH_SIZE, OF_LABELS, OF_ROWS, loss_variant
from tutor.pitfalls.measuring import raised
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity
from tutor.pitfalls.setting import Labels, Setting
from tutor.pitfalls.signature import Signature

EPSILON = 1e-7
BRANCH = f"if t.shape == y.shape:\n    {OF_ROWS}"
PICKED = "picked = y[np.arange(batch_size), t]"
ONE_SAMPLE = "y = y.reshape(1, *y.shape)\nt = t.reshape(1, *t.shape)"


def surprise(y: FloatArray) -> FloatArray:
    """Return -log(y + 1e-7), of the shape of y."""
    surprises: FloatArray = -np.log(y + EPSILON)
    return surprises


def loss_of_labels(code: Any, setting: Setting) -> float:
    """Measure the loss of a batch with labels."""
    return float(code.cross_entropy_error(setting.y.copy(), setting.labels))


def loss_of_one_row(code: Any, setting: Setting) -> float:
    """Measure the loss of one sample, one-hot as whole numbers."""
    return float(code.cross_entropy_error(setting.y[0].copy(), setting.t[0].astype(int)))


def square_batch(setting: Setting) -> tuple[FloatArray, Labels]:
    """Return probabilities and labels of K samples of K classes."""
    y = setting.rng(7).dirichlet(np.ones(setting.K), setting.K)
    return y, setting.rng(8).integers(setting.K, size=setting.K)


def loss_of_square_batch(code: Any, setting: Setting) -> float:
    """Measure the loss of a batch of K samples with labels."""
    return float(code.cross_entropy_error(*square_batch(setting)))


def predicted_broadcast(setting: Setting) -> float:
    """Predict it for labels that are taken for a row of one-hot targets."""
    y, labels = square_batch(setting)
    return float(np.sum(labels * surprise(y)) / setting.K)


def change_with_targets(code: Any, setting: Setting) -> float:
    """Measure by how much the loss of a single class changes when its target does."""
    y = setting.y[:, :1]
    losses = [code.cross_entropy_error(y.copy(), target) for target in (np.ones_like(y), 0 * y)]
    return float(losses[0] - losses[1])


def loss_of_equal_chances(code: Any, setting: Setting) -> float:
    """Measure the loss with labels where every class has the probability 1/K."""
    y = np.full((setting.N, setting.K), 1 / setting.K)
    return float(np.mean(code.cross_entropy_error(y, setting.labels)))


def size_wanted(code: Any, setting: Setting) -> float:
    """Measure the batch size that a complaint names; nan if nothing complains."""
    error = raised(code.cross_entropy_error, setting.y.copy(), setting.t)
    found = re.search(r"into shape \((\d+)", str(error))
    return float(found[1]) if found else math.nan


TARGETS = (
    Pitfall(
        "label-one-hot-mixup",
        Part.LOSS,
        "Labels meet the formula for one-hot rows, or one-hot rows the formula for labels: "
        "a number comes out, and it is no loss.",
        Severity.ERROR,
        (
            loss_variant(
                "t times log y[i, t]",
                (OF_LABELS, "return -np.sum(t * np.log(picked + delta)) / batch_size"),
            ),
            loss_variant(
                "one-hot as labels",
                (BRANCH, ""),
                signature=Signature(
                    "loss of one sample with a one-hot target",
                    "(K - 1) times -log y[0], and -log y[1] once",
                    lambda s: float(surprise(s.y[0]) @ [s.K - 1, 1, *[0] * (s.K - 2)]),
                    loss_of_one_row,
                    rtol=1e-9,
                    why="rounding",
                ),
            ),
        ),
        Signature(
            "loss of a batch with labels",
            "mean of label times loss: a sample of class 0 counts nothing",
            lambda s: float(np.mean(s.labels * surprise(s.y[np.arange(s.N), s.labels]))),
            loss_of_labels,
            rtol=1e-9,
            why="rounding",
            silent=lambda s: bool(np.all(s.labels == 1)),
        ),
        lesson="one-hot-or-labels",
    ),
    Pitfall(
        "label-broadcast",
        Part.LOSS,
        "Labels are multiplied with log(y) as if they were one-hot rows: "
        "no error where the batch happens to be as large as there are classes.",
        Severity.ADVICE,
        (
            loss_variant(
                "always t * log(y)",
                (f"{BRANCH}\n{PICKED}\n{OF_LABELS}", OF_ROWS),
            ),
        ),
        Signature(
            "loss of K samples with labels",
            "sum of label of column k times -log y[n, k], over K",
            predicted_broadcast,
            loss_of_square_batch,
            rtol=1e-9,
            why="rounding",
        ),
        lesson="one-hot-or-labels",
    ),
    Pitfall(
        "single-class-argmax",
        Part.LOSS,
        "Targets of the size of y are turned into labels by argmax: "
        "with a single class that is 0 for every target, and the loss never reads them.",
        Severity.ADVICE,
        (
            loss_variant(
                "t.size == y.size",
                (BRANCH, "if t.size == y.size:\n    t = t.argmax(axis=1)"),
            ),
        ),
        Signature(
            "change of the loss of one class, when the target goes from 1 to 0",
            "exactly 0",
            lambda _: 0.0,
            change_with_targets,
        ),
        lesson="one-hot-or-labels",
    ),
    Pitfall(
        "reshape-discarded",
        Part.LOSS,
        "reshape gives a new array, which is thrown away: y of one sample stays 1-D, "
        "its length is taken for the batch size, and the loss is 1/K of what it is.",
        Severity.ERROR,
        (
            loss_variant(
                "no assignment",
                (ONE_SAMPLE, "y.reshape(1, *y.shape)\nt.reshape(1, *t.shape)"),
            ),
        ),
        Signature(
            "loss of one sample with a one-hot target",
            "1 / K of the loss",
            lambda s: float(s.t[0] @ surprise(s.y[0])) / s.K,
            loss_of_one_row,
            rtol=1e-9,
            why="rounding",
        ),
        lesson="one-hot-or-labels",
    ),
    Pitfall(
        "all-pairs-index",
        Part.LOSS,
        "y[:, t] picks every label from every row, N x N numbers in place of N.",
        Severity.ERROR,
        (loss_variant("y[:, t]", (PICKED, "picked = y[:, t]")),),
        Signature(
            "loss with labels where all classes are equally likely",
            "N ln K",
            lambda s: s.N * math.log(s.K),
            loss_of_equal_chances,
            rtol=1e-4,
            why="the 1e-7 in the log",
            silent=lambda s: s.N == 1,
        ),
        lesson="one-hot-or-labels",
    ),
    Pitfall(
        "hard-coded-batch",
        Part.LOSS,
        "The size of the batch is a number in the code, so a batch of any other size fails, "
        "or its loss is off by a factor.",
        Severity.ADVICE,
        (
            loss_variant("reshape(100, -1)", (BATCH_SIZE, f"y = y.reshape(100, -1)\n{BATCH_SIZE}")),
            loss_variant(
                "batch_size = 100",
                (BATCH_SIZE, "batch_size = 100"),
                signature=Signature(
                    "loss of a batch with one-hot targets",
                    "N / 100 of the loss",
                    lambda s: float(np.sum(s.t * surprise(s.y))) / 100,
                    lambda code, s: float(code.cross_entropy_error(s.y.copy(), s.t)),
                    rtol=1e-9,
                    why="rounding",
                    silent=lambda s: s.N == 100,
                ),
            ),
        ),
        Signature(
            "batch size named in what is raised",
            "100",
            lambda _: 100.0,
            size_wanted,
            silent=lambda s: s.N * s.K % 100 == 0,
        ),
    ),
)
