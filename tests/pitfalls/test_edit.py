"""An edit: whole lines that stand there once, found whatever they are indented by."""

import pytest

from tutor.pitfalls import Code, Edit, EditError
from tutor.pitfalls.edit import applied, place
from tutor.pitfalls.listing import edited_sources

LINES = [
    "def f(x):",
    "    for i in x:",
    "        y = i",
    "        z = y",
    "    y = i",
    "    return y",
]


def edited(*edits):
    return applied([place(edit, LINES, 0, len(LINES)) for edit in edits], LINES)


def test_lines_are_found_at_their_own_margin():
    wrong = edited(Edit("f", "y = i\nz = y", "y = -i\nif y:\n    z = y"))
    assert wrong[2:5] == ["        y = -i", "        if y:", "            z = y"]


def test_a_block_may_begin_deeper_than_it_ends():
    wrong = edited(Edit("f", "    z = y\ny = i", "    z = y\n    y = i"))
    assert wrong[3:5] == ["        z = y", "        y = i"]


def test_nothing_in_their_place_leaves_them_out():
    assert edited(Edit("f", "z = y", "")) == [*LINES[:3], *LINES[4:]]


def test_edits_do_not_move_each_other():
    wrong = edited(
        Edit("f", "return y", "return z"), Edit("f", "for i in x:", "n = 0\nfor i in x:")
    )
    assert wrong == [LINES[0], "    n = 0", *LINES[1:5], "    return z"]


@pytest.mark.parametrize(("find", "times"), [("y = i", 2), ("y = j", 0), ("y = i\nreturn z", 0)])
def test_lines_that_do_not_stand_there_once_are_refused(find, times):
    with pytest.raises(EditError, match=f"stands {times} times in f"):
        edited(Edit("f", find, "pass"))


def test_two_edits_of_one_line_are_refused():
    with pytest.raises(EditError, match="want line 4 of f"):
        edited(Edit("f", "y = i\nz = y", ""), Edit("f", "z = y", "z = 1"))


@pytest.mark.parametrize("definition", ["soft_max", "Affine.sideways"])
def test_a_definition_that_is_not_there_is_refused(definition):
    with pytest.raises(EditError, match=f"no {definition} in the listing"):
        edited_sources([Edit(definition, "return y", "")])


def test_lines_of_another_method_are_not_found():
    with pytest.raises(EditError, match=r"0 times in Affine\.forward"):
        edited_sources([Edit("Affine.forward", "return dx", "")])


def test_a_name_that_no_file_defines():
    with pytest.raises(AttributeError, match="defines no soft_max"):
        Code().soft_max  # noqa: B018
