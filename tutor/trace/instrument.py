"""A function's syntax tree, rewritten so that it reports what it does.

After each statement stands a call that appends what the statement changed to a column, and
after each straight stretch of statements a mark that says that the stretch has run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from types import TracebackType

from tutor.trace.hooks import Hook, call, cloned, hook, load, located
from tutor.trace.inside import wrap_expression, wrap_statement
from tutor.trace.known import KnownElements
from tutor.trace.layout import Assign, Block, Kind, Layout, Loop, Site
from tutor.trace.origin import FunctionNode
from tutor.trace.reports import Report
from tutor.trace.syntax import (
    Scope,
    argument_names,
    calls_function,
    captured,
    runs_nothing,
    targets_of,
    written_by,
)

Statements = list[ast.stmt]


def instrument(node: FunctionNode) -> tuple[FunctionNode, Layout]:
    """Return a rewritten copy of a function's node, and what it will report.

    Parameters
    ----------
    node : FunctionDef
        The function; it is left as it is.
    """
    rewriter = _Rewriter(cloned(node))
    return rewriter.rewrite(), rewriter.layout


class _Rewriter:
    def __init__(self, node: FunctionNode) -> None:
        self.node = node
        self.layout = Layout()
        self.loops: list[int] = []
        self.careful = 0
        self.handled: list[tuple[int, int]] = []
        self.scope = Scope(node)
        self.known = KnownElements()

    # -- the function as a whole ------------------------------------------------------------

    def rewrite(self) -> FunctionNode:
        node = self.node
        statements = list(node.body)
        docstring: list[ast.stmt] = []
        if ast.get_docstring(node, clean=False) is not None:
            docstring = [statements.pop(0)]
        entry = self._entry()
        body, waiting = self._body(statements, [entry])
        body += self._mark(waiting)
        body.append(self._tell(Hook.LEAVE, node.lineno))
        left = [self._tell(Hook.RAISED, node.lineno), ast.Raise(None, None)]
        handler = ast.ExceptHandler(None, None, left)
        given = [load(name) for name in argument_names(node.args)]
        enter = ast.If(call(Hook.ENTER, given), [ast.Return(self._plain_call())], [])
        guarded = ast.Try(body, [handler], [], [])
        for statement in (enter, guarded):
            ast.copy_location(statement, node)
        node.body = [*docstring, enter, guarded]
        return ast.fix_missing_locations(node)

    def _entry(self) -> int:
        names = argument_names(self.node.args)
        assigns = [Assign(name, self.layout.new_column(name)) for name in names]
        return self._site(self.node.lineno, None, assigns, kind=Kind.ENTRY)

    def _plain_call(self) -> ast.expr:
        given = self.node.args
        positional: list[ast.expr] = [load(a.arg) for a in (*given.posonlyargs, *given.args)]
        if given.vararg:
            positional.append(ast.Starred(load(given.vararg.arg), ast.Load()))
        keywords = [ast.keyword(a.arg, load(a.arg)) for a in given.kwonlyargs]
        if given.kwarg:
            keywords.append(ast.keyword(None, load(given.kwarg.arg)))
        return ast.Call(hook(Hook.PLAIN), positional, keywords)

    # -- sites, blocks, columns ---------------------------------------------------------------

    def _site(
        self,
        line: int,
        end_line: int | None,
        assigns: Iterable[Assign] = (),
        report: Report | None = None,
        kind: Kind = Kind.LINE,
    ) -> int:
        """Add a site for a statement, with what its report (if any) and its middle say."""
        number = len(self.layout.sites)
        told = (*(report.assigns if report else ()), *assigns)
        stores = tuple(report.stores) if report else ()
        self.layout.sites.append(Site(number, kind, line, end_line or line, told, stores))
        for loop in self.loops if stores else ():
            self.layout.loops[loop].stores = True
        return number

    def _block(self, sites: Sequence[int]) -> int:
        number = len(self.layout.blocks)
        self.layout.blocks.append(Block(number, tuple(sites), tuple(self.loops)))
        for loop in self.loops:
            self.layout.loops[loop].blocks.add(number)
        return number

    def _mark(self, sites: Sequence[int]) -> Statements:
        if not sites:
            return []
        block = self._block(sites)
        mark = ast.Expr(call(Hook.MARK, [ast.Constant(block)]))
        return [located(mark, self.layout.sites[sites[-1]].line)]

    def _report(self, node: ast.AST) -> Report:
        return Report(self.layout, self.scope, node)

    def _note_calls(self, node: ast.AST) -> None:
        if calls_function(node):
            for loop in self.loops:
                self.layout.loops[loop].calls = True

    def _tell(self, which: Hook, line: int) -> ast.stmt:
        return located(ast.Expr(call(which)), line)

    # -- statements ---------------------------------------------------------------------------

    def _body(
        self, statements: Sequence[ast.stmt], waiting: list[int]
    ) -> tuple[Statements, list[int]]:
        """Rewrite a list of statements.

        ``waiting`` are sites that have run and are not marked yet; the same is returned for
        the end of the list.
        """
        out: Statements = []
        if not self.careful and not self.scope.looks_around:
            self.known.find(statements, self.scope)
        for statement in statements:
            if runs_nothing(statement):
                out += [statement] if not isinstance(statement, ast.Expr) else []
                continue
            added, waiting = self._statement(statement, waiting)
            out += added
            if self.careful:
                out += self._mark(waiting)
                waiting = []
        return out, waiting

    def _closed(self, statements: Sequence[ast.stmt], waiting: list[int]) -> Statements:
        out, rest = self._body(statements, waiting)
        out += self._mark(rest)
        return out or [located(ast.Pass(), self.node.lineno)]

    def _statement(self, node: ast.stmt, waiting: list[int]) -> tuple[Statements, list[int]]:
        match node:
            case ast.If():
                return self._if(node, waiting), []
            case ast.While():
                return self._while(node, waiting), []
            case ast.For() | ast.AsyncFor():
                return self._for(node, waiting), []
            case ast.With() | ast.AsyncWith():
                return self._with(node, waiting), []
            case ast.Try() | ast.TryStar():
                return self._try(node, waiting), []
            case ast.Match():
                return self._match(node, waiting), []
            case ast.Return():
                return self._return(node, waiting), []
            case ast.Raise() | ast.Break() | ast.Continue():
                return self._jump(node, waiting), []
            case _:
                return self._simple(node, waiting)

    def _jump(self, node: ast.Raise | ast.Break | ast.Continue, waiting: list[int]) -> Statements:
        out = isinstance(node, ast.Raise)
        kind = Kind.RAISE if out else Kind.LINE
        site = self._site(node.lineno, node.end_lineno, kind=kind)
        return [*self._mark([*waiting, site]), *self._leave_handlers(node, out), node]

    def _leave_handlers(self, node: ast.stmt, out: bool) -> Statements:
        """Return what says that the names of the handlers left by a jump are deleted."""
        depth = 0 if out else len(self.loops)
        columns = [column for column, loops in self.handled if loops >= depth]
        return [located(ast.Expr(call(Hook.GONE, [], c)), node.lineno) for c in columns]

    def _simple(self, node: ast.stmt, waiting: list[int]) -> tuple[Statements, list[int]]:
        self._note_calls(node)
        inside = wrap_statement(self.layout, node)
        report = self._report(node)
        if node in self.known.writes:
            report.known_element(node)
        else:
            report.targets(written_by(node))
        if node in self.known.reads:
            report.reads(node)
        report.shared()
        report.look(len(self.layout.sites))
        site = self._site(node.lineno, node.end_lineno, inside, report)
        report.located(node.lineno)
        lines = [*report.before, node, *report.after]
        if inside:  # a line that reports from its middle is a stretch of its own
            return [*self._mark(waiting), *lines, *self._mark([site])], []
        return lines, [*waiting, site]

    # -- statements that hold statements ------------------------------------------------------

    def _test(self, node: ast.If | ast.While) -> list[int]:
        """Rewrite a test; return the sites that its branches begin with.

        A test that reports from its middle is a stretch of its own, whatever its outcome.
        """
        self._note_calls(node.test)
        node.test, inside = wrap_expression(self.layout, node.test)
        site = self._site(node.test.lineno, node.test.end_lineno, inside)
        if not inside:
            return [site]
        node.test = call(Hook.TEST, [ast.Constant(self._block([site])), node.test])
        return []

    def _if(self, node: ast.If, waiting: list[int]) -> Statements:
        head = self._mark(waiting)
        begin = self._test(node)
        node.body = self._closed(node.body, list(begin))
        node.orelse = self._closed(node.orelse, list(begin)) if node.orelse or begin else []
        return [*head, node]

    def _while(self, node: ast.While, waiting: list[int]) -> Statements:
        head = self._mark(waiting)
        line, end_line = node.test.lineno, node.test.end_lineno
        with _InLoop(self, node.lineno) as loop:
            begin = self._test(node)
            loop.heads.add(len(self.layout.blocks) - (0 if begin else 1))
            loop.tests |= set() if begin else loop.heads
            node.body = [self._check(node), *self._closed(node.body, list(begin))]
        end = [self._site(line, end_line)] if begin else []
        node.orelse = self._closed(node.orelse, end) if node.orelse or end else []
        return [*head, node]

    def _for(self, node: ast.For | ast.AsyncFor, waiting: list[int]) -> Statements:
        head = self._mark(waiting)
        self._note_calls(node.iter)
        line, end_line = node.lineno, node.iter.end_lineno
        node.iter, inside = wrap_expression(self.layout, node.iter)
        if inside:  # what the iterable's own calls gave comes before the first pass
            block = self._block([self._site(line, end_line, inside)])
            node.iter = call(Hook.TEST, [ast.Constant(block), node.iter])
        with _InLoop(self, node.lineno) as loop:
            report = self._report(node)
            for target in targets_of(node.target):
                report.target(target)
            site = self._site(line, end_line, report=report)
            loop.heads.add(len(self.layout.blocks))
            told = report.located(line).after
            node.body = [self._check(node), *told, *self._closed(node.body, [site])]
        node.orelse = self._closed(node.orelse, [self._site(line, end_line)])
        return [*head, node]

    def _check(self, node: ast.stmt) -> ast.stmt:
        check = ast.If(call(Hook.TICK), [ast.Expr(call(Hook.CHECK))], [])
        return located(check, node.lineno)

    def _with(self, node: ast.With | ast.AsyncWith, waiting: list[int]) -> Statements:
        head = self._mark(waiting)
        report = self._report(node)
        for item in node.items:
            self._note_calls(item.context_expr)
            for target in targets_of(item.optional_vars) if item.optional_vars else ():
                report.target(target)
        site = self._site(node.lineno, node.items[-1].context_expr.end_lineno, report=report)
        self.careful += 1
        told = report.located(node.lineno).after
        body = [*told, *self._closed(node.body, [site])]
        # What the context manager may swallow is noted first.
        guarded = ast.Try(body, [self._passing_on(node)], [], [])
        node.body = [ast.copy_location(guarded, node)]
        self.careful -= 1
        return [*head, node]

    def _try(self, node: ast.Try | ast.TryStar, waiting: list[int]) -> Statements:
        head = self._mark(waiting)
        self.careful += 1
        node.body = self._closed(node.body, [])
        for handler in node.handlers:
            self._handler(handler)
            handler.body = self._noted(handler.body, node)
        if isinstance(node, ast.Try) and (not node.handlers or node.handlers[-1].type):
            node.handlers.append(self._passing_on(node))
        node.orelse = self._noted(self._closed(node.orelse, []), node) if node.orelse else []
        node.finalbody = self._closed(node.finalbody, []) if node.finalbody else []
        self.careful -= 1
        return [*head, node]

    def _handler(self, node: ast.ExceptHandler) -> None:
        report = self._report(node)
        if node.name:
            report.name(node.name)
        told = list(report.after)
        gone: Statements = []
        if node.name:  # Python deletes the name when the handler ends, whichever way
            self.handled.append((report.gone(node.name), len(self.loops)))
            gone = report.after[len(told) :]
        end_line = node.type.end_lineno if node.type else node.lineno
        site = self._site(node.lineno, end_line, report=report)
        report.located(node.lineno)
        caught = self._tell(Hook.CAUGHT, node.lineno)
        node.body = [caught, *told, *self._closed(node.body, [site]), *gone]
        if node.name:
            self.handled.pop()

    def _noted(self, body: Statements, node: ast.Try | ast.TryStar) -> Statements:
        """Return a handler's or an else's body that notes what it raises before ``finally``."""
        if not node.finalbody or isinstance(node, ast.TryStar):
            return body
        return [ast.copy_location(ast.Try(body, [self._passing_on(node)], [], []), node)]

    def _passing_on(self, node: ast.stmt) -> ast.ExceptHandler:
        """Return a handler that notes what no other one caught, before ``finally`` runs."""
        again = located(ast.Raise(None, None), node.lineno)
        handler = ast.ExceptHandler(None, None, [self._tell(Hook.CAUGHT, node.lineno), again])
        return ast.copy_location(handler, node)

    def _match(self, node: ast.Match, waiting: list[int]) -> Statements:
        head = self._mark(waiting)
        self._note_calls(node.subject)
        for case in node.cases:
            report = self._report(case)
            for name in captured(case.pattern):
                report.name(name)
            site = self._site(case.pattern.lineno, case.pattern.end_lineno, report=report)
            told = report.located(case.pattern.lineno).after
            case.body = [*told, *self._closed(case.body, [site])]
        return [*head, node]

    def _return(self, node: ast.Return, waiting: list[int]) -> Statements:
        self._note_calls(node)
        inside: list[Assign] = []
        value: ast.expr = node.value or ast.Constant(None)
        if node.value is not None:
            value, inside = wrap_expression(self.layout, value)
        head = self._mark(waiting) if inside else []
        site = self._site(node.lineno, node.end_lineno, inside, kind=Kind.RETURN)
        block = self._block([site] if inside else [*waiting, site])
        which = Hook.RETURNING if self.careful else Hook.RESULT
        node.value = call(which, [ast.Constant(block), value])
        return [*head, *self._leave_handlers(node, True), node]


class _InLoop:
    """While it is entered, blocks and sites belong to a new loop."""

    def __init__(self, rewriter: _Rewriter, line: int) -> None:
        self.rewriter = rewriter
        parent = rewriter.loops[-1] if rewriter.loops else None
        self.loop = Loop(len(rewriter.layout.loops), parent, line)

    def __enter__(self) -> Loop:
        self.rewriter.layout.loops.append(self.loop)
        self.rewriter.loops.append(self.loop.number)
        return self.loop

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.rewriter.loops.pop()
