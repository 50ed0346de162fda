"""A call that can be traced: one that the file makes, or one that is built for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Work(Enum):
    """What a call does. In the order of interest."""

    SLOPES_OF_PARAMETER = "numerical gradient of a net's parameter"
    NET_SLOPES = "numerical gradient of a net"
    SLOPES = "numerical gradient"
    GRADIENT = "gradient"
    BACKWARD = "backward"
    TRAINING = "training step"


@dataclass(frozen=True, slots=True)
class Call:
    """A call that can be traced.

    Attributes
    ----------
    text : str
        The call, as Python writes it: ``numerical_gradient(f, net.W)``.
    function : str
        The function called, by the name that its definition has.
    work : Work
    line, cell : int and int or None
        Where it stands, as the learner counts: the line within the cell. 0 if it is built.
    within : str
        The function that it stands in, empty at top level.
    is_reached : bool
        Whether a run of the file seems to come there.
    setups : tuple of tuple of str
        For a call that is built: the lines that make its net and its data, in several ways,
        the likeliest first.
    """

    text: str
    function: str
    work: Work
    line: int = 0
    cell: int | None = None
    within: str = ""
    is_reached: bool = True
    setups: tuple[tuple[str, ...], ...] = ()

    @property
    def is_built(self) -> bool:
        """Tell whether the file makes no such call itself."""
        return bool(self.setups)

    @property
    def where(self) -> str:
        """Return where it stands: ``line 12``, ``cell 3, line 2, in train``, or ``built``."""
        if self.is_built:
            return "built"
        cell = "" if self.cell is None else f"cell {self.cell}, "
        return f"{cell}line {self.line}" + (f", in {self.within}" if self.within else "")
