"""A lesson played without a screen."""

from __future__ import annotations

from tutor.course.play import Play
from tutor.ui.player import MOVES, Moved, Onward, Player


def go(player: Player, index: int) -> Player:
    player.index = index
    player.prepare(index)
    player.place()
    return player


def test_a_step_stands_where_the_lesson_says(player: Player) -> None:
    assert player.left is not None
    state = player.left.state
    assert state.iteration == 2
    assert state.source.line(state.line).strip() == "x[idx] = tmp_val + h"


def test_the_second_run_is_at_the_same_place(player: Player) -> None:
    assert player.left is not None
    assert player.right is not None
    for how in ("forward", "next_iteration", "back", "start", "previous_iteration"):
        player.move(how, force=True)
        assert player.right.state.line == player.left.state.line
        assert player.right.state.iteration == player.left.state.iteration


def test_the_question_of_the_next_step_is_asked_here(player: Player) -> None:
    assert player.question is not None
    assert player.question.id == "same-or-not"
    assert player.waiting
    assert player.onward() is Onward.ANSWER_FIRST
    assert player.index == 0


def test_a_step_that_would_show_the_answer_is_not_made_unasked(player: Player) -> None:
    assert player.left is not None
    # fxh1 may be seen: the next text stands after fxh2, two steps further.
    assert player.move("forward") is Moved.YES
    assert player.move("forward") is Moved.YES
    here = player.left.step
    for how in ("forward", "next_iteration", "end"):
        assert player.move(how) is Moved.ASKED_FIRST
        assert player.left.step == here
    assert player.go_to(here + 5) is Moved.ASKED_FIRST
    assert player.go_to_idx((1, 2)) is Moved.ASKED_FIRST
    assert player.left.step == here


def test_it_is_made_when_it_is_asked_for_again_and_after_an_answer(player: Player) -> None:
    player.move("forward")
    player.move("forward")
    assert player.move("forward", force=True) is Moved.YES
    assert player.move("forward") is Moved.YES
    go(player, 0)
    assert player.answer(0)
    assert player.move("end") is Moved.YES


def test_an_answer_is_kept_and_the_lesson_goes_on(player: Player) -> None:
    assert not player.answer(3)
    assert player.answer(1)
    assert player.given == "different"
    assert player.onward() is Onward.NEXT
    assert player.answers == {"same-or-not": "different"}


def test_the_last_step_ends_the_lesson(player: Player) -> None:
    go(player, len(player.lesson.steps) - 1)
    assert player.question is None
    assert player.onward() is Onward.FINISHED


def test_backward_stops_at_the_first_text(player: Player) -> None:
    assert not player.backward()
    player.answer(1)
    player.onward()
    assert player.backward()
    assert player.index == 0


def test_into_f_and_out_again_is_the_same_place(player: Player) -> None:
    go(player, 1)
    assert player.left is not None
    assert player.right is not None
    before = player.left.step
    assert player.into() is Moved.YES
    assert player.left.depth == player.right.depth == 1
    assert player.left.state.source.name == "f"
    player.move("forward")
    assert player.right.step == player.left.step
    assert player.into() is Moved.YES
    assert (player.left.depth, player.left.step) == (0, before)
    player.move("start")
    assert player.into() is Moved.AT_THE_EDGE


def test_a_lesson_step_can_stand_inside_f(player: Player) -> None:
    go(player, 2)
    assert player.left is not None
    assert player.left.depth == 1


def test_compare_takes_the_second_run_away_and_brings_it_back(player: Player) -> None:
    assert player.comparing
    assert player.compare() is Moved.YES
    assert not player.comparing
    assert player.compare() is Moved.ASKED_FIRST
    assert player.compare(force=True) is Moved.YES
    assert player.comparing
    go(player, 3)
    assert not player.comparing
    assert player.compare() is Moved.YES
    assert [title for title, _ in player.shown()] == ["x is a copy", "x is net.W"]


def test_without_its_run_every_move_says_so(play: Play) -> None:
    player = Player(play.lesson, play)
    assert {player.move(how) for how in MOVES} == {Moved.NO_RUN}
    assert player.into() is Moved.NO_RUN
    assert player.compare() is Moved.NO_RUN
    assert player.shown() == []


def test_a_place_from_a_longer_lesson_is_its_last_step(play: Play) -> None:
    assert Player(play.lesson, play, 99).index == len(play.lesson.steps) - 1


def test_a_line_is_gone_to_from_here_and_around(player: Player) -> None:
    assert player.left is not None
    player.answer(1)
    line = player.left.state.line
    assert player.go_to_line(line) is Moved.YES
    assert player.left.state.iteration == 3
    assert player.go_to_line(1) is Moved.AT_THE_EDGE
