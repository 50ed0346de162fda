"""The wrong nets: each pitfall an executable variant of one part of the right ones."""

from tutor.pitfalls.catalogue import CATALOGUE, UnknownPitfall, find
from tutor.pitfalls.pitfall import Part, Pitfall, Severity
from tutor.pitfalls.student import REPORTED, RIGHT, Parts, build_net

__all__ = [
    "CATALOGUE",
    "REPORTED",
    "RIGHT",
    "Part",
    "Parts",
    "Pitfall",
    "Severity",
    "UnknownPitfall",
    "build_net",
    "find",
]
