"""Small changes of one line of a definition, tried until the part is right.

Each is a change that undoes what learners do: a missing axis, a missing division, a sign, a
transpose, a pair of parentheses. The line whose change puts the part right is the accused line.
"""

from __future__ import annotations

from tutor.diagnosis.edits.driver import edits, general, targeted
from tutor.diagnosis.edits.edit import Edit
from tutor.diagnosis.edits.naming import named
from tutor.diagnosis.edits.spelling import spelt

__all__ = ["Edit", "edits", "general", "named", "spelt", "targeted"]
