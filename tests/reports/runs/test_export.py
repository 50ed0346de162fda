"""Runs written to files of every kind."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from tests.reports.runs import given
from tutor.reports.runs import ExportError, page, write
from tutor.trace.saved import Run, Saved, load


@pytest.fixture(scope="module")
def two():
    return given.two()


@pytest.fixture
def one(two):
    return Saved("x", two.runs[:1])


def rows_of(path):
    return list(csv.reader(io.StringIO(path.read_text("utf-8"))))


def test_the_suffix_says_what_is_written(one, tmp_path):
    write(one, tmp_path / "run.HTML")
    written = (tmp_path / "run.HTML").read_text("utf-8")
    script = page(one).rpartition("<script>")[2]
    assert written.startswith("<!doctype html>")
    assert written.endswith(script)
    write(one, tmp_path / "run.json")
    assert load((tmp_path / "run.json").read_bytes()).runs[0].steps.passes == 6


def test_another_suffix_is_refused_with_those_that_are_known(one, tmp_path):
    with pytest.raises(ExportError, match=r"End it in \.html, \.json, \.csv or \.npz"):
        write(one, tmp_path / "run.pdf")
    assert list(tmp_path.iterdir()) == []


def test_the_table_holds_a_row_for_each_element(one, tmp_path):
    write(one, tmp_path / "run.csv")
    head, *rows = rows_of(tmp_path / "run.csv")
    assert head == ["idx", "fxh1", "fxh2", "difference", "slope"]
    table = one.runs[0].steps.iterations
    assert [row[0] for row in rows] == ["(0, 0)", "(0, 1)", "(0, 2)", "(1, 0)", "(1, 1)", "(1, 2)"]
    numbers = np.array([row[1:] for row in rows], float)
    assert np.array_equal(numbers[:, 0], table["fxh1"])
    assert np.array_equal(numbers[:, 2], table["fxh1"] - table["fxh2"])
    assert np.allclose(numbers[:, 2] / 2e-4, numbers[:, 3])


def test_several_runs_are_told_apart(two, tmp_path):
    write(two, tmp_path / "run.csv")
    head, *rows = rows_of(tmp_path / "run.csv")
    assert head[:2] == ["run", "idx"]
    assert [row[0] for row in rows] == ["x is net.W"] * 6 + ["x is a copy"] * 6


def test_several_calls_are_told_apart(tmp_path):
    from tutor.nets import TwoLayerNet, numerical_gradient
    from tutor.trace import Recorder

    net = TwoLayerNet(2, 2, 2, rng=0)
    run = Recorder(numerical_gradient).run(
        net.numerical_gradient, np.array([[0.6, 0.9]]), np.array([1])
    )
    write(Saved("x", (Run("a", run),)), tmp_path / "run.csv")
    head, *rows = rows_of(tmp_path / "run.csv")
    assert head[:2] == ["call", "idx"]
    assert [row[0] for row in rows] == list("000011222233")
    assert rows[4][1] == "(0,)"


def test_a_spreadsheet_is_given_no_formula(two, tmp_path):
    runs = (Run('=HYPERLINK("x")', two.runs[0].steps), two.runs[1])
    write(Saved("x", runs), tmp_path / "run.csv")
    assert rows_of(tmp_path / "run.csv")[1][0] == '\'=HYPERLINK("x")'


def test_a_run_without_iterations_has_no_table(tmp_path):
    with pytest.raises(ExportError, match="no run here perturbs an element"):
        write(given.hostile(), tmp_path / "run.csv")
    with pytest.raises(ExportError, match="nothing was recorded"):
        write(given.nothing(), tmp_path / "run.npz")
    assert list(tmp_path.iterdir()) == []


def test_arrays_are_those_of_the_run_and_need_no_pickle(two, tmp_path):
    write(two, tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as found:
        run = two.runs[0].steps
        assert np.array_equal(found["run1.iterations.fxh1"], run.iterations["fxh1"])
        assert np.array_equal(found["run1.iterations.idx"], run.iterations["idx"])
        assert np.array_equal(found["run1.final.grad"], run.result)
        writes = run.writes()
        assert np.array_equal(found["run1.writes.new"], writes["new"])
        assert found["run1.writes.name"].tolist() == writes["name"].tolist()
        assert not found["run2.final.grad"].any()


def test_what_cannot_be_written_is_said_and_leaves_nothing(one, tmp_path):
    with pytest.raises(ExportError, match=r"run\.json cannot be put into .*Choose another place"):
        write(one, tmp_path / "no" / "run.json")
    (tmp_path / "run.json").mkdir()
    with pytest.raises(ExportError):
        write(one, tmp_path / "run.json")
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_file_is_replaced_as_a_whole(one, tmp_path, monkeypatch):
    write(one, tmp_path / "run.json")
    before = (tmp_path / "run.json").read_bytes()

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(ExportError, match="No space left on device"):
        write(one, tmp_path / "run.json")
    assert (tmp_path / "run.json").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1
