"""Recorded runs, to hand on: as one HTML page, as JSON, as a table, as arrays."""

from tutor.reports.runs.export import ExportError, write
from tutor.reports.runs.page import page

__all__ = ["ExportError", "page", "write"]
