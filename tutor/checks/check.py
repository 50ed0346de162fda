"""Is this gradient right, and where not: `check_gradients`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, isfinite

import numpy as np

from tutor.checks.compare import max_relative_error
from tutor.checks.entries import (
    Found,
    Verdict,
    clearest,
    contradicts,
    hunt,
    is_dense,
    look_again,
    look_closer,
    measure_all,
    measure_some,
    split,
)
from tutor.checks.epsilon import Suspicion
from tutor.checks.looks import Look, Looker
from tutor.checks.losses import Array, InPlace, Losses
from tutor.checks.matching import check_matching
from tutor.checks.pattern import Pattern, pattern
from tutor.checks.result import Entry, GradientCheck, Outcome, TensorCheck

_ZERO = 1e-12
_LARGE = 2e-3  # of the gradient's size: more than an epsilon takes from most nets
_BLIND = 0.1  # of the gradient's size: a look that would miss so much says nothing
_STEADY = 0.3


def check_gradients(
    loss: Callable[[], float] | Losses,
    params: Mapping[str, Array],
    grads: Mapping[str, Array],
    *,
    epsilon: float = 1e-7,
    smallest_y: float | None = None,
    seed: int = 0,
) -> GradientCheck:
    """Hold gradients beside the loss, and find where they are wrong.

    All entries of a parameter array are moved at once, with random signs; only where that
    shows a difference are entries looked at, and only what a single entry proves is called
    wrong. A net of four arrays passes in 10 forward passes.

    Parameters
    ----------
    loss : callable without arguments, or Losses
        Either reads the arrays of `params` in place and returns one number, the same each time;
        or answers for a net elsewhere.
    params, grads : mapping of str to array of floats
        The parameters, and their gradients by backprop, at this point. `params` comes out as
        it went in, bit for bit.
    epsilon : float
        The number that the loss may add to y inside its logarithm and that backprop leaves
        out. A difference that it explains is `Outcome.EPSILON`, not wrong. 0 for no such thing.
    smallest_y : float, optional
        The smallest predicted probability of a right class, where it is known. Without it,
        how much the epsilon may do is judged from the loss, and a net that is very sure and
        wrong for few samples of many may be taken for a wrong gradient.
    seed : int
        Of the random directions.

    Raises
    ------
    TypeError, ValueError
        If parameters and gradients do not fit together, or the loss is not one number.

    References
    ----------
    Central differences and ``log(y + 1e-7)``: Saitoh 2016, sections 4.2 and 4.3.
    """
    check_matching(params, grads)
    losses = InPlace(loss, params) if callable(loss) else loss
    looker = Looker(losses, params, grads, np.random.default_rng(seed), epsilon)
    tensors = _Check(looker, Suspicion(epsilon, smallest_y)).run()
    return GradientCheck(tensors, looker.passes, looker.loss)


@dataclass
class _Check:
    """The way from first looks to outcomes."""

    looker: Looker
    suspicion: Suspicion
    done: dict[str, TensorCheck] = field(default_factory=dict)

    def run(self) -> tuple[TensorCheck, ...]:
        names = list(self.looker.params)
        if not isfinite(self.looker.loss):
            return tuple(TensorCheck(name, Outcome.NOT_FINITE) for name in names)
        if self.looker.again != self.looker.loss:
            return tuple(TensorCheck(name, Outcome.RANDOM) for name in names)
        for name in names:
            self._refuse_not_finite(name)
        finite = [name for name in names if name not in self.done]
        doubted = self._look(finite)
        if self._is_rough(doubted):
            for name in finite:
                self.done.pop(name, None)
            doubted = self._look(finite)
        self._search(doubted)
        return tuple(self.done[name] for name in names)

    def _refuse_not_finite(self, name: str) -> None:
        grad = self.looker.grads[name]
        if not np.isfinite(grad).all():
            place = np.argwhere(~np.isfinite(grad))[0]
            index = tuple(int(i) for i in place)
            entry = Entry(index, float(grad[index]), float("nan"))
            self.done[name] = TensorCheck(name, Outcome.NOT_FINITE, entries=(entry,))

    def _look(self, names: Iterable[str]) -> dict[str, list[Look]]:
        """Settle what a first or a second look settles; return the looks at the others."""
        looker = self.looker
        first = looker.look(looker.probe(name, looker.direction(name)) for name in names)
        self.suspicion.remember(first, looker)
        first = [replace(look, share=looker.share) for look in first]
        doubted = [look for look in first if not self._settle(look)]
        found = {}
        for look, again in zip(doubted, look_again(looker, doubted), strict=True):
            better = next((one for one in again if contradicts(one, look)), None)
            if better is None or not self._settle(better):
                found[look.probe.name] = [look, *again]
        return found

    def _settle(self, look: Look) -> bool:
        outcome = _outcome(look, self.looker)
        if outcome is not None:
            self.done[look.probe.name] = _seen(outcome, look)
        return outcome is not None

    def _is_rough(self, doubted: dict[str, list[Look]]) -> bool:
        """Whether the loss turns out to be rougher than was thought."""
        rough = [
            name
            for name, looks in doubted.items()
            if not any(_steady(looks)) or any(look.flat for look in looks)
        ]
        return bool(rough) and self.looker.measure_noise(rough[0])

    def _search(self, doubted: dict[str, list[Look]]) -> None:
        explained = self.suspicion.explains(self.looker, doubted)
        for name, looks in doubted.items():
            look = self._clearest(looks)
            if look is None:
                continue
            self.looker.allowed = explained.get(name, 0.0)
            found = self._find(look, name in explained)
            self.done[name] = self._judged(look, found, name in explained)

    def _clearest(self, looks: list[Look]) -> Look | None:
        """Return the look to start a search from, None if a closer look shows no difference."""
        if all(_steady(looks)):
            return clearest(looks)
        closer = look_closer(self.looker, looks)
        best = clearest(closer)
        better = next((one for one in closer if contradicts(one, best)), None)
        return None if better is not None and self._settle(better) else best

    def _find(self, look: Look, explained: bool) -> Found:
        looker, name = self.looker, look.probe.name
        everything = measure_all(looker, name)
        if everything is not None:
            return everything
        groups = split(looker, look)
        if is_dense(groups):
            found = Found((), False) if explained else measure_some(looker, name)
            if explained or any(one.verdict is not Verdict.FINE for one in found.measured):
                return found
        return hunt(looker, look, groups)

    def _judged(self, look: Look, found: Found, explained: bool) -> TensorCheck:
        if found.of(Verdict.WRONG):
            return self._wrong(look, found)
        if explained:
            large = abs(look.bp - look.num) > _LARGE * look.size
            unsure = large and self.suspicion.smallest_y is None
            return _seen(Outcome.UNSURE if unsure else Outcome.EPSILON, look)
        kinks = tuple(one.entry for one in found.of(Verdict.KINK))
        return _seen(Outcome.KINK, look, kinks)

    def _wrong(self, look: Look, found: Found) -> TensorCheck:
        wrong = found.of(Verdict.WRONG)
        worst = sorted(wrong, key=lambda one: -abs(one.entry.bp - one.entry.num))
        others = [one for one in found.measured if one.verdict is not Verdict.WRONG]
        entries = tuple(one.entry for one in (*worst, *others))
        return TensorCheck(
            look.probe.name,
            Outcome.WRONG,
            max_relative_error([one.bp for one in entries], [one.num for one in entries]),
            look.bp,
            look.num,
            look.tolerance / look.size,
            entries,
            len(wrong),
            found.complete,
            self.looker.params[look.probe.name].size,
            self._pattern(look.probe.name, found),
        )

    def _pattern(self, name: str, found: Found) -> Pattern:
        places = [one.place for one in found.measured]
        grads, param = self.looker.grads, self.looker.params[name]
        shape = param.shape
        others = {
            other: grad.ravel()[places]
            for other, grad in grads.items()
            if other != name and grad.shape == shape
        }
        if len(shape) == 2 and shape[0] == shape[1]:
            others["transposed"] = grads[name].T.ravel()[places]
        num = [one.entry.num for one in found.measured]
        if len(places) < 3:
            # Too few to tell a pattern of all from an accident.
            return pattern(grads[name].ravel()[places], num)
        return pattern(grads[name].ravel()[places], num, param.ravel()[places], others)


def _outcome(look: Look, looker: Looker) -> Outcome | None:
    """Return what a look settles, None if it has to be looked into."""
    if not look.finite:
        return Outcome.NOT_FINITE
    largest = float(np.max(np.abs(looker.grads[look.probe.name])))
    if largest < _ZERO and look.within_rounding:
        return Outcome.VACUOUS
    if look.seen:
        return None
    if look.tolerance > _BLIND * look.size:
        return Outcome.NOISE
    return Outcome.AGREES if look.within_rounding else Outcome.EPSILON


def _steady(looks: Sequence[Look]) -> tuple[bool, bool]:
    """Whether the difference stays as it is with a smaller step, for each of two directions."""

    def same(a: Look, b: Look) -> bool:
        change = abs(a.unexplained - b.unexplained)
        return change <= max(b.tolerance, _STEADY * abs(a.unexplained))

    look, finer, other, other_finer = looks
    return same(look, finer), same(other, other_finer)


def _seen(outcome: Outcome, look: Look, entries: tuple[Entry, ...] = ()) -> TensorCheck:
    size = look.size or inf
    difference, resolution = abs(look.bp - look.num) / size, look.tolerance / size
    return TensorCheck(look.probe.name, outcome, difference, look.bp, look.num, resolution, entries)
