"""figures.md A, B and C, read off the recording of a run."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.nets.gradient import numerical_gradient
from tutor.nets.networks import SimpleNet
from tutor.trace import Cursor, record

X = np.array([0.6, 0.9])
T = np.array([0, 0, 1])
LOSS = 2.0620146712373737
FXH = np.array(
    [
        [2.062020953321506, 2.0620083894906935],
        [2.062060757760379, 2.061968585355599],
        [2.061962303319411, 2.062067039554999],
        [2.062024094490122, 2.062005248743893],
        [2.062083801262337, 2.0619455426551796],
        [2.061936119510309, 2.06209322386368],
    ]
)
A = np.array([[0.2, 0.1, -0.3], [0.12, -0.17, 0.088]])


def exact_W():
    """Return W of figures.md A from the loss and the two figures at (1, 1)."""
    y2 = np.exp(-LOSS) - 1e-7
    slope = (FXH[4, 0] - FXH[4, 1]) / 2e-4
    y1 = slope / 0.9 * (y2 + 1e-7) / y2
    return np.outer(X, np.log([1 - y1 - y2, y1, y2])) / (X @ X)


def recorded(W, point=None):
    net = SimpleNet(W)
    return record(numerical_gradient, lambda _: net.loss(X, T), net.W if point is None else point)


def test_net_W_gives_all_twelve_figures_of_A():
    table = recorded(exact_W()).iterations
    assert table["idx"].tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
    np.testing.assert_allclose(table["fxh1"], FXH[:, 0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(table["fxh2"], FXH[:, 1], rtol=0, atol=1e-12)


def test_net_W_gives_the_slopes_of_A():
    recording = recorded(exact_W())
    printed = [0.06281915, 0.46086202, -0.52368118, 0.09422873, 0.69129304, -0.78552177]
    np.testing.assert_allclose(recording.iterations["grad"], printed, rtol=0, atol=5e-9)
    np.testing.assert_array_equal(recording.iterations["grad"], recording.result.ravel())


def test_the_states_show_the_same_twelve_figures():
    cursor = Cursor(recorded(exact_W()))
    for iteration in range(6):
        assert cursor.seek(iteration, "fxh2")
        names = cursor.state.names
        assert [names["fxh1"], names["fxh2"]] == pytest.approx(FXH[iteration], rel=0, abs=1e-12)


def test_an_own_array_gives_twelve_times_the_loss_and_no_slope():
    recording = recorded(exact_W(), A.copy())
    table = recording.iterations
    np.testing.assert_allclose(table["fxh1"], LOSS, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(table["fxh1"], table["fxh2"])
    np.testing.assert_array_equal(recording.result, np.zeros((2, 3)))
    assert len(recording.writes()) == 4 * 6


def test_the_rounded_W_of_A_gives_the_figures_to_4e_9():
    W = [[-1.15726607, -0.13529752, -1.05744382], [-1.73589911, -0.20294628, -1.58616574]]
    table = recorded(W).iterations
    np.testing.assert_allclose(table["fxh1"], FXH[:, 0], rtol=0, atol=4e-9)


def test_B_gives_the_slopes_and_the_epsilons_fingerprint_from_its_logits():
    p = np.array([1.05414809, 0.63071653, 1.1328074])
    recording = recorded(np.outer(X, p) / (X @ X))
    y2 = np.exp(p[2]) / np.exp(p).sum()
    printed = [[0.21924763, 0.14356247, -0.36281009], [0.32887144, 0.2153437, -0.54421514]]
    without_epsilon = recording.result * (y2 + 1e-7) / y2  # what was printed had none: 2.5e-7
    np.testing.assert_allclose(without_epsilon, printed, rtol=0, atol=1e-8)
    assert not np.allclose(recording.result, printed, rtol=0, atol=1e-7)
    middle = (recording.iterations["fxh1"] + recording.iterations["fxh2"]) / 2
    np.testing.assert_allclose(middle, 0.9280682862649491, rtol=0, atol=1e-9)


def test_C_gives_the_slopes_and_the_loss_that_its_rounded_W_allows():
    W = [[0.47960288, -0.76193959, 1.8855813], [-2.3624579, -0.50910295, 0.16812907]]
    recording = recorded(W)
    printed = [[0.02291063, 0.05766756, -0.08057819], [0.03436594, 0.08650134, -0.12086728]]
    np.testing.assert_allclose(recording.result, printed, rtol=0, atol=1e-8)
    assert SimpleNet(W).loss(X, T) == pytest.approx(0.1442132628800886, rel=0, abs=1e-15)
