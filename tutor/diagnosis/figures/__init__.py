"""What was printed, read as evidence: nothing is run."""

from tutor.diagnosis.figures.reading import read_figures
from tutor.diagnosis.figures.remark import Remark

__all__ = ["Remark", "read_figures"]
