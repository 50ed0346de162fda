from __future__ import annotations

import pytest

from tutor.ui.keymap import (
    ALL,
    ANSWERS,
    EVERYWHERE,
    EXERCISE,
    LESSON,
    MAP,
    Key,
    printed,
    problems,
    with_changes,
)


def test_every_key_has_an_id_of_its_own_and_a_sentence() -> None:
    assert len({key.id for key in ALL}) == len(ALL)
    assert all(key.help for key in ALL)


@pytest.mark.parametrize("screen", [(*LESSON, *ANSWERS), MAP, EXERCISE])
def test_no_key_does_two_things_on_one_screen(screen: tuple[Key, ...]) -> None:
    names = [name for key in (*screen, *EVERYWHERE) for name in key.keys.split(",")]
    assert len(names) == len(set(names))


def test_a_plain_terminal_can_send_every_key() -> None:
    # Control with a letter, function keys, arrows, letters: no alt, no control with a digit.
    for key in ALL:
        for name in key.keys.split(","):
            control = name.removeprefix("ctrl+")
            assert name == control or (len(control) == 1 and control.isalpha()), name
            assert "alt" not in name


def test_the_keys_of_the_issue_do_what_it_says() -> None:
    by_key = {name: key.action for key in (*LESSON, *EVERYWHERE) for name in key.keys.split(",")}
    assert by_key["right"] == by_key["n"] == "move('forward')"
    assert by_key["left"] == by_key["p"] == "move('back')"
    assert by_key["g"] == "go"
    assert by_key["space"] == "play"
    assert by_key["s"] == "into"
    assert by_key["c"] == "compare"
    assert by_key["e"] == "exercise"
    assert by_key["question_mark"] == "help"


def test_changes_replace_keys_and_unknown_ones_are_named() -> None:
    changed = with_changes(LESSON, {"run.go": "x"})
    assert next(key.keys for key in changed if key.id == "run.go") == "x"
    (sentence,) = problems({"run.go": "x", "run.fly": "y"})
    assert "run.fly" in sentence


def test_keys_are_named_as_they_are_printed() -> None:
    assert [printed(k) for k in ("right", "ctrl+s", "f5", "question_mark", "g")] == [
        "→",
        "^s",
        "F5",
        "?",
        "g",
    ]
