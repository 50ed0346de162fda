"""The catalogue of pitfalls as plain text: all of them, or one with a live run."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from itertools import groupby

from tutor.pitfalls import CATALOGUE, Code, Edit, Part, Pitfall, Setting, Variant, find

WIDTH = 80
SETTINGS = (
    Setting(N=3, K=10, D=4, H=6),
    Setting(N=2, K=5, D=3, H=7, seed=1),
    Setting(N=5, K=4, D=6, H=8, seed=2),
)
"""What a live run is made in: no two sizes of one setting are alike."""

_COLUMN = (WIDTH - 6) // 2
_MOST_DIGITS = 17
_ORDER = list(Part)


def listed() -> str:
    """Return every pitfall with its severity and its sentence, part by part; 80 columns."""
    lines = []
    for part, pitfalls in groupby(
        sorted(CATALOGUE.values(), key=lambda one: _ORDER.index(one.part)),
        key=lambda one: one.part,
    ):
        lines += ["", part.value.capitalize()]
        for pitfall in pitfalls:
            lines.append(f"  {pitfall.slug:<34}{pitfall.severity.value}")
            lines += _wrapped(pitfall.sentence, 6)
    shown_by = "`gradtutor pitfalls SLUG` shows one: the wrong line, its figure, a live run."
    return "\n".join([f"{len(CATALOGUE)} pitfalls.", *_wrapped(shown_by, 0), *lines]) + "\n"


def shown(slug: str) -> str:
    """Return one pitfall: its wrong lines beside the right ones, its figure, and a live run.

    The run is made now, in `SETTINGS`: predicted first, then measured.

    Raises
    ------
    UnknownPitfall
        If there is none of that name; the message says which one comes nearest.
    """
    pitfall = find(slug)
    lesson = f"Lesson: {pitfall.lesson}" if pitfall.lesson else "No lesson teaches it yet."
    head = f"{pitfall.slug}: {pitfall.severity.value}, in the {pitfall.part.value}"
    lines = [head, *_wrapped(pitfall.sentence, 0), lesson]
    for variant in pitfall.variants:
        lines += ["", *_variant(pitfall, variant)]
    return "\n".join(lines) + "\n"


def _variant(pitfall: Pitfall, variant: Variant) -> Iterator[str]:
    severity = pitfall.severity_of(variant)
    own = "" if severity is pitfall.severity else f" ({severity.value})"
    yield f"--- {variant.name}{own} ".ljust(WIDTH, "-")
    for definition, edits in groupby(variant.edits, key=lambda edit: edit.definition):
        yield f"  in {definition}"
        for edit in edits:
            yield from _side_by_side(edit)
    yield ""
    signature = pitfall.signature_of(variant)
    yield from _wrapped(f"Figure: {signature.figure}.", 2)
    yield from _wrapped(f"Predicted: {signature.formula}.", 2)
    yield from _wrapped(f"Tolerance: {_tolerance(pitfall, variant)}.", 2)
    yield ""
    yield from _live_run(pitfall, variant)


def _tolerance(pitfall: Pitfall, variant: Variant) -> str:
    signature = pitfall.signature_of(variant)
    spans = [f"{signature.rtol:g} of it"] if signature.rtol else []
    spans += [f"{signature.atol:g}"] if signature.atol else []
    return f"{' + '.join(spans)} ({signature.why})" if spans else "none, it is exact"


def _side_by_side(edit: Edit) -> Iterator[str]:
    right = edit.find.strip("\n").splitlines()
    wrong = edit.replace.splitlines() or ["(left out)"]
    if max(map(len, [*right, *wrong])) <= _COLUMN:
        yield f"  {'right':<{_COLUMN}}  wrong"
        for at in range(max(len(right), len(wrong))):
            left, other = (lines[at] if at < len(lines) else "" for lines in (right, wrong))
            yield f"  {left:<{_COLUMN}}  {other}".rstrip()
        return
    # A pair that is too wide for two columns stands one above the other.
    for name, lines in (("right", right), ("wrong", wrong)):
        for line in lines:
            yield from textwrap.wrap(
                line,
                WIDTH,
                initial_indent=f"  {name}  ",
                subsequent_indent=" " * 13,
                drop_whitespace=True,
            )


def _live_run(pitfall: Pitfall, variant: Variant) -> Iterator[str]:
    signature, wrong, right = pitfall.signature_of(variant), pitfall.code(variant), Code()
    yield f"  {'N':>3}{'K':>4}{'D':>4}{'H':>4}{'predicted':>21}{'measured':>22}{'right code':>18}"
    for setting in SETTINGS:
        if signature.silent(setting):
            continue
        predicted = signature.predict(setting)
        figures = apart(predicted, signature.measured(wrong, setting))
        other = signature.measured(right, setting)
        yield (
            f"  {setting.N:>3}{setting.K:>4}{setting.D:>4}{setting.H:>4}"
            f"{figures[0]:>21}{figures[1]:>22}{_text(other, 6):>18}"
        )


def apart(a: float, b: float) -> tuple[str, str]:
    """Write two figures with as many digits as it takes to tell them apart, three at least."""
    for digits in range(3, _MOST_DIGITS):
        texts = _text(a, digits), _text(b, digits)
        if texts[0] != texts[1]:
            return texts
    # They are the same to the last bit but one: no more digits than they have.
    return (f"{a:.10g}", f"{b:.10g}") if a == b else (repr(a), repr(b))


def _text(value: float, digits: int) -> str:
    return "none" if math.isnan(value) else f"{value:.{digits}g}"


def _wrapped(text: str, indent: int) -> list[str]:
    margin = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=margin, subsequent_indent=margin)
