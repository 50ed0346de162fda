"""Each part of a student's program examined by itself, in the terms of its role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

import numpy as np

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.known import keep_known
from tutor.diagnosis.names import Role
from tutor.diagnosis.parts import (
    activation,
    descent,
    differentiator,
    functional,
    layer,
    loss,
    loss_layer,
    net_faults,
    network,
    optimiser,
    softmax,
    squared,
)
from tutor.diagnosis.parts.building import decay_options
from tutor.diagnosis.parts.function_layer import ask_function_layer
from tutor.diagnosis.parts.implied import ask_implied, is_implied
from tutor.diagnosis.parts.typos import typos
from tutor.diagnosis.proof import Proof, proof
from tutor.diagnosis.roles import Taken
from tutor.pitfalls import Severity

_LOOKS = 2
_ACTIVATIONS = (Role.SIGMOID, Role.RELU, Role.TANH, Role.SIGMOID_GRADIENT)


@dataclass(frozen=True, slots=True)
class Examined:
    """A part, what its figures prove, and what was measured.

    ``is_part`` tells whether its behaviour fits its role at all; ``refused`` is the call that
    could not be made where nothing could be measured.
    """

    taken: Taken
    proofs: tuple[Proof, ...]
    measured: object = None
    is_part: bool = True
    refused: Observed | None = None

    @property
    def errors(self) -> tuple[Proof, ...]:
        """Return the proofs that are no mere advice."""
        return tuple(p for p in self.proofs if p.severity is None or p.severity.value == "error")


def examine(student: Student, taken: Taken, seed: int) -> Examined | None:
    """Measure one part; None if there is no way to ask it anything."""
    found = _examined(student, taken, seed)
    if (
        found is None
        or taken.role is Role.NETWORK
        or any(p.pitfall == "crash" for p in found.proofs)
    ):
        return found
    return replace(found, proofs=(*typos(found.measured), *found.proofs))


def _examined(student: Student, taken: Taken, seed: int) -> Examined | None:
    rng = np.random.default_rng(seed)
    role, definition = taken.role, taken.definition
    if role is Role.SOFTMAX:
        found = softmax.ask_softmax(student, definition, rng)
        if found.of_one.drift:
            return Examined(taken, (), found, False)
        return Examined(taken, tuple(softmax.faults(found)), found, softmax.is_softmax(found))
    if role is Role.LOSS:
        given = loss.ask_loss(student, definition, rng)
        drift = given.batches[0].one_hot.drift
        if drift:
            return Examined(taken, (_random_loss(drift),), given, False)
        return Examined(taken, tuple(loss.faults(given)), given, loss.is_loss(given))
    if role is Role.SQUARED_LOSS:
        errors = squared.ask_squared(student, definition, rng)
        return Examined(taken, tuple(squared.faults(errors)), errors, errors.is_right)
    if role in _ACTIVATIONS:
        of = activation.ask_activation(student, definition, role, rng)
        if of.of.drift:
            return Examined(taken, (), of, False)
        return Examined(taken, tuple(activation.faults(of)), of, of.is_right)
    if role is Role.DIFFERENTIATOR:
        slopes = differentiator.ask_differentiator(student, definition, rng)
        proofs = tuple(differentiator.faults(slopes))
        return Examined(taken, proofs, slopes, differentiator.is_differentiator(slopes))
    if role is Role.LAYER:
        if taken.forward is None:
            one = layer.ask_layer(student, definition, rng)
        else:
            one = ask_function_layer(student, definition, taken.forward, rng)
        return None if one is None else Examined(taken, tuple(layer.faults(one)), one)
    if role is Role.LOSS_LAYER:
        last = loss_layer.ask_loss_layer(student, definition, rng)
        if last is None:
            return None
        gives = last.batches[0].loss.number() is not None
        return Examined(taken, tuple(loss_layer.faults(last)), last, gives)
    if role is Role.DESCENT:
        way = descent.ask_descent(student, definition, rng)
        if way.end is None:
            return None
        return Examined(taken, tuple(descent.faults(way)), way, way.is_right)
    if role is Role.OPTIMISER:
        mover = optimiser.ask_optimiser(student, definition, rng)
        if mover is None:
            return None
        return Examined(taken, tuple(optimiser.faults(mover)), mover, mover.is_right)
    if role is Role.NETWORK:
        return _network(student, taken, rng)
    if role is Role.FUNCTIONAL_NETWORK:
        return _functional(student, taken, rng)
    return None


def _random_loss(drift: float) -> Proof:
    what = f"different losses of one batch, asked twice: they are {drift:.3g} apart"
    return proof("random-loss", what, 2, 2)


def _network(student: Student, taken: Taken, rng: np.random.Generator) -> Examined:
    """Measure a net, first without weight decay, then with it if it has an option for that."""
    definition = taken.definition
    net = network.ask_network(student, definition, rng)
    if isinstance(net, Observed) and is_implied(definition):
        fitted = ask_implied(student, definition, rng)
        if not isinstance(fitted, Observed):
            return Examined(taken, tuple(map(_uphill, net_faults.faults(fitted))), fitted)
    if isinstance(net, Observed):
        return Examined(taken, tuple(_stopped(net)), None, False, net)
    net = _second_look(student, net, rng)
    proofs = _proofs(net)
    if not proofs and decay_options(definition):
        decayed = network.ask_network(student, definition, rng, decay=True)
        if not isinstance(decayed, Observed):
            decayed = _second_look(student, decayed, rng)
            found = tuple(net_faults.faults(decayed))
            net, proofs = (decayed, found) if found else (net, proofs)
    return Examined(taken, proofs, net)


def _functional(student: Student, taken: Taken, rng: np.random.Generator) -> Examined:
    """Measure a function that gives a loss and its gradients, once more where they disagree."""
    net = functional.ask_functional(student, taken.definition, rng)
    for _ in range(_LOOKS):
        if isinstance(net, Observed) or net.agrees:
            break
        net = functional.ask_functional(student, taken.definition, rng)
    if isinstance(net, Observed):
        return Examined(taken, tuple(_stopped(net)), None, False, net)
    return Examined(taken, tuple(net_faults.faults(net)), net)


def _uphill(one: Proof) -> Proof:
    """Return what is said of a net whose gradients are only known by how it moves its weights."""
    return replace(one, pitfall="gradient-ascent") if one.pitfall == "gradient-sign" else one


def _stopped(told: Observed) -> Iterator[Proof]:
    """Yield what a net was stopped by before it gave a loss."""
    if told.raised and told.line:
        text = f"{told.raised}: {told.text}"
        evidence = proof("", "what the net gives", told.raised, text).evidence
        yield Proof("crash", evidence, Severity.ERROR, "", told.module, told.line)


def _second_look(
    student: Student, net: network.Network, rng: np.random.Generator
) -> network.Network:
    """Ask a net whose gradients disagree once more, with other weights.

    A pre-activation within h of a kink makes a right net disagree; it does not do so twice.
    """
    for _ in range(_LOOKS):
        if net.agrees or not net.has_gradient:
            return net
        again = network.ask_network(student, net.definition, rng, net.decay)
        if not isinstance(again, Observed):
            net = again
    return net


def _proofs(net: network.Network) -> tuple[Proof, ...]:
    rules = (
        net_faults.faults,
        net_faults.loss_fault,
        net_faults.squashed,
        net_faults.zero_start,
    )
    return tuple(proof for rule in rules for proof in rule(net))


def _stands(found: object) -> TypeGuard[network.Network]:
    """Tell whether a net was looked at once, and stands in the jail as it was measured."""
    if not isinstance(found, network.Network) or not found.loss:
        return False
    return found.agrees and not decay_options(found.definition)


def examine_all(student: Student, parts: Sequence[Taken], seed: int) -> list[Examined]:
    """Measure every part that can be asked."""
    found = []
    for i, one in enumerate(parts):
        student.examining = one.definition.name
        now = examine(student, one, seed + i)
        if now is not None and _stands(now.measured):
            keep_known(student, now.measured)
        found.append(now)
    return [one for one in found if one is not None]
