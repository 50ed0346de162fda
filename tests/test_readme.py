"""What the README shows works as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.diagnosis.programs import RIGHT
from tutor.nets import SimpleNet, cross_entropy_error, numerical_gradient, one_hot, softmax
from tutor.pytest_plugin import GradTutor

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What a reader of the README has: a net, a batch, a report, the fixture of the plugin."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report3.py").write_text(RIGHT, encoding="utf-8")
    x, t = np.array([[0.6, -0.9], [0.2, 0.4]]), np.array([0, 2])
    net = Net()
    return {
        "np": np,
        "net": net,
        "x": x,
        "t": t,
        "f": lambda W: net.loss(x, t),
        "numerical_gradient": numerical_gradient,
        "gradtutor": GradTutor(),
    }


class Net:
    """A net with the methods that the README speaks of."""

    def __init__(self):
        self.W = SimpleNet(rng=0).W

    def loss(self, x, t):
        return cross_entropy_error(softmax(x @ self.W), t)

    def gradient(self, x, t):
        return {"W": x.T @ (softmax(x @ self.W) - one_hot(t, 3)) / len(x)}

    def numerical_gradient(self, x, t):
        return {"W": numerical_gradient(lambda W: self.loss(x, t), self.W)}


def test_all_that_is_python_runs(names, tmp_path):
    for code in BLOCKS:
        # From a file, as a reader's would be: the source of what is recorded has to be there.
        path = tmp_path / f"block{len(names)}.py"
        path.write_text(code, encoding="utf-8")
        exec(compile(code, str(path), "exec"), names)
    assert eval('run.aliases(29).shares("x", "net.W")', names)
    assert np.array_equal(names["again"].iterations, names["run"].iterations)
    assert len(names["block"].recording.calls) == 1
    assert {path.name for path in tmp_path.iterdir()} >= {"run.json", "run.html", "two.html"}
    assert not names["check"].ok
    names["test_backprop"]()
    names["test_no_error"](names["gradtutor"])


def test_what_it_says_of_them_is_so(names):
    exec(BLOCKS[0], names)
    run = names["run"]
    exec(next(code for code in BLOCKS if "first_parting" in code), names)
    first_where, condition = names["first_where"], names["Condition"]
    found = first_where(run, condition("fxh1 > 0.5 and idx == (0, 2)"), start=-1)
    assert run.state(found).idx == (0, 2)
    wrote = names["last_write"](run, "x", (0, 1), before=len(run))
    assert [write.index for write in run.state(wrote).writes] == [(0, 1)]
    copied = names["record"](numerical_gradient, names["f"], names["net"].W.copy())
    left, right = names["first_parting"](run, copied)
    assert left == right
    assert run.state(left).assigned == ("fxh1",)


def test_its_picture_is_there():
    (picture,) = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert (Path(__file__).parents[1] / picture).stat().st_size > 10_000


def test_there_are_just_two_commands():
    assert len(re.findall(r"```sh\npython3 -m venv .*\n```", README)) == 2
