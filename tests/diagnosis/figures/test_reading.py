"""What the figures of a whole submission get: nothing, where they are ordinary."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.figures.conftest import FIGURES_ALONE, pasted, remarks
from tutor.diagnosis.figures import read_figures
from tutor.diagnosis.submission import read_submission
from tutor.pitfalls import CATALOGUE

STUDENTS = Path(__file__).parents[2] / "students"


def right() -> list[str]:
    truth: dict[str, dict[str, str]] = {}
    for name in ("truth_a.toml", "truth_m.toml"):
        truth |= tomllib.loads((STUDENTS / name).read_text("utf-8"))
    return [n for n, one in truth.items() if one["verdict"] == "CLEAN" and n.endswith(".ipynb")]


@pytest.mark.parametrize("name", right())
def test_right_notebooks_get_no_remark(name: str) -> None:
    assert read_figures(read_submission(STUDENTS / name)) == ()


@pytest.mark.parametrize(
    ("name", "pitfall"),
    [("mika_ch5", "softmax-whole-batch"), ("uehara_mnist", "constant-class"),
     ("sato_train", "rebinds-parameters"), ("manon_tp3", "missing-batch-division"),
     ("ayumi_twolayer", "row-view"), ("elena_grad", "steps-all-coordinates"),
     ("julia_keepdims", "softmax-missing-keepdims"), ("sophie_mnist", "wrong-pairing"),
     ("goro_dropout", "random-loss"), ("raj_numpy", "crash")],
)  # fmt: skip
def test_saved_outputs_point_where_the_truth_is(name: str, pitfall: str) -> None:
    found = read_figures(read_submission(STUDENTS / f"{name}.ipynb"))
    assert pitfall in [remark.pitfall for remark in found]
    assert all(remark.cell is not None for remark in found)


def test_every_pitfall_pointed_to_is_in_the_catalogue() -> None:
    for path in sorted(STUDENTS.glob("*.ipynb")):
        slugs = {remark.pitfall for remark in read_figures(read_submission(path))} - {""}
        assert slugs <= set(CATALOGUE)


def test_figures_without_code_say_how_far_they_go() -> None:
    assert read_figures(pasted("loss: 16.11809565"))[-1].sentence.startswith(FIGURES_ALONE)
    assert read_figures(pasted("loss: 0.31")) == ()


@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.floats(-3, 3))
def test_random_figures_get_no_remark(seed: int, count: int, size: float) -> None:
    values = (10**size * np.random.default_rng(seed).normal(size=count)).tolist()
    assert remarks("\n".join(map(repr, values))) == []


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    read_figures(pasted(text))


def test_long_outputs_are_read() -> None:
    for piece in ("0.1 ", "[", "W1 ", "Error", "(1, 2) ", "[1 2\n", "loss: 1.5\n"):
        read_figures(pasted(piece * 40_000))
