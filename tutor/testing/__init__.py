"""Assertions about gradients, for a test suite.

It costs nothing until an assertion is made: NumPy is imported then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["assert_gradients_agree"]


def assert_gradients_agree(
    net: object = None,
    x: Any = None,
    t: Any = None,
    *,
    loss: Callable[[], float] | None = None,
    params: Mapping[str, Any] | None = None,
    grads: Mapping[str, Any] | None = None,
    epsilon: float = 1e-7,
    seed: int = 0,
    judge: bool = True,
) -> None:
    """Fail unless a net's gradients by backprop are the slopes of its loss.

    Parameters
    ----------
    net : object
        A net with ``params`` (a dict of arrays, or arrays as attributes), a method such as
        ``loss(x, t)`` and one such as ``gradient(x, t)``.
    x, t : array
        The batch: inputs and targets, as those methods take them.
    loss : callable without arguments, optional
        In place of the net's own: computes the loss from the arrays of `params`, one number.
    params, grads : mapping of str to array, optional
        In place of the net's own.
    epsilon, seed
        See `tutor.check_gradients`.
    judge : bool
        Whether the file that the net is defined in is judged too, in a jail, when the
        gradients do not agree, to name the line. That takes a second or more.

    Raises
    ------
    AssertionError
        Whose message is the diagnosis: which array, which entry, by how much and in what way,
        and the pitfall with its line where it is found.
    TypeError, ValueError
        If the parts of the net cannot be told: give them.

    Examples
    --------
    >>> assert_gradients_agree(net, x, t)  # doctest: +SKIP
    """
    __tracebackhide__ = True
    from tutor.testing.agreement import disagreement
    from tutor.testing.parts import Given, parts_of

    parts = parts_of(net, Given(x, t, loss, params, grads))
    told = disagreement(parts, epsilon, seed, judge)
    if told:
        raise AssertionError(told)
