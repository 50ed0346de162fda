"""Rules of whole statements: what one may have been meant to be, as text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.diagnosis.edits.edit import Context, called

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_TIGHT = (ast.Call, ast.Name, ast.Constant, ast.Attribute, ast.Subscript)
_ARRAYS = ("x", "W", "params", "theta", "w", "X")
_KEPT = ("tmp_val", "tmp", "temp", "old", "original", "value", "old_value", "orig", "keep")


def in_place(statement: ast.stmt, _: Context) -> Iterator[str]:
    """``x -= c`` becomes ``x = x - c``, and the other way round."""
    if isinstance(statement, ast.AugAssign):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        sign = _SIGNS.get(type(statement.op))
        if sign:
            inner = value if isinstance(statement.value, _TIGHT) else f"({value})"
            yield f"{target} = {target} {sign} {inner}"
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp):
        target = ast.unparse(statement.targets[0])
        sign = _SIGNS.get(type(statement.value.op))
        if sign and ast.unparse(statement.value.left) == target:
            yield f"{target} {sign}= {ast.unparse(statement.value.right)}"


def turned(statement: ast.stmt, _: Context) -> Iterator[str]:
    """Add where was subtracted, and the other way round."""
    other = {"+": "-", "-": "+"}
    if isinstance(statement, ast.AugAssign):
        sign = other.get(_SIGNS.get(type(statement.op), ""))
        if sign:
            yield f"{ast.unparse(statement.target)} {sign}= {ast.unparse(statement.value)}"
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp):
        target = ast.unparse(statement.targets[0])
        sign = other.get(_SIGNS.get(type(statement.value.op), ""))
        if sign and ast.unparse(statement.value.left) == target:
            yield f"{target} = {target} {sign} {ast.unparse(statement.value.right)}"


def assigned(statement: ast.stmt, _: Context) -> Iterator[str]:
    """Keep what a call gives: ``y = y.reshape(1, -1)``; in place of ``out=`` as well."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(value, ast.Call):
        return
    if called(value) == "reshape" and isinstance(value.func, ast.Attribute):
        yield f"{ast.unparse(value.func.value)} = {ast.unparse(value)}"
    out = next((k for k in value.keywords if k.arg == "out"), None)
    if out is not None:
        plain = ast.Call(value.func, value.args, [k for k in value.keywords if k is not out])
        yield f"{ast.unparse(out.value)} = {ast.unparse(plain)}"


def divided_after(statement: ast.stmt, context: Context) -> Iterator[str]:
    """After 1 was taken from the right classes, the rows are divided by their number."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Subscript):
        name = ast.unparse(statement.target.value)
        sizes = [size for size in context.sizes if "." not in size]
        for size in (*sizes, f"{name}.shape[0]"):
            yield f"{ast.unparse(statement)}\n{name} /= {size}"


def removed(statement: ast.stmt, _: Context) -> Iterator[str]:
    """Leave the statement out."""
    if isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
        yield "pass"


def kept_as_gradient(statement: ast.stmt, _: Context) -> Iterator[str]:
    """Keep a gradient under a name of its own: ``self.dW`` for ``self.W``."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute):
        target = statement.targets[0]
        if not target.attr.startswith("d"):
            value = ast.unparse(statement.value)
            yield f"{ast.unparse(target.value)}.d{target.attr} = {value}"


def restored(statement: ast.stmt, _: Context) -> Iterator[str]:
    """After the slope is stored, the element is put back."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        text = ast.unparse(statement)
        index = ast.unparse(statement.targets[0].slice)
        for x in _ARRAYS:
            for kept in _KEPT:
                yield f"{text}\n{x}[{index}] = {kept}"


def given_back(statement: ast.stmt, _: Context) -> Iterator[str]:
    """Return what a last line computes and gives nobody."""
    if isinstance(statement, ast.Expr):
        yield f"return {ast.unparse(statement.value)}"
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        if isinstance(target, ast.Subscript):  # the last entry of what is to be given back
            yield f"{ast.unparse(statement)}\nreturn {ast.unparse(target.value)}"
        yield f"{ast.unparse(statement)}\nreturn {ast.unparse(target)}"
