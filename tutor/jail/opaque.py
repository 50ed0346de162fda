"""The stand-in for a value that is not sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that cannot be sent: the name of its type, and why.

    Attributes
    ----------
    type_name : str
        ``"function"``, ``"Affine"``, ``"ndarray"``.
    why : str
        ``"a value of type Affine"``, ``"an array of dtype object"``.
    """

    type_name: str
    why: str = ""
