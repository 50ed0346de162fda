"""Warnings and exceptions that were printed, and the pitfall that each is known for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from tutor.diagnosis.figures.known_messages import KNOWN_MESSAGES, METHODS
from tutor.diagnosis.figures.printout import Printout
from tutor.diagnosis.figures.remark import Remark, said

_MESSAGE: Final = re.compile(
    r"^(?P<before>.{0,200}?)(?P<kind>\b\w{0,40}(?:Error|Warning)): ?(?P<text>.*(?:\n[ \t]+\S.*)?)$",
    re.M,
)
_OF_AXES: Final = re.compile(r"\((\d+),(\d*)\) \((\d+),(\d*)\)")
_NO_ATTRIBUTE: Final = re.compile(r"has no attribute '(\w+)'")
_SEEN: Final = 4000


@dataclass(frozen=True, slots=True)
class Message:
    """A warning or an exception.

    Attributes
    ----------
    kind : str
        ``IndexError``, ``RuntimeWarning``.
    text : str
        What it says, with the line of code under a warning.
    above : str
        What was printed before it: the traceback.
    """

    kind: str
    text: str
    above: str

    @property
    def line(self) -> str:
        """Return it as one line."""
        return f"{self.kind}: {self.text.splitlines()[0] if self.text else ''}".strip()


def messages_of(printout: Printout) -> Iterator[Message]:
    """Yield the warnings and exceptions of an output."""
    for found in _MESSAGE.finditer(printout.text):
        above = printout.text[max(0, found.start() - _SEEN) : found.start()]
        yield Message(found["kind"], found["text"], above)


def remarks_on_messages(printout: Printout) -> Iterator[Remark]:
    """Yield what each warning or exception points to."""
    for message in messages_of(printout):
        remark = _remark(message)
        if remark is not None:
            yield remark.at(None, message.line)


def _remark(message: Message) -> Remark | None:
    for reading in _READINGS:
        found = reading(message)
        if found is not None:
            return found
    for known in KNOWN_MESSAGES:
        if known.kind in message.kind and re.search(known.says, message.text):
            if known.above and not re.search(known.above, message.above + message.text):
                continue
            return said(known.sentence, known.pitfall)
    return None


def _overflow(message: Message) -> Remark | None:
    if "overflow encountered in exp" not in message.text:
        return None
    if re.search(r"exp\(\s*-", message.text):
        return said(
            "exp(-x) overflowed in a sigmoid: x lies below -709. 1 / (1 + inf) is 0, which is "
            "right to the last digit; only so large an input is worth a look. Next: print x.min()."
        )
    return said(
        "exp of a number above 709.78 (88.7 in float32) is inf, and inf / inf is NaN. In a softmax "
        "take the row's largest logit away first; where that is done already, the logits "
        "themselves are inf. The warning does not say which. Next: print np.max(a) before softmax.",
        "softmax-overflow",
    )


def _one_too_far(message: Message) -> Remark | None:
    found = re.search(r"index (\d+) is out of bounds for axis 0 with size (\d+)", message.text)
    if not found or message.kind != "IndexError" or found[1] != found[2]:
        return None
    told = re.search(r"tmp_val\s*=|range\(\s*\w+\.size\s*\)", message.above)
    rows = found[1]
    return said(
        f"Index {rows} of an axis of length {rows} is one too far. range(x.size) over a matrix of "
        f"{rows} rows stops there: x[idx] takes a row, and there are {rows} rows but more entries. "
        + ("" if told else "Any other count that is one too long stops alike. ")
        + "Next: print x.shape; loop with np.ndindex(x.shape) or over x.reshape(-1).",
        "one-d-loop-on-matrix",
        certain=bool(told),
    )


def _broadcast(message: Message) -> Remark | None:
    """Read two shapes that do not go together."""
    axes = _OF_AXES.search(message.text)
    if "could not be broadcast together" not in message.text or axes is None:
        return None
    shapes = f"({axes[1]},{axes[2]}) and ({axes[3]},{axes[4]})"
    rows, columns, other_rows, other_columns = axes.groups()
    if columns and not other_columns and rows == other_rows:
        return said(
            f"Shapes {shapes}: {rows} rows, and one figure a row, do not line up: NumPy lines up "
            "the last axis. In a softmax it is np.sum(exp, axis=1) without keepdims=True, which "
            f"gives ({rows},) and not ({rows},1). Labels beside one-hot rows look the same. "
            "Next: look which of the two the line above has.",
            "softmax-missing-keepdims",
        )
    if rows == other_rows and "784" in (columns, other_columns) and columns != other_columns:
        other = other_columns if columns == "784" else columns
        return said(
            f"Shapes {shapes}: one has 784 columns, the pixels of an image, the other "
            f"{other}. Images stand where labels belong, as with t_batch = x_train[mask]. "
            "Next: print x_batch.shape and t_batch.shape.",
            "wrong-pairing",
        )
    return said(
        f"Shapes {shapes} do not go together. The message names the two arrays' shapes and not "
        "which of them is wrong: a gradient must have the shape of its parameter, and labels that "
        "of the output. Next: print both shapes one line above."
    )


def _attribute(message: Message) -> Remark | None:
    found = _NO_ATTRIBUTE.search(message.text)
    if message.kind != "AttributeError" or found is None or "NoneType" in message.text:
        return None
    name = found[1]
    near = get_close_matches(name, METHODS, n=1, cutoff=0.7)
    if not near or (near[0] == name and name not in METHODS[:6]):
        return None
    other = f"; {near[0]} is the usual spelling" if near[0] != name else " under that spelling"
    return said(
        f"The code asks for {name}, and the object has none{other}. "
        "Next: look how the class spells it.",
        "misspelt-method" if near[0] in METHODS[:6] else "crash",
    )


_READINGS: Final[tuple[Callable[[Message], Remark | None], ...]] = (
    _overflow,
    _one_too_far,
    _broadcast,
    _attribute,
)
