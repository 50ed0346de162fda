"""What the bar at the bottom offers: only keys that do something now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tutor.ui.keymap import Key

# What is never dropped for want of room, however narrow the terminal.
ESSENTIAL = frozenset(
    (
        "answers",
        "lesson.next",
        "finding.next",
        "pane.next",
        "app.help",
        "app.map",
        "app.quit",
        "verdict.leave",
        "map.open",
    )
)
_FIRST = ("answers", "iteration.next", "lesson.next", "pane.next", "app.help", "app.map")
# In a run of one's own these come next.
_SEARCH = ("iteration.next", "find.next", "find.where", "find.write", "run.compare", "find.parting")
# In a verdict these come before.
_FINDINGS = ("finding.next", "finding.parting")
_QUIT = ("verdict.leave", "app.quit")
# Keys that do something only where there is a run, by how their names begin.
_MOVES = ("step.", "iteration.", "run.", "find.")
# Keys that do something only where there are two runs.
_OF_TWO = ("run.compare", "find.parting", "run.choose")


@dataclass(frozen=True, slots=True)
class Moment:
    """What the keys depend on.

    Attributes
    ----------
    answers : int
        How many answers the open question has; 0 while none is open.
    inside : bool
        Whether f has been stepped into.
    iterations : bool
        Whether the run has iterations to go to.
    next_tab : str
        The tab that ``tab`` opens; empty where no panes share a place.
    alone : bool
        Whether there is no other run to compare with.
    sought : bool
        Whether something was looked for, so that the next one can be.
    findings : int
        How many findings there are to go to.
    parts : bool
        Whether it is known where the two runs part.
    still : bool
        Whether a line is shown that was not run.
    """

    answers: int = 0
    inside: bool = False
    iterations: bool = True
    next_tab: str = ""
    alone: bool = False
    sought: bool = False
    findings: int = 0
    parts: bool = False
    still: bool = False


def footer(keys: Sequence[Key], moment: Moment) -> list[Key]:
    """Return the keys of the bar, those that are needed most first."""
    changed = [_relabelled(key, moment) for key in keys]
    if moment.answers:
        names = f"1-{moment.answers}" if moment.answers > 1 else "1"
        changed.append(Key("answers", names, "down", "answer", "Give an answer"))
    shown = {key.id: key for key in changed if key.label}
    wanted = (*_first(moment), *(_SEARCH if "find.where" in shown else ()))
    first = [name for name in wanted if name in shown]
    ids = [*first, *(name for name in shown if name not in (*first, *_QUIT))]
    return [shown[name] for name in (*ids, *(name for name in _QUIT if name in shown))]


def _first(moment: Moment) -> tuple[str, ...]:
    if moment.answers:
        return (*_FIRST[:3], "step.forward", *_FIRST[3:])
    here = ("run.into",) if moment.inside else ()
    return ("lesson.next", *_FINDINGS, "step.forward", *here, *_FIRST[3:])


def _relabelled(key: Key, moment: Moment) -> Key:
    """Return a key under the name of what it does now; one that does nothing loses its name."""
    label = key.label
    if key.id == "iteration.next":
        label = "choose" if moment.answers else label if moment.iterations else ""
    elif key.id == "run.go" and not moment.iterations:
        label = ""
    elif key.id == "lesson.next" and moment.answers:
        label = "answer"
    elif key.id == "run.into" and moment.inside:
        label = "out of f"
    elif key.id == "pane.next":
        label = moment.next_tab
    elif moment.still and key.id.startswith(_MOVES):
        label = ""
    elif key.id == "finding.next":
        label = label if moment.findings > 1 else ""
    elif key.id == "finding.parting":
        label = label if moment.parts else ""
    elif (key.id in _OF_TWO and moment.alone) or (key.id == "find.next" and not moment.sought):
        label = ""
    return key if label == key.label else replace(key, label=label)
