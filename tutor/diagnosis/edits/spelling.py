"""A changed line in the student's own spelling: only the expression that changed is another."""

from __future__ import annotations

import ast
import copy
import re

from tutor.diagnosis.edits.edit import Change, Edit

_HOLE = "hole_{}_"
_LOOSE = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda)


def spelt(edit: Edit) -> str:
    """Return the changed line as the student would write it; as Python would, where that fails.

    Names, numbers, quotes and parentheses of what was left alone stay as they are.
    """
    if not edit.shown:
        return ""
    if edit.change is None:
        return _short_powers(edit.text.strip())
    for wrapped in (False, True):
        new = _rendered(edit.change, wrapped)
        for piece in (new, f"({new})"):
            text = _spliced(edit.change, piece)
            if text and _is_same(text, edit.text):
                return text
    return _short_powers(edit.text.strip())


def _rendered(change: Change, wrapped: bool) -> str:
    """Return the new expression, its parts that are the student's as they stand in the source."""
    holes: dict[str, str] = {}

    class _Kept(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if isinstance(node, ast.expr) and hasattr(node, "lineno"):
                name = _HOLE.format(len(holes))
                holes[name] = _segment(change.source, node)
                return ast.Name(name, ast.Load())
            return super().generic_visit(node)

    made = ast.unparse(_Kept().visit(copy.deepcopy(change.new)))
    made = _short_powers(made)
    for name, text in holes.items():
        loose = isinstance(ast.parse(text, mode="eval").body, _LOOSE)
        made = made.replace(name, f"({text})" if wrapped and loose else text)
    return made


def _short_powers(text: str) -> str:
    """Return numbers as they are written by hand: 1e-7, not 1e-07, and 1e-4, not 0.0001."""
    text = re.sub(r"(?<![\w.])0\.0001(?!\d)", "1e-4", text)
    return re.sub(r"(?<=\d)e-0(\d)", r"e-\1", text)


def _segment(source: str, node: ast.expr) -> str:
    return " ".join((ast.get_source_segment(source, node) or ast.unparse(node)).split())


def _spliced(change: Change, piece: str) -> str:
    """Return the statement's first line, or all of a simple statement, with the piece in it."""
    data = change.source.encode().split(b"\n")
    old, statement = change.old, change.statement
    last = statement.end_lineno or statement.lineno
    if isinstance(statement, ast.If | ast.While | ast.For | ast.With):
        last = max(statement.body[0].lineno - 1, statement.lineno)
        if statement.body[0].lineno == statement.lineno:
            return ""
    before = [*data[statement.lineno - 1 : old.lineno - 1], data[old.lineno - 1][: old.col_offset]]
    end = old.end_lineno or old.lineno
    after = [data[end - 1][old.end_col_offset or 0 :], *data[end:last]]
    before[0] = before[0][statement.col_offset :]
    if (
        last == (statement.end_lineno or last)
        and statement.end_col_offset is not None
        and (not isinstance(statement, ast.If | ast.While | ast.For | ast.With))
    ):
        cut = len(data[last - 1]) - statement.end_col_offset
        after[-1] = after[-1][: len(after[-1]) - cut]
    text = " ".join([b"\n".join(before).decode() + piece + b"\n".join(after).decode()])
    return " ".join(_uncommented(text).split())


def _uncommented(text: str) -> str:
    """Leave out a comment at the end of a compound statement's first line."""
    return re.sub(r":\s*#.*$", ":", text)


def _is_same(text: str, wanted: str) -> bool:
    try:
        return _dumped(text) == _dumped(wanted)
    except SyntaxError:
        return False


def _dumped(text: str) -> str:
    return ast.dump(ast.parse(f"{text}\n    pass" if text.rstrip().endswith(":") else text))
