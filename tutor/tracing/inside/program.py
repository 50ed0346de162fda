"""The learner's file, run as ``__main__``, up to the end of the call that is recorded."""

from __future__ import annotations

import ast
import builtins
import linecache
import sys
import types
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from tutor.jail import chance
from tutor.trace import Recorder, RecordingError
from tutor.trace.origin import FUTURE_FLAGS
from tutor.trace.recorder import Opened
from tutor.tracing.inside.choice import behind, innermost, resolve
from tutor.tracing.inside.closer import Closer
from tutor.tracing.inside.ending import Ending
from tutor.tracing.inside.plan import Part, Plan, Report
from tutor.tracing.inside.rewriting import (
    BEGIN,
    HOOK,
    Hooking,
    gives,
    hooked_expression,
    parsed_call,
    with_begins,
)

_SET_UP = "the tutor's own lines"


class Program:
    """Runs the file and has one call or one function recorded."""

    def __init__(self, plan: Plan, closer: Closer) -> None:
        self.plan = plan
        self.closer = closer
        self.module = types.ModuleType("__main__")
        self.module.__dict__.update(__file__=plan.file, __package__=plan.package or None)
        if any(part.cell is not None for part in plan.parts):
            self.module.__dict__["display"] = print  # as a notebook has it
        self._trees = [(part, _parse(part)) for part in plan.parts]
        self._flags = 0
        self._stack = ExitStack()
        self._opened: Opened | None = None

    @property
    def names(self) -> dict[str, Any]:
        """The names of the file."""
        return self.module.__dict__

    def run(self) -> None:
        """Run all of it. That it comes back means that nothing was recorded."""
        sys.modules["__main__"] = self.module
        chance.restart()
        setattr(builtins, HOOK, self._record)
        if self.plan.function and not self.plan.call:
            self._record_function()
        elif self.plan.setups or not self._hook_call():
            self._run_all()
            self._record_expression()
        else:
            self._run_all()

    def _run_all(self) -> None:
        for part, tree in self._trees:
            self._execute(part, tree)

    # -- a call -------------------------------------------------------------------------------

    def _hook_call(self) -> int:
        """Rewrite the call where it stands in the file; return how often it does."""
        wanted = parsed_call(self.plan.call)
        if wanted is None:
            return 0
        hooking = Hooking(wanted, self.plan.line)
        for part, tree in self._trees:
            if self.plan.cell in (None, part.cell):
                hooking.visit(tree)
        return hooking.found

    def _record_expression(self) -> None:
        """Record a call that the file does not make itself."""
        tree = hooked_expression(self.plan.call)
        assert tree is not None  # the tutor has looked at it
        names = self._set_up()
        eval(compile(tree, _SET_UP, "eval", dont_inherit=True), names)

    def _set_up(self) -> dict[str, Any]:
        """Return the names with which the call works: the first lot of lines that does."""
        setups = self.plan.setups
        if not setups:
            return self.names
        self.closer.is_quiet = True
        works = (number for number, lines in enumerate(setups) if self._works(lines))
        self.closer.setup = next(works, 0)
        self.closer.is_quiet = False
        return self._names_after(setups[self.closer.setup])

    def _works(self, lines: tuple[str, ...]) -> bool:
        try:
            eval(self.plan.call, self._names_after(lines))
        except Exception:  # whatever the learner's code raises with what it was not made for
            return False
        return True

    def _names_after(self, lines: tuple[str, ...]) -> dict[str, Any]:
        names = dict(self.names)
        exec(compile("\n".join(lines), _SET_UP, "exec", dont_inherit=True), names)
        return names

    def _record(self, called: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Stand in for the call that is to be recorded."""
        recorder = self._recorder_for(called)
        self.closer.finish(recorder.run(called, *args, **kwargs))

    def _recorder_for(self, called: Callable[..., Any]) -> Recorder:
        if self.plan.function:
            named = resolve(self.plan.function, self.names, self.plan.paths)
            return Recorder(named if callable(named) else called, self.closer)
        meant = behind(called, self.plan.called)
        try:
            return Recorder(innermost(meant, self.plan.slopes), self.closer)
        except RecordingError:  # a generator, say, that the call leads to
            return Recorder(meant, self.closer)

    # -- a function ---------------------------------------------------------------------------

    def _record_function(self) -> None:
        """Run the file, and have the function recorded from where it is there, for good.

        The file is compiled as it stands but for calls of `_begin`: Python's code for a function
        depends on what is imported around it, and the recorder knows it by its code.
        """
        setattr(builtins, BEGIN, self._begin)
        self._insert_begins()
        error: BaseException | None = None
        try:
            with self._stack:
                self._run_all()
        except BaseException as raised:
            error = raised
        if error is not None and (self._opened is None or isinstance(error, KeyboardInterrupt)):
            raise error
        if self._opened is None:
            self.closer.give_up(Report(Ending.REFUSED))
        self.closer.finish(self._opened.recording)

    def _insert_begins(self) -> None:
        wanted = set(self.plan.function.split("."))
        statements = [(part, node) for part, tree in self._trees for node in tree.body]
        given = [
            node
            for part, node in statements
            if self.plan.cell in (None, part.cell) and gives(node, wanted)
        ]
        last = given[-1] if given else statements[0][1]
        at = next(at for at, (_, node) in enumerate(statements) if node is last)
        after = {id(node) for _, node in statements[at:]}
        for _, tree in self._trees:
            tree.body = with_begins(tree.body, after)

    def _begin(self) -> None:
        """Begin the recording, if the function is there by now."""
        if self._opened is None:
            found = resolve(self.plan.function, self.names, self.plan.paths)
            if callable(found):
                recorder = Recorder(found, self.closer)
                self._opened = self._stack.enter_context(recorder.opened())

    def _execute(self, part: Part, tree: ast.Module) -> None:
        code = compile(tree, part.label, "exec", flags=self._flags, dont_inherit=True)
        self._flags |= code.co_flags & FUTURE_FLAGS
        exec(code, self.names)


def _parse(part: Part) -> ast.Module:
    keep_text(part.label, part.text)
    return ast.parse(part.text, part.label)


def keep_text(label: str, text: str) -> None:
    """Keep a text where the recorder looks for it, whatever the file does."""
    linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
