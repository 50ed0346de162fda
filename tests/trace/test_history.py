"""The contents of a buffer, asked for in any order."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.trace.corpus import matrix, skew
from tutor.nets.gradient import numerical_gradient
from tutor.trace import Recorder
from tutor.trace.history import last_run


@given(st.sets(st.integers(0, 60)).map(sorted), st.integers(-5, 65), st.integers(-5, 65))
def test_the_last_run_is_found_however_good_the_guess(positions, position, guess):
    assert last_run(positions, position, guess) == bisect_right(positions, position) - 1


def test_an_array_that_is_asked_between_others_answers_the_same():
    def gradients(f, arrays):
        return [numerical_gradient(f, x) for x in arrays]

    recording = Recorder(numerical_gradient).run(gradients, skew, [matrix(), matrix().T.copy()])
    views = [recording.state(step).names for step in range(len(recording))]
    alone = [
        {n: (v.to_numpy(), v.changed) for n, v in recording.state(step).names.items() if arrays(v)}
        for step in range(len(recording))
    ]
    order = np.random.default_rng(3).permutation(len(recording) * 3) % len(recording)
    for step in order.tolist():
        for name, (whole, changed) in alone[step].items():
            view = views[step][name]
            assert view.changed == changed
            assert np.array_equal(view.to_numpy(), whole)
            assert all(view[i] == whole[i] for i in np.ndindex(*whole.shape))
            assert np.array_equal(view.window(slice(0, 2), slice(1, 3)), whole[:2, 1:3])


def arrays(value):
    return hasattr(value, "to_numpy")
