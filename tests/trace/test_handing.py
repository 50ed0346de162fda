"""A run, handed on: as a file, as a page, to a notebook."""

from __future__ import annotations

import html
import json
import re

import numpy as np
import pytest

from tutor.nets import SimpleNet, numerical_gradient
from tutor.trace import record
from tutor.trace.handing import open_run, save
from tutor.trace.saved import DamagedRun


@pytest.fixture(scope="module")
def run():
    net = SimpleNet(rng=0)
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])
    return record(numerical_gradient, lambda W: net.loss(x, t), net.W)


@pytest.fixture(scope="module")
def back(run, tmp_path_factory):
    """The run from a file: its document is the same each time, addresses and all."""
    path = tmp_path_factory.mktemp("run") / "run.json"
    run.save(path)
    return open_run(path)


def test_it_comes_back_from_a_file_as_it_was(run, tmp_path):
    run.save(tmp_path / "run.json")
    back = run.open(tmp_path / "run.json")
    assert len(back) == len(run)
    assert back.state(29).names["fxh1"] == run.state(29).names["fxh1"]
    assert np.array_equal(back.iterations, run.iterations)
    assert json.loads(back.to_json()).keys() == json.loads(run.to_json()).keys()


def test_its_json_is_json(run):
    assert [one["title"] for one in json.loads(run.to_json())["runs"]] == ["numerical_gradient"]


def test_two_runs_go_into_one_file(run, tmp_path):
    other = record(numerical_gradient, lambda x: float(x[0]), np.array([1.0, 2.0]))
    save([run, other], tmp_path / "both.json")
    assert open_run(tmp_path / "both.json").passes == 6
    assert open_run(tmp_path / "both.json", 1).passes == 2
    with pytest.raises(IndexError, match=r"both\.json holds 2 runs"):
        open_run(tmp_path / "both.json", 2)


def test_it_is_written_as_a_page(back, tmp_path):
    back.save(tmp_path / "run.HTML")
    assert (tmp_path / "run.HTML").read_text(encoding="utf-8") == back.to_html()
    assert back.to_html().startswith("<!doctype html>")


def test_its_numbers_are_written_as_they_are(run, tmp_path):
    run.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        assert np.array_equal(arrays["iterations.fxh1"], run.iterations["fxh1"])


def test_a_file_of_another_kind_is_refused(run, tmp_path):
    with pytest.raises(ValueError, match=r"run\.txt names no kind of file"):
        run.save(tmp_path / "run.txt")
    with pytest.raises(ValueError, match="no run to save"):
        save([], tmp_path / "run.json")
    assert not list(tmp_path.iterdir())


def test_what_is_no_run_is_refused(tmp_path):
    (tmp_path / "run.json").write_text("[1, 2]")
    with pytest.raises(DamagedRun, match="no run that can be opened"):
        open_run(tmp_path / "run.json")


def test_a_notebook_shows_the_page_in_a_frame_of_its_own(run, back):
    shown = back._repr_html_()
    (frame,) = re.findall(r"<iframe ([^>]*)></iframe>", shown)
    attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', frame))
    assert attributes["sandbox"] == "allow-scripts"
    assert "height: 640px" in attributes["style"]
    assert html.unescape(attributes["srcdoc"]) == back.to_html()
    assert html.unescape(attributes["title"]) == repr(back)
    assert "steps, 6 iterations" in repr(run)


def test_a_page_too_large_for_a_notebook_says_how_to_keep_it(run, monkeypatch):
    monkeypatch.setattr("tutor.trace.handing._LARGEST", 5)
    shown = run._repr_html_()
    assert "iframe" not in shown
    assert ".save('run.html')" in shown
    assert "&lt;Recording of" in shown
