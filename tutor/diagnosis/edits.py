"""Small changes of one line of a definition, tried until the part is right.

Each is a change that undoes what learners do: a missing axis, a missing division, a sign, a
transpose, a pair of parentheses. The line whose change puts the part right is the accused line.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tutor.diagnosis.definitions import Definition

_MOST = 1200
_REDUCTIONS = ("sum", "max", "mean", "amax", "min", "argmax")
_SIZES = re.compile(r"^(n|m|N|batch_?size|batch_?num|bs|num|num_\w+|size|B)$")

Rule = Callable[[ast.AST, Sequence[str]], Iterator[ast.expr]]


@dataclass(frozen=True, slots=True)
class Edit:
    """A definition with one statement changed.

    ``line`` is that of the statement in the module, ``text`` what stands there now, ``source``
    the whole definition as it reads with it. ``rule`` is the kind of change.
    """

    line: int
    text: str
    source: str
    rule: str = ""
    old: str = ""


def edits(definition: Definition, source: str, pitfall: str) -> Iterator[Edit]:
    """Yield changes of a definition, those that undo the pitfall first.

    Parameters
    ----------
    definition : Definition
    source : str
        The source of its module.
    pitfall : str
        What it is accused of; empty for a fault without a name.
    """
    lines = source.split("\n")
    own = lines[definition.line - 1 : definition.end_line]
    tree = definition.node
    sizes = _sizes(tree)
    names = _names_in(tree)
    first = _RULES.get(pitfall, ())
    rest = [rule for rule in _ALL if rule not in first]
    seen: set[tuple[int, str]] = set()
    count = 0
    statements = list(_statements(tree))
    if pitfall in ("loss-not-averaged", "wrong-batch-size", "epsilon-wrong"):
        statements.sort(key=lambda s: "log(" not in lines[s.lineno - 1])
    for rule in (*first, *rest):
        for statement in statements:
            for text in _changed(statement, rule, names if rule is _name else sizes):
                key = (statement.lineno, text)
                if key in seen:
                    continue
                seen.add(key)
                count += 1
                if count > _MOST:
                    return
                yield _edit(definition, own, statement, text, _called(rule))


def named(edit: Edit) -> str:
    """Return the pitfall that a change undoes; empty where the change does not tell."""
    text = edit.text.lower()
    old = edit.old.lower()
    if edit.rule == "axis" and ("db" in text or "bias" in text or "b1" in text or "b2" in text):
        return "bias-gradient"
    if edit.rule in ("name", "key") and "sig" in text:
        return "sigmoid-grad-of-activation"
    if edit.rule in ("compare", "copied") and ("mask" in text or "relu" in text or "0" in text):
        return "relu-mask"
    if edit.rule == "name" and ("mask" in text or "<= 0" in text or "> 0" in text):
        return "relu-mask"
    if edit.rule == "divide":
        return (
            "bias-gradient"
            if old.strip().startswith(("db", "self.db"))
            else "missing-batch-division"
        )
    if edit.rule == "undivide":
        return "double-batch-division"
    if edit.rule == "negate" or (edit.rule == "operator" and "-" in text):
        return "gradient-sign"
    if edit.rule == "transpose":
        return "missing-transpose"
    if edit.rule == "unwrap" and re.search(r"softmax|sigm", old):
        return "squashed-twice"
    if edit.rule == "exchange":
        return "wrong-operand"
    if edit.rule == "attribute":
        return "gradients-miswired"
    if edit.rule == "reversed":
        return "stale-cache"
    return ""


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node


def _edit(
    definition: Definition, own: Sequence[str], statement: ast.stmt, text: str, rule: str
) -> Edit:
    start = statement.lineno - definition.line
    end = _end(statement) - definition.line
    indent = own[start][: len(own[start]) - len(own[start].lstrip())]
    before = (
        own[start][: statement.col_offset] if own[start][: statement.col_offset].strip() else ""
    )
    new = [indent + line if line else "" for line in text.split("\n")]
    if before:  # another statement stands on the same line
        new = [before + text.replace("\n", "; ")]
    return Edit(
        statement.lineno, text, "\n".join([*own[:start], *new, *own[end + 1 :]]), rule, own[start]
    )


def _called(rule: object) -> str:
    found = rule.apply if isinstance(rule, _Whole) else rule
    return str(getattr(found, "__name__", "")).strip("_")


def _end(statement: ast.stmt) -> int:
    if isinstance(statement, ast.If | ast.While | ast.For | ast.With):
        return statement.body[0].lineno - 1
    return statement.end_lineno or statement.lineno


def _changed(statement: ast.stmt, rule: object, sizes: Sequence[str]) -> Iterator[str]:
    """Yield the text of a statement as a rule changes it, once for each place it applies to."""
    if isinstance(rule, _Whole):
        yield from rule.apply(statement)
        return
    held = _header(statement)
    nodes = list(ast.walk(held))
    for number, node in enumerate(nodes):
        if not isinstance(node, ast.expr):
            continue
        for new in rule(node, sizes):  # type: ignore[operator]
            fresh = copy.deepcopy(held)
            target = list(ast.walk(fresh))[number]
            made = _Swap(target, new).visit(fresh)
            yield _text(statement, made)


def _header(statement: ast.stmt) -> ast.AST:
    if isinstance(statement, ast.If | ast.While):
        return statement.test
    if isinstance(statement, ast.For):
        return statement.iter
    return ast.Pass() if isinstance(statement, ast.With | ast.Try) else statement


def _text(statement: ast.stmt, made: ast.AST) -> str:
    ast.fix_missing_locations(made)
    if isinstance(statement, ast.If):
        return f"if {ast.unparse(made)}:"
    if isinstance(statement, ast.While):
        return f"while {ast.unparse(made)}:"
    if isinstance(statement, ast.For):
        return f"for {ast.unparse(statement.target)} in {ast.unparse(made)}:"
    return ast.unparse(made)


class _Swap(ast.NodeTransformer):
    def __init__(self, target: ast.AST, new: ast.expr) -> None:
        self.target = target
        self.new = new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.target else super().generic_visit(node)


def _sizes(tree: ast.AST) -> list[str]:
    """Return the expressions of a definition that may be the size of a batch."""
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    out = [name for name in sorted(names) if _SIZES.match(name)]
    held = {ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    arrays: list[str] = [a for a in ("self.t", "self.y", "self.x") if a in held]
    arrays += [name for name in ("t", "y", "x", "X", "dout") if name in names]
    return out + [f"{name}.shape[0]" for name in arrays]


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


# -- rules: an expression, and what it may have been meant to be ----------------------------------


def _axis(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name not in _REDUCTIONS:
        return
    kept = [k for k in node.keywords if k.arg not in ("axis", "keepdims")]
    args = (
        node.args[:1]
        if isinstance(node.func, ast.Attribute) and _is_numpy(node.func)
        else node.args
    )
    function = _parsed(f"np.{name}") if isinstance(node.func, ast.Name) else node.func
    for axis, keep in ((-1, True), (1, True), (0, False), (1, False), (0, True), (-1, False)):
        keywords = [*kept, ast.keyword("axis", _parsed(str(axis)))]
        if keep:
            keywords.append(ast.keyword("keepdims", ast.Constant(True)))
        yield ast.Call(function, list(args), keywords)
    if node.keywords:
        yield ast.Call(function, list(args), kept)


def _is_numpy(func: ast.Attribute) -> bool:
    return isinstance(func.value, ast.Name) and func.value.id in ("np", "numpy", "cp")


def _divide(node: ast.AST, sizes: Sequence[str]) -> Iterator[ast.expr]:
    if not isinstance(node, ast.BinOp | ast.Name | ast.UnaryOp | ast.Call | ast.Attribute):
        return
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for size in sizes:
            yield ast.BinOp(node, ast.Div(), _parsed(size))


def _undivide(node: ast.AST, sizes: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield node.left
        for size in sizes:
            yield ast.BinOp(node.left, ast.Div(), _parsed(size))


def _negate(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        yield ast.BinOp(node.right, ast.Sub(), node.left)
    elif isinstance(node, ast.BinOp | ast.Call) or (
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ):
        yield ast.UnaryOp(ast.USub(), node)


def _parentheses(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    if not isinstance(node, ast.BinOp):
        return
    left, right = node.left, node.right
    if (
        isinstance(node.op, ast.Mult)
        and isinstance(left, ast.BinOp)
        and isinstance(left.op, ast.Div)
    ):
        yield ast.BinOp(left.left, ast.Div(), ast.BinOp(left.right, ast.Mult(), right))
    is_sum = isinstance(node.op, ast.Add | ast.Sub)
    if is_sum and isinstance(right, ast.BinOp) and isinstance(right.op, ast.Div):
        yield ast.BinOp(ast.BinOp(left, node.op, right.left), ast.Div(), right.right)
    if is_sum and isinstance(left, ast.BinOp) and isinstance(left.op, ast.Div):
        yield ast.BinOp(left.left, ast.Div(), ast.BinOp(left.right, node.op, right))
    if (
        isinstance(node.op, ast.Mult)
        and isinstance(right, ast.BinOp)
        and isinstance(right.op, ast.Div)
    ):
        yield ast.BinOp(ast.BinOp(node.left, ast.Mult(), right.left), ast.Div(), right.right)


def _operator(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        other = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
        kind = other.get(type(node.op))
        if kind is not None:
            yield ast.BinOp(node.left, kind(), node.right)


def _transpose(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        if isinstance(node.ctx, ast.Load):
            yield ast.Attribute(node, "T", ast.Load())
    elif (
        isinstance(node, ast.Call)
        and len(node.args) == 2
        and ast.unparse(node.func).endswith("dot")
    ):
        yield ast.Call(node.func, [node.args[1], node.args[0]], [])
        one, other = (ast.Attribute(a, "T", ast.Load()) for a in node.args)
        yield ast.Call(node.func, [one, node.args[1]], [])
        yield ast.Call(node.func, [node.args[0], other], [])
        yield ast.Call(node.func, [other, node.args[0]], [])
        yield ast.Call(node.func, [node.args[1], one], [])


def _compare(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for op in (ast.LtE(), ast.Lt(), ast.GtE(), ast.Gt()):
            if type(op) is not type(node.ops[0]):
                yield ast.Compare(node.left, [op], node.comparators)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        yield node.operand
    if isinstance(node, ast.Attribute) and node.attr == "mask" and isinstance(node.ctx, ast.Load):
        yield ast.UnaryOp(ast.Invert(), node)


def _constant(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        if isinstance(node.value, float) or abs(node.value) > 50:
            for value in (1e-4, 1e-7, 1.0, 0.5, 2.0, 0.0, -1.0):
                yield ast.Constant(value)
        else:
            for whole in (0, 1, 2, -1):
                yield ast.Constant(whole)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, ast.Constant):
                yield other
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield node.left


def _copied(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield ast.Call(ast.Attribute(node, "copy", ast.Load()), [], [])
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "copy"
        and not node.args
    ):
        yield node.func.value


def _factor(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for factor in ("self.out", "(1 - self.out)", "self.y", "(1 - self.y)"):
            yield ast.BinOp(node, ast.Mult(), _parsed(factor))
    if isinstance(node, ast.Call) and "zeros_like" in ast.unparse(node.func):
        yield ast.Call(node.func, node.args, [ast.keyword("dtype", ast.Name("float", ast.Load()))])


def _reversed(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    text = ast.unparse(node) if isinstance(node, ast.expr) else ""
    if re.fullmatch(r"(self\.)?\w*layers(\.values\(\))?", text):
        yield _parsed(f"reversed(list({text}))")


def _name(node: ast.AST, names: Sequence[str]) -> Iterator[ast.expr]:
    """Another name of the same sort: a1 for z1, W2 for W1, b1 for b2."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    number = re.sub(r"\D", "", node.id)
    near = [n for n in names if n != node.id and re.sub(r"\D", "", n) == number and number]
    letter = re.sub(r"\d", "", node.id)
    near += [n for n in names if n != node.id and re.sub(r"\d", "", n) == letter and letter != n]
    for name in near:
        yield ast.Name(name, ast.Load())


def _unwrap(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    """Take what a function of one argument is given, in place of what it gives."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        yield node.args[0]


def _exchange(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    """Turn a call's two arguments round."""
    if isinstance(node, ast.Call) and len(node.args) == 2:
        yield ast.Call(node.func, [node.args[1], node.args[0]], node.keywords)


def _factor_of_two(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    """One term twice, or half, as large."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for factor in (0.5, 2.0):
            yield ast.BinOp(ast.Constant(factor), ast.Mult(), node)


def _key(node: ast.AST, names: Sequence[str]) -> Iterator[ast.expr]:
    """Another key of the same sort: cache["Z1"] for cache["A1"]."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        key = node.slice.value
        if isinstance(key, str) and re.fullmatch(r"[A-Za-z]+\d", key):
            for letter in ("A", "Z", "a", "z", "h", "H"):
                if letter + key[-1] != key:
                    yield ast.Subscript(node.value, ast.Constant(letter + key[-1]), ast.Load())


def _attribute(node: ast.AST, _: Sequence[str]) -> Iterator[ast.expr]:
    """DW for db and the other way round; another layer's number in a key."""
    swaps = {"dW": "db", "db": "dW"}
    if isinstance(node, ast.Attribute) and node.attr in swaps and isinstance(node.ctx, ast.Load):
        yield ast.Attribute(node.value, swaps[node.attr], ast.Load())
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        found = re.fullmatch(r"(\w*?)([1-5])", node.value)
        if found:
            for number in "123":
                if number != found[2]:
                    yield ast.Constant(found[1] + number)


def _names_in(tree: ast.AST) -> list[str]:
    return sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name)})


class _Whole:
    """A change of a whole statement."""

    def __init__(self, apply: Callable[[ast.stmt], Iterator[str]]) -> None:
        self.apply = apply


def _in_place(statement: ast.stmt) -> Iterator[str]:
    """``x -= c`` becomes ``x = x - c``, and the other way round."""
    if isinstance(statement, ast.AugAssign):
        target = ast.unparse(statement.target)
        op = _SIGNS.get(type(statement.op))
        if op:
            yield f"{target} = {target} {op} ({ast.unparse(statement.value)})"
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp):
        target = ast.unparse(statement.targets[0])
        op = _SIGNS.get(type(statement.value.op))
        if op and ast.unparse(statement.value.left) == target:
            yield f"{target} {op}= {ast.unparse(statement.value.right)}"
            other = {"+": "-", "-": "+"}.get(op)
            if other:
                yield f"{target} = {target} {other} {ast.unparse(statement.value.right)}"
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add | ast.Sub):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        yield f"{target} {'-' if isinstance(statement.op, ast.Add) else '+'}= {value}"


_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def _divided_after(statement: ast.stmt) -> Iterator[str]:
    """After 1 was taken from the right classes, the rows are divided by their number."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Subscript):
        name = ast.unparse(statement.target.value)
        yield f"{ast.unparse(statement)}\n{name} /= {name}.shape[0]"


def _removed(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
        yield "pass"


def _restored(statement: ast.stmt) -> Iterator[str]:
    """After the slope is stored, the element is put back."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        text = ast.unparse(statement)
        index = ast.unparse(statement.targets[0].slice)
        for x in ("x", "W", "params", "theta", "w", "X"):
            for kept in ("tmp_val", "tmp", "temp", "old", "original", "value", "old_value", "orig"):
                yield f"{text}\n{x}[{index}] = {kept}"


def _given_back(statement: ast.stmt) -> Iterator[str]:
    """Return what a last line computes and gives nobody."""
    if isinstance(statement, ast.Expr):
        yield f"return {ast.unparse(statement.value)}"
    if isinstance(statement, ast.Assign):
        yield f"{ast.unparse(statement)}\nreturn {ast.unparse(statement.targets[0])}"


_RULES: dict[str, tuple[object, ...]] = {
    "softmax-whole-batch": (_axis,),
    "softmax-wrong-axis": (_axis,),
    "softmax-missing-keepdims": (_axis,),
    "softmax-global-max": (_axis,),
    "builtin-max-sum": (_axis,),
    "softmax-mutates-input": (_Whole(_in_place),),
    "missing-batch-division": (_divide, _Whole(_divided_after)),
    "loss-not-averaged": (_divide,),
    "double-batch-division": (_undivide,),
    "wrong-batch-size": (_undivide,),
    "gradient-sign": (_negate, _Whole(_in_place)),
    "bias-gradient": (_axis, _undivide),
    "missing-transpose": (_transpose,),
    "relu-mask": (_compare,),
    "relu-mutates-dout": (_copied,),
    "sigmoid-sign": (_negate, _parentheses),
    "sigmoid-backward": (_factor,),
    "step-precedence": (_parentheses,),
    "missing-parentheses": (_parentheses,),
    "sum-not-difference": (_operator,),
    "divides-by-x": (_constant,),
    "step-underflow": (_constant,),
    "bad-step-size": (_constant,),
    "epsilon-wrong": (_constant, _operator),
    "no-restore": (_Whole(_restored),),
    "returns-none": (_Whole(_given_back),),
    "backward-returns-none": (_Whole(_given_back),),
    "integer-result": (_factor,),
    "stale-cache": (_reversed,),
    "squashed-twice": (_unwrap,),
    "wrong-operand": (_exchange,),
    "sigmoid-grad-of-activation": (_name, _key),
    "regularisation-mismatch": (_factor_of_two, _constant),
    "gradients-miswired": (_name, _attribute),
    "backward-overwrites-weights": (_Whole(_removed),),
    "rebinds-parameters": (_Whole(_in_place),),
}
_ALL: tuple[object, ...] = (
    _name,
    _key,
    _negate,
    _operator,
    _compare,
    _transpose,
    _axis,
    _parentheses,
    _unwrap,
    _exchange,
    _attribute,
    _constant,
    _reversed,
    _Whole(_in_place),
    _factor,
    _undivide,
    _divide,
    _copied,
    _Whole(_divided_after),
    _Whole(_removed),
    _Whole(_given_back),
)
