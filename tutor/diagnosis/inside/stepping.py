"""One training step of a student's program, run again and again from where it was first reached.

The program reports when it comes to a step (`reached`); what it held then is kept. `run_step` runs
the step's statements on a copy of that, with weights that the judge sends, and gives back what
the updates would have subtracted, and the losses.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside.clock import Cut, at_most
from tutor.diagnosis.inside.space import last_line, modules
from tutor.diagnosis.inside.step_code import helping, made
from tutor.diagnosis.inside.step_kept import Kept, grown
from tutor.diagnosis.inside.step_notes import Note, Run, arrays
from tutor.jail import chance

_FIRST, _SECONDS = 0.4, 1.0  # of processor time for a question, without moves and with
_TOOLS = ("__update__", "__loss__", "__result__", "__ended__")

_kept: dict[int, Kept] = {}


def reached(numbers: Sequence[int], names: dict[str, Any]) -> None:
    """Keep what a step found when the program first came to it; the program goes on."""
    frame = sys._getframe(1)
    for number in numbers:
        if number not in _kept and not Run.current:
            _kept[number] = Kept.of(names, frame.f_globals)


def steps_reached() -> list[int]:
    """Return the numbers of the steps that the program came to."""
    return sorted(_kept)


def run_step(
    number: int,
    code: str,
    owner: str = "",
    helpers: Sequence[Mapping[str, str]] = (),
    values: Sequence[Any] = (),
    moves: Sequence[tuple[int, Any, Sequence[float]]] = (),
    grow: tuple[int, int] | None = None,
    names: Sequence[str] = (),
) -> dict[str, Any]:
    """Run a step once as it is and once for each move of a weight.

    Parameters
    ----------
    number : int
        Of the step, as it was reported.
    code : str
        Its statements, whose updates call ``__update__`` and whose losses ``__loss__``.
    owner : str
        The class that it is written in, if any.
    helpers : sequence of mappings
        ``owner``, ``name`` and ``source`` of functions that take this form meanwhile.
    values : sequence of arrays
        What the weights hold, in the order in which they were noted; empty for their own.
    moves : sequence of (weight, direction, sizes)
        A direction is an array, or the flat index of one element.
    grow : (int, int), optional
        A batch size, and a multiple of it that arrays and numbers of that size become.
    names : sequence of str
        Names whose shapes are sent.

    Returns
    -------
    dict
        ``notes``: each weight's value, gradient and update; ``losses`` of the run as it is;
        ``moved``: losses for each move and size; ``shapes``; ``same``: whether two runs were alike;
        or ``raised``, ``text``, ``module`` and ``line``.
    """
    kept = _kept[number]
    try:
        with (
            at_most(_SECONDS if moves else _FIRST),
            contextlib.redirect_stdout(io.StringIO()),
            _quiet(),
        ):
            kept.widen(names)
            return _Question(kept, code, owner, helpers, grow).answer(values, moves, names)
    except Cut:
        return {"raised": "Cut", "text": "a step takes too long", "module": "", "line": 0}
    except Exception as error:  # whatever a student's step raises is what it gave
        module, line = last_line(error.__traceback__)
        return {
            "raised": type(error).__name__,
            "text": str(error)[:500],
            "module": module,
            "line": line,
        }


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    state = np.random.get_state()
    with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        yield
    np.random.set_state(state)


class _Question:
    """A step compiled, with the copies that its runs start from."""

    def __init__(
        self,
        kept: Kept,
        code: str,
        owner: str,
        helpers: Sequence[Mapping[str, str]],
        grow: tuple[int, int] | None,
    ) -> None:
        self.kept = kept if grow is None else grown(kept, *grow)
        self.helpers = helpers
        self.function = self._compiled(code, owner)
        self.share = True

    def _compiled(self, code: str, owner: str) -> Callable[..., Any]:
        module, inner = self.kept.module, self.kept.inner
        if inner is None:
            top = compile(code, "<step>", "exec", dont_inherit=True)
            return lambda: exec(top, module)
        return made(code, owner, list(inner), module)

    def answer(
        self, values: Sequence[Any], moves: Sequence[Any], names: Sequence[str]
    ) -> dict[str, Any]:
        before = {key: dict(space) for key, space in modules.items()}
        try:
            with helping(self.helpers, self.kept.module):
                return self._answer(values, moves, names)
        finally:
            for key, space in modules.items():
                space.clear()
                space.update(before[key])

    def _answer(
        self, values: Sequence[Any], moves: Sequence[Any], names: Sequence[str]
    ) -> dict[str, Any]:
        if not self.kept.weights:
            self._find_weights()
        run, _ = self._run(values, None)
        again, _ = self._run(values, None)
        if _differ(run.losses, again.losses):
            self.share = False
            run, _ = self._run(values, None)
            again, _ = self._run(values, None)
        moved = []
        for weight, along, sizes in moves:
            moved.append([self._run(values, (weight, along, size))[0].told for size in sizes])
        return {
            "notes": [_told(n, at) for n, at in zip(run.notes, self._places(run), strict=True)],
            "paths": [self._path(place) for place in self.kept.weights],
            "losses": run.told,
            "moved": moved,
            "same": not _differ(run.losses, again.losses),
            "shapes": {n: np.shape(run.end[n]) for n in names
                       if isinstance(run.end.get(n), np.ndarray)},
            "counts": sorted({v for n, v in run.end.items() if type(v) is int and n in names}),
            "weights": len(self.kept.weights),
        }  # fmt: skip

    def _find_weights(self) -> None:
        """Note which array of the program's each update is of."""
        run, memo = self._run((), None)
        origin = {id(v): k for k, v in memo.items() if isinstance(v, np.ndarray)}
        found = [origin.get(id(note.weight), 0) for note in run.notes]
        if not all(found):  # the step moves copies: told by what they hold
            shapes = {note.weight.shape for note in run.notes}
            run, memo = self._run((), None, shapes)
            held = [(k, v) for k, v in memo.items() if isinstance(v, np.ndarray)]
            found = [_like(note.weight, held) for note in run.notes]
        order = self._order(found)
        self.kept.weights = sorted(set(found) - {0}, key=order.index)
        self.kept.noted = [self.kept.weights.index(k) if k else -1 for k in found]

    def _order(self, found: Sequence[int]) -> list[int]:
        """Return places in the order in which the program holds them."""
        held = (self.kept.inner or {}, self.kept.outer)
        return [*(id(a) for one in held for _, a in arrays("", one)), *found]

    def _places(self, run: Run) -> list[int]:
        noted = self.kept.noted
        return noted if len(noted) == len(run.notes) else [-1] * len(run.notes)

    def _path(self, place: int) -> str:
        for held in (self.kept.inner or {}, self.kept.outer):
            for path, values in arrays("", held):
                if id(values) == place:
                    return path.removeprefix(".")
        return ""

    def _run(
        self, values: Sequence[Any], move: Any, shuffled: Collection[tuple[int, ...]] = ()
    ) -> tuple[Run, dict[int, Any]]:
        outer, inner, memo = self.kept.copied(self.share and bool(self.kept.weights))
        random_values = np.random.default_rng(0)
        for _, array in arrays("", {**outer, **(inner or {})}):
            if array.shape in shuffled:
                array[...] = random_values.normal(size=array.shape)
        for place, value in zip(self.kept.weights, values, strict=False):
            memo[place][...] = value
        if move is not None:
            _move(memo[self.kept.weights[move[0]]], *move[1:])
        run = Run()
        space = self.kept.module
        space.update(outer)
        _reclass(outer, space)
        _reclass(inner or {}, space)
        _tools(run)
        chance.restart()
        Run.current.append(run)
        try:
            self.function(**(inner or {}))
        finally:
            Run.current.clear()
            for name in _TOOLS:
                delattr(sys.modules["builtins"], name)
        return run, memo


def _tools(run: Run) -> None:
    """Give every module of the student's the tools of one run, by the builtins that they see."""
    for name, tool in zip(_TOOLS, (run.update, run.loss, run.result, run.ended), strict=True):
        setattr(sys.modules["builtins"], name, tool)


def _move(weight: NDArray[Any], along: Any, size: float) -> None:
    if isinstance(along, int):
        weight.flat[along] += size
    else:
        weight += size * along


def _reclass(names: Mapping[str, Any], space: Mapping[str, Any]) -> None:
    """Make objects those of the class that has their class's name now: it may be repaired."""
    for value in names.values():
        now = space.get(type(value).__name__)
        other = isinstance(now, type) and now is not type(value) and hasattr(value, "__dict__")
        if other and type(value).__module__ == now.__module__:
            value.__class__ = now


def _differ(one: Mapping[int, float], other: Mapping[int, float]) -> bool:
    return any(not (one[k] == other.get(k) or one[k] != one[k]) for k in one)


def _like(weight: NDArray[Any], held: Sequence[tuple[int, NDArray[Any]]]) -> int:
    """Return the place of the only array that holds the same, 0 if there is none."""
    same = [k for k, v in held if v.shape == weight.shape and np.array_equal(v, weight)]
    return same[0] if len(same) == 1 else 0


def _told(note: Note, at: int) -> dict[str, Any]:
    return {
        "weight": at,
        "value": np.array(note.weight, float),
        "gradient": note.gradient,
        "dtype": str(note.weight.dtype),
        "scalar": note.scalar,
        "rate": note.rate,
        "sign": note.sign,
        "line": note.line,
        "odd": note.odd,
    }
