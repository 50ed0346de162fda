"""The beginning of the learner's process: everything is put in its place, then the file runs."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Sequence

import numpy as np

from tutor.trace import RecordingError
from tutor.tracing.inside import limits
from tutor.tracing.inside.closer import Closer, install_signals
from tutor.tracing.inside.ending import Ending
from tutor.tracing.inside.failing import report_of
from tutor.tracing.inside.frames import Sender, Sort
from tutor.tracing.inside.plan import Plan, Report, Written
from tutor.tracing.inside.program import Program, keep_text
from tutor.tracing.inside.streams import Outlet, text_over

_HIGH = 60  # a descriptor that a file which closes its own does not come by


def main() -> None:
    """Run what standard input says; frames go to what was standard output."""
    plan = Plan.from_json(sys.stdin.buffer.read())
    sender = Sender(_own_descriptor())
    closer = Closer(plan, sender)
    _put_in_place(plan, closer)
    sender.send(Sort.STARTED)
    try:
        Program(plan, closer).run()
    except RecordingError as error:
        closer.give_up(Report(Ending.REFUSED, text=str(error)))
    except BaseException as error:  # whatever it is, it is the file's, and is told
        closer.give_up(report_of(error, plan))
    closer.give_up(Report(Ending.NEVER))


def _own_descriptor() -> int:
    """Take standard output for the frames; what the file's own children print goes elsewhere."""
    try:
        import fcntl

        own = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    except ImportError:
        own = os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    return own


def _put_in_place(plan: Plan, closer: Closer) -> None:
    np.zeros(1).sum()  # numpy is loaded before any file that might be called like a part of it
    sys.dont_write_bytecode = True
    sys.argv = [plan.file, *plan.arguments]
    sys.path[:0] = plan.paths
    sys.stdout = sys.__stdout__ = text_over(Outlet("<stdout>", closer.take))  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = text_over(Outlet("<stderr>", closer.take_error))  # type: ignore[misc]
    os._exit = closer.leaves  # type: ignore[assignment]
    os.abort = closer.aborts  # type: ignore[assignment]
    if plan.written:
        sys.meta_path.insert(0, _Beside(plan.written))
    limits.note_crashes(plan.crash)
    limits.limit_memory(plan.memory)
    install_signals(closer)


class _Beside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules that cells of a notebook write."""

    def __init__(self, written: Sequence[Written]) -> None:
        self._written = {module.name: module for module in written}

    def find_spec(
        self, name: str, path: object = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where a module is, if a cell writes it."""
        if name not in self._written:
            return None
        return importlib.util.spec_from_loader(name, self)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run a module."""
        found = self._written[module.__name__]
        keep_text(found.label, found.text)
        exec(compile(found.text, found.label, "exec", dont_inherit=True), module.__dict__)
