"""What was printed, read as evidence: nothing is run."""

from tutor.diagnosis.figures.alone import from_figures
from tutor.diagnosis.figures.reading import read_figures
from tutor.diagnosis.figures.remark import Remark

__all__ = ["Remark", "from_figures", "read_figures"]
