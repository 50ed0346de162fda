"""What the README shows works as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tutor.nets import SimpleNet, numerical_gradient

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_lines_of_python_run():
    net = SimpleNet(rng=0)
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])
    names = {"numerical_gradient": numerical_gradient, "net": net, "f": lambda W: net.loss(x, t)}
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    for line in code.splitlines():
        exec(line, names)
    assert eval('run.aliases(29).shares("x", "net.W")', names)


def test_its_picture_is_there():
    (picture,) = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert (Path(__file__).parents[1] / picture).stat().st_size > 10_000


def test_there_are_just_two_commands():
    assert len(re.findall(r"```sh\npython3 -m venv .*\n```", README)) == 2
