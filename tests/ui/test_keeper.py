from __future__ import annotations

from pathlib import Path

from tutor.course.catalogue import Course
from tutor.ui.keeper import Keeper


def test_a_lesson_is_opened_where_it_was_left(tmp_path: Path, course: Course) -> None:
    keeper = Keeper(tmp_path / "progress.json")
    assert keeper.is_new
    player = keeper.player(course, "small")
    player.answer(1)
    keeper.answer(player)
    player.onward()
    keeper.visit(player)
    keeper.theme = "gradtutor-light"
    keeper.close()

    again = Keeper(tmp_path / "progress.json")
    assert not again.is_new
    assert again.theme == "gradtutor-light"
    resumed = again.player(course, "small")
    assert resumed.index == 1
    assert resumed.answers == {"same-or-not": "different"}


def test_a_finished_lesson_starts_anew(tmp_path: Path, course: Course) -> None:
    keeper = Keeper(tmp_path / "progress.json")
    player = keeper.player(course, "small")
    player.answer(1)
    keeper.answer(player)
    keeper.finish(player)
    keeper.close()
    again = Keeper(tmp_path / "progress.json").player(course, "small")
    assert (again.index, again.answers) == (0, {})


def test_a_file_that_cannot_be_written_is_said_and_stops_nothing(
    tmp_path: Path, course: Course
) -> None:
    (tmp_path / "no").write_text("a file where a folder should be")
    keeper = Keeper(tmp_path / "no" / "progress.json")
    said: list[str] = []
    keeper.on_problem = said.append
    keeper.visit(keeper.player(course, "small"))
    keeper.close()
    assert said
    assert "could not be written" in said[0]


def test_closing_twice_is_closing_once(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "progress.json")
    keeper.theme = "gradtutor-dark"
    keeper.close()
    keeper.close()
    assert Keeper(tmp_path / "progress.json").theme == "gradtutor-dark"
