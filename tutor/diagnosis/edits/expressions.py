"""Rules of expressions: what one may have been meant to be, in any definition."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

from tutor.diagnosis.edits.edit import Context, called, is_read, method_call, parsed

_REDUCTIONS = ("sum", "max", "mean", "amax", "min", "argmax")
_AXES = ((-1, True), (1, True), (0, False), (1, False), (0, True), (-1, False))
_FEW = 50  # up to which a whole number is an axis or a number of something
_NUMBERS = (1e-4, 1e-7, 1.0, 0.5, 2.0, 0.0)


def axis(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Reduce over another axis, with or without keeping it."""
    if not isinstance(node, ast.Call) or called(node) not in _REDUCTIONS:
        return
    kept = [k for k in node.keywords if k.arg not in ("axis", "keepdims")]
    method = isinstance(node.func, ast.Attribute) and not _is_numpy(node.func)
    args = node.args if method else node.args[:1]
    function = parsed(f"np.{called(node)}") if isinstance(node.func, ast.Name) else node.func
    for number, keep in _AXES:
        keywords = [*kept, ast.keyword("axis", parsed(str(number)))]
        if keep:
            keywords.append(ast.keyword("keepdims", ast.Constant(True)))
        yield ast.Call(function, list(args), keywords)
    if node.keywords:
        yield ast.Call(function, list(args), kept)


def summed(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Sum where a mean was taken."""
    is_mean = isinstance(node, ast.Call) and called(node) == "mean"
    if is_mean and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        func = ast.Attribute(node.func.value, "sum", ast.Load())
        yield ast.Call(func, node.args, node.keywords)


def _is_numpy(func: ast.Attribute) -> bool:
    return isinstance(func.value, ast.Name) and func.value.id in ("np", "numpy", "cp")


def divide(node: ast.expr, context: Context) -> Iterator[ast.expr]:
    """Divide by the size of the batch."""
    if not isinstance(node, ast.BinOp | ast.Name | ast.UnaryOp | ast.Call | ast.Attribute):
        return
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for size in context.sizes:
            yield ast.BinOp(node, ast.Div(), parsed(size))


def undivide(node: ast.expr, context: Context) -> Iterator[ast.expr]:
    """Do not divide, or by the size of the batch."""
    if _is_quotient(node):
        yield node.left
        for size in context.sizes:
            yield ast.BinOp(node.left, ast.Div(), parsed(size))


def negate(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Turn the sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        yield ast.BinOp(node.right, ast.Sub(), node.left)
    elif isinstance(node, ast.BinOp | ast.Call) or (isinstance(node, ast.Name) and is_read(node)):
        yield ast.UnaryOp(ast.USub(), node)


def exchanged(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Subtract the other way round, as one puts a sign right by hand."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        yield ast.BinOp(node.right, ast.Sub(), node.left)


def parentheses(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Move a pair of parentheses."""
    if not isinstance(node, ast.BinOp):
        return
    left, op, right = node.left, node.op, node.right
    times, plus = isinstance(op, ast.Mult), isinstance(op, ast.Add | ast.Sub)
    if times and _is_quotient(left):
        yield ast.BinOp(left.left, ast.Div(), ast.BinOp(left.right, op, right))
    if plus and _is_quotient(right):
        yield ast.BinOp(ast.BinOp(left, op, right.left), ast.Div(), right.right)
    if plus and _is_quotient(left):
        yield ast.BinOp(left.left, ast.Div(), ast.BinOp(left.right, op, right))
    if times and _is_quotient(right):
        yield ast.BinOp(ast.BinOp(left, op, right.left), ast.Div(), right.right)


def _is_quotient(node: ast.expr) -> TypeGuard[ast.BinOp]:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def operator(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Add for subtract, and the other way round; divide by a name that is multiplied with."""
    if not isinstance(node, ast.BinOp):
        return
    if isinstance(node.op, ast.Add):
        yield ast.BinOp(node.left, ast.Sub(), node.right)
    elif isinstance(node.op, ast.Sub):
        yield ast.BinOp(node.left, ast.Add(), node.right)
    elif isinstance(node.op, ast.Div):
        yield ast.BinOp(node.left, ast.Mult(), node.right)
    elif isinstance(node.op, ast.Mult) and isinstance(node.right, ast.Name):
        yield ast.BinOp(node.left, ast.Div(), node.right)


def transpose(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Transpose a factor of a product, or not; turn the factors of ``dot`` round."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        for left, right in _transposed(node.left, node.right):
            yield ast.BinOp(left, ast.MatMult(), right)
    if not isinstance(node, ast.Call) or called(node) not in ("dot", "matmul"):
        return
    if len(node.args) == 2:
        for left, right in _transposed(*node.args):
            yield ast.Call(node.func, [left, right], [])
    elif len(node.args) == 1 and isinstance(node.func, ast.Attribute):
        for left, right in _transposed(node.func.value, node.args[0]):
            yield ast.Call(ast.Attribute(left, node.func.attr, ast.Load()), [right], [])


def _transposed(one: ast.expr, other: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    yield one, _turned(other)
    yield _turned(one), other
    yield other, one
    yield _turned(other), one
    yield other, _turned(one)


def _turned(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())


def compare(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Compare the other way round."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        if isinstance(node.left, ast.Attribute) and node.left.attr in ("ndim", "size"):
            return
        for op in (ast.LtE(), ast.Lt(), ast.GtE(), ast.Gt()):
            if type(op) is not type(node.ops[0]):
                yield ast.Compare(node.left, [op], node.comparators)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        yield node.operand
    if isinstance(node, ast.Attribute) and node.attr == "mask" and is_read(node):
        yield ast.UnaryOp(ast.Invert(), node)


def constant(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Another number, or none."""
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        whole = isinstance(value, int) and value <= _FEW
        others = (0, 1, 2) if whole else _NUMBERS
        yield from (ast.Constant(other) for other in others if other != value)
    yield from unscaled(node, _)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield node.left


def unscaled(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Leave out a number that something is multiplied with."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, ast.Constant):
                yield other


def squared(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Square what is added or subtracted: ``1 - out ** 2`` for ``1 - out``."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
        return
    if isinstance(node.right, ast.Name | ast.Attribute):
        yield ast.BinOp(node.left, node.op, ast.BinOp(node.right, ast.Pow(), ast.Constant(2)))


def copied(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Take a copy, or the very array."""
    if isinstance(node, ast.Name) and is_read(node):
        yield method_call(node, "copy")
    is_copy = isinstance(node, ast.Call) and called(node) == "copy" and not node.args
    if is_copy and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield node.func.value


def reversed_layers(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Go through the layers from the last to the first."""
    text = ast.unparse(node)
    if re.fullmatch(r"(self\.)?\w*layers(\.values\(\))?", text):
        yield parsed(f"reversed(list({text}))")


def unwrap(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Take what a function of one argument is given, in place of what it gives."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        yield node.args[0]


def arguments(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Turn a call's two arguments round."""
    if isinstance(node, ast.Call) and len(node.args) == 2 and called(node) not in ("dot", "matmul"):
        yield ast.Call(node.func, [node.args[1], node.args[0]], node.keywords)


def doubled(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """One term twice, or half, as large."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for factor in (2, 0.5):
            left = ast.BinOp(ast.Constant(factor), ast.Mult(), node.left)
            yield ast.BinOp(left, ast.Mult(), node.right)


def another_name(node: ast.expr, context: Context) -> Iterator[ast.expr]:
    """Another name of the same sort: a1 for z1, W2 for W1, b1 for b2."""
    if not isinstance(node, ast.Name) or not is_read(node):
        return
    number, letter = re.sub(r"\D", "", node.id), re.sub(r"\d", "", node.id)
    others = [n for n in context.names if n != node.id]
    near = [n for n in others if number and re.sub(r"\D", "", n) == number]
    near += [n for n in others if re.sub(r"\d", "", n) == letter != n]
    yield from (ast.Name(name, ast.Load()) for name in near)


def another_key(node: ast.expr, _: Context) -> Iterator[ast.expr]:
    """Another key of the same sort: cache["Z1"] for cache["A1"]."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        key = node.slice.value
        if isinstance(key, str) and re.fullmatch(r"[A-Za-z]+\d", key):
            for letter in "AZazhH":
                if letter + key[-1] != key:
                    yield ast.Subscript(node.value, ast.Constant(letter + key[-1]), ast.Load())


def another_attribute(node: ast.expr, context: Context) -> Iterator[ast.expr]:
    """DW for db and the other way round; another layer's number in a key; another thing kept."""
    swaps = {"dW": "db", "db": "dW"}
    if isinstance(node, ast.Attribute) and is_read(node):
        if node.attr in swaps:
            yield ast.Attribute(node.value, swaps[node.attr], ast.Load())
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            near = [h for h in context.held if h.lower() == f"self.{node.attr}".lower()]
            yield from (parsed(h) for h in near if h != f"self.{node.attr}")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        found = re.fullmatch(r"(\w*?)([1-5])", node.value)
        if found:
            yield from (ast.Constant(found[1] + n) for n in "123" if n != found[2])
