"""Finding a step of a run: by a condition, by who wrote an element, by where two runs part."""

from tutor.trace.find.condition import Condition, ConditionError
from tutor.trace.find.nan import first_nan
from tutor.trace.find.parting import first_parting
from tutor.trace.find.trail import BLANK, Searchable, Trail
from tutor.trace.find.where import first_where
from tutor.trace.find.write import last_write, next_write, previous_write

__all__ = [
    "BLANK",
    "Condition",
    "ConditionError",
    "Searchable",
    "Trail",
    "first_nan",
    "first_parting",
    "first_where",
    "last_write",
    "next_write",
    "previous_write",
]
