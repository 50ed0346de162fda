"""What the figures of a whole net prove: which relation stands between gradient and slopes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed
from tutor.diagnosis.findings import ParameterCheck
from tutor.diagnosis.parts.network import Batch, Network, agree, reference_loss
from tutor.diagnosis.parts.patterns import unnamed
from tutor.diagnosis.proof import Proof, is_close, proof
from tutor.nets import sigmoid, softmax

Floats = NDArray[np.float64]
_EVEN = 1e-3  # how far a ratio that should be one number may scatter


def checks(net: Network) -> tuple[ParameterCheck, ...]:
    """Return how far each parameter's gradient is from the slopes, for the larger batch."""
    batch = net.batches[-1]
    out = []
    for parameter in net.parameters:
        gradient = batch.gradients.get(parameter.name)
        if gradient is None:
            continue
        slopes = batch.slopes[parameter.name]
        error = gap_of(gradient, slopes)
        out.append(ParameterCheck(parameter.name, error, ratio(gradient, slopes)))
    return tuple(out)


def gap_of(gradient: Floats, slopes: Floats) -> float:
    """Return the largest error of a gradient, over its largest slope; inf for another shape."""
    if gradient.shape != slopes.shape:
        return float("inf")
    scale = float(np.max(np.abs(slopes), initial=0.0)) or 1.0
    return float(np.max(np.abs(gradient - slopes), initial=0.0)) / scale


def ratio(gradient: Floats, slopes: Floats) -> float | None:
    """Return gradient / slopes if it is one number wherever there is a slope."""
    if gradient.shape != slopes.shape:
        return None
    mask = np.abs(slopes) > 1e-6
    if not mask.any():
        return None
    found = gradient[mask] / slopes[mask]
    middle = float(np.median(found))
    return middle if float(np.ptp(found)) <= _EVEN * max(abs(middle), 1e-9) else None


def faults(net: Network) -> Iterator[Proof]:
    """Yield what the figures prove, the first that fits; nothing where the gradients agree."""
    for batch in net.batches:  # in a small one dropout may leave the same entries twice
        if batch.loss.number() is not None and not _is_same(batch.again, batch.loss):
            yield _random(batch)
            return
    if not net.has_gradient:
        yield from _no_gradient(net)
        return
    if net.batches[0].asked.value is None and _forgets_return(net):
        what = f"what {net.gradient} returns"
        yield proof("backward-returns-none", what, "None", "None")
        return
    yield from _shapes(net)
    if net.agrees or any(g.shape != s.shape for _, _, g, s in net.pairs()):
        return
    for rule in (_whole, _some, _regularised, _last_bias):
        found = list(rule(net))
        if found:
            yield from found
            return
    yield _first_wrong(net)


def _is_same(one: Observed, other: Observed) -> bool:
    a, b = one.number(), other.number()
    return a == b or (a is not None and b is not None and np.isnan(a) and bool(np.isnan(b)))


def _random(batch: Batch) -> Proof:
    one, other = batch.loss.number() or 0.0, batch.again.number() or 0.0
    what = f"different losses of one batch, asked twice: they are {abs(other - one):.3g} apart"
    return proof("random-loss", what, 2, len({one, other}))


def _no_gradient(net: Network) -> Iterator[Proof]:
    told = net.batches[0].asked
    if not net.gradient:
        return
    if told.raised:
        text = f"{told.raised}: {told.text}"
        evidence = proof("", "what the gradient gives", told.raised, text).evidence
        yield Proof("crash", evidence, None, "", told.module, told.line)
    elif told.value is None:
        yield proof("backward-returns-none", f"what {net.gradient} returns", "None", "None")


def _forgets_return(net: Network) -> bool:
    """Tell whether a gradient fills a dict or a list of its own and returns nothing."""
    definition = net.definition.methods.get(net.gradient)
    if definition is None or definition.returns_something():
        return False
    made = {
        target.id
        for node in ast.walk(definition.node)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict | ast.List)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    kept = {
        node.value.id
        for node in ast.walk(definition.node)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)
    }
    return bool(made - kept)


def _shapes(net: Network) -> Iterator[Proof]:
    for _batch, name, gradient, slopes in net.pairs():
        if gradient.shape == slopes.shape:
            continue
        others = {n: s.shape for n, s in _batch.slopes.items() if n != name}
        what = f"shape of the gradient of {name}"
        told = str(slopes.shape), str(gradient.shape)
        same = str(gradient.shape), str(gradient.shape)
        if slopes.ndim == 1 and gradient.shape not in others.values():
            yield proof("bias-gradient", what, *_of_bias(gradient, slopes, _batch))
        elif gradient.shape in others.values() and gradient.shape != slopes.shape[::-1]:
            yield proof("gradients-miswired", what, *same)
        elif gradient.shape == slopes.shape[::-1]:
            yield proof("missing-transpose", what, *same)
        else:
            yield proof("", what, *told)
        return


def _of_bias(gradient: Floats, slopes: Floats, batch: Batch) -> tuple[str, str]:
    """Return the shape that a wrong sum gives the gradient of a bias, and the one it has."""
    n, width = len(batch.x), slopes.size
    forms = ((n, width), (), (n,), (1, width), (n, 1))
    wrong = next((form for form in forms if form == gradient.shape), slopes.shape)
    return str(wrong), str(gradient.shape)


# -- rules ----------------------------------------------------------------------------------------


def _whole(net: Network) -> Iterator[Proof]:
    """Yield what one and the same ratio in every parameter says."""
    ratios: list[float] = []
    for batch in net.batches:
        found = [ratio(g, batch.slopes[name]) for name, g in batch.gradients.items()]
        values = [value for value in found if value is not None]
        if len(values) != len(found) or not values or np.ptp(values) > _EVEN * abs(values[0]):
            return
        ratios.append(values[0])
    sizes = [len(batch.x) if np.ndim(batch.x) == 2 else 1 for batch in net.batches]
    k = net.batches[0].t.shape[-1] if net.kind == "one-hot" else 0
    d = net.batches[0].x.shape[-1]
    n = sizes[-1]
    what = f"gradient over the slope, batch of {n}"

    def are(wanted: list[float]) -> bool:
        return all(is_close(r, w, 2e-3) for r, w in zip(ratios, wanted, strict=True))

    if are([float(size) for size in sizes]):
        yield proof("missing-batch-division", what, float(n), ratios[-1])
    elif are([1 / size for size in sizes]):
        slug = "loss-not-averaged" if _sums(net.batches[-1]) else "double-batch-division"
        yield proof(slug, what, 1 / n, ratios[-1])
    elif are([-1.0 for _ in sizes]):
        yield proof("gradient-sign", what, -1.0, ratios[-1])
    elif are([100 / size for size in sizes]) or are([size / 100 for size in sizes]):
        yield proof("hard-coded-batch", what, ratios[-1], ratios[-1])
    elif k and (are([size / k for size in sizes]) or are([size / 2 for size in sizes])):
        yield proof("wrong-batch-size", what, ratios[-1], ratios[-1])
    elif are([size / d for size in sizes]):
        yield proof("wrong-batch-size", what, n / d, ratios[-1])


def _sums(batch: Batch) -> bool:
    loss, twice = batch.loss.number(), batch.twice.number()
    return loss is not None and twice is not None and is_close(twice, 2 * loss, 1e-4)


def _some(net: Network) -> Iterator[Proof]:
    """Yield what is wrong where some parameters agree and others do not."""
    batch = net.batches[-1]
    wrong = [n for n, g in batch.gradients.items() if not agree(g, batch.slopes[n])]
    right = [n for n in batch.gradients if n not in wrong]
    if not right or not wrong:
        return
    n = len(batch.x) if np.ndim(batch.x) == 2 else 1
    biases = [name for name in wrong if _is_bias(name, batch.slopes[name])]
    if biases == wrong:
        name = wrong[0]
        r = ratio(batch.gradients[name], batch.slopes[name])
        if r is not None and is_close(r, 1 / n, 2e-3):
            yield proof("bias-gradient", f"gradient of {name} over the slope", 1 / n, r)
            return
        first = float(batch.slopes[name].flat[0])
        yield proof(
            "bias-gradient", f"gradient of {name}[0]", first, float(batch.gradients[name].flat[0])
        )
        return
    yield from _square(batch, wrong)
    yield from _swapped(batch, wrong)


def _is_bias(name: str, slopes: Floats) -> bool:
    """Tell whether a parameter is a bias: a vector, or one written as a single row or column."""
    single = slopes.ndim == 2 and min(slopes.shape) == 1 and name.lower().startswith("b")
    return slopes.ndim == 1 or single


def _square(batch: Batch, wrong: list[str]) -> Iterator[Proof]:
    for name in wrong:
        g, s = batch.gradients[name], batch.slopes[name]
        if s.ndim == 2 and s.shape[0] == s.shape[1] and agree(g.T, s):
            yield proof(
                "missing-transpose", f"gradient of {name}[0, 1]", float(s[1, 0]), float(g[0, 1])
            )


def _swapped(batch: Batch, wrong: list[str]) -> Iterator[Proof]:
    for name in wrong:
        for other in wrong:
            if name != other and agree(batch.gradients[name], batch.slopes[other]):
                what = f"gradient of {name}, entry 0"
                told = float(batch.slopes[other].flat[0]), float(batch.gradients[name].flat[0])
                yield proof("gradients-miswired", what, *told)
                return


def _regularised(net: Network) -> Iterator[Proof]:
    """Yield what is wrong where the difference is proportional to the weights themselves."""
    batch = net.batches[-1]
    for name, gradient in batch.gradients.items():
        slopes = batch.slopes[name]
        difference = gradient - slopes
        if slopes.ndim != 2 or agree(gradient, slopes):
            continue
        w = net.weights[name]
        slope = float(np.sum(difference * w) / np.sum(w * w))
        if is_close(difference, slope * w, 1e-3) and abs(slope) > 1e-9:
            what = f"R2 of the gradient of {name} minus the slope on {name}, {slope:.4g} times it"
            left = float(np.sum((difference - slope * w) ** 2) / np.sum(difference**2))
            yield proof("regularisation-mismatch", what, 1.0, 1.0 - left)
            return


def _last_bias(net: Network) -> Iterator[Proof]:
    """Yield what the last bias says of the softmax: its gradient has to sum to 0."""
    batch = net.batches[-1]
    biases = [p.name for p in net.parameters if len(p.shape) == 1]
    if not biases or biases[-1] not in batch.gradients:
        return
    name = biases[-1]
    gradient, slopes = batch.gradients[name], batch.slopes[name]
    n, k = len(batch.x), len(slopes)
    total = float(gradient.sum())
    if abs(total + (n - 1) / n) < 1e-3 and abs(float(slopes.sum())) < 1e-4:
        measured = float(np.mean(np.abs(gradient - slopes)))
        what = f"mean |gradient - slope| of {name}, batch of {n}"
        yield proof("softmax-whole-batch", what, (n - 1) / n / k, measured)
    elif float(np.abs(slopes).max()) < 1e-6 and abs(total - (k / n - 1)) < 1e-3:
        yield proof("softmax-wrong-axis", f"sum of the gradient of {name}", k / n - 1, total)


def _first_wrong(net: Network) -> Proof:
    """Return a fault without a name, at the entry that is furthest off."""
    batch = net.batches[-1]
    worst = max(
        (n for n, g in batch.gradients.items() if not agree(g, batch.slopes[n])),
        key=lambda n: float(np.max(np.abs(batch.gradients[n] - batch.slopes[n]))),
        default=next(iter(batch.gradients)),
    )
    gradient, slopes = batch.gradients[worst], batch.slopes[worst]
    others = {n: g for n, g in batch.gradients.items() if n != worst}
    return unnamed(f"the gradient of {worst}", gradient, slopes, net.weights.get(worst), others)


def loss_fault(net: Network) -> Iterator[Proof]:
    """Yield what is wrong with a loss that is not the cross-entropy of what the net predicts."""
    batch = net.batches[-1]
    loss, wanted = batch.loss.number(), reference_loss(batch)
    if loss is None or wanted is None or net.kind == "one row":
        return
    n = len(batch.x)
    if is_close(loss, wanted, 1e-4) or is_close(loss, wanted * n, 1e-4):
        return
    if batch.permuted.number() == loss:
        yield proof("wrong-operand", "change of the loss with other targets", 0.0, 0.0)
        return
    for what, predicted in _squashed_losses(batch):
        if is_close(loss, predicted, 1e-4) or (np.isnan(loss) and np.isnan(predicted)):
            yield proof("squashed-twice", f"loss of a batch of {n}, {what}", predicted, loss)
            return


def _softmax_loss(batch: Batch, p: Floats) -> float:
    """Return the cross-entropy of softmax of logits p."""
    labels = batch.t if batch.t.ndim == 1 else np.argmax(batch.t, axis=1)
    return float(-np.mean(np.log(softmax(p)[np.arange(len(p)), labels])))


def _squashed_losses(batch: Batch) -> Iterator[tuple[str, float]]:
    """Yield the losses of what the net predicts, squashed once more or not at all."""
    p = batch.predicted.array()
    if p is None or p.ndim != 2:
        return
    yield "softmax twice", _softmax_loss(batch, p)
    yield "softmax twice", _softmax_loss(batch, np.asarray(softmax(p), float))
    yield "sigmoid before softmax", _softmax_loss(batch, np.asarray(sigmoid(p), float))
    labels = batch.t if batch.t.ndim == 1 else np.argmax(batch.t, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = np.log(p[np.arange(len(p)), labels] + 1e-7)
    yield "raw logits in the logarithm", float(-np.mean(raw))


def squashed(net: Network) -> Iterator[Proof]:
    """Yield that logits were squeezed into 0 to 1 before a softmax: the loss keeps a floor."""
    logits = [batch.predicted.array() for batch in net.batches]
    n, k = len(net.batches[-1].x), net.parameters[-1].shape[-1] if net.parameters else 0
    told = 0.0, 0.0
    for batch, p in zip(net.batches, logits, strict=True):
        loss = batch.loss.number()
        if p is None or p.ndim != 2 or loss is None or p.shape[1] < 2:
            return
        far = batch.predicted_far.array()
        if far is not None and not np.all((far >= 0) & (far <= 1)):
            return  # these logits only happen to lie between 0 and 1
        inside = np.all((p > 0) & (p < 1)) and not is_close(p.sum(axis=1), np.ones(len(p)), 1e-3)
        if not inside or not is_close(loss, _softmax_loss(batch, p), 1e-4):
            return
        told = _softmax_loss(batch, p), loss
    floor = float(np.log(1 + (k - 1) / np.e))
    what = f"loss of a batch of {n}, softmax of logits from 0 to 1: never below {floor:.4f}"
    yield proof("squashed-twice", what, *told)


def zero_start(net: Network) -> Iterator[Proof]:
    """Yield that a net starts from weights that are all zero."""
    matrices: Mapping[str, Floats] = {n: v for n, v in net.initial.items() if v.ndim == 2}
    if len(matrices) > 1 and all(not v.any() for v in matrices.values()):
        yield proof("zero-init", "largest weight that the net starts from", 0.0, 0.0)
