"""A function's syntax tree, rewritten so that it reports what it does.

After each statement stands a call that appends what the statement changed to a column, and
after each straight stretch of statements a mark that says that the stretch has run. The
recording callables are constants of the compiled code, so that no name of the learner's is
touched: `Placeholders` stand in the tree until the code is compiled.

The usual value, a float64, is appended without a Python call; everything else goes to a
slower function of the recorder.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Sequence
from enum import Enum

from tutor.trace.layout import Assign, Block, IndexPart, Kind, Layout, Loop, Site, Store
from tutor.trace.origin import FunctionNode

_PREFIX = "\N{BULLET}gradtutor\N{BULLET}"
_TEMP = "\N{BULLET}element"
_BASE, _INDEX = "\N{BULLET}base", "\N{BULLET}index"


class Hook(Enum):
    """The recording callables that instrumented code may call."""

    FLOAT64, FLOAT = "float64", "float"  # the classes that go the fast way
    TUPLE, INT = "tuple", "int"  # those that do so where a name serves as an index
    APPEND = "append"  # (column) value of a usual class
    VALUE = "value"  # (column) any other value of a name
    ELEMENT = "element"  # (column) base, index, value read back: an element write
    UNREADABLE = "unreadable"  # (column) base: it could not be read back
    WHOLE = "whole"  # (column) an array changed in place as a whole
    INSIDE = "inside"  # (column) a value in the middle of a line; gives it back
    MARK = "mark"  # block: the stretch has run
    TEST = "test"  # block, value: marks, and gives the tested value back
    RESULT = "result"  # block, value: marks, and gives the returned value back
    ENTER = "enter"  # takes the arguments; true where this call is not recorded
    LEAVE = "leave"  # the body ran to its end
    RAISED = "raised"  # an exception leaves the function
    CAUGHT = "caught"  # an exception reaches a handler
    PLAIN = "plain"  # the function as it was
    LOCALS = "locals"
    TICK = "tick"  # a pass of a loop begins; now and then true
    CHECK = "check"  # what is to be done then
    LOOK = "look"  # site, arrays that something else may have written
    GONE = "gone"  # (column) a name was deleted
    SLICE = "slice"


def placeholder(hook: Hook, *numbers: int) -> str:
    """Return the string that stands for a recording callable until the code is compiled."""
    return _PREFIX + "/".join([hook.value, *map(str, numbers)])


def read_placeholder(constant: object) -> tuple[Hook, tuple[int, ...]] | None:
    """Return the hook and its numbers if a constant is a placeholder."""
    if not isinstance(constant, str) or not constant.startswith(_PREFIX):
        return None
    hook, *numbers = constant.removeprefix(_PREFIX).split("/")
    return Hook(hook), tuple(map(int, numbers))


def instrument(node: FunctionNode) -> tuple[FunctionNode, Layout]:
    """Return a rewritten copy of a function's node, and what it will report.

    Parameters
    ----------
    node : FunctionDef
        The function; it is left as it is.
    """
    rewriter = _Rewriter(copy.deepcopy(node))
    return rewriter.rewrite(), rewriter.layout


def _hook(hook: Hook, *numbers: int) -> ast.expr:
    return ast.Constant(placeholder(hook, *numbers))


def _call(hook: Hook, numbers: Sequence[int], arguments: Iterable[ast.expr]) -> ast.Call:
    return ast.Call(_hook(hook, *numbers), list(arguments), [])


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _store(name: str) -> ast.Name:
    return ast.Name(name, ast.Store())


def _loaded(node: ast.expr) -> ast.expr:
    """Return a copy of an assignment target that reads in place of writing."""
    fresh = copy.deepcopy(node)
    if isinstance(fresh, ast.Name | ast.Attribute | ast.Subscript):
        fresh.ctx = ast.Load()
    return fresh


def _is_repeatable(node: ast.AST | None) -> bool:
    """Tell whether an expression may be evaluated twice: it calls nothing."""
    if node is None or isinstance(node, ast.Name | ast.Constant):
        return True
    if isinstance(
        node,
        ast.Attribute | ast.Subscript | ast.Slice | ast.Tuple | ast.List | ast.UnaryOp | ast.BinOp,
    ):
        return all(
            _is_repeatable(child)
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr)
        )
    return False


def _targets(node: ast.expr) -> Iterable[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List):
        for element in node.elts:
            yield from _targets(element)
    elif isinstance(node, ast.Starred):
        yield from _targets(node.value)
    else:
        yield node


def _callee(node: ast.expr) -> str | None:
    """Return how a called function is written, where it is a name or an attribute of one."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


class _Rewriter:
    def __init__(self, node: FunctionNode) -> None:
        self.node = node
        self.layout = Layout()
        self.loops: list[int] = []
        self.careful = 0
        self.scope = _LocalNames(node)

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
        body.append(self._expression(_call(Hook.LEAVE, (), []), node))
        handler = ast.ExceptHandler(
            None, None, [self._expression(_call(Hook.RAISED, (), []), node), ast.Raise(None, None)]
        )
        enter = ast.If(
            _call(Hook.ENTER, (), [_call(Hook.LOCALS, (), [])]),
            [ast.Return(self._plain_call())],
            [],
        )
        guarded = ast.Try(body, [handler], [], [])
        for statement in (enter, guarded):
            ast.copy_location(statement, node)
        node.body = [*docstring, enter, guarded]
        return ast.fix_missing_locations(node)

    def _entry(self) -> int:
        arguments = self.node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        if arguments.vararg:
            names.append(arguments.vararg.arg)
        names += [a.arg for a in arguments.kwonlyargs]
        if arguments.kwarg:
            names.append(arguments.kwarg.arg)
        assigns = tuple(Assign(name, self._column(name)) for name in names)
        return self._site(Kind.ENTRY, self.node.lineno, self.node.lineno, assigns)

    def _plain_call(self) -> ast.expr:
        given = self.node.args
        positional: list[ast.expr] = [_load(a.arg) for a in (*given.posonlyargs, *given.args)]
        if given.vararg:
            positional.append(ast.Starred(_load(given.vararg.arg), ast.Load()))
        keywords = [ast.keyword(a.arg, _load(a.arg)) for a in given.kwonlyargs]
        if given.kwarg:
            keywords.append(ast.keyword(None, _load(given.kwarg.arg)))
        return ast.Call(_hook(Hook.PLAIN), positional, keywords)

    # -- sites, blocks, columns ---------------------------------------------------------------

    def _column(self, name: str | None = None) -> int:
        if name is not None and name not in self.layout.names:
            self.layout.names.append(name)
        self.layout.columns += 1
        return self.layout.columns - 1

    def _site(
        self,
        kind: Kind,
        line: int,
        end_line: int | None,
        assigns: tuple[Assign, ...] = (),
        stores: tuple[Store, ...] = (),
    ) -> int:
        number = len(self.layout.sites)
        self.layout.sites.append(Site(number, kind, line, end_line or line, assigns, stores))
        for loop in self.loops if stores else ():
            self.layout.loops[loop].stores = True
        return number

    def _block(self, sites: Sequence[int]) -> int:
        number = len(self.layout.blocks)
        self.layout.blocks.append(Block(number, tuple(sites), tuple(self.loops)))
        for loop in self.loops:
            self.layout.loops[loop].blocks.add(number)
        return number

    def _mark(self, sites: Sequence[int]) -> list[ast.stmt]:
        if not sites:
            return []
        block = self._block(sites)
        call = ast.Call(_hook(Hook.MARK), [ast.Constant(block)], [])
        return [self._at(ast.Expr(call), self.layout.sites[sites[-1]].line)]

    def _at(self, statement: ast.stmt, line: int) -> ast.stmt:
        for child in ast.walk(statement):
            if "lineno" in child._attributes and not hasattr(child, "lineno"):
                child.lineno = child.end_lineno = line  # type: ignore[attr-defined]
                child.col_offset = child.end_col_offset = 0  # type: ignore[attr-defined]
        return statement

    def _expression(self, value: ast.expr, like: ast.AST) -> ast.stmt:
        return self._at(ast.Expr(value), getattr(like, "lineno", self.node.lineno))

    # -- statements ---------------------------------------------------------------------------

    def _body(
        self, statements: Sequence[ast.stmt], waiting: list[int]
    ) -> tuple[list[ast.stmt], list[int]]:
        """Rewrite a list of statements.

        ``waiting`` are sites that have run and are not marked yet; the same is returned for
        the end of the list.
        """
        out: list[ast.stmt] = []
        for statement in statements:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            added, waiting = self._statement(statement, waiting)
            out += added
            if self.careful:
                out += self._mark(waiting)
                waiting = []
        return out, waiting

    def _closed(self, statements: Sequence[ast.stmt], waiting: list[int]) -> list[ast.stmt]:
        out, rest = self._body(statements, waiting)
        out += self._mark(rest)
        return out or [self._at(ast.Pass(), self.node.lineno)]

    def _statement(
        self, node: ast.stmt, waiting: list[int]
    ) -> tuple[list[ast.stmt], list[int]]:
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
                kind = Kind.RAISE if isinstance(node, ast.Raise) else Kind.LINE
                site = self._site(kind, node.lineno, node.end_lineno)
                return [*self._mark([*waiting, site]), node], []
            case _:
                return self._simple(node, waiting)

    def _simple(
        self, node: ast.stmt, waiting: list[int]
    ) -> tuple[list[ast.stmt], list[int]]:
        before: list[ast.stmt] = []
        after: list[ast.stmt] = []
        assigns: list[Assign] = []
        stores: list[Store] = []
        for target in self._written(node):
            self._watch(node, target, before, after, assigns, stores)
        looked = self._look(node)
        inside = self._inside(node)
        site = self._site(
            Kind.LINE, node.lineno, node.end_lineno, (*assigns, *inside), tuple(stores)
        )
        self._note_calls(node)
        for statement in (*before, *after, *looked):
            self._at(statement, node.lineno)
        if inside:  # a line that reports from its middle is a stretch of its own
            head = self._mark(waiting)
            return [*head, *before, node, *after, *looked, *self._mark([site])], []
        return [*before, node, *after, *looked], [*waiting, site]

    def _written(self, node: ast.stmt) -> list[ast.expr]:
        match node:
            case ast.Assign():
                return [t for target in node.targets for t in _targets(target)]
            case ast.AugAssign():
                return [node.target]
            case ast.AnnAssign():
                return [node.target] if node.value is not None else []
            case ast.Delete():
                return [t for target in node.targets for t in _targets(target)]
            case ast.Import() | ast.ImportFrom():
                names = [alias.asname or alias.name.split(".")[0] for alias in node.names]
                return [_store(name) for name in names if name != "*"]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return [_store(node.name)]
            case _:
                return []

    def _watch(
        self,
        node: ast.stmt,
        target: ast.expr,
        before: list[ast.stmt],
        after: list[ast.stmt],
        assigns: list[Assign],
        stores: list[Store],
    ) -> None:
        if isinstance(node, ast.Delete):
            if isinstance(target, ast.Name):
                column = self._column(target.id)
                after.append(ast.Expr(_call(Hook.GONE, (column,), [])))
                assigns.append(Assign(target.id, column))
        elif isinstance(target, ast.Name):
            assigns.append(self._watch_name(node, target.id, after))
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            name = f"{target.value.id}.{target.attr}"
            hook = Hook.WHOLE if isinstance(node, ast.AugAssign) else Hook.VALUE
            column = self._column(name)
            after.append(ast.Expr(_call(hook, (column,), [_loaded(target)])))
            assigns.append(Assign(name, column))
        elif isinstance(target, ast.Subscript):
            stores.append(self._watch_element(node, target, before, after))

    def _watch_name(self, node: ast.stmt, name: str, after: list[ast.stmt]) -> Assign:
        column = self._column(name)
        slow = Hook.WHOLE if isinstance(node, ast.AugAssign) else Hook.VALUE
        usual = (Hook.FLOAT64, Hook.FLOAT)
        if name in self.scope.indices:
            usual = (Hook.TUPLE, Hook.INT)
        after.append(self._append_or(column, _load(name), _load(name), slow, [_load(name)], usual))
        from_call = None
        value = getattr(node, "value", None)
        if isinstance(node, ast.Assign) and isinstance(value, ast.Call):
            first = node.targets[0]
            if isinstance(first, ast.Name) and first.id == name:
                from_call = self._user_call(value)
        return Assign(name, column, from_call)

    def _append_or(
        self,
        column: int,
        tested: ast.expr,
        value: ast.expr,
        slow: Hook,
        arguments: list[ast.expr],
        usual: tuple[Hook, Hook] = (Hook.FLOAT64, Hook.FLOAT),
    ) -> ast.stmt:
        """Return ``append(value) if the value's class is a usual one else slow(arguments)``."""
        tests: list[ast.expr] = [
            ast.Compare(
                ast.Attribute(expression, "__class__", ast.Load()), [ast.Is()], [_hook(hook)]
            )
            for expression, hook in zip((tested, copy.deepcopy(value)), usual, strict=True)
        ]
        return ast.If(
            ast.BoolOp(ast.Or(), tests),
            [ast.Expr(_call(Hook.APPEND, (column,), [value]))],
            [ast.Expr(_call(slow, (column,), arguments))],
        )

    def _watch_element(
        self,
        node: ast.stmt,
        target: ast.Subscript,
        before: list[ast.stmt],
        after: list[ast.stmt],
    ) -> Store:
        text = ast.unparse(target)
        column = self._column()
        base, index = self._store_place(target)
        if not _is_repeatable(target):
            self._spread(node, target, before)
        read = ast.NamedExpr(_store(_TEMP), _loaded(target))
        place = [_loaded(target.value), self._index_value(target.slice)]
        if base is None or index is None:
            append: ast.stmt = ast.Expr(
                _call(Hook.ELEMENT, (column,), [*place, _loaded(target)])
            )
        else:
            append = self._append_or(
                column, read, _load(_TEMP), Hook.ELEMENT, [*place, _load(_TEMP)]
            )
        unreadable = ast.Expr(_call(Hook.UNREADABLE, (column,), [_loaded(target.value)]))
        after.append(ast.Try([append], [ast.ExceptHandler(None, None, [unreadable])], [], []))
        return Store(text, column, base, index)

    def _index_value(self, index: ast.expr) -> ast.expr:
        """Return an index as a value: ``1:3`` outside a subscript is ``slice(1, 3, None)``."""
        if isinstance(index, ast.Slice):
            parts = [part or ast.Constant(None) for part in (index.lower, index.upper, index.step)]
            return _call(Hook.SLICE, (), [copy.deepcopy(part) for part in parts])
        if isinstance(index, ast.Tuple):
            return ast.Tuple([self._index_value(part) for part in index.elts], ast.Load())
        return _loaded(index)

    def _spread(self, node: ast.stmt, target: ast.Subscript, before: list[ast.stmt]) -> None:
        """Evaluate the parts of a target once, into hidden names, in Python's own order."""
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            before.append(ast.Assign([_store(_TEMP)], node.value))
            node.value = _load(_TEMP)
        elif not isinstance(node, ast.AugAssign):
            return  # a target among several: read back by evaluating it again would call twice
        before.append(ast.Assign([_store(_BASE)], target.value))
        before.append(ast.Assign([_store(_INDEX)], self._index_value(target.slice)))
        for statement in before:
            self._at(statement, node.lineno)
        target.value, target.slice = _load(_BASE), _load(_INDEX)

    def _store_place(
        self, target: ast.Subscript
    ) -> tuple[str | None, IndexPart | tuple[IndexPart, ...] | None]:
        base = target.value.id if isinstance(target.value, ast.Name) else None
        if base is not None and base not in self.scope.names:
            base = None
        if isinstance(target.slice, ast.Tuple):
            parts = tuple(self._index_part(part) for part in target.slice.elts)
            known = tuple(part for part in parts if part is not None)
            return base, known if len(known) == len(parts) else None
        return base, self._index_part(target.slice)

    def _index_part(self, node: ast.expr) -> IndexPart | None:
        if isinstance(node, ast.Name) and node.id in self.scope.names:
            return IndexPart(name=node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self._index_part(node.operand)
            if inner is not None and inner.name is None:
                return IndexPart(constant=-inner.constant)
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return IndexPart(constant=node.value)
        return None

    # -- statements that hold statements ------------------------------------------------------

    def _test(self, node: ast.If | ast.While, site: int) -> list[int]:
        """Wrap a test that reports from its middle; return the sites its branches begin with."""
        inside = self._inside_expression(node.test)
        if not inside:
            return [site]
        block = self._block([site])
        old = self.layout.sites[site]
        self.layout.sites[site] = Site(
            old.number, old.kind, old.line, old.end_line, tuple(inside), old.stores
        )
        node.test = _call(Hook.TEST, (), [ast.Constant(block), node.test])
        return []

    def _if(self, node: ast.If, waiting: list[int]) -> list[ast.stmt]:
        head = self._mark(waiting)
        self._note_calls(node.test)
        site = self._site(Kind.LINE, node.test.lineno, node.test.end_lineno)
        begin = self._test(node, site)
        node.body = self._closed(node.body, list(begin))
        node.orelse = self._closed(node.orelse, list(begin)) if node.orelse or begin else []
        return [*head, node]

    def _while(self, node: ast.While, waiting: list[int]) -> list[ast.stmt]:
        head = self._mark(waiting)
        end = self._site(Kind.LINE, node.test.lineno, node.test.end_lineno)
        with _InLoop(self, node.lineno) as loop:
            self._note_calls(node.test)
            site = self._site(Kind.LINE, node.test.lineno, node.test.end_lineno)
            begin = self._test(node, site)
            first = len(self.layout.blocks) - (0 if begin else 1)
            node.body = [*self._check(node), *self._closed(node.body, list(begin))]
            loop.heads.add(first)
        node.orelse = self._closed(node.orelse, [end] if begin else [])
        return [*head, node]

    def _for(self, node: ast.For | ast.AsyncFor, waiting: list[int]) -> list[ast.stmt]:
        inside = self._inside_expression(node.iter)
        head = self._mark(waiting)
        if inside:  # the values that the iterable's own calls gave come before the first pass
            start = self._site(
                Kind.LINE, node.lineno, node.iter.end_lineno, tuple(inside)
            )
            block = ast.Constant(self._block([start]))
            node.iter = _call(Hook.TEST, (), [block, node.iter])
        end = self._site(Kind.LINE, node.lineno, node.iter.end_lineno)
        with _InLoop(self, node.lineno) as loop:
            after: list[ast.stmt] = []
            assigns: list[Assign] = []
            for target in _targets(node.target):
                self._watch(node, target, [], after, assigns, [])
            site = self._site(Kind.LINE, node.lineno, node.iter.end_lineno, tuple(assigns))
            first = len(self.layout.blocks)
            for statement in after:
                self._at(statement, node.lineno)
            node.body = [*self._check(node), *after, *self._closed(node.body, [site])]
            loop.heads.add(first)
        node.orelse = self._closed(node.orelse, [end])
        return [*head, node]

    def _check(self, node: ast.stmt) -> list[ast.stmt]:
        check = ast.Expr(_call(Hook.CHECK, (), []))
        return [self._at(ast.If(_call(Hook.TICK, (), []), [check], []), node.lineno)]

    def _with(self, node: ast.With | ast.AsyncWith, waiting: list[int]) -> list[ast.stmt]:
        head = self._mark(waiting)
        after: list[ast.stmt] = []
        assigns: list[Assign] = []
        for item in node.items:
            self._note_calls(item.context_expr)
            for target in _targets(item.optional_vars) if item.optional_vars else ():
                self._watch(node, target, [], after, assigns, [])
        for statement in after:
            self._at(statement, node.lineno)
        last = node.items[-1].context_expr.end_lineno
        site = self._site(Kind.LINE, node.lineno, last, tuple(assigns))
        self.careful += 1
        node.body = [*after, *self._closed(node.body, [site])]
        self.careful -= 1
        return [*head, node]

    def _try(self, node: ast.Try | ast.TryStar, waiting: list[int]) -> list[ast.stmt]:
        head = self._mark(waiting)
        self.careful += 1
        node.body = self._closed(node.body, [])
        for handler in node.handlers:
            assigns: list[Assign] = []
            after: list[ast.stmt] = []
            if handler.name:
                assigns.append(self._watch_name(handler, handler.name, after))  # type: ignore[arg-type]
            for statement in after:
                self._at(statement, handler.lineno)
            end_line = handler.type.end_lineno if handler.type else handler.lineno
            site = self._site(Kind.LINE, handler.lineno, end_line, tuple(assigns))
            caught = self._expression(_call(Hook.CAUGHT, (), []), handler)
            handler.body = [caught, *after, *self._closed(handler.body, [site])]
        if isinstance(node, ast.Try) and (not node.handlers or node.handlers[-1].type):
            node.handlers.append(self._passing_on(node))
        node.orelse = self._closed(node.orelse, []) if node.orelse else []
        node.finalbody = self._closed(node.finalbody, []) if node.finalbody else []
        self.careful -= 1
        return [*head, node]

    def _passing_on(self, node: ast.stmt) -> ast.ExceptHandler:
        """Return a handler that notes what no other one caught, before ``finally`` runs."""
        noted = self._expression(_call(Hook.CAUGHT, (), []), node)
        handler = ast.ExceptHandler(None, None, [noted, self._at(ast.Raise(None, None), node.lineno)])
        return ast.copy_location(handler, node)

    def _match(self, node: ast.Match, waiting: list[int]) -> list[ast.stmt]:
        head = self._mark(waiting)
        self._note_calls(node.subject)
        for case in node.cases:
            assigns: list[Assign] = []
            after: list[ast.stmt] = []
            for name in _captured(case.pattern):
                assigns.append(self._watch_name(node, name, after))
            for statement in after:
                self._at(statement, case.pattern.lineno)
            site = self._site(
                Kind.LINE, case.pattern.lineno, case.pattern.end_lineno, tuple(assigns)
            )
            case.body = [*after, *self._closed(case.body, [site])]
        return [*head, node]

    def _return(self, node: ast.Return, waiting: list[int]) -> list[ast.stmt]:
        self._note_calls(node)
        inside: list[Assign] = []
        if node.value is not None:
            inside = self._inside_expression(node.value)
        head = self._mark(waiting) if inside else []
        site = self._site(Kind.RETURN, node.lineno, node.end_lineno, tuple(inside))
        block = self._block([site] if inside else [*waiting, site])
        value = node.value or ast.Constant(None)
        node.value = _call(Hook.RESULT, (), [ast.Constant(block), value])
        return [*head, node]

    # -- values in the middle of a line -------------------------------------------------------

    def _user_call(self, node: ast.expr) -> str | None:
        """Return how a call is written if what it returns is worth recording.

        That is a call of a name, or of a method of one; a built-in, a function of NumPy and
        an array's own methods are not.
        """
        callee = _callee(node.func) if isinstance(node, ast.Call) else None
        if callee is None or callee in _BUILTINS:
            return None
        root, dot, method = callee.partition(".")
        if dot and (root in _MODULES or method in _ARRAY_METHODS):
            return None
        return callee

    def _note_calls(self, node: ast.AST) -> None:
        discarded = node.value if isinstance(node, ast.Expr) else None
        for child in _same_scope(node):
            callee = self._user_call(child) if isinstance(child, ast.Call) else None
            if callee is not None and not (child is discarded and "." in callee):
                for loop in self.loops:
                    self.layout.loops[loop].calls = True

    def _inside(self, node: ast.stmt) -> list[Assign]:
        """Wrap the calls of f and the walrus names in a simple statement."""
        keep = None
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if isinstance(node.targets[0], ast.Name):
                keep = node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if isinstance(node.value.func, ast.Attribute):
                keep = node.value
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
        ):
            return []
        return self._inside_expression(node, keep)

    def _inside_expression(
        self, node: ast.AST, keep: ast.AST | None = None
    ) -> list[Assign]:
        wrapper = _InsideWrapper(self, keep)
        if isinstance(node, ast.expr):
            # The expression itself may be a call: its parent puts the wrapped one in place.
            return wrapper.found_in_root(node)
        wrapper.visit_children(node)
        return wrapper.found

    def _look(self, node: ast.stmt) -> list[ast.stmt]:
        """Return a look at arrays that a call in this statement may write out of sight."""
        names: dict[str, None] = {}
        for child in _same_scope(node):
            if not isinstance(child, ast.Call):
                continue
            if isinstance(child.func, ast.Attribute) and isinstance(child.func.value, ast.Name):
                if child.func.attr in _WRITING_METHODS:
                    names[child.func.value.id] = None
            for keyword in child.keywords:
                if keyword.arg == "out" and isinstance(keyword.value, ast.Name):
                    names[keyword.value.id] = None
            if isinstance(node, ast.Expr) and child is node.value:
                names |= {a.id: None for a in child.args if isinstance(a, ast.Name)}
        known = [name for name in names if name in self.scope.names]
        if not known:
            return []
        site = ast.Constant(len(self.layout.sites))  # the number that this line is about to get
        return [ast.Expr(_call(Hook.LOOK, (), [site, *map(_load, known)]))]


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

    def __exit__(self, *_: object) -> None:
        self.rewriter.loops.pop()


class _InsideWrapper(ast.NodeTransformer):
    """Wraps calls of f and walrus names inside an expression, so that their values are kept."""

    def __init__(self, rewriter: _Rewriter, keep: ast.AST | None) -> None:
        self.rewriter = rewriter
        self.keep = keep
        self.found: list[Assign] = []

    def visit_children(self, node: ast.AST) -> None:
        super().generic_visit(node)

    def found_in_root(self, node: ast.expr) -> list[Assign]:
        """Wrap the parts of an expression; the root itself is wrapped in place, as a copy."""
        if isinstance(node, ast.Call | ast.NamedExpr):
            inner = copy.copy(node)
            wrapped = self.visit(inner)
            if wrapped is not inner:
                node.__class__ = ast.Call  # type: ignore[assignment]
                node.__dict__.clear()
                node.__dict__.update(wrapped.__dict__)
        else:
            self.visit_children(node)
        return self.found

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_Lambda  # type: ignore[assignment]

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.visit_children(node)
        callee = self.rewriter._user_call(node)
        if node is self.keep or callee is None:
            return node
        return self._wrap(node, "", callee)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        self.visit_children(node)
        return self._wrap(node, node.target.id, None)

    def _wrap(self, node: ast.expr, name: str, callee: str | None) -> ast.AST:
        column = self.rewriter._column(name or None)
        self.found.append(Assign(name, column, callee))
        wrapped = _call(Hook.INSIDE, (column,), [node])
        return ast.copy_location(ast.fix_missing_locations(ast.copy_location(wrapped, node)), node)


class _LocalNames:
    """The names that a function binds itself, so that its columns know their values."""

    def __init__(self, node: FunctionNode) -> None:
        self.indices = _index_names(node)
        given = node.args
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        self.names = {argument.arg for argument in every if argument is not None}
        shared: set[str] = set()
        for statement in node.body:
            for child in _same_scope(statement):
                if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                    self.names.add(child.id)
                elif isinstance(child, ast.Global | ast.Nonlocal):
                    shared.update(child.names)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Nonlocal):
                shared.update(inner.names)
        self.names -= shared


def _index_names(node: ast.AST) -> set[str]:
    """Return the names that stand in subscripts: their values are indices."""
    return {
        name.id
        for subscript in ast.walk(node)
        if isinstance(subscript, ast.Subscript)
        for name in ast.walk(subscript.slice)
        if isinstance(name, ast.Name)
    }


def _same_scope(node: ast.AST) -> Iterable[ast.AST]:
    """Walk a tree without entering functions, lambdas, classes and comprehensions in it."""
    yield node
    if isinstance(node, _SCOPES):
        return
    for child in ast.iter_child_nodes(node):
        yield from _same_scope(child)


def _captured(pattern: ast.pattern) -> Iterable[str]:
    for child in ast.walk(pattern):
        if isinstance(child, ast.MatchAs | ast.MatchStar) and child.name:
            yield child.name
        elif isinstance(child, ast.MatchMapping) and child.rest:
            yield child.rest


_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
_MODULES = {"np", "numpy", "cp", "math", "cmath", "random", "plt", "time", "sys", "os", "copy"}
_BUILTINS = {
    "abs", "all", "any", "bool", "bytes", "callable", "complex", "dict", "dir", "divmod",
    "enumerate", "eval", "exec", "filter", "float", "format", "frozenset", "getattr", "globals",
    "hasattr", "hash", "id", "input", "int", "isinstance", "issubclass", "iter", "len", "list",
    "locals", "map", "max", "min", "next", "object", "open", "ord", "pow", "print", "range",
    "repr", "reversed", "round", "set", "setattr", "slice", "sorted", "str", "sum", "super",
    "tuple", "type", "vars", "zip",
}  # fmt: skip
_ARRAY_METHODS = {
    "all", "any", "append", "argmax", "argmin", "astype", "clip", "copy", "cumsum", "dot",
    "extend", "flatten", "format", "get", "index", "item", "items", "iternext", "join", "keys",
    "max", "mean", "min", "pop", "prod", "ravel", "repeat", "reshape", "round", "squeeze", "std",
    "sum", "swapaxes", "tolist", "transpose", "values", "var",
}  # fmt: skip
_WRITING_METHODS = {
    "fill", "itemset", "partition", "put", "resize", "setfield", "setflags", "shuffle", "sort",
}  # fmt: skip
