"""What the lesson says at one step: its text, evidence, tables, a question, and the reply to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tutor.ui.drawing.ink import BLANK, Line, Span
from tutor.ui.drawing.prose import inline, prose
from tutor.ui.drawing.wrap import wrap

if TYPE_CHECKING:
    from tutor.course.table import Table


@dataclass(frozen=True, slots=True)
class Card:
    """Evidence: what somebody else printed, and where."""

    who: str
    source: str
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that can be given, and the mark in front of it: empty, ``right`` or ``wrong``."""

    label: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands: ``picked`` is under the cursor, ``reply`` is the answer's."""

    prompt: str
    choices: tuple[Choice, ...]
    picked: int = 0
    reply: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything that the why pane shows."""

    text: str
    cards: tuple[Card, ...] = ()
    tables: tuple[Table, ...] = field(default=())
    asked: Asked | None = None
    hint: str = ""


_MARKS = {"": ("  ", "text"), "right": ("= ", "good"), "wrong": ("x ", "bad")}


def talk(content: Talk, cells: int) -> list[Line]:
    """Return the lines of the why pane."""
    lines = list(prose(content.text, cells - 1))
    for card in content.cards:
        lines += [BLANK, *_card(card, cells)]
    for one in content.tables:
        from tutor.ui.drawing.table import table

        lines += [BLANK, *table(one, cells)]
    if content.asked:
        lines += [BLANK, *_asked(content.asked, cells)]
    if content.hint:
        lines += [BLANK, *(Line((Span(" "), *row)) for row in _hint(content.hint, cells))]
    return lines


def first_row_of_question(content: Talk, cells: int) -> int:
    """Return the row at which the question begins, to scroll to it."""
    before = Talk(content.text, content.cards, content.tables)
    return len(talk(before, cells)) + 1


def first_row_of_reply(content: Talk, cells: int) -> int | None:
    """Return the row at which the reply to the answer begins; None where there is none."""
    if content.asked is None or not content.asked.reply:
        return None
    return len(talk(replace(content, asked=replace(content.asked, reply=""), hint=""), cells)) + 1


def _hint(text: str, cells: int) -> list[tuple[Span, ...]]:
    return wrap((Span(text, "dim", "onward"),), cells - 2)


def _card(card: Card, cells: int) -> list[Line]:
    """Return evidence as a quotation: a bar at its left, and who printed it below."""
    bar = Span(" | ", "quote")
    rows = []
    size = max((len(name) for name, _ in card.figures), default=0)
    for name, figure in card.figures:
        spans = (Span(f"{name:<{size}}  ", "dim"), Span(figure, "quote"))
        rows += wrap(spans, cells - 4, " " * (size + 2))
    rows += wrap((Span(f"printed by {card.who}, {card.source}", "dim"),), cells - 4)
    return [Line((bar, *row)) for row in rows]


def _asked(asked: Asked, cells: int) -> list[Line]:
    strong = [s._replace(ink="strong" if s.ink == "text" else s.ink) for s in inline(asked.prompt)]
    lines = [Line((Span(" "), *row)) for row in wrap(strong, cells - 2)]
    for number, choice in enumerate(asked.choices):
        lines += _choice(number, choice, asked, cells)
    if asked.reply:
        lines += [BLANK, *prose(asked.reply, cells - 1)]
    return lines


def _choice(number: int, choice: Choice, asked: Asked, cells: int) -> list[Line]:
    click = f"answer:{number + 1}"
    sign, ink = _MARKS[choice.mark]
    picked = asked.open and number == asked.picked
    lead = Span(" > " if picked else "   ", "pointer", click)
    mark = Span(sign, ink, click)
    body = [Span(f"{number + 1}  ", "key", click)]
    body += [span._replace(click=click) for span in inline(choice.label)]
    rows = wrap(body, cells - 6, "   ")
    ground = "current" if picked else ""
    first = Line((lead, mark, *rows[0]), ground)
    return [first, *(Line((Span("     ", "text", click), *row), ground) for row in rows[1:])]
