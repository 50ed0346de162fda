"""What runs inside the jail, beside a student's code: it loads it, calls it, and sends back arrays.

Nothing here compares or judges anything, and nothing here is believed: the judge sends arrays
and an expression that names what is to be called, and gets arrays back.
"""

from tutor.diagnosis.inside.asking import (
    copies,
    differentiate,
    keep,
    losses,
    make,
    observe,
    parameters,
    put,
    remake,
    several,
    swings,
    where,
    widen,
)
from tutor.diagnosis.inside.driving import drive_step
from tutor.diagnosis.inside.loading import events
from tutor.diagnosis.inside.looking import load
from tutor.diagnosis.inside.recording import recorded
from tutor.diagnosis.inside.rehearsing import rehearse
from tutor.diagnosis.inside.repairing import redefine, redefine_method, restore
from tutor.diagnosis.inside.shrinking import shrink
from tutor.diagnosis.inside.stepping import run_step, steps_reached
from tutor.diagnosis.inside.using import drive, named, reads, rerun, shares

__all__ = [
    "copies",
    "differentiate",
    "drive",
    "drive_step",
    "events",
    "keep",
    "load",
    "losses",
    "make",
    "named",
    "observe",
    "parameters",
    "put",
    "reads",
    "recorded",
    "redefine",
    "redefine_method",
    "rehearse",
    "remake",
    "rerun",
    "restore",
    "run_step",
    "several",
    "shares",
    "shrink",
    "steps_reached",
    "swings",
    "where",
    "widen",
]
