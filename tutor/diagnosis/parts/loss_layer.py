"""A loss layer, examined: the gradient of its backward beside the slopes of its forward."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.parts.layer import GRADIENTS, ask_kept, is_stub, methods
from tutor.diagnosis.parts.patterns import unnamed
from tutor.diagnosis.parts.shapes import two_batches
from tutor.diagnosis.proof import Proof, advice, is_close, proof
from tutor.nets import softmax

_STEP = 1e-5
_TIGHT = 2e-5
_PREDICTION = re.compile(r"y|y_?hat|\w*pred\w*|\w*probs?|p|outputs?|a")
_MANY = 3
_TOTALS = ("calculate", "compute", "mean_loss", "total")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LossBatch:
    """What a loss layer gave for one batch of logits (N, K)."""

    x: Floats
    t: Floats
    loss: Observed
    dx: Observed
    slopes: Floats
    twice: Observed
    """The loss of the same batch two times over."""
    by_two: Observed
    """backward(2)."""
    permuted: Observed
    """The loss with other targets."""

    @property
    def ratio(self) -> float | None:
        """Return dx over the slopes, if that is one number."""
        dx = self.dx.array()
        if dx is None or dx.shape != self.slopes.shape:
            return None
        mask = np.abs(self.slopes) > 1e-7
        if not mask.any():
            return None
        ratio = dx[mask] / self.slopes[mask]
        middle = float(np.median(ratio))
        return middle if float(np.ptp(ratio)) < 1e-3 * max(abs(middle), 1e-9) else None


@dataclass(frozen=True, slots=True)
class LossLayer:
    """What a loss layer gave for two batches and for a single sample."""

    definition: Definition
    batches: tuple[LossBatch, LossBatch]
    one: LossBatch
    labels: LossBatch | None

    @property
    def is_right(self) -> bool:
        """Tell whether backward is the gradient of forward for both batches."""
        return all(is_close(b.dx.array(), b.slopes, _TIGHT) for b in self.batches)


def is_loss_layer(definition: Definition) -> bool:
    """Tell whether a class has a forward of two arguments and a backward."""
    forward, backward = methods(definition)
    if not (forward and backward) or is_stub(definition.methods[forward]):
        return False
    taken = definition.methods[forward]
    words = [name.lower() for name in taken.parameters]
    second = words[1] if len(words) > 1 else ""
    targets = ("t", "y", "target", "targets", "label", "labels", "y_true", "true", "teacher")
    few = definition.required == 0 and len(definition.parameters) < _MANY  # else it is a whole net
    return len(words) == 2 and few and second in targets


def ask_loss_layer(
    student: Student, definition: Definition, rng: np.random.Generator
) -> LossLayer | None:
    """Send two batches through a loss layer and back, one-hot and by label, and one sample."""
    made = student.observe(definition.expression, keep="layer")
    if made.raised:
        return None
    # No y is so small that the epsilon of a logarithm shows in the slopes.
    shapes = two_batches(rng)
    found = _ask_with(student, definition, rng, _logits, shapes)
    if found.is_right or not _takes_probabilities(student, definition):
        return found
    other = _ask_with(student, definition, rng, _probabilities, shapes)
    forward = definition.methods[methods(definition)[0]]
    named = bool(_PREDICTION.fullmatch(forward.parameters[0].lower()))
    return other if other.is_right or named else found


_Draw = Callable[[np.random.Generator, tuple[int, int]], Floats]


def _ask_with(
    student: Student,
    definition: Definition,
    rng: np.random.Generator,
    draw: _Draw,
    shapes: Sequence[tuple[int, int]],
) -> LossLayer:
    logits = [draw(rng, shape) for shape in shapes]
    labels = [rng.permutation(np.arange(n) % k) for n, k in shapes]
    one_hot = [np.eye(k)[t] for t, (_, k) in zip(labels, shapes, strict=True)]
    by_row = [ask_one(student, definition, x, t) for x, t in zip(logits, one_hot, strict=True)]
    by_label = [ask_one(student, definition, x, t) for x, t in zip(logits, labels, strict=True)]
    one = ask_one(student, definition, draw(rng, (1, 4))[0], np.eye(4)[2])
    if by_row[0].loss.number() is None and by_label[0].loss.number() is not None:
        return LossLayer(definition, (by_label[0], by_label[1]), one, None)
    return LossLayer(definition, (by_row[0], by_row[1]), one, by_label[0])


def ask_one(
    student: Student, definition: Definition, x: Floats, t: NDArray[np.generic]
) -> LossBatch:
    """Send one batch of logits, or one sample, through ``layer`` and back."""
    target = _loss_of(student, definition)
    student.keep({"x": x, "t": t})
    slopes = student.slopes(target, ("=x", "=t"), ("x",), _STEP)["x"]
    twice = student.observe(target, np.concatenate([x, x]), np.concatenate([t, t]))
    loss = student.observe(target, x, t)
    dx, by_two = _backward(student, definition, x, t)
    permuted = student.observe(target, x, np.roll(t, 1, axis=-1))
    return LossBatch(x, np.asarray(t, float), loss, dx, slopes, twice, by_two, permuted)


def _loss_of(student: Student, definition: Definition) -> str:
    """Return what gives the loss: forward, or what makes one number of one for each sample."""
    forward, _ = methods(definition)
    for name in _TOTALS:
        whole = definition.methods.get(name)
        if whole is not None and name != forward and whole.required == 2:
            has = student.observe("hasattr", "=layer", name)  # not, where a right one stands in
            return f"layer.{name if has.value else forward}"
    return f"layer.{forward}"


def _backward(
    student: Student, definition: Definition, x: Floats, t: NDArray[np.generic]
) -> tuple[Observed, Observed]:
    """Return what backward gives for a dout of 1, and for one of 2.

    One that takes the targets again is given what forward made of the scores, as in a chain.
    """
    _, backward = methods(definition)
    taken, target = definition.methods[backward], f"layer.{backward}"
    if taken.required == 2:
        kept = student.observe("(lambda: layer.output)")
        given = kept.value if kept.array() is not None and np.shape(kept.value) == x.shape else x
        _, dx = ask_kept(student, target, (given, t), GRADIENTS)
        return dx, Observed()
    ones = (1.0,) if taken.parameters else ()
    dx = student.observe(target, *ones)
    return dx, student.observe(target, 2.0) if ones else dx


def _takes_probabilities(student: Student, definition: Definition) -> bool:
    """Tell whether a loss is no number for logits, or no other for smaller ones below 0."""
    x, t = np.array([[-0.7, 0.4, -0.2]]), np.array([[1.0, 0.0, 0.0]])
    target = _loss_of(student, definition)
    first, second = (student.observe(target, v, t).number() for v in (x, x * [2, 1, 1]))
    if first is None or second is None:
        return False
    return not (np.isfinite(first) and np.isfinite(second)) or first == second


def _logits(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return rng.uniform(-1, 1, shape)


def _probabilities(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return rng.dirichlet(np.full(shape[1], 5.0), shape[0])


def faults(found: LossLayer) -> Iterator[Proof]:
    """Yield what the figures prove."""
    batch = found.batches[0]
    loss, dx = batch.loss, batch.dx.array()
    if loss.raised or loss.number() is None:
        if np.shape(loss.value) != batch.x.shape:  # else it is the prediction that comes back
            yield _no_loss(batch, found.definition)
        return
    if dx is None:
        yield _no_dx(batch)
        return
    if not found.is_right:
        yield _wrong(found)
        return
    one = found.one.dx.array()
    if one is not None and found.one.ratio is not None and is_close(found.one.ratio, 0.25, 1e-3):
        what = "backward of a single sample over the slope"
        yield advice("single-sample-division", what, 0.25, found.one.ratio)
    doubled = batch.by_two.array()
    if doubled is not None and is_close(doubled, dx) and found.definition.methods:
        yield advice("dout-ignored", "backward(2) over backward(1)", 1.0, 1.0)


def _no_loss(batch: LossBatch, definition: Definition) -> Proof:
    told = batch.loss
    if not told.raised:
        kind = "None" if told.value is None else f"shape {np.shape(told.value)}"
        slug = "returns-none" if told.value is None else "loss-not-scalar"
        found = proof(slug, "what forward returns", kind, kind)
        forward = definition.methods[methods(definition)[0]].node
        return replace(found, line=forward.body[-1].lineno)
    text = f"{told.raised}: {told.text}"
    evidence = proof("", f"loss of a {batch.x.shape} batch", told.raised, text).evidence
    return Proof("crash", evidence, None, "", told.module, told.line)


def _no_dx(batch: LossBatch) -> Proof:
    told = batch.dx
    if not told.raised:
        kind = "None" if told.value is None else type(told.value).__name__
        return proof("backward-returns-none", "what backward returns", "None", kind)
    text = f"{told.raised}: {told.text}"
    evidence = proof("", f"backward of a {batch.x.shape} batch", told.raised, text).evidence
    return Proof("crash", evidence, None, "", told.module, told.line)


def _wrong(found: LossLayer) -> Proof:
    """Return which relation stands between backward and the slopes, for both sizes of batch."""
    first = found.batches[0]
    if first.permuted.number() is not None and first.permuted.number() == first.loss.number():
        return proof("wrong-operand", "change of the loss with other targets", 0.0, 0.0)
    raw = _of_raw_logits(first)
    if raw is not None and is_close(first.dx.array(), raw):
        found_dx = float(np.ravel(first.dx.value)[0])
        what = "backward[0, 0], logits minus t over N"
        return proof("squashed-twice", what, float(raw.flat[0]), found_dx)
    swapped = _swapped_loss(first)
    if swapped is not None and is_close(first.loss.number(), swapped, 1e-3):
        loss = first.loss.number() or 0.0
        return proof(
            "wrong-operand", f"loss of a batch of {len(first.x)}, y and t swapped", swapped, loss
        )
    ratios = [batch.ratio for batch in found.batches]
    if None not in ratios:
        named = _by_ratio(found, [float(r or 0.0) for r in ratios])
        if named is not None:
            return named
    batch = found.batches[0]
    dx = batch.dx.array()
    assert dx is not None
    if dx.shape != batch.slopes.shape:
        what = "shape of backward"
        return proof("missing-transpose", what, str(batch.slopes.shape[::-1]), str(dx.shape))
    n = len(dx)
    total, slope = float(dx.sum()), float(batch.slopes.sum())
    if abs(total + (n - 1) / n) < 1e-4 and abs(slope) < 1e-4:
        return proof("softmax-whole-batch", "sum of backward over the batch", -(n - 1) / n, total)
    columns = np.abs(batch.slopes.sum(axis=0)).max() < 1e-6
    k = dx.shape[1]
    if columns and abs(total - (k / n - 1)) < 1e-3:
        return proof("softmax-wrong-axis", "sum of backward over the batch", k / n - 1, total)
    if found.labels is not None and is_close(found.labels.dx.array(), found.labels.slopes, _TIGHT):
        told = float(batch.slopes.flat[0]), float(dx.flat[0])
        return proof("label-one-hot-mixup", "backward[0, 0], one-hot targets", *told)
    return unnamed("backward", dx, batch.slopes, batch.x)


def _of_raw_logits(batch: LossBatch) -> Floats | None:
    """Return what backward gives where the logits themselves are taken for probabilities."""
    if batch.t.shape != batch.x.shape or np.isfinite(batch.loss.number() or 0.0):
        return None
    return np.asarray((batch.x - batch.t) / len(batch.x))


def _swapped_loss(batch: LossBatch) -> float | None:
    """Return what cross_entropy_error(t, y) gives, with 1e-7 in the logarithm, as a mean."""
    if batch.t.shape != batch.x.shape:
        return None
    return float(-np.sum(softmax(batch.x) * np.log(batch.t + 1e-7)) / len(batch.x))


def _by_ratio(found: LossLayer, ratios: list[float]) -> Proof | None:
    sizes = [batch.x.shape for batch in found.batches]
    batch = found.batches[0]
    loss, twice = batch.loss.number(), batch.twice.number()
    is_sum = loss is not None and twice is not None and is_close(twice, 2 * loss, 1e-4)
    n = sizes[0][0]

    def all_are(wanted: list[float]) -> bool:
        return all(is_close(r, w, 1e-3) for r, w in zip(ratios, wanted, strict=True))

    what = f"backward over the slope, batch of {n}"
    if all_are([n for n, _ in sizes]):
        return proof("missing-batch-division", what, float(n), ratios[0])
    if all_are([1 / n for n, _ in sizes]):
        slug = "loss-not-averaged" if is_sum else "double-batch-division"
        return proof(slug, what, 1 / n, ratios[0])
    if all_are([-1.0, -1.0]):
        return proof("gradient-sign", what, -1.0, ratios[0])
    if all_are([100 / n for n, _ in sizes]) or all_are([n / 100 for n, _ in sizes]):
        return proof("hard-coded-batch", what, ratios[0], ratios[0])
    for wanted in ([n / 2 for n, _ in sizes], [n / k for n, k in sizes], [1 / k for _, k in sizes]):
        if all_are(wanted):
            return proof("wrong-batch-size", what, wanted[0], ratios[0])
    return None
