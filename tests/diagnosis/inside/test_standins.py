"""What stands in for a module takes anything, and never more memory than it should."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.diagnosis.inside.datasets import KNOWN
from tutor.diagnosis.inside.standins import Anything, StandIn


@pytest.mark.parametrize("make", [np.array, np.asarray, np.atleast_1d, np.mean, np.exp, np.sum])
def test_numpy_takes_it_for_one_number_that_is_none(make: object) -> None:
    assert callable(make)
    found = np.asarray(make(Anything()))
    assert found.size == 1
    assert np.isnan(found).all()


def test_a_list_of_them_has_no_depth() -> None:
    assert np.array([Anything(), [1.0][0], Anything()]).shape == (3,)
    assert np.stack([Anything(), Anything()]).shape == (2,)


def test_it_is_no_index() -> None:
    with pytest.raises(IndexError):
        np.eye(3)[Anything()]
    with pytest.raises(TypeError):
        range(Anything())
    with pytest.raises(TypeError):
        np.zeros(Anything())


def test_loops_over_it_end() -> None:
    assert len(list(Anything())) == 2
    assert not Anything()
    figure, axes = Anything()
    axes[0, 1].plot([1, 2])[0].set_data(figure + 1, 2 / axes, -(axes**2) @ 3 % 4)


def test_it_leaves_what_it_decorates() -> None:
    @Anything()
    def softmax() -> int:
        return 3

    @Anything()(cache=True)
    class Net:
        pass

    assert softmax() == 3
    assert Net.__name__ == "Net"


def test_a_class_can_have_it_as_its_base() -> None:
    made = type(StandIn("keras"))("keras").Sequence

    class Batches(made):  # type: ignore[misc, valid-type]
        def __len__(self) -> int:
            return 7

    assert len(Batches()) == 7


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [
        ("fetch_openml", (200, 784), 10),
        ("make_moons", (100, 2), 2),
        ("load_diabetes", (442, 10), 0),
    ],
)
def test_a_table_has_the_shape_of_the_real_one(
    name: str, shape: tuple[int, int], classes: int
) -> None:
    x, t = KNOWN[name](return_X_y=True)
    assert x.shape == shape
    assert t.shape == shape[:1]
    assert not classes or len(np.unique(t)) == classes


def test_a_maker_makes_as_much_as_it_is_asked_for() -> None:
    x, t = KNOWN["make_blobs"](n_samples=30, centers=4, n_features=5)
    assert x.shape == (30, 5)
    assert set(t) <= set(range(4))


def test_a_split_has_the_size_that_is_asked_for() -> None:
    x, t = np.arange(20).reshape(10, 2), np.arange(10)
    split = KNOWN["train_test_split"]
    assert [len(part) for part in split(x, t, test_size=0.2)] == [8, 2, 8, 2]
    assert [len(part) for part in split(x, test_size=3)] == [7, 3]


def test_rows_are_one_hot() -> None:
    np.testing.assert_array_equal(KNOWN["to_categorical"]([2, 0], 4), [[0, 0, 1, 0], [1, 0, 0, 0]])
    np.testing.assert_array_equal(
        KNOWN["OneHotEncoder"]().fit_transform([[5], [3]]), [[0, 1], [1, 0]]
    )
    scaled = KNOWN["StandardScaler"]().fit_transform([[1.0, 5.0], [3.0, 5.0]])
    np.testing.assert_array_equal(scaled, [[-1, 0], [1, 0]])
