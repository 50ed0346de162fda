"""The pane of a finding: what is wrong, where, and the proof."""

from __future__ import annotations

from tutor.ui.drawing.finding import Finding, finding
from tutor.ui.widgets.pane import Pane


class FindingPane(Pane):
    """One finding of a diagnosis."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__("finding", id)

    def show(self, told: Finding) -> None:
        """Show a finding, from the top."""
        title = f"finding {told.number} of {told.count}" if told.count > 1 else "finding"
        self.entitle(title)
        self.draw(lambda cells, rows: finding(told, cells, rows))
        self.to_the_top()
