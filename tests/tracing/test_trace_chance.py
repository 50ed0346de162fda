"""A file that draws numbers without a seed draws the same ones in each recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tutor.tracing import Request, trace_file

FILE = """
import numpy as np

def slope(f, x):
    grad = np.zeros_like(x)
    for i in range(x.size):
        kept = x[i]
        x[i] = kept + 1e-4
        up = f(x)
        x[i] = kept - 1e-4
        down = f(x)
        x[i] = kept
        grad[i] = (up - down) / 2e-4
    return grad

W = np.random.randn(3)
b = np.random.default_rng().normal(size=3)
slope(lambda w: np.sum((w + b) ** 2), W)
"""


def test_two_recordings_of_a_file_without_a_seed_are_of_the_same_numbers(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(FILE)
    first, second = (trace_file(Request(path, function="slope")).saved for _ in range(2))
    assert first is not None
    assert second is not None
    one, other = (saved.runs[0].steps for saved in (first, second))
    assert np.array_equal(one.iterations["fxh1"], other.iterations["fxh1"])
    assert len(set(one.iterations["fxh1"].tolist())) == 3
