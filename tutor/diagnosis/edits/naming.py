"""The pitfall that a change undoes, where the change itself tells."""

from __future__ import annotations

import re

from tutor.diagnosis.edits.edit import Edit

_ALWAYS = {
    "undivide": "double-batch-division",
    "exchanged": "gradient-sign",
    "negate": "gradient-sign",
    "turned": "gradient-sign",
    "transpose": "missing-transpose",
    "arguments": "wrong-operand",
    "another_attribute": "gradients-miswired",
    "reversed_layers": "stale-cache",
    "masked": "relu-mask",
    "summed": "bias-gradient",
    "rows": "wrong-batch-size",
    "divided_after": "missing-batch-division",
}
_BIAS = re.compile(r"db|bias|b1|b2")


def named(edit: Edit) -> str:
    """Return the pitfall that a change undoes; empty where the change does not tell."""
    text, old, rule = edit.text.lower(), edit.old.lower(), edit.rule
    if rule == "axis":
        return "bias-gradient" if _BIAS.search(text) else ""
    if rule in ("another_name", "another_key") and "sig" in text:
        return "sigmoid-grad-of-activation"
    if rule in ("compare", "copied") and re.search(r"mask|relu|0", text):
        return "relu-mask"
    if rule == "another_name" and re.search(r"mask|<= 0|> 0", text):
        return "relu-mask"
    if rule == "divide":
        is_bias = old.strip().startswith(("db", "self.db"))
        return "bias-gradient" if is_bias else "missing-batch-division"
    if rule == "operator":
        return "gradient-sign" if "-" in text else ""
    if rule == "unwrap":
        return "squashed-twice" if re.search(r"softmax|sigm", old) else ""
    return _ALWAYS.get(rule, "")
