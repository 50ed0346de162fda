"""Every key of the tutor: its id, what it does, and how it is named on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Keys whose Textual names are not what is printed on them.
_PRINTED = {
    "right": "→",
    "left": "←",
    "up": "↑",
    "down": "↓",
    "question_mark": "?",
    "space": "space",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "enter": "enter",
    "backspace": "bksp",
    "escape": "esc",
    "full_stop": ".",
    "comma": ",",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key binding.

    Attributes
    ----------
    id : str
        What preferences remap it by.
    keys : str
        Textual's names of the keys, parted by commas.
    action : str
        The action of the screen or the application.
    label : str
        One or two words for the bar at the bottom; empty keeps it off the bar.
    help : str
        A sentence for the list of all keys and for the tooltip.
    priority : bool
        Taken before what has the focus gets it.
    """

    id: str
    keys: str
    action: str
    label: str
    help: str
    priority: bool = False


# What a lesson and a run of one's own have in common.
_STEPS = (
    Key("step.back", "left,p", "move('back')", "", "One step back"),
    Key("step.forward", "right,n", "move('forward')", "step", "One step forward"),
    Key("iteration.previous", "up,k", "up", "", "The iteration before; a choice up"),
    Key("iteration.next", "down,j", "down", "iteration", "The next iteration; a choice down"),
)
_RUN = (
    Key("run.start", "home", "move('start')", "", "The start of the run"),
    Key("run.end", "end", "move('end')", "", "The end of the run"),
    Key("run.go", "g", "go", "go to", "Go to an idx"),
    Key("run.play", "space", "play", "play", "Play the run, or pause it"),
    Key("run.into", "s", "into", "into f", "Step into f, and out again"),
    Key("run.compare", "c", "compare", "compare", "Show the second run beside the first, or not"),
    Key("pane.next", "tab", "next_pane(1)", "", "The next pane or tab"),
    Key("pane.previous", "shift+tab", "next_pane(-1)", "", "The pane or tab before"),
    Key("pane.down", "pagedown", "page(1)", "", "Scroll the pane down"),
    Key("pane.up", "pageup", "page(-1)", "", "Scroll the pane up"),
)
_LESSON = (
    Key("lesson.next", "enter", "onward", "go on", "Go on with the lesson, or give the answer"),
    Key("lesson.previous", "backspace,b", "backward", "", "Back to the text before"),
)
_EXERCISE = Key("lesson.exercise", "e", "exercise", "exercise", "The lesson's exercise")

SEARCH = (
    Key("find.where", "b", "breakpoint", "run to", "Run to where something is true: a breakpoint"),
    Key("find.next", "full_stop", "again(True)", "next", "The next place that was looked for"),
    Key("find.previous", "comma", "again(False)", "", "The place before that was looked for"),
    Key("find.write", "w", "who_wrote", "who wrote", "The last write to an element before here"),
    Key("find.parting", "d", "parting", "part", "The first step at which two runs part"),
    Key("find.stop", "escape", "stop", "", "Stop looking, or the run that plays"),
    Key("run.choose", "r", "choose_run", "runs", "Choose the run to look at"),
)

FINDINGS = (
    Key("finding.next", "f", "finding(1)", "finding", "The next finding"),
    Key("finding.previous", "F", "finding(-1)", "", "The finding before"),
    Key("finding.parting", "a", "apart", "where they part", "Back to where the two runs part"),
    Key("verdict.stop", "escape", "stop_or_leave", "", "Stop looking or playing; else go back"),
    Key("verdict.leave", "q", "leave", "back", "Back to where you came from"),
)

LESSON = (*_STEPS, *_LESSON, *_RUN, _EXERCISE)
FREE_RUN = (*_STEPS, *_RUN, *SEARCH)
# In a verdict escape leads back as well.
VERDICT = (*(key for key in FREE_RUN if key.id != "find.stop"), *FINDINGS)

ANSWERS = tuple(
    Key(f"answer.{n}", str(n), f"answer({n})", "", f"Give answer {n}") for n in range(1, 10)
)

ALWAYS = (
    Key("app.theme", "t", "theme", "", "Light, dark, or the terminal's own colours"),
    Key("app.help", "question_mark,f1", "help", "keys", "All keys"),
    Key("app.quit", "q,ctrl+q", "quit", "quit", "Leave; your place in a lesson is kept"),
    Key("app.interrupt", "ctrl+c", "quit", "", "Leave; your place in a lesson is kept"),
)
# Where q leads back, what else holds everywhere.
IN_A_VERDICT = tuple(key for key in ALWAYS if key.id != "app.quit")
EVERYWHERE = (Key("app.map", "m", "map", "map", "The course: all lessons"), *ALWAYS)

MAP = (
    Key("map.open", "enter,space", "open", "open", "Open the chosen lesson"),
    Key("map.next", "down,j", "pick(1)", "choose", "The lesson below"),
    Key("map.previous", "up,k", "pick(-1)", "", "The lesson above"),
)

EXERCISE = (
    Key("exercise.check", "f5,ctrl+s", "check", "check", "Run and check what you wrote", True),
    Key("exercise.hint", "f2,ctrl+t", "hint", "hint", "One more hint", True),
    Key("exercise.file", "f3,ctrl+o", "own_editor", "own editor", "Use your own editor", True),
    Key("exercise.reset", "f4,ctrl+r", "start_again", "start again", "Start from the file", True),
    Key("exercise.leave", "escape", "leave", "lesson", "Back to the lesson", True),
)

ALL = (*LESSON, *SEARCH, *FINDINGS, *ANSWERS, *MAP, *EXERCISE, *EVERYWHERE)


def printed(key: str) -> str:
    """Return a key as it is printed: ``→`` for right, ``^s`` for ctrl+s."""
    if key in _PRINTED:
        return _PRINTED[key]
    if key.startswith("ctrl+"):
        return "^" + printed(key.removeprefix("ctrl+"))
    return key.upper() if key.startswith("f") and key[1:].isdigit() else key


def printed_keys(key: Key) -> str:
    """Return all the keys of a binding as they are printed."""
    return " ".join(printed(name) for name in key.keys.split(","))


def with_changes(keys: tuple[Key, ...], changes: Mapping[str, str]) -> tuple[Key, ...]:
    """Return the keys with the user's own choices in place of the usual ones."""
    from dataclasses import replace

    return tuple(replace(k, keys=changes[k.id]) if k.id in changes else k for k in keys)


def problems(changes: Mapping[str, str]) -> list[str]:
    """Return a sentence for each change that cannot be made."""
    known = {key.id for key in ALL}
    return [
        f"The preferences remap {name!r}, which is no key of the tutor; press ? for their names."
        for name in changes
        if name not in known
    ]
