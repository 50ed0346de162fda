"""The figures that other people printed (figures.md A, B, C and G), out of fresh runs."""

import numpy as np
import pytest

from tutor.nets import SimpleNet, TwoLayerNet, cross_entropy_error, numerical_gradient, softmax

x = np.array([0.6, 0.9])
t = np.array([0, 0, 1])

LOSS_A = 2.0620146712373737
PRINTED_A = {
    (0, 0): (2.062020953321506, 2.0620083894906935),
    (0, 1): (2.062060757760379, 2.061968585355599),
    (0, 2): (2.061962303319411, 2.062067039554999),
    (1, 0): (2.062024094490122, 2.062005248743893),
    (1, 1): (2.062083801262337, 2.0619455426551796),
    (1, 2): (2.061936119510309, 2.06209322386368),
}
DW_A = [[0.06281915, 0.46086202, -0.52368118], [0.09422873, 0.69129304, -0.78552177]]


def puzzled_readers_net():
    """Rebuild W from the printed figures, exactly; the W printed beside them is rounded."""
    up, down = PRINTED_A[1, 1]
    y2 = np.exp(-LOSS_A) - 1e-7
    y1 = (up - down) / (2 * 1e-4) / 0.9 * (y2 + 1e-7) / y2
    y = np.array([1 - y1 - y2, y1, y2])
    return SimpleNet(np.outer(x, np.log(y)) / (x @ x)), y


def watched(net):
    values = []

    def f(_):
        values.append(net.loss(x, t))
        return values[-1]

    return f, values


def test_a_the_twelve_figures_with_net_W():
    net, _ = puzzled_readers_net()
    f, values = watched(net)
    dW = numerical_gradient(f, net.W)
    assert net.loss(x, t) == pytest.approx(LOSS_A, abs=1e-15)
    np.testing.assert_allclose(
        np.reshape(values, (6, 2)), list(PRINTED_A.values()), rtol=0, atol=1e-12
    )
    np.testing.assert_allclose(dW, DW_A, rtol=0, atol=5.1e-9)


def test_a_the_rounded_W_is_that_W():
    net, _ = puzzled_readers_net()
    rounded = [
        [-1.15726607, -0.13529752, -1.05744382],
        [-1.73589911, -0.20294628, -1.58616574],
    ]
    np.testing.assert_allclose(net.W, rounded, rtol=0, atol=1e-8)


def test_a_twelve_times_one_figure_with_a_copy():
    net, _ = puzzled_readers_net()
    f, values = watched(net)
    a = np.array([[0.2, 0.1, -0.3], [0.12, -0.17, 0.088]])
    dW = numerical_gradient(f, a)
    assert (dW == 0).all()
    assert len(values) == 12
    assert set(values) == {net.loss(x, t)}
    assert f(3) == f(net.W) == f(a)


def test_a_the_fingerprint_of_the_epsilon():
    net, y = puzzled_readers_net()
    dW = numerical_gradient(lambda _: net.loss(x, t), net.W)
    without = np.outer(x, y - t)
    assert 1 - y[2] / (y[2] + 1e-7) == pytest.approx(7.86e-7, rel=1e-3)
    np.testing.assert_allclose(dW, without * y[2] / (y[2] + 1e-7), rtol=0, atol=3e-9)
    # In the digits that were printed, the two part.
    assert (np.abs(without - DW_A) > 3e-8).any()


def test_b_the_printed_loss_was_not_printed_by_the_listing():
    y = softmax(np.array([1.05414809, 0.63071653, 1.1328074]))
    assert cross_entropy_error(y, t) == pytest.approx(0.9280682862649491, rel=1e-15)
    assert cross_entropy_error(y, t, epsilon=0) == pytest.approx(0.92806853663411326, abs=5e-9)
    fingerprint = cross_entropy_error(y, t, epsilon=0) - cross_entropy_error(y, t)
    assert fingerprint == pytest.approx(1e-7 / y[2], rel=1e-4)
    assert np.argmax(y) == 2


def test_b_the_gradient_of_that_p():
    p = np.array([1.05414809, 0.63071653, 1.1328074])
    net = SimpleNet(np.outer(x, p) / (x @ x))
    np.testing.assert_allclose(net.predict(x), p, rtol=1e-14)
    dW = numerical_gradient(lambda _: net.loss(x, t), net.W)
    np.testing.assert_allclose(dW[0], [0.21924763, 0.14356247, -0.36281009], atol=2e-7)
    np.testing.assert_allclose(dW[1], [0.32887144, 0.2153437, -0.54421514], atol=2e-7)


def test_b_the_W_printed_there_gives_another_p():
    W = [[0.49236891, -1.2239298, -1.13722119], [0.05405365, -0.79897152, -0.08066587]]
    net = SimpleNet(W)
    np.testing.assert_allclose(net.predict(x), [0.34406963, -1.45343225, -0.754932], atol=1e-8)
    assert net.loss(x, t) == pytest.approx(1.50374, abs=5e-6)


def test_c_the_notebook():
    W = [[0.47960288, -0.76193959, 1.8855813], [-2.3624579, -0.50910295, 0.16812907]]
    net = SimpleNet(W)
    np.testing.assert_allclose(net.predict(x), [-1.83845038, -0.9153564, 1.28266494], atol=1e-8)
    assert net.loss(x, t) == pytest.approx(0.1442132628800886, rel=1e-14)
    dW = numerical_gradient(lambda _: net.loss(x, t), net.W)
    printed = [[0.02291063, 0.05766756, -0.08057819], [0.03436594, 0.08650134, -0.12086728]]
    np.testing.assert_allclose(dW, printed, atol=1e-8)

    def f(_):
        return net.loss(x, t)

    np.testing.assert_array_equal(numerical_gradient(f, net.W), dW)


def test_g_the_plateau_and_the_label_two_by_its_one_hot_row():
    assert cross_entropy_error(np.array([0.0, 1.0]), 0) == 16.11809565095832
    y = np.array([0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0])
    for target in (2, np.eye(10)[2]):
        assert cross_entropy_error(y, target) == pytest.approx(0.5108254571, abs=5e-11)


def test_g_the_books_parameters_and_what_a_numerical_gradient_costs():
    net = TwoLayerNet(784, 50, 10)
    assert 2 * sum(value.size for value in net.params.values()) == 79_520
