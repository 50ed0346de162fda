"""The student's own run beside the repaired one, to be stepped through."""

from tutor.diagnosis.shown.places import file_of
from tutor.diagnosis.shown.runs import Shown, each_shown, shown, unrun
from tutor.diagnosis.shown.stage import HANDED_IN, PUT_RIGHT

__all__ = ["HANDED_IN", "PUT_RIGHT", "Shown", "each_shown", "file_of", "shown", "unrun"]
