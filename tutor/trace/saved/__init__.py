"""Runs, saved: as a document that another program, or another day, can open."""

from tutor.trace.saved.document import Run, Saved, dump, load
from tutor.trace.saved.node import DamagedRun
from tutor.trace.saved.run import SavedRun

__all__ = ["DamagedRun", "Run", "Saved", "SavedRun", "dump", "load"]
