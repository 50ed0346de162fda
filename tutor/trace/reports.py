"""What a statement is made to report: the names it gives a value, the elements it writes.

The usual values, floats and indices, are appended without a Python call; everything else goes
to a slower function of the recorder.
"""

from __future__ import annotations

import ast

from tutor.trace.hooks import Hook, call, cloned, hook, load, loaded, located, store
from tutor.trace.layout import Assign, Layout, Store
from tutor.trace.syntax import Scope, handed_out, is_repeatable, user_call, values_in

_TEMP = "\N{BULLET}element"
_BASE, _INDEX = "\N{BULLET}base", "\N{BULLET}index"
_KNOWN = "\N{BULLET}known"
_FLOATS = (Hook.FLOAT64, Hook.FLOAT)
_INDICES = (Hook.TUPLE, Hook.INT)


class Report:
    """The statements to be put before and after one statement, and what they will report."""

    def __init__(self, layout: Layout, scope: Scope, node: ast.AST) -> None:
        self.layout = layout
        self.scope = scope
        self.node = node
        self.before: list[ast.stmt] = []
        self.after: list[ast.stmt] = []
        self.assigns: list[Assign] = []
        self.stores: list[Store] = []
        self.looks_at_all = False

    def located(self, line: int) -> Report:
        """Give the added statements a line."""
        for statement in (*self.before, *self.after):
            located(statement, line)
        return self

    def targets(self, targets: list[ast.expr]) -> None:
        """Report what the targets of one statement are given."""
        given = {target.id for target in targets if isinstance(target, ast.Name)}
        for target in targets:
            if isinstance(target, ast.Subscript) and self._is_moot(target, given, len(targets)):
                self.looks_at_all = True
            else:
                self.target(target)

    def _is_moot(self, target: ast.Subscript, given: set[str], targets: int) -> bool:
        """Tell whether evaluating a target again would not name the elements it named.

        Its index calls something while other targets stand beside it, or the line itself
        changes what the index is made of.
        """
        if not is_repeatable(target):
            return targets > 1
        read = {name.id for name in ast.walk(target) if isinstance(name, ast.Name)}
        base = {name.id for name in ast.walk(target.value) if isinstance(name, ast.Name)}
        return bool(read & given) or bool(values_in(target.slice) & base)

    def target(self, target: ast.expr) -> None:
        """Report what a target is given."""
        if isinstance(self.node, ast.Delete):
            if isinstance(target, ast.Name):
                self.gone(target.id)
        elif isinstance(target, ast.Name):
            self.name(target.id)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            name = f"{target.value.id}.{target.attr}"
            column = self.layout.new_column(name)
            self.after.append(ast.Expr(call(self._slow(), [loaded(target)], column)))
            self.assigns.append(Assign(name, column))
        elif isinstance(target, ast.Subscript):
            self._element(target)

    def name(self, name: str) -> None:
        """Report the value of a name."""
        column = self.layout.new_column(name)
        usual = _INDICES if name in self.scope.indices else _FLOATS
        slow = self._slow()
        self.after.append(_append_or(column, load(name), load(name), slow, [load(name)], usual))
        self.assigns.append(Assign(name, column, self._called_for(name)))

    def reads(self, node: ast.stmt) -> None:
        """Note whether a statement has found a float64 in an array; see `KnownElements`."""
        assert isinstance(node, ast.Assign)
        assert isinstance(node.value, ast.Subscript)
        name, array = loaded(node.targets[0]), loaded(node.value.value)
        both = ast.BoolOp(ast.And(), [_is_a(name, Hook.FLOAT64), _is_a(array, Hook.NDARRAY)])
        self.after.append(ast.Assign([store(_KNOWN)], both))

    def known_element(self, node: ast.stmt) -> None:
        """Report a write to an element that `reads` has noted: not read back if it was so."""
        assert isinstance(node, ast.Assign)
        (target,) = node.targets
        assert isinstance(target, ast.Subscript)
        self.before.append(ast.Assign([store(_TEMP)], node.value))
        node.value = load(_TEMP)
        self._element(target)
        column = self.stores[-1].column
        usual = ast.BoolOp(ast.Or(), [_is_a(load(_TEMP), kind) for kind in _FLOATS])
        known = ast.BoolOp(ast.And(), [load(_KNOWN), usual])
        append = ast.Expr(call(Hook.APPEND, [load(_TEMP)], column))
        self.after[-1] = ast.If(known, [append], [self.after[-1]])

    def look(self, site: int) -> None:
        """Have arrays looked at that a call in the statement may write out of sight."""
        assert isinstance(self.node, ast.stmt)
        names = dict.fromkeys(handed_out(self.node))
        known = [load(name) for name in names if name in self.scope.names]
        if self.looks_at_all:
            known = []
        if known or self.looks_at_all:
            self.after.append(ast.Expr(call(Hook.LOOK, [ast.Constant(site), *known])))

    def shared(self) -> None:
        """Report the names that a call in the statement may have changed elsewhere."""
        if self.scope.shared and any(
            isinstance(n, ast.Call | ast.NamedExpr) for n in ast.walk(self.node)
        ):
            for name in sorted(self.scope.shared):
                column = self.layout.new_column(name)
                found = [ast.Constant(name), call(Hook.LOCALS)]
                self.after.append(ast.Expr(call(Hook.SHARED, found, column)))
                self.assigns.append(Assign(name, column))

    def gone(self, name: str) -> int:
        """Report that a name has no value any more; return the column that says so."""
        column = self.layout.new_column(name)
        self.after.append(ast.Expr(call(Hook.GONE, [], column)))
        self.assigns.append(Assign(name, column))
        return column

    def _slow(self) -> Hook:
        return Hook.WHOLE if isinstance(self.node, ast.AugAssign) else Hook.VALUE

    def _called_for(self, name: str) -> str | None:
        """Return the function whose result a name is, if that is all there is to it."""
        if isinstance(self.node, ast.Assign):
            first = self.node.targets[0]
            if isinstance(first, ast.Name) and first.id == name:
                return user_call(self.node.value)
        return None

    def _element(self, target: ast.Subscript) -> None:
        text = ast.unparse(target.value)
        column = self.layout.new_column()
        base, index = self.scope.place(target)
        if not is_repeatable(target):
            self._spread(target)
        place = [loaded(target.value), _index_value(target.slice)]
        if base is None:  # no name has shown this array before it is written
            self.before.append(ast.Expr(call(Hook.SEEN, [loaded(target.value)])))
        if base is None or index is None:
            append: ast.stmt = ast.Expr(call(Hook.ELEMENT, [*place, loaded(target)], column))
        else:
            read = ast.NamedExpr(store(_TEMP), loaded(target))
            slow = [*place, load(_TEMP)]
            append = _append_or(column, read, load(_TEMP), Hook.ELEMENT, slow, _FLOATS)
        unreadable = ast.Expr(call(Hook.UNREADABLE, [loaded(target.value)], column))
        self.after.append(ast.Try([append], [ast.ExceptHandler(None, None, [unreadable])], [], []))
        if self.scope.looks_around:
            self._hide()
        is_augmented = isinstance(self.node, ast.AugAssign)
        self.stores.append(Store(text, column, base, index, is_augmented))

    def _hide(self) -> None:
        """Delete the hidden names again, since the function looks at its own names."""
        names = [_TEMP, _BASE, _INDEX]
        self.after += [ast.Assign([store(name)], ast.Constant(None)) for name in names]
        self.after.append(ast.Delete([ast.Name(name, ast.Del()) for name in names]))

    def _spread(self, target: ast.Subscript) -> None:
        """Evaluate the parts of a target once, into hidden names, in Python's own order."""
        if isinstance(self.node, ast.Assign) and len(self.node.targets) == 1:
            self.before.append(ast.Assign([store(_TEMP)], self.node.value))
            self.node.value = load(_TEMP)
        elif not isinstance(self.node, ast.AugAssign):
            return  # a target among several: reading it back evaluates it once more
        self.before.append(ast.Assign([store(_BASE)], target.value))
        self.before.append(ast.Assign([store(_INDEX)], _index_value(target.slice)))
        target.value, target.slice = load(_BASE), load(_INDEX)


def _append_or(
    column: int,
    tested: ast.expr,
    value: ast.expr,
    slow: Hook,
    arguments: list[ast.expr],
    usual: tuple[Hook, Hook],
) -> ast.stmt:
    """Return ``append(value) if the value's class is a usual one else slow(arguments)``."""
    pairs = zip((tested, cloned(value)), usual, strict=True)
    tests = [_is_a(found, kind) for found, kind in pairs]
    return ast.If(
        ast.BoolOp(ast.Or(), tests),
        [ast.Expr(call(Hook.APPEND, [value], column))],
        [ast.Expr(call(slow, arguments, column))],
    )


def _is_a(value: ast.expr, kind: Hook) -> ast.expr:
    """Return the test whether a value is of a class, and of none that is made from it."""
    return ast.Compare(ast.Attribute(value, "__class__", ast.Load()), [ast.Is()], [hook(kind)])


def _index_value(index: ast.expr) -> ast.expr:
    """Return an index as a value: ``1:3`` outside a subscript is ``slice(1, 3, None)``."""
    if isinstance(index, ast.Slice):
        parts = [part or ast.Constant(None) for part in (index.lower, index.upper, index.step)]
        return call(Hook.SLICE, [cloned(part) for part in parts])
    if isinstance(index, ast.Tuple):
        return ast.Tuple([_index_value(part) for part in index.elts], ast.Load())
    return loaded(index)
