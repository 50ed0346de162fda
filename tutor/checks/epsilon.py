"""Whether the epsilon in log(y + epsilon) can be what parts backprop from the slopes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, isnan, log

import numpy as np

from tutor.checks.looks import Look, Looker

_EVEN = 0.05  # of the epsilon's share: so much it may differ between looks and still be one
_TWICE = 2.0
_WHOLE = 1e-3
_USUAL_LOSS = 10.0  # a sample here and there may have it, in a net that is right about the others
_UNSEEN = 1e-4  # a share that may escape notice in the last layer and be seen in another
_TIMES_THE_MEAN = 5.0
_COMPARABLE = 300.0  # so much more the epsilon may take of one gradient than of another
_SATURATED = 1.0  # so much the loss falls when an array of parameters is set to 0


@dataclass
class Suspicion:
    """What the epsilon may do to these gradients.

    The gradient of a sample's log(y + epsilon) is y / (y + epsilon) times that of log(y), which
    is what backprop takes. The share that is missing, epsilon / (y + epsilon), is epsilon *
    exp(loss of that sample): a millionth for an untrained net, all of it for a sample about
    which the net is sure and wrong. Only the mean of the samples' losses is known here.

    Attributes
    ----------
    epsilon : float
    smallest_y : float or None
        The smallest y of a right class, if it is known.
    """

    epsilon: float
    smallest_y: float | None
    looks: list[Look] = field(default_factory=list)

    def remember(self, looks: Iterable[Look], looker: Looker) -> None:
        """Keep first looks: what the epsilon does to one parameter, it does to others as well.

        Where one agrees more closely than the epsilon would have it, the loss has none.
        """
        self.looks = list(looks)
        if any(look.within_rounding and _would_show(look) for look in self.looks):
            looker.share = 0.0

    def explains(self, looker: Looker, doubted: Mapping[str, Sequence[Look]]) -> dict[str, float]:
        """Return the share that the epsilon may take, for each tensor that it can explain."""
        looks = [look for some in doubted.values() for look in some]
        if not self.epsilon or not looks or not 0 < looker.loss <= -log(self.epsilon):
            return {}
        even = _even_share([*self.looks, *looks])
        if even is not None and not self._may_be_even(even, looker):
            return {}
        shares = {name: max(map(_share, some)) for name, some in doubted.items()}
        most = self._most(looker, max(shares.values()))
        # The last layer's gradients are sums over all samples: what is done to one shows there.
        if all(look.within_rounding for look in self.looks[-2:]):
            most = min(most, _UNSEEN)
        allowed = {name: min(most, self._beside(name, most)) for name in doubted}
        return {name: allowed[name] for name in doubted if shares[name] <= allowed[name]}

    def _beside(self, name: str, most: float) -> float:
        """Return the largest share that fits what is seen of the other gradients."""
        others = [look for look in self.looks if look.probe.name != name and look.size]
        seen = [max(_share(look), look.tolerance / look.size) for look in others]
        return _COMPARABLE * max(seen) if seen else most

    def _most(self, looker: Looker, wanted: float) -> float:
        """Return the largest share that the epsilon may take, where more than usual is wanted."""
        if self.smallest_y is not None:
            return 2 * self.epsilon / (self.smallest_y + self.epsilon)
        usual = self.epsilon * exp(_USUAL_LOSS)
        most = self.epsilon * exp(min(_TIMES_THE_MEAN * looker.loss, -log(self.epsilon)))
        if wanted <= usual or most <= usual or not self._is_saturated(looker):
            return usual
        return 2 * most

    def _may_be_even(self, share: float, looker: Looker) -> bool:
        """Whether the epsilon can take the same share of all slopes.

        It does if all samples have the same loss, or if just one has a gradient. A gradient
        that is a whole number of times too large has another reason.
        """
        if _same_size(share, looker.share) or self.smallest_y is not None:
            return True
        times = 1 / (1 - share) if share < 1 else 0.0
        return share > 0 and abs(times - round(times)) > _WHOLE and self._is_saturated(looker)

    def _is_saturated(self, looker: Looker) -> bool:
        """Whether the loss is high because the net is sure of what is wrong.

        Without its parameters it is sure of nothing: the loss falls. A loss that is high for
        another reason stays.
        """
        return looker.loss - min(looker.loss_without(looker.params)) >= _SATURATED


def _share(look: Look) -> float:
    return abs(look.bp - look.num) / look.size if look.size else 0.0


def _would_show(look: Look) -> bool:
    return look.share * abs(look.bp) > 2 * look.tolerance


def _even_share(looks: Iterable[Look]) -> float | None:
    """Return the share that is missing from all slopes alike, None if it is not one."""
    shares = np.array([1 - look.num / look.bp for look in looks if look.bp])
    if shares.size == 0 or isnan(shares.sum()):
        return None
    mean = float(shares.mean())
    return mean if float(np.max(np.abs(shares - mean))) <= _EVEN * abs(mean) else None


def _same_size(a: float, b: float) -> bool:
    return b > 0 and 1 / _TWICE <= a / b <= _TWICE
