from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tutor.jail import chance


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    own, state = np.random.default_rng, np.random.get_state()
    yield
    np.random.default_rng = own
    np.random.set_state(state)


def drawn() -> list[float]:
    chance.restart()
    return [
        np.random.default_rng().normal(),
        np.random.default_rng().normal(),
        np.random.rand(),
        np.random.rand(),
    ]


def test_chance_is_the_same_each_time_and_no_two_draws_are_alike():
    first = drawn()
    assert drawn() == first
    assert len(set(first)) == len(first)


def test_a_seed_of_the_file_s_own_is_kept():
    chance.restart()
    own = np.random.Generator(np.random.PCG64(7)).normal()
    assert np.random.default_rng(7).normal() == own
