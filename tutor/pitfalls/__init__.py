"""The wrong nets: each pitfall an executable variant of one part of the right ones."""

from tutor.pitfalls.catalogue import (
    CATALOGUE,
    UnknownPitfall,
    chosen,
    code_of,
    find,
    hypotheses,
    program,
)
from tutor.pitfalls.compiled import Code
from tutor.pitfalls.edit import Edit, EditError
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature
from tutor.pitfalls.student import REPORTED, RIGHT, Parts, build_net

__all__ = [
    "CATALOGUE",
    "REPORTED",
    "RIGHT",
    "Code",
    "Edit",
    "EditError",
    "Part",
    "Parts",
    "Pitfall",
    "Setting",
    "Severity",
    "Signature",
    "UnknownPitfall",
    "Variant",
    "build_net",
    "chosen",
    "code_of",
    "find",
    "hypotheses",
    "program",
]
