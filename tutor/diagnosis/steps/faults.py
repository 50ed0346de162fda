"""What the figures of a training step prove: the rules of a net, and those of its inner layers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tutor.diagnosis.findings import ParameterCheck
from tutor.diagnosis.parts import net_faults
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.proof import Proof, is_close, proof
from tutor.diagnosis.steps.inner import inner, transposed
from tutor.diagnosis.steps.losses import Trust
from tutor.diagnosis.steps.measured import Stepped
from tutor.diagnosis.steps.network import FEW, MOST, entries, is_bias, network

_PLAIN = 5e-3  # of the norm: too much for an epsilon to make


def faults(found: Stepped) -> Iterator[Proof]:
    """Yield what the figures prove; nothing where the gradients agree or the loss is not sure."""
    yield from _zero_start(found)
    best = found.best
    if found.agrees or not best.reliable:
        return
    if best.is_anchored and best.alike.all():
        yield from _by_one_factor(found)
        return
    if best.loss.trust is not Trust.SAME_CALL and not best.is_anchored:
        yield from _softmax(found)
        return
    if best.is_anchored:
        yield from _by_one_factor(found)
    biases = list(_biases(found)) if best.is_anchored else []
    yield from biases
    for rule in (inner, transposed, _of_entries):
        proofs = list(rule(found))
        if proofs:
            yield from (p for p in proofs if not biases or p.pitfall not in ("", "bias-gradient"))
            return


def of_training(found: Stepped) -> Iterator[Proof]:
    """Yield of `faults` only what the start and the direction of the training are accused of."""
    yield from _zero_start(found)
    if not found.agrees and found.best.reliable and found.best.is_anchored:
        yield from (one for one in _by_sign(found) if one.pitfall == "gradient-ascent")


def checks(found: Stepped) -> tuple[ParameterCheck, ...]:
    """Return how far each weight's gradient is from the slopes, entry by entry."""
    net = network(found, larger=False, most=FEW if found.agrees else MOST)
    return net_faults.checks(net) if net is not None else ()


def _zero_start(found: Stepped) -> Iterator[Proof]:
    matrices = [w for w in found.initial if w.value.ndim == 2 and min(w.value.shape) > 1]
    columns = [w for w in found.initial if w.value.ndim == 2]
    if (
        len(columns) > 1
        and matrices
        and not any(w.value.any() for w in columns if not is_bias(w, found))
    ):
        yield proof("zero-init", "largest weight that the training starts from", 0.0, 0.0)


def _by_one_factor(found: Stepped) -> Iterator[Proof]:
    """Yield what one ratio says, of every weight or of all that are right but for it."""
    best = found.best
    if best.loss.trust <= Trust.WEAK and best.alike.all() and not _is_known_factor(found):
        return
    if best.factor < 0:
        yield from _by_sign(found)
        return
    if best.factor == 1 or not found.knows_scale or best.loss.trust < Trust.NAMED:
        return
    net = network(found, most=2)
    if net is None or not _is_sure_of_batch(net, found):
        return
    named = ("missing-batch-division", "double-batch-division", "loss-not-averaged")
    yield from (one for one in net_faults.faults(_only(net, found)) if one.pitfall in named)


def _by_sign(found: Stepped) -> Iterator[Proof]:
    """Yield that the weights go the other way, where the ratio is below 0 and known."""
    best = found.best
    if best.factor >= 0 or not _is_known_factor(found):
        return
    up = not found.step.is_call and all(w.sign > 0 for w in found.base.weights)
    sure = found.knows_scale and best.loss.trust > Trust.WEAK
    measured = best.factor if sure else -1.0
    what = "what the update subtracts, over the slope of the loss"
    line = found.base.weights[0].line if up else 0
    told = proof("gradient-ascent" if up else "gradient-sign", what, -1.0, measured)
    yield replace(told, line=line)


def _is_sure_of_batch(net: Network, found: Stepped) -> bool:
    """Tell whether a ratio is that of the batch: two batches say so, or no other length is it."""
    n = len(net.batches[-1].x)
    lengths = {size for w in found.base.weights for size in w.value.shape}
    return len(net.batches) > 1 or (n > 2 and n not in lengths)


def _is_known_factor(found: Stepped) -> bool:
    """Tell whether a factor is one that conventions make: 1, 2 or 1/2, times or over a length.

    Any other says that the loss is none: the error of one sample, with its sign, for example.
    """
    lengths = {n for shape in found.base.shapes.values() for n in shape} | set(found.base.counts)
    sizes = [1.0, *(n for n in lengths if n > 1)]
    known = [half * n for half in (0.5, 1.0, 2.0) for size in sizes for n in (size, 1 / size)]
    return found.best.loss.trust != Trust.WEAK and any(
        is_close(abs(found.best.factor), k, 1e-4) for k in known
    )


def _only(net: Network, found: Stepped) -> Network:
    """Return a net with only the weights that are right but for the common factor."""
    good = {w.name for w, same in zip(found.base.weights, found.best.alike, strict=True) if same}
    batches = tuple(
        replace(batch, gradients={n: g for n, g in batch.gradients.items() if n in good})
        for batch in net.batches
    )
    return replace(net, batches=batches)


def _biases(found: Stepped) -> Iterator[Proof]:
    """Yield that a bias is wrong whose matrix is right."""
    best, weights = found.best, found.base.weights
    far = np.abs(best.gradients - best.factor * best.slopes) > _PLAIN * best.norms
    for i, own in enumerate(weights):
        matrix = _matrix_of(found, i)
        if best.alike[i] or not far[i] or matrix is None or not best.alike[matrix]:
            continue
        both = entries(found, found.values, [i])
        if both is not None and both[0].size:
            at = int(np.argmax(np.abs(both[0] - both[1])))
            told = float(both[1].flat[at]), float(both[0].flat[at])
            yield proof("bias-gradient", f"gradient of {own.name}, entry {at}", *told)


def _matrix_of(found: Stepped, bias: int) -> int | None:
    """Return which weight a bias is added to the product of: by its name, else the one before."""
    weights = found.base.weights
    own = weights[bias]
    if not is_bias(own, found):
        return None
    fitting = [
        i
        for i, w in enumerate(weights)
        if w.value.ndim == 2 and own.value.size in w.value.shape and not is_bias(w, found)
    ]
    named = [i for i in fitting if _suffix(weights[i].name) == _suffix(own.name)]
    if named:
        return named[0]
    return bias - 1 if bias - 1 in fitting else None


def _suffix(name: str) -> str:
    return re.sub(r"^(weights?|bias(es)?|[a-z])", "", name.lower())


def _softmax(found: Stepped) -> Iterator[Proof]:
    """Yield what the last bias says of a softmax, where no gradient agrees."""
    named = found.best.loss.trust >= Trust.NAMED
    net = network(found, larger=False) if named else None
    if net is not None:
        yield from (p for p in net_faults.faults(net) if p.pitfall.startswith("softmax"))


def _of_entries(found: Stepped) -> Iterator[Proof]:
    """Yield what the rules of a net say, with the gradients brought to the scale of the loss."""
    net = network(found, larger=False)
    if net is None:
        return
    known = found.best.loss.trust >= Trust.NAMED and found.knows_scale
    for one in net_faults.faults(net):
        if one.pitfall == "regularisation-mismatch" and not (known and _is_pure(found)):
            continue
        if one.pitfall == "bias-gradient" and not _names_bias(one, found):
            one = replace(one, pitfall="")
        if one.pitfall or (known and _is_plain(found)):
            yield one


def _is_plain(found: Stepped) -> bool:
    """Tell whether a difference is too large for the epsilon of a logarithm to make it."""
    best = found.best
    far = np.abs(best.gradients - best.factor * best.slopes)
    return bool(np.any(far > _PLAIN * (best.norms + np.abs(best.slopes))))


def _is_pure(found: Stepped) -> bool:
    """Tell whether no update adds a decay of the weight by itself."""
    return not any(
        ast.unparse(node) == site.target
        for site in found.step.sites
        for factor in site.gradient
        for node in ast.walk(factor)
    )


def _names_bias(one: Proof, found: Stepped) -> bool:
    told = one.evidence[0].what
    return any(is_bias(w, found) for w in found.base.weights if f"of {w.name}" in told)
