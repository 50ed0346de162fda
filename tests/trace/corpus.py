# ruff: noqa: RET504, F841, B007, B012, PIE790
"""Functions to be recorded, in every style that learners write, and how to call each of them.

`CASES` maps a name to a case; building a case gives fresh arguments, so that the recorder and
the oracle can each run it from the same beginning.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Built = tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """A function to trace, and a maker of ``(call, args, kwargs)`` that makes it run."""

    traced: Any
    build: Callable[[], tuple[Any, ...]]

    def fresh(self) -> Built:
        call, args, *rest = self.build()
        return self.traced, call, args, rest[0] if rest else {}


CASES: dict[str, Case] = {}


def _arguments(built: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(built) == 2 and isinstance(built[0], tuple) and isinstance(built[1], dict):
        return built
    return (built,)


def case(build: Callable[[], tuple[Any, ...]]) -> Callable[[Any], Any]:
    """Put a function into the corpus; ``build`` gives its arguments (or them and keywords)."""

    def keep(function: Any) -> Any:
        CASES[function.__name__] = Case(function, lambda: (function, *_arguments(build())))
        return function

    return keep


def bowl(x: Any) -> Any:
    return np.sum(x**2)


def skew(x: Any) -> Any:
    return float(np.sum(np.asarray(x).ravel() ** 3 * (1 + np.arange(np.size(x)))))


def point() -> Any:
    return np.array([3.0, -4.0, 0.5])


def matrix() -> Any:
    return np.array([[0.3, -1.2, 2.0], [0.7, 0.1, -0.4]])


# -- differentiators ----------------------------------------------------------------------------


@case(lambda: (skew, matrix()))
def book_nditer(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = float(tmp_val) + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
        it.iternext()
    return grad


@case(lambda: (skew, point()))
def range_size(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(x.size):
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
    return grad


@case(lambda: (skew, matrix()))
def ndindex(f, x, h=1e-5):
    grad = np.ones(x.shape)
    for ix in np.ndindex(x.shape):
        old = x[ix]
        x[ix] = old + h
        pos = f(x)
        x[ix] = old - h
        neg = f(x)
        x[ix] = old
        grad[ix] = (pos - neg) / (2 * h)
    return grad


@case(lambda: (skew, matrix()))
def nested_i_j(f, x):
    h = 1e-4
    rows, columns = x.shape
    grad = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            keep = x[i, j]
            x[i, j] = keep + h
            up = f(x)
            x[i, j] = keep - h
            down = f(x)
            grad[i][j] = (up - down) / (2 * h)
            x[i, j] = keep
    return grad


@case(lambda: (skew, matrix()))
def flat_ravel(f, x):
    h = 1e-4
    xf = x.ravel()
    grad = np.zeros_like(x)
    gf = grad.ravel()
    for k in range(xf.size):
        t = xf[k]
        xf[k] = t + h
        a = f(x)
        xf[k] = t - h
        b = f(x)
        gf[k] = (a - b) / (2 * h)
        xf[k] = t
    return grad


@case(lambda: (skew, matrix()))
def flat_attribute(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in range(x.size):
        kept = x.flat[i]
        x.flat[i] = kept + h
        fxh1 = f(x)
        x.flat[i] = kept - h
        fxh2 = f(x)
        grad.flat[i] = (fxh1 - fxh2) / (2 * h)
        x.flat[i] = kept
    return grad


@case(lambda: (skew, matrix()))
def flat_iterator(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    row, slopes = x.flat, grad.flat
    for i in range(x.size):
        row[i] += h
        up = f(x)
        row[i] -= 2 * h
        down = f(x)
        row[i] += h
        slopes[i] = (up - down) / (2 * h)
    return grad


@case(lambda: (skew, matrix().T))
def flat_attribute_transposed(f, x):
    out = np.zeros(x.shape)
    for i in range(x.size):
        x.flat[i] = x.flat[i] * 2
        out.flat[i] = f(x)
    x.flat[1:3] = 0.5
    return out


@case(lambda: (skew, matrix()))
def flat_reshape(f, x):
    h = 1e-4
    flat = x.reshape(-1)
    grad = np.zeros(flat.shape)
    for k in range(len(flat)):
        flat[k] += h
        a = f(x)
        flat[k] -= 2 * h
        b = f(x)
        flat[k] += h
        grad[k] = (a - b) / (2 * h)
    return grad.reshape(x.shape)


@case(lambda: (skew, matrix()))
def row_views(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in range(x.shape[0]):
        row = x[i]
        for j in range(row.size):
            row[j] += h
            a = f(x)
            row[j] -= 2 * h
            b = f(x)
            row[j] += h
            grad[i, j] = (a - b) / (2 * h)
    return grad


@case(lambda: (skew, matrix()))
def rows_as_values(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(len(x)):
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
    return grad


@case(lambda: (skew, point()))
def forward_difference(f, x):
    h = 1e-4
    fx = f(x)
    grad = np.zeros_like(x)
    for i in range(x.size):
        x[i] += h
        grad[i] = (f(x) - fx) / h
        x[i] -= h
    return grad


@case(lambda: (skew, point()))
def no_restore(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in range(x.size):
        tmp = x[i]
        x[i] = tmp + h
        f1 = f(x)
        x[i] = tmp - h
        f2 = f(x)
        grad[i] = (f1 - f2) / (2 * h)
    return grad


@case(lambda: (skew, point()))
def inside_one_expression(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in range(3):
        e = np.zeros(3)
        e[i] = h
        grad[i] = (f(x + e) - f(x - e)) / (2 * h)
    return grad


@case(lambda: (skew, matrix()))
def unravel_in_target(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in range(x.size):
        x[np.unravel_index(i, x.shape)] += h
        up = f(x)
        x[np.unravel_index(i, x.shape)] -= h
        grad[np.unravel_index(i, x.shape)] = (up - f(x)) / h
    return grad


@case(lambda: (skew, np.array([3, 4])))
def integer_array(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in range(x.size):
        tmp = x[i]
        x[i] = tmp + h
        a = f(x)
        x[i] = tmp - h
        b = f(x)
        grad[i] = (a - b) / (2 * h)
        x[i] = tmp
    return grad


@case(lambda: (skew, np.array([[3.0], [4.0]], np.float32)))
def float32_array(f, x):
    h = np.float32(1e-2)
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        tmp = x[idx]
        x[idx] = tmp + h
        a = f(x)
        x[idx] = tmp - h
        b = f(x)
        grad[idx] = (a - b) / (2 * h)
        x[idx] = tmp
    return grad


@case(lambda: (lambda z: complex(np.sum(z**2)), np.array([3.0, 4.0], complex)))
def complex_step(f, x):
    h = 1e-20
    grad = np.zeros(2)
    for i in range(2):
        x[i] += 1j * h
        value = f(x)
        grad[i] = value.imag / h
        x[i] -= 1j * h
    return grad


@case(lambda: (bowl, np.array(3.0)))
def a_single_number_array(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        idx = it.multi_index
        tmp = x[idx]
        x[idx] = tmp + h
        a = f(x)
        x[idx] = tmp - h
        b = f(x)
        grad[idx] = (a - b) / (2 * h)
        x[idx] = tmp
        it.iternext()
    return grad


@case(lambda: (skew, matrix().T))
def transposed(f, x):
    grad = np.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            old = x[i, j]
            x[i, j] = old + 1e-4
            grad[i, j] = f(x)
            x[i, j] = old
    return grad


@case(lambda: (skew, np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2)))
def three_axes_permuted(f, x):
    grad = np.zeros_like(x)
    for ix in np.ndindex(x.shape):
        old = x[ix]
        x[ix] = old + 1e-4
        grad[ix] = f(x)
        x[ix] = old
    return grad


@case(lambda: (skew, np.arange(12.0)[::-2]))
def backwards_view(f, x):
    grad = np.zeros_like(x)
    for i in range(len(x)):
        x[i] += 1e-3
        grad[-i - 1] = f(x)
        x[i] -= 1e-3
    return grad


@case(lambda: (skew, point()))
def negative_index(f, x):
    grad = np.zeros(3)
    for i in range(-1, -4, -1):
        x[i] += 0.5
        grad[i] = f(x)
        x[i] -= 0.5
    last = x[-1]
    x[-1] = last + 1
    return grad


@case(lambda: (skew, np.asfortranarray(matrix())))
def fortran_order(f, x):
    grad = np.zeros_like(x)
    for i, j in np.ndindex(x.shape):
        x[i, j] += 1e-3
        grad[i, j] = f(x)
        x[i, j] -= 1e-3
    return grad


# -- writes of every shape ------------------------------------------------------------------------


@case(lambda: ((matrix(),)))
def slices(x):
    x[0, 1:] = 7.0
    x[:, 0] += 1.0
    x[...] *= 2.0
    x[::-1, ::2] -= 0.25
    part = x[:, 1:]
    part[0] = 9.0
    return part


@case(lambda: ((matrix(),)))
def boolean_masks(x):
    mask = x > 0
    x[mask] = -1.0
    x[x < -1] *= 3.0
    x[x == -1] = 0.5
    mask[0, 0] = True
    x[~mask] += 10.0
    return mask


@case(lambda: ((matrix(),)))
def fancy(x):
    rows = np.array([0, 1, 1])
    x[rows, [2, 0, 1]] += 1.0
    x[[1, 0]] = x
    where = np.where(x > 1)
    x[where] = 0.0
    x[np.arange(2), np.array([0, 1])] -= 1
    return x


@case(lambda: (np.arange(4), np.array([True, False, True, True])))
def index_that_it_writes(order, mask):
    order[order] = 0
    mask[mask] = False
    return order


@case(lambda: ((point(),)))
def whole_array(x):
    y = x
    x += 1.0
    x *= 2.0
    y -= 0.5
    x **= 2
    x = x + 1.0
    x /= 3.0
    x[:] = y
    return x


@case(lambda: ((point(),)))
def numpy_writes(x):
    y = np.zeros_like(x)
    np.put(x, [0, 2], [7.0, 8.0])
    np.add(x, 1.0, out=y)
    x.fill(2.5)
    np.copyto(y, x)
    y.sort()
    np.multiply(x, y, out=x)
    return y


@case(lambda: ((point(),)))
def scalar_array_index(x):
    k = np.array(1)
    x[k] = 5.0
    n = np.int64(2)
    x[n] += 1.0
    b = np.uint8(0)
    x[b] = 9.0
    return x


@case(lambda: ((point(),)))
def swaps(x):
    i, j = 0, 2
    x[i], x[j] = x[j], x[i]
    a, b = x[0], x[1]
    (c, x[1]), [d, *rest] = (a, b), (1, 2, 3)
    x[0] = y = x[2] = 4.5
    return c, d, rest, y


@case(lambda: ((point(),)))
def index_changes_in_the_same_line(x):
    i = 0
    x[i], i = 5.0, i + 1
    i, x[i] = 2, 6.0
    i = x[i] = 1
    return x


@case(lambda: ((point(),)))
def calls_in_several_targets(x):
    asked = []

    def at(k):
        asked.append(k)
        return k

    x[at(0)], x[at(2)] = 1.5, 2.5
    a = x[at(1)] = 3.5
    x[at(0)] += 10.0
    return a, tuple(asked)


@case(lambda: ((matrix(),)))
def chained_subscripts(x):
    d = {"W": x, "list": [x[0], x[1]]}
    d["W"][0, 0] = 5.0
    d["list"][1][2] += 1.0
    x[0][1] = -3.0
    d["n"] = 3
    d["n"] += 1
    d["list"][0] = 8
    return d["n"]


@case(lambda: ((matrix(),)))
def view_of_view(x):
    rows = x[:, 1:]
    cell = rows[1:, :1]
    cell[0, 0] = 99.0
    t = x.T
    t[0, 1] = -7.0
    copy = x.copy()
    copy[0, 0] = 1234.0
    flat = x.flatten()
    flat[0] = 4321.0
    return t


@case(lambda: ((np.array([1.0, np.nan, np.inf, -0.0]),)))
def special_numbers(x):
    a = x[1]
    x[0] = np.nan
    x[1] = -np.inf
    b = float("nan")
    c = 1e400
    d = -x[3]
    big = 2**80
    tiny = -(2**53) - 1
    x[2] = a
    return b, c, d, big, tiny


@case(lambda: (np.array([True, False]), np.array(["a", "bc"])))
def other_kinds(flags, words):
    flags[1] = True
    words[0] = "zz"
    objects = np.array([None, 3, "x"], dtype=object)
    flag = flags[0]
    word = words[0]
    half = np.float16(0.1)
    small = np.int8(-3)
    blob = b"ab"
    nothing = None
    return flag, word, half, small, blob, nothing, objects.size


@case(lambda: (np.zeros((3, 0)), np.zeros(0)))
def empty_arrays(x, y):
    total = 0.0
    for i in range(y.size):
        total += y[i]
    z = x.T
    y += 1.0
    return total, z


@case(lambda: (point(), [1.0, 2.0], {"a": 1}))
def list_and_dict_stores(x, numbers, table):
    numbers[0] = x[0]
    table["b"] = numbers[0] + 1
    numbers.append(3)
    for key in ("a", "b"):
        table[key] *= 2
        x[0] = table[key]
    del numbers[0]
    numbers[0], table["c"] = 5, 6
    return table["c"]


# -- flow -----------------------------------------------------------------------------------------


@case(lambda: ((7,)))
def branches(n):
    steps = 0
    while n != 1:
        if n % 2:
            n = 3 * n + 1
        elif n > 100:
            n = 1
        else:
            n //= 2
        steps += 1
        if steps > 50:
            break
    else:
        steps = -steps
    return steps


@case(lambda: ((point(),)))
def break_continue_else(x):
    found = None
    for i in range(3):
        if x[i] > 2:
            continue
        if x[i] < 0:
            found = i
            break
        x[i] = 0
    else:
        found = -1
    for v in x:
        if v > 100:
            break
    else:
        found += 10
    while True:
        found += 1
        if found > 13:
            break
    return found


@case(lambda: ((point(),)))
def no_pass_at_all(x):
    for i in range(0):
        x[i] = 1.0
    else:
        y = 1
    while x[0] > 100:
        x[0] = 0
    for _ in []:
        y = 2
    return y


@case(lambda: ((4,)))
def walrus(n):
    total = 0
    while (n := n - 1) > 0:
        total += n
    if (m := total * 2) > 3:
        total = m
    k = (p := 3) + (q := p)
    return total, k, q


@case(lambda: ((point(),)))
def walrus_in_a_comprehension(x):
    seen = [last := v for v in x]
    total = last + len(seen)
    return total


@case(lambda: ((bowl, point())))
def conditional_expressions(f, x):
    a = f(x) if x[0] > 0 else -1
    b = x[1] > 0 and f(x)
    c = [f(x) for _ in range(2)]
    d = f(x) < f(x + 1) < f(x + 2)
    g = f"{f(x):.3f}"
    return a, b, len(c), d, g


@case(lambda: (("add", 3.0)))
def matching(op, value):
    match (op, value):
        case ("neg", v):
            out = -v
        case ("add", float(v)) if v > 100:
            out = v
        case ("add", v):
            out = v + 1
        case _:
            out = None
    match {"a": 1, "b": [1, 2, 3]}:
        case {"a": a, "b": [first, *others], **more}:
            out += a + first
    return out, others, more


@case(lambda: ((point(),)))
def try_everything(x):
    log = 0
    for i in range(4):
        try:
            x[i] += 1.0
            log += 1
        except IndexError as error:
            log += 10
            text = str(error)[:5]
        else:
            log += 100
        finally:
            log += 1000
    return log, text


@case(lambda: ((point(),)))
def value_kept_when_a_line_fails(x):
    value = 0.0
    for i in range(5):
        before = value
        try:
            value = x[i]
        except IndexError:
            after = value
    return value, before, after


@case(lambda: ((3,)))
def nested_tries(n):
    out = []
    for i in range(n):
        try:
            try:
                if i == 1:
                    raise ValueError("one")
                y = 1 / (i - 2)
            except ValueError:
                y = 0
                raise
            finally:
                z = i
        except (ValueError, ZeroDivisionError) as e:
            out.append(type(e).__name__)
    return out, y, z


@case(lambda: ((3,)))
def the_same_exception_again(n):
    problem = ValueError("again")
    count = 0
    for i in range(n):
        try:
            raise problem
        except ValueError:
            count += 1
    return count, i


def _always(problem):
    raise problem


@case(lambda: ((3,)))
def the_same_exception_from_a_call(n):
    problem = ValueError("again")
    count = 0
    for i in range(n):
        try:
            count = _always(problem)
        except ValueError:
            count += 1
    return count, i


@case(lambda: ((2.0,)))
def raised_again_later(x):
    kept = None
    try:
        y = 1 / (x - x)
    except ZeroDivisionError as e:
        kept = e
    y = 5
    raise kept


@case(lambda: ((point(),)))
def suppressed(x):
    y = 1.0
    with contextlib.suppress(IndexError):
        y = 2.0
        y = x[10]
        y = 3.0
    z = y
    return z


@case(lambda: ((point(),)))
def with_statements(x):
    with np.errstate(divide="ignore"), contextlib.nullcontext(5) as n:
        x[0] = np.float64(1.0) / 0.0
        m = n
    with contextlib.nullcontext((1, 2)) as (a, b):
        if a:
            x[1] = b
    return m


@case(lambda: ((point(),)))
def early_return(x):
    for i in range(3):
        if x[i] < 0:
            return i
    return None


@case(lambda: ((point(),)))
def return_in_try_finally(x):
    try:
        x[0] = 1.0
        return x[0]
    finally:
        x[1] = 2.0
        y = 3
        del y


@case(lambda: ((point(),)))
def finally_overrides_the_return(x):
    for i in range(2):
        try:
            return i
        finally:
            x[0] += 1
            if i == 0:
                continue
    return x[0]


@case(lambda: ((point(),)))
def deletes(x):
    y = 5
    z = x[0]
    del y
    y = 6
    del y, z
    d = {1: 2}
    del d[1]
    x[0] = 1
    return x


# fmt: off
@case(lambda: (point(),))
def one_line(x): return x * 2
# fmt: on


@case(lambda: ((point(),)))
def only_a_docstring(x):
    """Nothing else."""


@case(lambda: ((point(),)))
def docstring_and_pass(x):
    """Say something."""
    pass
    ...


# fmt: off
@case(lambda: (skew, point()))
def several_lines_a_statement(
    f,
    x,
):
    """A docstring
    over two lines."""
    total = (
        f(x)
        + f(x)
    )
    x[
        0
    ] = (
        total
    )
    if (
        x[0] > 0
        and x[1] < 0
    ):
        y = [
            1,
            2,
        ]
    for i in range(
        2
    ):
        x[i] = max(
            x[i],
            total,
        )
    return (
        total,
        y,
    )
# fmt: on


# -- kinds of functions ---------------------------------------------------------------------------


@case(lambda: ((1, 2, 3, 4), {"c": 5, "z": 6}))
def all_kinds_of_arguments(a, /, b, *args, c, d=7, **kwargs):
    total = a + b + sum(args) + c + d
    total += len(kwargs)
    return total


@case(lambda: ((point(),)))
def defaults_and_annotations(x: Any, h: float = 1e-4, scale: int = 2) -> float:
    y: float = x[0] + h
    y *= scale
    z = 3
    return y + z


@case(lambda: ((point(),)))
def closures(x):
    offset = 1.0

    def shifted(v):
        return v + offset

    double = lambda v: 2 * v  # noqa: E731
    y = shifted(x[0])
    offset = 2.0
    z = double(shifted(x[0]))
    return y, z


@case(lambda: ((skew, point())))
def nonlocal_counter(f, x):
    calls = 0
    last = None

    def counted(v):
        nonlocal calls, last
        calls += 1
        last = f(v)
        return last

    for i in range(2):
        y = counted(x)
        x[i] = calls
    return y, calls


TALLY = 0


def _reset_tally():
    global TALLY
    TALLY = 0
    return point()


@case(lambda: (_reset_tally(),))
def global_name(x):
    global TALLY
    for i in range(2):
        TALLY = TALLY + 1
        x[i] = TALLY
    return TALLY


def _outer(scale):
    total = 0.0

    def accumulate(x):
        nonlocal total
        total += scale * x[0]
        y = total
        return y

    return accumulate


ACCUMULATE = _outer(3.0)


def _accumulate_afresh():
    for cell in ACCUMULATE.__closure__:
        if cell.cell_contents != 3.0:
            cell.cell_contents = 0.0
    return ACCUMULATE, (point(),)


CASES["nonlocal_of_an_outer_function"] = Case(ACCUMULATE, _accumulate_afresh)


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@case(lambda: ((skew, point())))
@logged
@logged
def decorated(f, x):
    grad = np.zeros_like(x)
    for i in range(2):
        grad[i] = f(x)
    return grad


class Base:
    def __init__(self):
        self.W = matrix()
        self.count = 0
        self.__hidden = 2.0

    def loss(self, x):
        return float(np.sum(self.W**2) * x)

    def describe(self, x):
        return x + 1


class Net(Base):
    def __init__(self):
        super().__init__()
        self.__secret = 3.0

    def method(self, x):
        __tmp = self.__secret * x
        self.count += 1
        self.count = self.count + 1
        self.__secret = __tmp
        y = super().describe(x)
        return self.__helper(y)

    def __helper(self, y):
        return y * self.__secret

    def private_argument(self, __h):
        y = __h + 1
        return y

    def gradient(self, h):
        grad = np.zeros_like(self.W)
        for i, j in np.ndindex(self.W.shape):
            self.W[i, j] += h
            up = self.loss(1.0)
            self.W[i, j] -= h
            grad[i, j] = (up - self.loss(1.0)) / h
        return grad

    @classmethod
    def made(cls, n):
        y = n + 1
        return cls, y

    @staticmethod
    def free(n):
        y = n * 2
        return y

    @property
    def size(self):
        n = self.W.size
        return n

    def __call__(self, x):
        y = x + self.count
        return y

    def nested(self, x):
        def inner(v):
            hidden = self.__secret
            z = v + hidden
            return z

        return inner


def _bound(name, *args):
    return lambda: (getattr(Net(), name), args)


CASES["method"] = Case(Net.method, _bound("method", 2.0))
CASES["private_argument"] = Case(Net.private_argument, _bound("private_argument", 2.0))
CASES["method_writing_its_own_array"] = Case(Net.gradient, _bound("gradient", 1e-4))
CASES["classmethod"] = Case(Net.made, lambda: (Net.made, (3,)))
CASES["staticmethod"] = Case(Net.free, lambda: (Net.free, (3,)))
CASES["callable_object"] = Case(Net(), lambda: (Net(), (3,)))
CASES["property"] = Case(Net.size.fget, lambda: (lambda: Net().size, ()))


@case(lambda: ((5,)))
def recursive(n):
    if n <= 1:
        return 1
    below = recursive(n - 1)
    out = n * below
    return out


@case(lambda: ((lambda x: x**3, 2.0, 1e-4)))
def second_derivative(f, x, h=1e-4, order=2):
    if order == 1:
        return (f(x + h) - f(x - h)) / (2 * h)
    up = second_derivative(f, x + h, h, 1)
    down = second_derivative(f, x - h, h, 1)
    return (up - down) / (2 * h)


def _endless():
    n = 0.0
    while True:
        n += 1.5
        yield n


@case(lambda: ((_endless(), point())))
def generator_handed_over(values, x):
    for i in range(3):
        x[i] = next(values)
    y = next(values)
    return y


@case(lambda: (((v * 2 for v in (1, 2, 3)),)))
def loops_over_a_generator(values):
    total = 0
    for v in values:
        total += v
    return total


@case(lambda: ((_endless().__next__, point())))
def generator_method_as_f(f, x):
    grad = np.zeros_like(x)
    for i in range(x.size):
        x[i] += 1
        a = f()
        x[i] -= 1
        grad[i] = a
    return grad


@case(lambda: ((lambda row: row.sum(), matrix())))
def enumerate_zip(f, x):
    total = 0.0
    for i, row in enumerate(x):
        total += f(row) * i
    for (a, b), c in zip(((1, 2), (3, 4)), x[0], strict=False):
        total += a * b * c
    return total


@case(lambda: ((point(),)))
def imports_and_classes(x):
    import math
    from os import path as place

    class Box:
        side = 2

    y = math.sqrt(Box.side)
    assert y > 0, "never"
    return y, place


@case(lambda: ((point(),)))
def attributes(x):
    class Box:
        pass

    box = Box()
    box.x = x
    box.n = 1
    box.n += 2
    box.x[0] = 9.0
    box.x += 1.0
    x[1] = box.n
    return box.n


# -- exceptions that leave the function ---------------------------------------------------------


class Sulky:
    """A function that fails at one of its calls."""

    def __init__(self, at):
        self.left = at

    def __call__(self, x):
        self.left -= 1
        if self.left < 0:
            raise ValueError("no more")
        return float(np.sum(x))


@case(lambda: (None,))
def fails_in_the_first_line(x):
    y = x + 1
    return y


@case(lambda: ((Sulky(3), point())))
def fails_in_f(f, x):
    grad = np.zeros_like(x)
    for i in range(x.size):
        old = x[i]
        x[i] = old + 1e-4
        a = f(x)
        x[i] = old - 1e-4
        b = f(x)
        grad[i] = a - b
        x[i] = old
    return grad


@case(lambda: ((Sulky(2), point())))
def fails_in_a_condition(f, x):
    n = 0
    while f(x) < 100:
        n += 1
        x[0] = n
    return n


@case(lambda: ((Sulky(1), point())))
def fails_in_an_if(f, x):
    for i in range(3):
        if f(x) > 100:
            x[i] = 0
        elif x[0] > f(x):
            x[i] = 1
    return x


@case(lambda: ((point(),)))
def fails_in_a_plain_condition(x):
    n = 0
    while x[n] != 100:
        n += 1
    return n


@case(lambda: ((Sulky(1), point())))
def fails_in_the_second_call_of_a_line(f, x):
    y = 1
    y = f(x) + f(x)
    return y


@case(lambda: ((Sulky(0), point())))
def fails_in_the_return(f, x):
    y = 1
    return f(x) + y


@case(lambda: ((point(),)))
def fails_in_the_target(x):
    y = 1.0
    for i in range(9):
        y = x[0]
        x[i] = y
    return y


@case(lambda: ((point(),)))
def fails_unpacking(x):
    a = 1
    a, b = x
    return a, b


@case(lambda: ((iter([1, 2, "3"]),)))
def fails_in_the_middle_of_a_loop(values):
    total = 0
    for v in values:
        total += v
    return total


def _broken():
    yield 1
    raise KeyError("iterator")


@case(lambda: ((_broken(),)))
def fails_in_the_loop_header(values):
    total = 0
    for v in values:
        total += v
    return total


@case(lambda: (None,))
def fails_in_the_iterable(x):
    y = 3
    for v in x:
        y = v
    return y


# fmt: off
@case(lambda: (Sulky(0), point()))
def fails_in_a_multi_line_statement(f, x):
    y = (
        1
        + f(x)
    )
    return y
# fmt: on


@case(lambda: ((3,)))
def raises(n):
    y = n
    if y > 2:
        raise RuntimeError(f"n is {n}")
    return y


@case(lambda: ((3,)))
def raises_from(n):
    try:
        y = n / 0
    except ZeroDivisionError as e:
        raise ValueError("worse") from e
    return y


@case(lambda: ((3,)))
def fails_in_finally(n):
    y = 0
    try:
        y = n
    finally:
        y = y / 0
    return y


@case(lambda: ((3,)))
def fails_through_finally(n):
    y = 0
    try:
        y = n / 0
    finally:
        z = y
    return z


@case(lambda: ((3,)))
def fails_in_an_assertion(n):
    y = n
    assert y < 2, "too large"
    return y


@case(lambda: (None,))
def fails_in_the_context(x):
    y = 1
    with x:
        y = 2
    return y


@case(lambda: ((3,)))
def unbound_local(n):
    if n > 5:
        y = 1
    z = y + 1
    return z


@case(lambda: ((3,)))
def leaves_with_exit(n):
    y = n
    raise SystemExit(2)


@case(lambda: (3,))
def fails_in_a_handler_before_finally(n):
    y = 0
    try:
        y = n / 0
    except ZeroDivisionError:
        y = [][n]
    finally:
        z = n
    return y, z


@case(lambda: (3,))
def fails_in_the_else_before_finally(n):
    y = 0
    try:
        y = n
    except ZeroDivisionError:
        y = 1
    else:
        y = n / 0
    finally:
        z = n
    return y, z
