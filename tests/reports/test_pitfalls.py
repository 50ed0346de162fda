"""The catalogue as text: every pitfall is there, with both lines and figures of a run."""

import pytest

from tutor.pitfalls import CATALOGUE, UnknownPitfall
from tutor.reports.pitfalls import WIDTH, apart, listed, shown


def test_the_list_names_every_pitfall_with_its_severity():
    lines = listed().splitlines()
    assert lines[0] == "83 pitfalls."
    for slug, pitfall in CATALOGUE.items():
        (line,) = (line for line in lines if line.split()[:1] == [slug])
        assert line.split()[1] == pitfall.severity.value


@pytest.mark.parametrize("slug", CATALOGUE)
def test_one_pitfall_fits_a_screen_in_width_and_shows_all_its_spellings(slug):
    text = shown(slug)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "\t" not in text
    for variant in CATALOGUE[slug].variants:
        assert f"--- {variant.name} " in text or f"--- {variant.name}-" in text
        for edit in variant.edits:
            last = (edit.replace or "(left out)").splitlines()[-1]
            assert last.split()[0] in text


def test_the_list_fits_a_screen_in_width():
    assert max(map(len, listed().splitlines())) <= WIDTH


def test_the_run_is_predicted_and_measured():
    text = shown("softmax-whole-batch")
    assert "wrong  return exp_x / np.sum(exp_x)" in text
    assert "Predicted: (N - 1) / N / K." in text
    row = next(line for line in text.splitlines() if line.split()[:2] == ["3", "10"])
    predicted, measured, right = map(float, row.split()[4:])
    assert predicted == pytest.approx(2 / 30)
    assert measured == pytest.approx(2 / 30, rel=1e-3)
    assert right < 1e-5


def test_short_lines_stand_side_by_side():
    (line,) = (line for line in shown("gradient-ascent").splitlines() if "+= lr" in line)
    right, wrong = line.strip().split("  ", 1)
    assert right == "net.params[key] -= lr * grads[key]"
    assert wrong.strip() == "net.params[key] += lr * grads[key]"


def test_a_line_that_is_left_out_is_said_to_be():
    assert "(left out)" in shown("no-restore")


def test_the_lesson_or_that_there_is_none():
    assert "Lesson: batch-division\n" in shown("missing-batch-division")
    assert "No lesson teaches it yet.\n" in shown("crash")


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(UnknownPitfall, match="Did you mean 'relu-mask'"):
        shown("relu-masks")


@pytest.mark.parametrize(
    ("a", "b", "texts"),
    [
        (2 / 30, 0.0666666667859, ("0.0666666667", "0.0666666668")),
        (3.0, 3.0, ("3", "3")),
        (0.5, 0.25, ("0.5", "0.25")),
        (float("inf"), float("inf"), ("inf", "inf")),
    ],
)
def test_two_figures_have_as_many_digits_as_tell_them_apart(a, b, texts):
    assert apart(a, b) == texts
