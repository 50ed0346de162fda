"""Stepping into f: the call that a line made is made once more, with every frame recorded."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.errors import RecordingError
from tutor.trace.follow import is_own, record_call
from tutor.trace.frames import FrameRecording
from tutor.trace.put_back import as_before
from tutor.trace.reach import Reached, names_read
from tutor.trace.state import Note, Opaque
from tutor.trace.views import RecordedView

if TYPE_CHECKING:
    from tutor.trace.recording import Recording

_MOST_REPEATED = 500


@dataclass(frozen=True)
class CalledFunction:
    """The call that a line made, ready to be made again."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def called_function(recording: Recording, step: int) -> CalledFunction | None:
    """Return the call that a step's line made, or None if there is none to step into."""
    if not len(recording):
        return None
    state = recording.state(step)
    if not state.returned and state.exception is None:
        return None
    names = _live_names(recording, step)
    for node in _calls_in(recording, state.line, state.end_line):
        found = _evaluated(node, names, recording.function.__globals__)
        if found is not None:
            return found
    return None


def replay(recording: Recording, step: int) -> FrameRecording:
    """Make the call of a step's line again, frame by frame; afterwards all is as it was.

    Raises
    ------
    RecordingError
        If the line calls no function that can be entered.
    """
    called = called_function(recording, step)
    if called is None:
        raise RecordingError("This line calls no function that can be stepped into.")
    around = _arrays_around(recording, step)
    roots = {"f": called.function, **_arguments(recording, step)}
    with as_before(roots):
        _put_back(recording, step)
        deep = record_call(called.function, called.args, called.kwargs, around)
    told = _told(recording, step)
    if not _agree(deep.result, told):
        with as_before(roots):
            if _catch_up(recording, step):
                _put_arrays_back(recording, step)
                deep = record_call(called.function, called.args, called.kwargs, around)
    if not _agree(deep.result, told):
        text = (
            f"Called once more, it returned {deep.result!r}, not {told!r} as in the run: "
            "it depends on something that changes from call to call."
        )
        deep.notes = (*deep.notes, Note(text))
    return deep


# -- the names of the traced function, alive again ------------------------------------------------


def _arguments(recording: Recording, step: int) -> dict[str, object]:
    return recording.calls[recording.call_of(step)].arguments


def _live_names(recording: Recording, step: int) -> dict[str, object]:
    """Return the names before a step's line: the run's own objects where they are known."""
    before = max(step - 1, 0)
    names = dict(recording.state(before).names)
    arguments = _arguments(recording, step)
    live: dict[str, object] = {}
    for name, value in names.items():
        if name in arguments and not _was_rebound(recording, name):
            live[name] = arguments[name]
        elif isinstance(value, RecordedView):
            live[name] = _live_array(recording, step, value)
        elif isinstance(value, Opaque) and value.held is not None:
            live[name] = value.held
        else:
            live[name] = value
    for cell_name, cell in zip(
        recording.function.__code__.co_freevars, recording.function.__closure__ or (), strict=True
    ):
        live.setdefault(cell_name, cell.cell_contents)
    return live


def _was_rebound(recording: Recording, name: str) -> bool:
    return sum(name == a.name for site in recording.layout.sites[1:] for a in site.assigns) > 0


def _live_array(recording: Recording, step: int, view: RecordedView) -> object:
    """Return the learner's own array where a name still reaches it, or else a copy."""
    for name, ref in recording.calls[recording.call_of(step)].reached.items():
        if ref == view.ref:
            found = _arrays_around(recording, step).get(name)
            if found is not None:
                return found
    return view.to_numpy()


def _arrays_around(recording: Recording, step: int) -> dict[str, NDArray[Any]]:
    arguments = _arguments(recording, step)
    roots = {**names_read(recording.function), **arguments}
    return Reached.look(list(arguments.values()), roots).arrays


def _put_back(recording: Recording, step: int) -> None:
    """Put the arrays as they were before a step, and NumPy's random state as at the beginning."""
    _put_arrays_back(recording, step)
    state = recording.calls[0].random_state
    if state is not None:
        np.random.set_state(state)


def _put_arrays_back(recording: Recording, step: int) -> None:
    """Give every array of the traced function that is still alive its contents before a step."""
    names = recording.state(max(step - 1, 0)).names
    for name, live in _arguments(recording, step).items():
        view = names.get(name)
        if not isinstance(live, np.ndarray) or not isinstance(view, RecordedView):
            continue
        if live.shape == view.shape and live.flags.writeable:
            live[...] = view.to_numpy()


# -- the call, as the source says it --------------------------------------------------------------


def _calls_in(recording: Recording, first: int, last: int) -> Iterator[ast.Call]:
    text = "\n".join(recording.source.lines)
    tree = _parsed(text)
    shift = recording.source.first_line - 1
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            if first <= node.lineno + shift <= last:
                yield from (n for n in ast.walk(node) if isinstance(n, ast.Call))
        elif isinstance(node, ast.If | ast.While) and first == node.test.lineno + shift:
            yield from (n for n in ast.walk(node.test) if isinstance(n, ast.Call))


def _parsed(text: str) -> ast.Module | None:
    import textwrap

    try:
        return ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return None


def _evaluated(
    node: ast.Call, names: dict[str, object], globals_: dict[str, Any]
) -> CalledFunction | None:
    """Evaluate the parts of a call, if they are simple enough to be evaluated again."""
    given = [arg.value if isinstance(arg, ast.Starred) else arg for arg in node.args]
    parts = [node.func, *given, *(keyword.value for keyword in node.keywords)]
    if any(isinstance(inner, ast.Call) for part in parts for inner in ast.walk(part)):
        return None
    try:
        values = [_value(part, names, globals_) for part in parts]
    except (NameError, AttributeError, KeyError, IndexError, TypeError, ValueError):
        return None
    function = values[0]
    if not _can_be_entered(function):
        return None
    args: list[Any] = []
    for arg, value in zip(node.args, values[1:], strict=False):
        args += value if isinstance(arg, ast.Starred) else [value]
    kwargs: dict[str, Any] = {}
    for keyword, value in zip(node.keywords, values[1 + len(given) :], strict=True):
        kwargs.update(value if keyword.arg is None else {keyword.arg: value})
    return CalledFunction(function, tuple(args), kwargs)


def _value(node: ast.expr, names: dict[str, object], globals_: dict[str, Any]) -> Any:
    code = compile(ast.fix_missing_locations(ast.Expression(node)), "<call>", "eval")
    return eval(code, globals_, names)  # the learner's own expression, as it ran before


def _can_be_entered(function: Any) -> bool:
    from tutor.trace.origin import plain_function

    try:
        return is_own(plain_function(function).__code__)
    except RecordingError:
        return False


# -- the same value as in the run ---------------------------------------------------------------


def _told(recording: Recording, step: int) -> object:
    returned = recording.state(step).returned
    return returned[0].value if returned else None


def _agree(result: object, told: object) -> bool:
    if isinstance(told, float | int | np.generic) and isinstance(result, float | int | np.generic):
        return bool(result == told) or bool(result != result and told != told)
    return True


def _catch_up(recording: Recording, step: int) -> bool:
    """Make the calls before this one again, so that what f counts or draws is where it was.

    Returns whether that was possible: there are not too many of them.
    """
    earlier: list[int] = []
    for before in range(step):
        if recording.state(before).returned:
            earlier.append(before)
        if len(earlier) > _MOST_REPEATED:
            return False
    if recording.calls[0].random_state is not None:
        np.random.set_state(recording.calls[0].random_state)
    for before in earlier:
        _put_arrays_back(recording, before)
        again = called_function(recording, before)
        if again is not None:
            again.function(*again.args, **again.kwargs)
    return bool(earlier)
