from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tutor.jail.frames import DTYPES, BadFrame, pack, read_frame

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=()))
    | st.complex_numbers(allow_nan=False)
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
    ),
    max_leaves=20,
)


def there_and_back(value: object) -> Any:
    return read_frame(io.BytesIO(pack({"a": 1}, value)).read)


@given(values)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    try:
        message, back = there_and_back(value)
    except BadFrame:
        return  # nested deeper than is taken
    assert message == {"a": 1}
    assert repr(back) == repr(value)


@given(
    arrays.arrays(
        st.sampled_from(sorted(DTYPES)).map(np.dtype),
        arrays.array_shapes(min_dims=0, max_dims=4, min_side=0),
    )
)
def test_an_array_comes_back_bit_by_bit(array: Any) -> None:
    _, back = there_and_back(array)
    assert type(back) is type(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


def test_order_and_endianness_do_not_matter() -> None:
    array = np.arange(6, dtype=">f8").reshape(2, 3).T
    _, back = there_and_back(array)
    np.testing.assert_array_equal(back, array)


@given(st.binary(max_size=200))
def test_random_bytes_are_no_frame(data: bytes) -> None:
    with pytest.raises((BadFrame, EOFError)):
        read_frame(io.BytesIO(data).read)


@given(st.data())
def test_a_frame_with_a_changed_byte_is_read_or_refused(data: st.DataObject) -> None:
    frame = bytearray(pack({"a": 1}, (np.arange(3.0), "text", [1.5, None])))
    position = data.draw(st.integers(0, len(frame) - 1))
    frame[position] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadFrame, EOFError):
        read_frame(io.BytesIO(bytes(frame)).read)
