"""The line that raised, found in a stretch of lines that did not run to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.trace.layout import Kind

if TYPE_CHECKING:
    from tutor.trace.session import Session


@dataclass(slots=True)
class Cut:
    """A stretch that an exception ended: how many of its sites are steps, and what was said."""

    sites: int
    message: str


def mark_raising_line(session: Session, line: int, message: str) -> None:
    """Note which line raised: a step of its own, even where its stretch did not end."""
    if len(session.path) and session.path[-1] < len(session.layout.blocks):
        last = session.layout.sites[session.layout.blocks[session.path[-1]].sites[-1]]
        if last.kind is Kind.RAISE and last.line <= line <= last.end_line:
            session.messages[len(session.path) - 1] = message
            return
    found = _raising_block(session, line)
    if found is None:
        return
    block, offset = found
    occurrence = _ran(session, block)
    session.cuts[len(session.path)] = Cut(offset + 1, message)
    session.path.append(block)
    for number in session.layout.blocks[block].sites[offset:]:
        for column in _columns_of(session, number):
            if len(session.columns[column]) <= occurrence:
                session.columns[column].fail()


def steps_so_far(session: Session) -> int:
    """Return how many steps the stretches that have run so far are."""
    return sum(_ran(session, block.number) * len(block.sites) for block in session.layout.blocks)


def _ran(session: Session, block: int) -> int:
    """Return how often a block has run."""
    session.counted.update(session.path[session.counted_to :])
    session.counted_to = len(session.path)
    return session.counted[block]


def _raising_block(session: Session, line: int) -> tuple[int, int] | None:
    """Return the block and the place in it that was running when a line raised."""
    for block in session.layout.blocks:
        occurrence = _ran(session, block.number)
        for offset, number in enumerate(block.sites):
            site = session.layout.sites[number]
            if site.kind is not Kind.ENTRY and site.line <= line <= site.end_line:
                before = [c for n in block.sites[:offset] for c in _columns_of(session, n)]
                own = _columns_of(session, number)
                done = all(len(session.columns[c]) == occurrence + 1 for c in before)
                if done and all(len(session.columns[c]) <= occurrence + 1 for c in own):
                    return block.number, offset
    return None


def _columns_of(session: Session, site: int) -> list[int]:
    found = session.layout.sites[site]
    every = [a.column for a in found.assigns] + [s.column for s in found.stores]
    return [column for column in every if column not in session.inside]
