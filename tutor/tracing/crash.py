"""Where a process died, as far as Python could still write it down."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tutor.diagnosis.place import Place
from tutor.tracing.inside.failing import is_own
from tutor.tracing.inside.plan import Plan
from tutor.tracing.sentences import place_of

_LINE: Final = re.compile(r'^  File "(.*)", line (\d+) in ', re.M)
_ESCAPED: Final = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


def crash_place(plan: Plan) -> Place | None:
    """Return the innermost of the learner's lines in the traceback of a crash."""
    try:
        text = Path(plan.crash).read_text("utf-8", "replace")
    except OSError:
        return None
    for label, line in _LINE.findall(text):
        plain = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2] or found[3], 16)), label)
        if is_own(plain, plan):
            return place_of(plain, int(line), plan.file)
    return None
