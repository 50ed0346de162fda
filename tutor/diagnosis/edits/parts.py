"""Rules of expressions that undo one pitfall: of a batch, a mask, an epsilon, a softmax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from tutor.diagnosis.edits.edit import Context, called, is_read, parsed


def rows(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Take the number of rows: ``y.shape[0]`` for ``y.shape[1]`` or ``y.ndim``."""
    if isinstance(node, ast.Subscript) and _is_shape(node.value):
        if ast.unparse(node.slice) != "0":
            yield ast.Subscript(node.value, ast.Constant(0), ast.Load())
    elif isinstance(node, ast.Attribute) and node.attr in ("ndim", "size"):
        shape = ast.Attribute(node.value, "shape", ast.Load())
        yield ast.Subscript(shape, ast.Constant(0), ast.Load())


def samples(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Count the samples where one may come as a vector: ``t.size // t.shape[-1]``."""
    if isinstance(node, ast.Subscript) and _is_shape(node.value):
        owner = ast.unparse(node.value.value)
        yield parsed(f"{owner}.size // {owner}.shape[-1]")


def _is_shape(node: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and node.attr == "shape"


def picked(node: ast.expr, context: Context) -> Iterator[ast.expr]:
    """Pick one entry of each row: ``y[np.arange(n), t]`` for ``y[:, t]``."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return
    if len(node.slice.elts) == 2 and is_read(node):
        sizes = [s for s in context.sizes if "." not in s] or [f"len({ast.unparse(node.value)})"]
        for size in sizes:
            index = ast.Tuple([parsed(f"np.arange({size})"), node.slice.elts[1]], ast.Load())
            yield ast.Subscript(node.value, index, ast.Load())


def masked(node: ast.expr, context: Context) -> Iterator[ast.expr]:
    """Compare what forward kept with 0, in place of the gradient."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return
    if isinstance(node.comparators[0], ast.Constant) and not node.comparators[0].value:
        for held in context.held:
            yield ast.Compare(parsed(held), node.ops, node.comparators)


def above_zero(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Add a small number inside a logarithm."""
    if isinstance(node, ast.Call) and called(node) in ("log", "log10") and node.args:
        inner = ast.BinOp(node.args[0], ast.Add(), ast.Constant(1e-7))
        yield ast.Call(node.func, [inner, *node.args[1:]], node.keywords)


def epsilon(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Another number beside y in a logarithm, and added, not subtracted."""
    if isinstance(node, ast.Call) and called(node) == "log" and len(node.args) == 1:
        inner = node.args[0]
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub):
            if not isinstance(inner.right, ast.Constant):
                yield ast.Call(node.func, [ast.BinOp(inner.left, ast.Add(), inner.right)], [])
            inner = inner.left
        yield ast.Call(node.func, [ast.BinOp(inner, ast.Add(), ast.Constant(1e-7))], [])
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield ast.Constant(1e-7)


def tiny(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Take an epsilon so small that no probability is below it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < 1e-3:
        yield ast.Constant(1e-30)


def factor(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Multiply with another factor of the sigmoid's derivative."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for text in ("self.out", "(1 - self.out)", "self.y", "(1 - self.y)"):
            yield ast.BinOp(node, ast.Mult(), parsed(text))


def of_floats(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Let an array hold floats, whatever its model holds."""
    if isinstance(node, ast.Call) and called(node).endswith("_like"):
        kept = [k for k in node.keywords if k.arg != "dtype"]
        dtype = ast.keyword("dtype", ast.Name("float", ast.Load()))
        yield ast.Call(node.func, node.args, [*kept, dtype])


def shifted(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Subtract the largest entry of each row inside an exponential."""
    if isinstance(node, ast.Call) and called(node) == "exp" and len(node.args) == 1:
        inner = node.args[0]
        if isinstance(inner, ast.Name):
            largest = parsed(f"np.max({inner.id}, axis=-1, keepdims=True)")
            yield ast.Call(node.func, [ast.BinOp(inner, ast.Sub(), largest)], [])


def by_row(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Leave the number of rows to reshape: ``reshape(-1, 1)`` for ``reshape(100, 1)``."""
    if not isinstance(node, ast.Call) or called(node) != "reshape" or not node.args:
        return
    if isinstance(node.func, ast.Attribute):
        yield ast.Call(node.func, [parsed("-1"), *node.args[1:]], node.keywords)


def own_step(node: ast.expr, context: Context) -> Iterator[ast.expr]:
    """Divide by twice the step, in place of twice x."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and "h" in context.names:
        yield parsed("2 * h")


def step(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Take a step of 1e-4."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(1e-4)


def every_index(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Go through every index of an array: ``np.ndindex(x.shape)`` for a range."""
    if isinstance(node, ast.Call) and called(node) == "range" and len(node.args) == 1:
        told = ast.unparse(node.args[0])
        name = told.removeprefix("len(").partition(")")[0].partition(".")[0]
        yield parsed(f"np.ndindex({name}.shape)")
