import pytest

from tests.diagnosis.figures.conftest import only, remarks

WARNINGS = {
    "overflow encountered in exp\n  return np.exp(a) / s": "softmax-overflow",
    "overflow encountered in exp\n  return 1 / (1 + np.exp(-x))": "",
    "divide by zero encountered in log": "log-of-zero",
    "invalid value encountered in multiply": "log-of-zero",
    "invalid value encountered in log": "",
    "invalid value encountered in true_divide": "softmax-overflow",
    "invalid value encountered in divide": "softmax-overflow",
    "invalid value encountered in scalar subtract": "",
    "overflow encountered in matmul": "blow-up",
}
ERRORS = {
    "IndexError: index 3 is out of bounds for axis 0 with size 3": "one-d-loop-on-matrix",
    "TypeError: only length-1 arrays can be converted to Python scalars": "",
    "TypeError: only integer scalar arrays can be converted to a scalar index": "",
    "IndexError: arrays used as indices must be of integer (or boolean) type":
        "label-one-hot-mixup",
    "numpy.exceptions.AxisError: axis 1 is out of bounds for array of dimension 1": "",
    "TypeError: unsupported operand type(s) for -: 'NoneType' and 'NoneType'":
        "closure-returns-none",
    "TypeError: 'numpy.float64' object is not callable": "closure-returns-none",
    "TypeError: 'NoneType' object is not subscriptable": "returns-none",
    "ValueError: operands could not be broadcast together with shapes (5,3) (5,) ":
        "softmax-missing-keepdims",
    "ValueError: operands could not be broadcast together with shapes (100,10) (100,784) ":
        "wrong-pairing",
    "ValueError: operands could not be broadcast together with shapes (4,3) (2,3) ": "",
    "ValueError: shapes (100,10) and (50,10) not aligned: 10 (dim 1) != 50 (dim 0)":
        "missing-transpose",
    "ValueError: setting an array element with a sequence.": "loss-not-scalar",
    "ValueError: cannot reshape array of size 1568 into shape (100,784)": "hard-coded-batch",
    "KeyError: 'W3'": "wrong-key",
    "AttributeError: 'Affine' object has no attribute 'foward'": "misspelt-method",
    "AttributeError: 'Affine' object has no attribute 'X'": "crash",
}  # fmt: skip


@pytest.mark.parametrize("text", WARNINGS)
def test_a_warning_points_to_its_pitfall(text: str) -> None:
    remark = only(f"/home/me/net.py:12: RuntimeWarning: {text}")
    assert (remark.pitfall, remark.certain) == (WARNINGS[text], False)


@pytest.mark.parametrize("text", ERRORS)
def test_an_exception_points_to_its_pitfall(text: str) -> None:
    trace = f'Traceback (most recent call last):\n  File "a.py", line 9, in <module>\n{text}'
    assert only(trace).pitfall == ERRORS[text]


def test_the_line_above_an_exception_decides_between_two() -> None:
    above = "----> 9 p = np.argmax(t, axis=1)\n"
    error = "AxisError: axis 1 is out of bounds for array of dimension 1"
    assert only(above + error).pitfall == "accuracy-axis"
    above = "      tmp_val = x[idx]\n"
    remark = only(f"{above}IndexError: index 2 is out of bounds for axis 0 with size 2")
    assert remark.certain
    above = "      x[idx] = float(tmp_val) + h\n"
    error = "TypeError: only size-1 arrays can be converted to Python scalars"
    assert only(above + error).pitfall == "one-d-loop-on-matrix"
    above = "    return max(a)\n"
    assert only(f"{above}ValueError: The truth value of an array with more than one element is "
                "ambiguous.").pitfall == "builtin-max-sum"  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["DeprecationWarning: the imp module is deprecated", "ModuleNotFoundError: No module named 'x'",
     "UserWarning: Matplotlib is currently using agg", "relative Error: 3e-9"],
)  # fmt: skip
def test_what_is_no_fault_of_the_net_gets_no_remark(text: str) -> None:
    assert remarks(text) == []
