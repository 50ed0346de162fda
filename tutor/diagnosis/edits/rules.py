"""Which rules undo which pitfall, and those that are tried for any fault."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tutor.diagnosis.edits import expressions as of
from tutor.diagnosis.edits import parts
from tutor.diagnosis.edits import statements as whole
from tutor.diagnosis.edits.edit import OfExpression, OfStatement, Rule

_AXIS, _DIVIDE = OfExpression(of.axis), OfExpression(of.divide)
_UNDIVIDE, _PARENTHESES = OfExpression(of.undivide), OfExpression(of.parentheses)
_NEGATE, _EXCHANGED = OfExpression(of.negate), OfExpression(of.exchanged)
_CONSTANT, _OPERATOR = OfExpression(of.constant), OfExpression(of.operator)
_TRANSPOSE, _COMPARE = OfExpression(of.transpose), OfExpression(of.compare)
_COPIED, _NAME = OfExpression(of.copied), OfExpression(of.another_name)
_KEY, _ATTRIBUTE = OfExpression(of.another_key), OfExpression(of.another_attribute)
_UNWRAP, _ARGUMENTS = OfExpression(of.unwrap), OfExpression(of.arguments)
_REVERSED, _ROWS = OfExpression(of.reversed_layers), OfExpression(parts.rows)
_UNSCALED, _SQUARED = OfExpression(of.unscaled), OfExpression(of.squared)
_IN_PLACE, _TURNED = OfStatement(whole.in_place), OfStatement(whole.turned)
_ASSIGNED, _AFTER = OfStatement(whole.assigned), OfStatement(whole.divided_after)
_RETURN, _FACTOR = OfStatement(whole.given_back), OfExpression(parts.factor)
_REMOVED = OfStatement(whole.removed, shown=False)

TARGETED: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "softmax-whole-batch": (_AXIS,),
        "softmax-wrong-axis": (_AXIS,),
        "softmax-missing-keepdims": (_AXIS,),
        "softmax-global-max": (_AXIS,),
        "softmax-overflow": (OfExpression(parts.shifted),),
        "builtin-max-sum": (_AXIS,),
        "softmax-mutates-input": (_IN_PLACE,),
        "hard-coded-batch": (OfExpression(parts.by_row), _DIVIDE, _UNDIVIDE),
        "integer-result": (OfExpression(parts.of_floats),),
        "missing-batch-division": (_AFTER, _DIVIDE),
        "loss-not-averaged": (_DIVIDE,),
        "double-batch-division": (_UNDIVIDE,),
        "wrong-batch-size": (_ROWS, _UNDIVIDE),
        "single-sample-division": (OfExpression(parts.samples),),
        "reshape-discarded": (_ASSIGNED,),
        "loss-mutates-prediction": (_ASSIGNED, _IN_PLACE),
        "all-pairs-index": (OfExpression(parts.picked),),
        "log-of-zero": (OfExpression(parts.above_zero),),
        "epsilon-plateau": (OfExpression(parts.tiny),),
        "epsilon-wrong": (OfExpression(parts.epsilon),),
        "gradient-sign": (_EXCHANGED, _TURNED, _NEGATE),
        "gradient-ascent": (_TURNED,),
        "bias-gradient": (OfExpression(of.summed), _AXIS, _UNDIVIDE),
        "missing-transpose": (_TRANSPOSE,),
        "relu-mask": (_COMPARE, OfExpression(parts.masked)),
        "relu-mutates-dout": (_COPIED,),
        "sigmoid-sign": (_NEGATE, _PARENTHESES),
        "sigmoid-backward": (_FACTOR,),
        "sigmoid-grad-of-activation": (_NAME, _KEY),
        "step-precedence": (_PARENTHESES,),
        "missing-parentheses": (_PARENTHESES,),
        "sum-not-difference": (_OPERATOR,),
        "divides-by-x": (OfExpression(parts.own_step),),
        "step-underflow": (OfExpression(parts.step),),
        "bad-step-size": (OfExpression(parts.step),),
        "row-view": (OfExpression(parts.every_index),),
        "one-d-loop-on-matrix": (OfExpression(parts.every_index),),
        "no-restore": (OfStatement(whole.restored),),
        "returns-none": (_RETURN,),
        "backward-returns-none": (_RETURN,),
        "stale-cache": (_REVERSED,),
        "squashed-twice": (_UNWRAP,),
        "wrong-operand": (_ARGUMENTS,),
        "regularisation-mismatch": (OfExpression(of.doubled), _UNSCALED),
        "gradients-miswired": (_NAME, _ATTRIBUTE),
        "backward-overwrites-weights": (OfStatement(whole.kept_as_gradient), _REMOVED),
        "rebinds-parameters": (_IN_PLACE,),
        "crash": (_ATTRIBUTE, _NAME),
    }
)
"""The rules that undo a pitfall, the likeliest first."""

GENERAL: tuple[Rule, ...] = (
    _NAME,
    _KEY,
    _UNSCALED,
    _EXCHANGED,
    _SQUARED,
    _NEGATE,
    _OPERATOR,
    _COMPARE,
    _TRANSPOSE,
    OfExpression(of.summed),
    _AXIS,
    _PARENTHESES,
    _UNWRAP,
    _ARGUMENTS,
    _ATTRIBUTE,
    _CONSTANT,
    _REVERSED,
    _TURNED,
    _IN_PLACE,
    _FACTOR,
    _UNDIVIDE,
    _DIVIDE,
    _COPIED,
    _AFTER,
    _REMOVED,
    _RETURN,
)
"""The rules that are tried for any fault, the likeliest first."""
