"""The figures of one run of a net of a single matrix: W, x, p, argmax, loss, dW."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.figures.item import Item
from tutor.diagnosis.figures.listing import Listing
from tutor.diagnosis.figures.printout import Printout

BOOK_X: Final = np.array([0.6, 0.9])
"""The x of the listing, taken where none is printed and W has two rows (Saitoh 2016, 4.4.2)."""

_ITEMS: Final = ("W", "p", "argmax", "loss", "dW")
_SHAPE: Final = (2, 3)  # what is taken for W and dW without a label
_ROLES: Final = (
    ("dW", re.compile(r"\bdW\b|grad|勾配|기울기|numerical", re.I)),
    ("loss", re.compile(r"loss|損失|perte|손실|cross_entropy", re.I)),
    ("argmax", re.compile(r"argmax", re.I)),
    ("p", re.compile(r"^p$|\bp\b|predict|logits?|scores?|予測|预测|예측")),
    ("W", re.compile(r"(?:^|[\w]\.|\b)W$|weights?$|重み|poids|가중치")),
    ("x", re.compile(r"\bx$")),
    ("t", re.compile(r"\bt$")),
)


@dataclass(frozen=True)
class Scene:
    """What one run printed; what was not printed is None.

    Attributes
    ----------
    W, dW : Item of shape (D, K)
    x, t : arrays of shape (D,) and (K,)
    p : Item of shape (K,)
        The scores.
    argmax, loss : Item, numbers
    x_known : bool
        Whether x was printed or stands in the code, and is not the book's.
    """

    cell: int | None
    W: Item | None = None
    x: NDArray[np.float64] = field(default_factory=lambda: BOOK_X)
    t: NDArray[np.float64] | None = None
    p: Item | None = None
    argmax: Item | None = None
    loss: Item | None = None
    dW: Item | None = None
    x_known: bool = False

    @property
    def scores(self) -> NDArray[np.float64] | None:
        """Return x @ W, shape (K,); None without W, or if x does not fit."""
        if self.W is None or not self.fits_x(self.W):
            return None
        product: NDArray[np.float64] = self.x @ self.W.values
        return product

    def fits_x(self, matrix: Item) -> bool:
        """Tell whether a matrix has a row for each x; the book's x goes with its 2x3 alone."""
        return matrix.shape[0] == len(self.x) and (self.x_known or matrix.shape == _SHAPE)

    @property
    def slack(self) -> float:
        """Return how far x @ W may be off, the digits of W being as few as they are."""
        return float(np.abs(self.x).sum() * self.W.half) if self.W else 0.0


def scenes_of(outputs: Sequence[Printout], listing: Listing) -> Iterator[Scene]:
    """Part the figures into runs: a W, or a figure that is there already, begins another."""
    if not listing.multiplies:
        return
    scene = _first(None, listing)
    for printout in outputs:
        for item in printout.items:
            role = _role(item, scene, listing)
            if not role:
                continue
            if role == "x":
                scene = replace(scene, x=item.values, x_known=True)
            elif role == "t":
                scene = replace(scene, t=item.values)
            else:
                if getattr(scene, role) is not None:
                    yield scene
                    scene = _first(printout.cell, listing)
                scene = _with(scene, role, item, printout.cell)
    yield scene


def _with(scene: Scene, role: str, item: Item, cell: int | None) -> Scene:
    figures = {name: getattr(scene, name) for name in _ITEMS} | {role: item}
    return Scene(cell, x=scene.x, t=scene.t, x_known=scene.x_known, **figures)


def _first(cell: int | None, listing: Listing) -> Scene:
    """Return a run of which only what the code says is known; of two x, none is."""
    x, t = listing.constants.get("x", ()), listing.constants.get("t", ())
    known = x[0] if len(x) == 1 else np.zeros(0) if listing.has_code else BOOK_X
    return Scene(cell, x=known, t=t[0] if len(t) == 1 else None, x_known=len(x) == 1)


def _role(item: Item, scene: Scene, listing: Listing) -> str:
    """Return what an item is: by its label or code, else by its shape and place."""
    name = item.code or item.label
    if name:
        role = next((role for role, pattern in _ROLES if pattern.search(name)), "")
        return role if _fits(item, role, scene) else ""
    return _role_by_shape(item, scene) if not listing.has_code else ""


def _fits(item: Item, role: str, scene: Scene) -> bool:
    """Tell whether an item has the shape that its role asks for."""
    dimensions = {"W": 2, "dW": 2, "p": 1, "x": 1, "t": 1, "loss": 0, "argmax": 0}
    if role not in dimensions or len(item.shape) != dimensions[role]:
        return False
    if item.is_whole != (role == "argmax") and role not in ("t", "x"):
        return False
    return not (role == "dW" and scene.W is not None and scene.W.shape != item.shape)


def _role_by_shape(item: Item, scene: Scene) -> str:
    if item.shape == _SHAPE and not item.is_whole:
        return "dW" if _has_rows_of_sum_0(item) else "W"
    if item.shape == (_SHAPE[1],):
        if item.is_whole:
            return "t" if sorted(item.values) == [0, 0, 1] else ""
        return "p" if scene.W is not None or scene.p is None else ""
    if item.shape == () and (scene.p is not None or scene.W is not None):
        if item.is_whole:
            return "argmax" if 0 <= item.number.value < _SHAPE[1] else ""
        return "loss" if item.number.digits > 4 else ""
    return ""


def _has_rows_of_sum_0(item: Item) -> bool:
    """Tell whether some row sums to 0, as those of a softmax's gradient do."""
    sums = np.abs(item.values.sum(axis=1))
    return bool(np.any(sums <= 6 * item.half + 1e-7 * np.abs(item.values).max()))
