"""Names that NumPy does not have, a letter or two from one that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from difflib import get_close_matches

import numpy as np

from tutor.diagnosis.asked import Observed
from tutor.diagnosis.findings import Evidence
from tutor.diagnosis.proof import Proof
from tutor.pitfalls import Severity

_MISSING = re.compile(r"(module 'numpy'|'numpy\.ndarray' object) has no attribute '(\w+)'")
# y.size(), y.shape(0), y.reshape(1, y.shape): numbers and shapes taken for what they are not
_MISUSED = re.compile(
    r"'(int|tuple)' object is not callable|'tuple' object cannot be interpreted as an integer"
)
_CLOSE = 0.75
_OTHERS = {*dir(dict), *dir(list), *dir(str)}  # what was not written for an array at all
_GONE = {  # names that older versions of NumPy have
    "alltrue", "bool", "complex", "cumproduct", "float", "in1d", "int", "long", "msort",
    "object", "product", "round_", "row_stack", "sometrue", "str", "trapz",
}  # fmt: skip


def typos(measured: object) -> Iterator[Proof]:
    """Yield a misspelt name that a part was stopped by, or a misused one, whatever it was asked."""
    for found in _observed(measured):
        if found.raised == "TypeError" and found.line and _MISUSED.search(found.text):
            evidence = Evidence("what that gives", found.raised, f"{found.raised}: {found.text}")
            yield Proof("crash", (evidence,), Severity.ERROR, "", found.module, found.line)
            return
        told = _MISSING.search(found.text)
        if found.raised != "AttributeError" or told is None or not found.line:
            continue
        name = told[2]
        known = dir(np) if "module" in told[1] else dir(np.ndarray)
        near = get_close_matches(name, known, n=1, cutoff=_CLOSE)
        if near and name not in _OTHERS | _GONE:
            evidence = Evidence(f"what .{name} gives", near[0], f"{found.raised}: {found.text}")
            yield Proof("crash", (evidence,), Severity.ERROR, "", found.module, found.line)
            return


def _observed(value: object) -> Iterator[Observed]:
    if isinstance(value, Observed):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _observed(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _observed(getattr(value, field.name))
