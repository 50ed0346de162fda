"""A cross-entropy, examined: probabilities and targets in, one number out."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Question, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.parts.shapes import two_batches
from tutor.diagnosis.proof import Proof, advice, is_close, proof
from tutor.pitfalls import Severity

_SMALL = 1e-7  # a probability at which an epsilon shows
_LOOSE = 1e-4  # an epsilon of 1e-7 moves a loss by less
_TARGETS_FIRST = ("t", "target", "targets", "label", "labels", "y_true", "true", "answer", "actual")
_PREDICTIONS = ("a", "p", "y_hat", "yhat", "y_pred", "pred", "probs", "output", "o", "h", "a2")
_FAIR_EPSILON = (0.0, 1.1e-6)


@dataclass(frozen=True, slots=True)
class Batch:
    """Probabilities (N, K), their labels (N,), and what a loss gave for them."""

    y: NDArray[np.float64]
    labels: NDArray[np.int64]
    one_hot: Observed
    by_label: Observed
    permuted: Observed
    whole_numbers: Observed
    """With one-hot targets that are integers."""

    @property
    def size(self) -> int:
        """Return N."""
        return len(self.y)

    @property
    def mean(self) -> float:
        """Return the cross-entropy, a mean over the batch."""
        return float(-np.mean(np.log(self.y[np.arange(self.size), self.labels])))


@dataclass(frozen=True, slots=True)
class Loss:
    """What a loss gave for two batches, for one sample, and for hard ones."""

    batches: tuple[Batch, Batch]
    y: NDArray[np.float64]
    label: int
    one: Observed
    one_by_label: Observed
    small: Observed
    zero: Observed
    twice: Observed
    targets_first: bool
    others: tuple[Observed, ...]
    """What it gave for log-probabilities, with one-hot targets and with labels."""
    one_whole: Observed
    """What it gave for one sample with a one-hot target of integers."""
    tells_ranks: bool
    """Whether it looks at ndim: then it means to take one sample as well as a batch."""

    def factor(self, form: str) -> float | None:
        """Return what the loss is, over the mean: 1, or N for a sum; None if it is neither."""
        found = [getattr(batch, form).number() for batch in self.batches]
        if any(value is None for value in found):
            return None
        if not all(found):
            return None
        ratios = [value / b.mean for value, b in zip(found, self.batches, strict=True)]
        if len(ratios) == 2 and all(abs(r - 1) < _LOOSE for r in ratios):
            return 1.0
        sizes = [r / b.size for r, b in zip(ratios, self.batches, strict=True)]
        if len(sizes) == 2 and all(abs(r - 1) < _LOOSE for r in sizes):
            return float(self.batches[0].size)
        return None

    @property
    def is_mean(self) -> bool:
        """Tell whether it is right, as a mean, for one-hot targets or for labels."""
        return 1.0 in (self.factor("one_hot"), self.factor("by_label"))

    @property
    def is_sum(self) -> bool:
        """Tell whether it is right as a sum over the batch."""
        return not self.is_mean and any(
            f is not None for f in (self.factor("one_hot"), self.factor("by_label"))
        )

    @property
    def takes_logarithms(self) -> bool:
        """Tell whether it is right for log-probabilities, or for logits, as a mean or a sum."""
        batch = self.batches[0]
        values = [of.number() for of in self.others]
        wanted = (batch.mean, batch.mean * batch.size)
        return any(v is not None and is_close(v, w, 1e-6) for v in values for w in wanted)

    @property
    def is_binary(self) -> bool:
        """Tell whether it is a binary cross-entropy, summed or averaged in any way."""
        batch = self.batches[0]
        t = np.eye(batch.y.shape[1])[batch.labels]
        total = float(-np.sum(t * np.log(batch.y) + (1 - t) * np.log(1 - batch.y)))
        value = batch.one_hot.number()
        parts = (1, batch.size, batch.y.size)
        return value is not None and any(is_close(value, total / n, _LOOSE) for n in parts)

    @property
    def is_right_for_one(self) -> bool:
        """Tell whether it is right for one sample."""
        right = -math.log(float(self.y[self.label]) or 1e-300)
        given = (self.one.number(), self.one_by_label.number())
        return any(v is not None and abs(v / right - 1) < _LOOSE for v in given)

    @property
    def epsilon(self) -> float | None:
        """Return what is added to y inside the logarithm, as the loss shows it."""
        value = self.small.number()
        if value is None or not math.isfinite(value):
            return None
        return math.exp(-value) - _SMALL


def ask_loss(student: Student, definition: Definition, rng: np.random.Generator) -> Loss:
    """Ask a loss about random probabilities, in both forms of targets."""
    first = targets_first(definition)
    target = definition.expression

    def question(y: Any, t: Any) -> Question:
        return Question(target, (t, y) if first else (y, t))

    made = [_random(rng, n, k) for n, k in two_batches(rng)]
    y, label = _random(rng, 1, 4)
    small = np.array([[1.0 - 2 * _SMALL, _SMALL, _SMALL]])
    zero = np.array([[1.0, 0.0, 0.0]])
    questions = []
    for p, t in made:
        one_hot = np.eye(p.shape[1])[t]
        other = np.eye(p.shape[1])[(t + 1) % p.shape[1]]
        questions += [question(p, one_hot), question(p, t), question(p, other)]
        questions.append(question(p, one_hot.astype(int)))
    questions += [question(y[0], np.eye(4)[label[0]]), question(y[0], int(label[0]))]
    for hard in (small, zero):
        questions += [question(hard, np.eye(3)[[1]]), question(hard, np.array([1]))]
    p, t = made[0]
    questions.append(question(np.vstack([p, p]), np.eye(p.shape[1])[np.concatenate([t, t])]))
    questions += [question(np.log(p), np.eye(p.shape[1])[t]), question(np.log(p), t)]
    questions.append(question(y[0], np.eye(4, dtype=int)[label[0]]))
    found = student.several(questions)
    batches = [Batch(*made[i], *found[4 * i : 4 * i + 4]) for i in range(2)]
    single, by_label = found[8:10]
    hards, twice = found[10:14], found[14]
    of_small, of_zero = hards[hards[0].number() is None], hards[2 + (hards[2].number() is None)]
    return Loss(
        (batches[0], batches[1]),
        y[0],
        int(label[0]),
        single,
        by_label,
        of_small,
        of_zero,
        twice,
        first,
        tuple(found[15:17]),
        found[17],
        _tells_ranks(definition),
    )


def is_loss(found: Loss) -> bool:
    """Tell whether a function is a cross-entropy of some kind."""
    usual = found.is_mean or found.is_sum or found.is_right_for_one
    return usual or found.takes_logarithms or found.is_binary


def faults(found: Loss) -> Iterator[Proof]:
    """Yield what the figures prove of a function that should be a cross-entropy."""
    if (found.takes_logarithms or found.is_binary) and not found.is_mean:
        return
    if not (found.is_mean or found.is_sum or found.is_right_for_one):
        yield _wrong(found)
        return
    yield from _epsilon(found)
    batches = [of for b in found.batches for of in (b.one_hot, b.by_label)]
    if found.is_right_for_one and any(not of.raised and of.value is None for of in batches):
        yield proof("returns-none", "what the loss of a batch returns", "None", "None")
    one, right = found.one.number(), -math.log(float(found.y[found.label]) or 1e-300)
    k = found.y.size
    if found.tells_ranks and one is not None and is_close(one, right / k, 1e-4):
        yield proof("reshape-discarded", "loss of one sample", right / k, one)
    batch = found.batches[0]
    if _fails_a_form(found, batch):
        yield from _batch(found, batch)
    yield from _one_hot_as_labels(found)
    changed = [o for b in found.batches for o in (b.one_hot, b.by_label) if o.changed]
    if changed and not changed[0].raised:
        yield proof("loss-mutates-prediction", "arguments changed by a call", 1, 1)


def _one_hot_as_labels(found: Loss) -> Iterator[Proof]:
    """Yield that the 0s and the 1 of a one-hot target are taken for labels."""
    y, k = found.y, found.y.size
    predicted = float(-(k - 1) * np.log(y[0]) - np.log(y[1]))
    value = found.one_whole.number()
    right = -math.log(float(y[found.label]) or 1e-300)
    if not found.tells_ranks or value is None or is_close(value, right, 1e-3):
        return
    if any(is_close(value, wrong, 1e-4) for wrong in (predicted, predicted / k)):
        yield proof("label-one-hot-mixup", "loss of one one-hot sample", predicted, value)


def _fails_a_form(found: Loss, batch: Batch) -> bool:
    """Tell whether it takes a form of targets, one-hot or labels, and makes a wrong loss of it."""
    one_hot, by_label = found.factor("one_hot"), found.factor("by_label")
    if one_hot is None and by_label is None:
        return True
    if by_label is None and batch.by_label.number() is not None:
        return True
    whole = found.factor("whole_numbers")
    return found.tells_ranks and whole is None and batch.whole_numbers.number() is not None


def _epsilon(found: Loss) -> Iterator[Proof]:
    zero = found.zero.number()
    if zero is not None and not math.isfinite(zero):
        epsilon = found.epsilon
        if epsilon is not None and epsilon < -1e-12:
            yield proof("epsilon-wrong", "loss where y is 0", math.nan, zero)
        elif found.epsilon is None and not math.isfinite(found.small.number() or 0.0):
            yield proof("epsilon-wrong", "loss where y is 1e-7", math.nan, math.nan)
        else:
            yield advice("log-of-zero", "loss where y is 0", _of_nothing(found), zero)
        return
    epsilon = found.epsilon
    if epsilon is None:
        return
    if epsilon > _FAIR_EPSILON[1]:
        yield proof("epsilon-wrong", "loss where y is 0", -math.log(epsilon), zero or 0.0)
    elif zero is not None:
        yield advice("epsilon-plateau", "loss where y is 0", -math.log(max(epsilon, 1e-300)), zero)


def _of_nothing(found: Loss) -> float:
    """Return what -log(0) makes of a loss: 0 * log(0) is nan, and -log(0) alone is inf."""
    zero = found.zero.number()
    return math.nan if zero is not None and math.isnan(zero) else math.inf


def _too_much(found: Loss, added: float) -> Proof:
    """Return what a number, added to y in the logarithm, makes of the loss of a batch."""
    batch = found.batches[0]
    value = batch.one_hot.number()
    value = batch.by_label.number() if value is None else value
    picked = batch.y[np.arange(batch.size), batch.labels] + added
    with np.errstate(invalid="ignore"):
        predicted = float(-np.mean(np.log(picked)))
    what = f"loss of a batch, with {added:.2g} added to y"
    if value is not None and is_close(value, predicted * batch.size, 1e-4):
        predicted *= batch.size
    return proof("epsilon-wrong", what, predicted, value if value is not None else math.nan)


def _shapes(got: tuple[int, ...], n: int, k: int) -> tuple[str, str]:
    """Return the shape that a loss without a sum, or without a part of it, has, and the one got."""
    forms = ((n,), (n, k), (k,), (n, 1))
    return str(next((form for form in forms if form == got), (n,))), str(got)


def _batch(found: Loss, batch: Batch) -> Iterator[Proof]:
    """Yield what is wrong with a batch where one sample is right."""
    n, k = batch.y.shape
    rows = np.arange(n)
    picked = -np.log(batch.y[np.ix_(rows, batch.labels)])
    weighted = -np.log(batch.y[rows, batch.labels]) * batch.labels
    mixed = -np.log(batch.y[rows[:, None], np.eye(k, dtype=int)[batch.labels]])
    forms = (
        ("all-pairs-index", "by_label", float(picked.sum() / n)),
        ("all-pairs-index", "by_label", float(picked.sum())),
        ("label-one-hot-mixup", "by_label", float(weighted.sum() / n)),
        ("label-one-hot-mixup", "one_hot", float(mixed.sum() / n)),
        ("label-one-hot-mixup", "whole_numbers", float(mixed.sum() / n)),
    )
    for slug, form, predicted in forms:
        value = getattr(batch, form).number()
        if value is not None and is_close(value, predicted, 1e-4):
            yield proof(slug, f"loss of a batch of {n}", predicted, value)
            return
    value = batch.one_hot.number()
    if value is None:
        value = batch.by_label.number()
    if value is None:
        told = batch.one_hot
        if not told.raised and told.value is not None and np.ndim(told.value):
            what = f"shape of the loss of a batch of {n}"
            yield proof("loss-not-scalar", what, *_shapes(np.shape(told.value), n, k))
        return
    ratio = value / batch.mean
    if is_close(ratio, n / 100, 1e-3):
        yield proof("hard-coded-batch", "loss over the mean of the batch", n / 100, ratio)
        return
    for divisor in (2, k, n * k):
        if is_close(ratio, n / divisor, 1e-3):
            what = "loss over the mean of the batch"
            yield proof("wrong-batch-size", what, n / divisor, ratio)
            return
    fault = proof("", f"loss of a batch of {n}", batch.mean, value)
    words = f"The loss of a batch of {n} is {ratio:.6g} times the mean of its cross-entropies."
    yield replace(fault, sentence=words)


def _added(found: Loss) -> float | None:
    """Return the one number that, added to y, makes a mean of every batch; None if none does."""
    numbers = []
    for batch in found.batches:
        picked = batch.y[np.arange(batch.size), batch.labels]
        value = batch.one_hot.number()
        value = batch.by_label.number() if value is None else value
        if value is None or not math.isfinite(value):
            return None
        epsilon = 0.0
        for _ in range(20):  # Newton's method
            error = float(-np.mean(np.log(picked + epsilon))) - value
            epsilon += error / float(np.mean(1 / (picked + epsilon)))
            if not math.isfinite(epsilon) or np.any(picked + epsilon <= 0):
                return None
        numbers.append(epsilon)
    return numbers[0] if is_close(numbers[0], numbers[1], 1e-4) else None


def _wrong(found: Loss) -> Proof:
    """Return what a loss is that is right for nothing."""
    added = _added(found)
    if added is not None and 1e-6 < abs(added) < 0.1:
        return _too_much(found, added)
    right = -math.log(found.y[found.label])
    batch = found.batches[0]
    one, value = found.one.number(), batch.one_hot.number()
    if one is None and value is None and batch.by_label.number() is None:
        return _refused(found, batch)
    if one is not None and is_close(one, -right, 1e-4):
        return proof("gradient-sign", "loss of one sample", -right, one)
    k = found.y.size
    batches = list(_batch(found, batch))
    if batches and batches[0].pitfall:
        return batches[0]
    if one is not None and is_close(one, right / k, 1e-4):
        return proof("reshape-discarded", "loss of one sample", right / k, one)
    permuted = batch.permuted.number()
    if value is not None and permuted == value:
        slug = "single-class-argmax" if batch.y.shape[1] == 1 else "wrong-operand"
        return proof(slug, "change of the loss with other targets", 0.0, 0.0)
    swapped = float(-np.sum(found.y * np.log(np.eye(k)[found.label] + 1e-7)))
    if one is not None and is_close(one, swapped, 1e-2):
        return proof("wrong-operand", "loss of one sample", swapped, one)
    epsilon = math.exp(-one) - float(found.y[found.label]) if one is not None else 0.0
    if one is not None and 1e-5 < abs(epsilon) < 1e-2:
        return _too_much(found, epsilon)
    measured = one if one is not None else float(value or 0.0)
    told = proof("", "loss of one sample", right, measured)
    words = f"The loss of one sample is {measured / right:.6g} times its cross-entropy."
    return replace(told, sentence=words)


def _refused(found: Loss, batch: Batch) -> Proof:
    asked = (found.one, found.one_by_label, batch.one_hot, batch.by_label)
    told = found.one if found.one.raised else batch.one_hot
    if any(not one.raised and one.value is None for one in asked):
        return proof("returns-none", "what the loss returns", "None", "None")
    if not told.raised and isinstance(told.value, list | tuple | dict):
        what = "what the loss returns"
        return proof("", what, "a number", f"a {type(told.value).__name__}")
    if not told.raised:
        what = "shape of the loss of one sample"
        return proof("loss-not-scalar", what, *_shapes(np.shape(told.value), 1, found.y.size))
    text = f"{told.raised}: {told.text}"
    evidence = proof("", "loss of one sample", told.raised, text).evidence
    return Proof("crash", evidence, Severity.ERROR, "", told.module, told.line)


def _random(
    rng: np.random.Generator, n: int, k: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    y = rng.dirichlet(np.full(k, 3.0), n)
    return y, rng.permutation(np.arange(n) % k).astype(np.int64)


def _tells_ranks(definition: Definition) -> bool:
    nodes = ast.walk(definition.node)
    return any(isinstance(node, ast.Attribute) and node.attr == "ndim" for node in nodes)


def targets_first(definition: Definition) -> bool:
    """Tell whether a loss takes the targets before the probabilities."""
    names = [name.lower() for name in definition.parameters[:2]]
    if len(names) < 2:
        return False
    if names[0] == "y" and names[1] in _PREDICTIONS:
        return True
    return names[0] in _TARGETS_FIRST and names[1] not in _TARGETS_FIRST
