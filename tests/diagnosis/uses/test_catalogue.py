"""The catalogue's own files: nothing in them is run, so the search has to run it itself."""

from __future__ import annotations

import pytest

from tutor.pitfalls.catalogue import program

NAMED = [
    "closure-returns-none: no return",
    "compares-with-itself: gradient twice",
    "duplicate-layer-key: Affine1 twice",
    "gradient-ascent: +=",
    "loss-bypasses-last-layer: cross_entropy_error",
    "misspelt-method: backword",
    "rebinds-parameters: params[key] =",
    "stale-cache: no forward",
    "wrong-key: W2 from W1",
    "zero-init: np.zeros",
]


def test_nothing_in_the_right_file_is_accused(uses):
    assert [(u.proof.pitfall, u.line) for u in uses(program())] == []


@pytest.mark.parametrize("name", NAMED)
def test_a_wrong_file_is_accused_of_its_own_pitfall_alone(uses, name):
    right, wrong = program().split("\n"), program(name).split("\n")
    changed = next(i for i, (a, b) in enumerate(zip(right, wrong, strict=False), 1) if a != b)

    found = [use for use in uses(program(name)) if use.is_error]

    assert [use.proof.pitfall for use in found] == [name.partition(":")[0]]
    assert abs(found[0].line - changed) <= 2
    assert found[0].repair is not None
    assert found[0].repair.confirmed
