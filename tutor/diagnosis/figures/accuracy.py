"""Printed accuracies: the shares of one digit in MNIST, and figures that stay near 0.1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tutor.diagnosis.figures.number import Number
from tutor.diagnosis.figures.printout import Printout
from tutor.diagnosis.figures.remark import Remark, said
from tutor.diagnosis.findings import Evidence

TRAIN_COUNTS: Final = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
TEST_COUNTS: Final = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
"""How often each digit, 0 to 9, is in MNIST: of 60,000 to train with, of 10,000 to test with."""

_ACCURACY: Final = re.compile(
    r"acc|精度|正解率|認識率|正確率|exactitude|justesse|pr[ée]cision|정확도|score", re.I
)
_TRAIN, _TEST = sum(TRAIN_COUNTS), sum(TEST_COUNTS)
_CHANCE: Final = (0.08, 0.125)
_LEAST_READINGS: Final = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """The accuracies of one line: of the training images, of the test images, or one alone."""

    numbers: tuple[Number, ...]
    line: str

    @property
    def digit(self) -> int | None:
        """Return the digit whose shares the figures are, or None."""
        if len(self.numbers) == 2:
            train, test = self.numbers
            return next((d for d in range(10) if _is_train(train, d) and _is_test(test, d)), None)
        return _digit_of(self.numbers[0])


def train_share(digit: int) -> float:
    """Return the share of a digit among the training images."""
    return TRAIN_COUNTS[digit] / _TRAIN


def test_share(digit: int) -> float:
    """Return the share of a digit among the test images."""
    return TEST_COUNTS[digit] / _TEST


def is_train_share(number: Number) -> bool:
    """Tell whether a number is the share of some digit among the training images, to six digits."""
    return _digit_of(number) is not None


def _digit_of(number: Number) -> int | None:
    return next((d for d in range(10) if _is_train(number, d, 6)), None)


def _is_train(number: Number, digit: int, digits: int = 3) -> bool:
    enough = number.digits >= digits and (number.unit <= 1.5e-4 or number.percent)
    return enough and 0 < number.unit < 5e-4 and number.is_near(train_share(digit))


def _is_test(number: Number, digit: int) -> bool:
    # A float32 has eight digits of its own; 0.101 and 0.1010 are one figure.
    return 0 < number.unit <= 1e-3 and abs(number.value - test_share(digit)) < 1e-6


def readings_of(printout: Printout) -> Iterator[Reading]:
    """Yield the last two fractions of each line, or the only one, if they can be accuracies."""
    for line, items in zip(printout.lines, printout.by_line, strict=True):
        numbers = [i.number for i in items if i.shape == () and not i.is_whole]
        numbers = [n for n in numbers if 0 <= n.value <= 1]
        if 1 <= len(numbers) <= 4:
            yield Reading(tuple(numbers[-2:]), line.strip())
        elif len(numbers) % 2 == 0 and _ACCURACY.search(line):
            # Lines that were joined when they were copied: a pair an epoch.
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            yield from (Reading(pair, line.strip()) for pair in pairs)


def remarks_on_accuracy(printout: Printout) -> Iterator[Remark]:
    """Yield what the accuracies of an output show."""
    readings = [*readings_of(printout), *_lists(printout)]
    if not readings:
        return
    digits = [reading.digit for reading in readings]
    if digits[-1] is not None:
        # A net that has not learnt yet may well begin with one digit; what counts is the end.
        at = max((i for i, digit in enumerate(digits) if digit is None), default=-1) + 1
        yield _one_digit(readings[min(at, len(readings) - 1) :])
    elif _ACCURACY.search(printout.text + printout.context):
        yield from _near_chance(readings)


def _lists(printout: Printout) -> Iterator[Reading]:
    """Yield the entries of a printed list of accuracies as readings of one figure."""
    for item in printout.items:
        if len(item.shape) == 1 and not item.is_whole and len(item.numbers) > 1:
            yield from (Reading((number,), printout.line_of(item)) for number in item.numbers)


def _one_digit(readings: Sequence[Reading]) -> Remark:
    found = [digit for digit, _ in groupby(r.digit for r in readings) if digit is not None]
    last, reading = found[-1], readings[-1]
    told = "/".join(number.text for number in reading.numbers)
    share = f"{TRAIN_COUNTS[last]}/{_TRAIN} of the training images"
    if len(reading.numbers) == 2:
        share += f" and {TEST_COUNTS[last]}/{_TEST} of the test images"
    sentence = f"{told} is the share of the digit {last} in MNIST, {share}: "
    sentence += f"the net answers {last} for every image"
    if len(found) > 1:
        sentence += f" (and before that {', '.join(map(str, found[:-1]))})"
    sentence += "." + _why(last, len(readings))
    evidence = [Evidence(f"share of {last}, training", train_share(last), reading.numbers[0].value)]
    if len(reading.numbers) == 2:
        evidence += [Evidence(f"share of {last}, test", test_share(last), reading.numbers[1].value)]
    certain = len(readings) > 1 and len(reading.numbers) == 2
    return said(sentence, "constant-class", *evidence, certain=certain, text=reading.line)


def _why(digit: int, count: int) -> str:
    if count == 1:
        return (
            " As a first figure, before training, that is ordinary; at the end of a training "
            "nothing was learnt. Next: print a few rows of the network's output."
        )
    if digit:
        return (
            " Its weights are finite: with NaN the answer would be 0. Early in a slow training "
            "that passes. Next: print a few rows of the network's output, and the loss."
        )
    return (
        " The weights may be NaN, as argmax of a row of NaN is 0, but a net with finite weights "
        "can answer 0 as well, and the figure alone does not prove either. "
        "Next: np.isnan(W1).any() on the first weights."
    )


def _near_chance(readings: Sequence[Reading]) -> Iterator[Remark]:
    values = [number.value for reading in readings for number in reading.numbers]
    low, high = _CHANCE
    if len(readings) < _LEAST_READINGS or not all(low <= value <= high for value in values):
        return
    yield said(
        f"All {len(values)} accuracies lie between {min(values):.4g} and {max(values):.4g}: with "
        "ten classes, 0.1 is what guessing gives, so nothing is learnt. The figures do not say "
        "why (a whole-batch softmax, weights that are not updated, NaN, a rate too small). "
        "Next: print the loss every 100 steps, and check the gradient on three images.",
        text=readings[-1].line,
    )
