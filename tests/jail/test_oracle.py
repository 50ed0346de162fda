"""Hostile and broken code gets a sentence; the program goes on."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from tutor.jail import (
    BadReturn,
    Crashed,
    Exited,
    JailFault,
    MissingFunction,
    Oracle,
    OracleError,
    OutputLimit,
    Raised,
    Tampered,
    Timeout,
)

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX")


def ask(source: str, *args: object, seconds: float = 10) -> object:
    with Oracle(source, "exercise.py", seconds) as oracle:
        return oracle.call("f", *args)


def test_values_come_back_as_they_were() -> None:
    sent = (np.arange(6.0).reshape(2, 3), np.array([True, False]), np.float32(0.1), 3, 0.1)
    back = ask("def f(*a):\n    return a, {'k': [None, 'text', True, 1j]}\n", *sent)
    assert isinstance(back, tuple)
    values, rest = back
    for value, original in zip(values, sent, strict=True):
        assert type(value) is type(original)
        np.testing.assert_array_equal(value, original)
        assert getattr(value, "dtype", None) == getattr(original, "dtype", None)
    assert rest == {"k": [None, "text", True, 1j]}


def test_floats_keep_every_bit() -> None:
    value = 2.0620146712373737
    assert ask("def f(x):\n    return x\n", value) == value
    assert ask("def f():\n    return float('-inf')\n") == float("-inf")


def test_arguments_are_copies() -> None:
    x = np.zeros(3)
    with Oracle("def f(x):\n    x += 1\n    return x\n", "exercise.py") as oracle:
        assert oracle.call("f", x).tolist() == [1, 1, 1]
        assert oracle.call("f", x).tolist() == [1, 1, 1]
    assert not x.any()


def test_what_is_returned_can_be_written_to() -> None:
    back = ask("import numpy as np\ndef f():\n    return np.zeros(2)\n")
    assert isinstance(back, np.ndarray)
    back += 1


def test_an_endless_loop_is_stopped_by_the_processor_time() -> None:
    with pytest.raises(Timeout, match=r"still running after 1 second.*never ends"):
        ask("def f():\n    while True: pass\n", seconds=1)


def test_waiting_is_stopped_by_the_clock() -> None:
    started = time.monotonic()
    with pytest.raises(Timeout):
        ask("import time\ndef f():\n    time.sleep(60)\n", seconds=0.3)
    # Three times the processor time that it had.
    assert time.monotonic() - started > 0.8


def test_a_loop_at_the_top_level_is_stopped_too() -> None:
    with pytest.raises(Timeout):
        ask("while True: pass\n", seconds=1)


@posix
@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("import ctypes; ctypes.string_at(0)", signal.SIGSEGV),
        ("import os; os.abort()", signal.SIGABRT),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", signal.SIGTERM),
    ],
)
def test_a_crash_is_told(body: str, number: int) -> None:
    with pytest.raises(Crashed, match="ended its own process") as caught:
        ask(f"def f():\n    {body}\n")
    assert caught.value.signal == number


def test_a_process_that_ends_itself_is_told_with_its_code() -> None:
    with pytest.raises(Exited, match=r"ended its own process \(exit code 3\)") as caught:
        ask("def f():\n    import os; os._exit(3)\n")
    assert caught.value.code == 3


def test_after_a_crash_no_call_is_possible() -> None:
    with Oracle("import os\ndef f(): os._exit(0)\n", "exercise.py") as oracle:
        with pytest.raises(Exited):
            oracle.call("f")
        with pytest.raises(Crashed, match="not running any more"):
            oracle.call("f")


def test_an_exception_has_the_learners_line() -> None:
    source = (
        "import numpy as np\n\n"
        "def g(x):\n    return np.zeros(2) @ x\n\n"
        "def f():\n    g(np.ones(3))\n"
    )
    with pytest.raises(Raised) as caught:
        ask(source)
    # numpy's own frames lie deeper; the line told is the last of the learner's.
    assert (caught.value.kind, caught.value.line) == ("ValueError", 4)
    assert caught.value.text.strip() == "return np.zeros(2) @ x"
    assert "in line 4 of exercise.py, `return np.zeros(2) @ x`" in str(caught.value)


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        ("def f(:\n", "SyntaxError", 1),
        ("x = 1\n  y = 2\n", "IndentationError", 2),
        ("x = 1\ny = x / 0\n", "ZeroDivisionError", 2),
        ("import sys\ndef f():\n    sys.exit(3)\n", "SystemExit", 3),
        ("def f():\n    raise KeyboardInterrupt\n", "KeyboardInterrupt", 2),
        ("def f():\n    return input()\n", "EOFError", 2),
        ("def f():\n    return f()\n", "RecursionError", 2),
        ("def f(x, y):\n    return x\n", "TypeError", None),
        ("import no_such_module\n", "ModuleNotFoundError", 1),
        ("def f():\n    x = ' ' * (3 << 30)\n", "MemoryError", 2),
        ("x = '\\0'\nx = chr(0)\n\0\n", "SyntaxError", None),
    ],
)
def test_whatever_is_raised_is_an_answer(source: str, kind: str, line: int | None) -> None:
    with pytest.raises(Raised) as caught:
        ask(source)
    assert caught.value.kind == kind
    assert caught.value.line == line


def test_an_oracle_goes_on_after_an_exception() -> None:
    with Oracle("def f(x):\n    return 1 / x\n", "exercise.py") as oracle:
        with pytest.raises(Raised):
            oracle.call("f", 0)
        assert oracle.call("f", 2) == 0.5


def test_a_missing_function_gets_the_nearest() -> None:
    source = "def numerical_gradeint(f, x): pass\n"
    with Oracle(source, "exercise.py") as oracle:
        with pytest.raises(MissingFunction, match="There is `numerical_gradeint`"):
            oracle.call("numerical_gradient")
        with pytest.raises(MissingFunction, match="at the top level"):
            oracle.call("zzz")


PRINTING = "print('loaded')\ndef f(n):\n    for _ in range(n): print('x' * 99)\n"


def test_prints_are_kept_and_many_are_cut() -> None:
    with Oracle(PRINTING, "exercise.py") as oracle:
        assert oracle.printed == "loaded\n"
        oracle.call("f", 9_000)
        assert "the rest of the output is not shown" in oracle.just_printed
        oracle.call("f", 1)
        assert oracle.just_printed == ""
        assert 60_000 < len(oracle.printed) <= 64_100


def test_more_than_a_megabyte_of_prints_is_refused() -> None:
    with Oracle(PRINTING, "exercise.py") as oracle:
        oracle.call("f", 10_485)
        with pytest.raises(OutputLimit, match="more than 1 MB"):
            oracle.call("f", 1)


def test_prints_keep_no_control_characters() -> None:
    source = (
        "def f():\n    print('a\\x1b[2J\\ttab\\x9b\\ud800')\n    raise ValueError('\\x1b]0;x')\n"
    )
    with Oracle(source, "exercise.py") as oracle:
        with pytest.raises(Raised) as caught:
            oracle.call("f")
        assert caught.value.message == "\\x1b]0;x"
        assert oracle.printed == "a\\x1b[2J\ttab\\x9b\\ud800\n"


def test_warnings_and_errors_are_kept_as_prints() -> None:
    source = (
        "import sys, warnings\n"
        "def f():\n    warnings.warn('careful')\n    sys.stderr.write('err')\n"
    )
    with Oracle(source, "exercise.py") as oracle:
        oracle.call("f")
        assert "careful" in oracle.printed
        assert oracle.printed.endswith("err")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("lambda: 1", "type function"),
        ("object()", "type object"),
        ("np.array([object()])", "dtype object"),
        ("np.array(['text'])", "dtype <U4"),
        ("np.zeros((3000, 3000))", "too large"),
        ("[0] * 20_000", "too many parts"),
        ("nested", "nested too deeply"),
        ("10 ** 5000", "thousand digits"),
        ("'x' * (5 << 20)", "too large"),
    ],
)
def test_a_return_that_cannot_be_taken_over(value: str, words: str) -> None:
    source = (
        f"import numpy as np\nnested = []\nnested.append(nested)\ndef f():\n    return {value}\n"
    )
    with pytest.raises(BadReturn, match=words):
        ask(source)


@posix
@pytest.mark.parametrize(
    "forged",
    [
        "b'x' * 100",
        "b'\\xff' * 12",
        "b'\\0' * 12",
        "frame(b'[]')",
        "frame(b'{}')",
        "frame(b'[' * 100_000)",
        'frame(b\'{"value": ["array", 0], "arrays": [["object", [1]]]}\', b\'12345678\')',
        'frame(b\'{"value": ["array", 0], "arrays": [["float64", [9999999]]]}\', b\'12345678\')',
        'frame(b\'{"value": ["array", -1], "arrays": []}\')',
        'frame(b\'{"value": ["int", "1"], "arrays": []}\')',
        'frame(b\'{"value": ["none"], "arrays": [], "outcome": ["returned"]}\')',
        'frame(b\'{"value": ["none"], "arrays": [["float64", [-1]]]}\')',
    ],
)
def test_forged_answers_are_not_taken(forged: str) -> None:
    source = f"""
import os, struct

def frame(header, body=b''):
    return struct.pack('<IQ', len(header), len(body)) + header + body

def f():
    for descriptor in range(3, 1024):
        try:
            os.write(descriptor, {forged})
        except OSError:
            pass
"""
    with pytest.raises(Tampered):
        ask(source)


@posix
def test_half_an_answer_and_then_silence_is_a_timeout() -> None:
    source = (
        "import os, time\n"
        "def f():\n"
        "    for line in range(3, 1024):\n"
        "        try: os.write(line, b'x')\n"
        "        except OSError: pass\n"
        "    time.sleep(60)\n"
    )
    with pytest.raises(Timeout):
        ask(source, seconds=0.2)


@posix
def test_a_large_file_cannot_be_written() -> None:
    with pytest.raises(OracleError):
        ask("def f():\n    with open('big', 'wb') as big:\n        big.write(bytes(20 << 20))\n")


def test_its_folder_is_empty_and_gone_afterwards() -> None:
    source = "import os\nopen('left', 'w').close()\ndef f():\n    return os.getcwd()\n"
    folder = ask(source)
    assert isinstance(folder, str)
    assert folder != os.getcwd()
    assert not Path(folder).exists()


def test_nothing_of_the_users_environment_goes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "1234")
    assert ask("import os\ndef f():\n    return 'SECRET_TOKEN' in os.environ\n") is False


def test_no_descriptor_is_left_behind() -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc")
    ask("def f(): return 1\n")
    before = len(os.listdir("/proc/self/fd"))
    for source in ("def f(): return 1\n", "import os\ndef f(): os._exit(1)\n", "def f(:\n"):
        with contextlib.suppress(OracleError):
            ask(source)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_value_that_cannot_be_sent_is_the_askers_fault() -> None:
    with (
        Oracle("def f(x): return x\n", "exercise.py") as oracle,
        pytest.raises(JailFault, match="a value of type object"),
    ):
        oracle.call("f", object())
