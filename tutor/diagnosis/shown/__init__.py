"""The student's own run beside the repaired one, to be stepped through."""

from tutor.diagnosis.shown.runs import Shown, shown

__all__ = ["Shown", "shown"]
