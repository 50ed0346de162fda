"""Inside f, what the caller wrote and what the two runs do not share is pointed at."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ui.drawing.test_arrays import View
from tests.ui.drawing.test_values import _state
from tutor.course.catalogue import lessons_folder
from tutor.course.lesson import load_lesson
from tutor.course.play import Play
from tutor.ui.drawing.marks import different, states
from tutor.ui.drawing.values import Room, values
from tutor.ui.player import Player


@pytest.fixture(scope="module")
def inside_f() -> Player:
    lesson = load_lesson(lessons_folder() / "mutated-or-copied")
    player = Player(lesson, Play(lesson))
    player.index = next(i for i, step in enumerate(lesson.steps) if step.into)
    player.prepare(player.index)
    player.place()
    return player


@pytest.mark.parametrize("cells", [30, 60])
def test_the_element_that_predict_reads_is_shown_in_full_on_both_sides(
    inside_f: Player, cells: int
) -> None:
    left, right = states(cursor for _, cursor in inside_f.shown())
    shown = ["\n".join(row.text for row in values(s, Room(cells))) for s in (left, right)]
    # The write of the caller: tmp_val - 1e-4, with all digits.
    for text, figure in zip(shown, ("-1.1573660719255896", "-1.1572660719255896"), strict=True):
        assert "self.W[0, 0]" in text
        assert figure in text
        assert text.count("<") == 1
    assert shown[0] != shown[1]


def test_alone_only_the_run_that_wrote_the_net_has_a_mark(inside_f: Player) -> None:
    marked = [states([cursor])[0].names["self.W"].changed for _, cursor in inside_f.shown()]
    assert marked == [((0, 0),), ()]


def test_outside_f_nothing_is_added(inside_f: Player) -> None:
    player = Player(inside_f.lesson, inside_f.play)
    player.prepare(0)
    player.place()
    cursors = [cursor for _, cursor in player.shown()]
    assert states(cursors)[0].names["x"].changed == cursors[0].state.names["x"].changed


def test_arrays_of_other_shapes_and_equal_ones_do_not_differ() -> None:
    left = _state(names={"a": View([1.0, np.nan]), "b": View([1.0]), "c": View([1.0, 2.0])})
    right = _state(names={"a": View([1.0, np.nan]), "b": View([1.0, 2.0]), "c": View([1.0, 3.0])})
    assert different(left, right) == {"c": ((1,),)}


def test_where_everything_differs_nothing_is_pointed_at() -> None:
    pair = (_state(names={"a": View(np.full(500, by))}) for by in (0.0, 1.0))
    assert different(*pair) == {}
