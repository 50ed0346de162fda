"""Breaking a paragraph into rows, in languages with and without spaces between the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tutor.ui.drawing.ink import Span, fold, tidy, width

# What may not begin a row, and what may not end one (after the rules of Japanese typesetting).
_NOT_FIRST = frozenset(
    "、。，．・：；？！)）]］}｝」』】〉》〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々,.:;?!%"
)
_NOT_LAST = frozenset("([{（［｛「『【〈《〔")
# Where a word longer than a row is cut, if it has one of these in the row's second half.
_CUT_AFTER = "/_.,=(["


def _wide(character: str) -> bool:
    return width(character) == 2


def _may_break(before: str, after: str) -> bool:
    """Tell whether a row may end between two characters that no space parts."""
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return _wide(before) or _wide(after)


def _words(spans: Iterable[Span], cells: int) -> Iterator[list[Span]]:
    """Yield the pieces that stay together; a piece of one space is a place to break.

    Code stays together with its spaces, unless it is longer than a row.
    """
    word: list[Span] = []
    before = ""
    for span in spans:
        keep = span.ink == "code" and not any(map(_wide, span.text)) and len(span.text) <= cells
        for character in span.text:
            if character == " " and not keep:
                if word:
                    yield word
                yield [span._replace(text=" ")]
                word, before = [], ""
                continue
            if before and _may_break(before, character) and word:
                yield word
                word = []
            word.append(span._replace(text=character))
            before = character
    if word:
        yield word


def wrap(spans: Iterable[Span], cells: int, hang: str = "") -> list[tuple[Span, ...]]:
    """Break a paragraph into rows of at most so many cells, between words where it can.

    ``hang`` stands before every row but the first, as under a list's bullet.
    """
    rows: list[tuple[Span, ...]] = []
    row: list[Span] = []
    used = 0
    for word in _words(spans, cells):
        size = sum(width(piece.text) for piece in word)
        if word[0].text == " " and len(word) == 1:
            if used and used < cells:
                row.append(word[0])
                used += 1
            continue
        if used and used + size > cells:
            rows.append(_closed(row))
            row, used = [Span(hang)] if hang else [], width(hang)
        if used + size > cells:
            *full, last = fold([*row, *word], cells, Span(hang) if hang else None, _CUT_AFTER)
            rows.extend(full)
            row, used = list(last), sum(width(piece.text) for piece in last)
        else:
            row.extend(word)
            used += size
    return [*rows, _closed(row)]


def _closed(row: list[Span]) -> tuple[Span, ...]:
    while row and row[-1].text == " ":
        row.pop()
    return tidy(row)
