"""An answer is what the code returned, or it is not taken."""

from __future__ import annotations

import secrets
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from tutor.jail import BadReturn, Opaque, Oracle, OracleError, Outcome, Program, Tampered
from tutor.jail.program import Module

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel of Linux")

FORGE = """
import json, os, struct
def forge(nonce=b''):
    header = json.dumps({"outcome": "returned", "value": ["int", 42], "arrays": []}).encode()
    frame = nonce + struct.pack('<IQ', len(header), 0) + header
    for descriptor in range(3, 2048):
        try: os.write(descriptor, frame)
        except OSError: pass
"""


@pytest.mark.parametrize("nonce", ["b''", "bytes(16)", "os.urandom(16)"])
def test_a_forged_answer_on_every_descriptor_is_noticed(nonce: str, clean: Path) -> None:
    source = f"{FORGE}\ndef f():\n    forge({nonce})\n    return 1\n"
    with Oracle(source, "cheat.py") as oracle, pytest.raises(Tampered, match="cannot be trusted"):
        oracle.call("f")


def test_a_forged_answer_at_import_is_noticed(clean: Path) -> None:
    with pytest.raises(Tampered), Oracle(f"{FORGE}\nforge()\n", "cheat.py"):
        pass


def test_a_forged_answer_after_the_true_one_is_noticed(clean: Path) -> None:
    source = f"""{FORGE}
import threading
asked = threading.Event()
def wait():
    asked.wait()
    while True: forge()
threading.Thread(target=wait).start()
def f():
    asked.set()
    return 1
"""
    with Oracle(source, "cheat.py") as oracle, pytest.raises(Tampered):
        # The first answers may be true ones, which came before.
        assert all(oracle.call("f") == 1 for _ in count())


def test_a_closed_line_is_noticed(clean: Path) -> None:
    source = "import os\ndef f():\n    os.closerange(3, 4096)\n"
    with Oracle(source, "cheat.py") as oracle, pytest.raises(Tampered):
        oracle.call("f")


def test_what_makes_an_answer_genuine_is_not_in_memory(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One for opening, one for running the program, one for the call.
    nonces = iter([bytes(16), bytes(16), b"only-the-judge-k"])
    monkeypatch.setattr(secrets, "token_bytes", lambda count: next(nonces))
    source = """
import gc, sys
def f(half):
    wanted = (half + 'ge-k').encode()
    found = [o for o in gc.get_objects() if isinstance(o, (bytes, bytearray)) and wanted in o]
    frame = sys._getframe().f_back
    while frame:
        for value in frame.f_locals.values():
            if type(value) in (bytes, bytearray, memoryview) and wanted in bytes(value):
                found.append(frame.f_code.co_name)
        frame = frame.f_back
    import ctypes
    # A walk over the objects that the collector does not know, by the frames' own references.
    for holder in gc.get_referrers(dict) + gc.get_objects():
        for thing in gc.get_referents(holder):
            if type(thing) is bytes and thing != wanted and wanted in thing:
                found.append('referent')
    return len(found)
"""
    with Oracle(source, "cheat.py") as oracle:
        assert oracle.call("f", "only-the-jud") == 0


def test_one_that_takes_the_nonce_off_the_line_gains_nothing_but_an_end(clean: Path) -> None:
    source = f"""{FORGE}
def f():
    for descriptor in range(3, 1024):
        try: forge(os.read(descriptor, 16))
        except OSError: pass
    return 1
def g(): return 2
"""
    with Oracle(source, "cheat.py", 0.3) as oracle:
        # It is an answer like any other: 42 could have been returned as well.
        assert oracle.call("f") == 42
        with pytest.raises(OracleError) as caught:
            oracle.call("g")
    assert caught.value.outcome in (Outcome.TIMEOUT, Outcome.TAMPERED)


PATCHES = [
    "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True",
    "np.asarray = np.ascontiguousarray = np.ndarray = lambda *a, **k: 7",
    "builtins.len = builtins.isinstance = builtins.type = lambda *a: True",
    "builtins.__dict__.clear()",
    "builtins.memoryview = builtins.bytes = None",
    "__builtins__.sum = max",
    "sys.stdout = sys.stderr = sys.stdin = None",
    "sys.stdout.close()",
    "sys.meta_path.clear(); sys.path.clear()",
    "sys.argv.clear()",
    "gc.disable(); gc.get_objects().clear()",
    "warnings.simplefilter('error')",
    "os.environ.clear(); os.chdir('/')",
    "sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None)",
    "sys.excepthook = None; threading.excepthook = None",
    "linecache.getline = linecache.cache = None",
]


@pytest.mark.parametrize("patch", PATCHES)
def test_what_the_code_patches_does_not_change_its_answers(patch: str, clean: Path) -> None:
    source = f"""
import builtins, gc, linecache, os, signal, sys, threading, warnings
import numpy as np
def f(x):
    return x * 2
{patch}
"""
    with Oracle(source, "cheat.py") as oracle:
        for _ in range(3):
            result = oracle.call("f", np.arange(3.0))
            assert result.tolist() == [0, 2, 4]


def test_signals_of_its_own_strike_the_code_and_not_the_jail(clean: Path) -> None:
    source = """
import signal
def strike(*_): raise ValueError('struck')
signal.signal(signal.SIGALRM, strike)
def f():
    signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
    while True: pass
def g(): signal.setitimer(signal.ITIMER_REAL, 0)
"""
    with Oracle(source, "cheat.py") as oracle:
        for _ in range(20):
            with pytest.raises(OracleError, match="struck") as caught:
                oracle.call("f")
            assert caught.value.outcome is Outcome.RAISED


def test_an_interpreter_taken_apart_gives_no_answer(clean: Path) -> None:
    # Of the other byte order: NumPy imports what it says of that, and there is nothing to import.
    source = "import sys\ndef f(x): return x.astype('>f8')\nsys.modules.clear()\n"
    with Oracle(source, "cheat.py") as oracle, pytest.raises(Tampered):
        oracle.call("f", np.arange(3.0))


SHAPES = """
import numpy as np
class Liar(np.ndarray):
    shape = property(lambda self: (1000, 1000))
    dtype = property(lambda self: np.dtype('i1'))
    size = nbytes = property(lambda self: 1 << 60)
    def __array__(self, *a, **k): raise SystemExit
    def __array_finalize__(self, other): pass
    def __array_ufunc__(self, *a, **k): return 0
    def tobytes(self): return b''
    def view(self, *a): return self
    def __reduce__(self): return (exit, ())
class Items(list):
    def __iter__(self): return iter([1] * 10**9)
    def __len__(self): return -1
class Pairs(dict):
    def items(self): raise KeyboardInterrupt
class Text(str):
    def __str__(self): return 'lie'
    def encode(self, *a): return 1
class Number(float):
    def __float__(self): return 0.0
    def __repr__(self): return '[]'
class Whole(int):
    def __index__(self): return 0
    def __int__(self): return 0
    def bit_length(self): return 0
"""


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ("np.arange(6.).reshape(2, 3).view(Liar)", [[0, 1, 2], [3, 4, 5]]),
        ("np.matrix([[1, 2]])", [[1, 2]]),
        ("np.ma.array([1, 2], mask=[True, False])", [1, 2]),
        ("Items([1, 2])", [1, 2]),
        ("Pairs(a=1)", {"a": 1}),
        ("Text('true')", "true"),
        ("Number(2.5)", 2.5),
        ("Whole(3)", 3),
        ("np.broadcast_to(1.0, (2, 2))", [[1, 1], [1, 1]]),
        ("np.arange(6)[::-2]", [5, 3, 1]),
    ],
)
def test_what_a_value_holds_is_sent_not_what_it_claims(
    value: str, held: object, clean: Path
) -> None:
    with Oracle(f"{SHAPES}\ndef f():\n    return {value}\n", "cheat.py") as oracle:
        result = oracle.call("f")
    kinds = (np.ndarray, list, dict, str, float, int)
    assert type(result) in kinds
    assert (result.tolist() if isinstance(result, np.ndarray) else result) == held


ODD = """
import numpy as np
class Meta(type):
    __name__ = property(lambda cls: 1 / 0)
class Odd(metaclass=Meta):
    __class__ = property(lambda self: np.ndarray)
    def __reduce__(self): return (exit, ())
class Evil(Exception):
    __name__ = 'OK'
    def __str__(self): return 5
class Worse(BaseException):
    def __str__(self): raise SystemExit(0)
"""


def test_what_cannot_be_sent_is_opaque_when_helpers_ask(clean: Path) -> None:
    helpers = "def values(names):\n    return [eval(n, student['__main__']) for n in names]\n"
    program = Program(Module("odd", "odd.py", ODD), helpers=helpers)
    names = ["Odd()", "[lambda: 1, 1]", "np.array([object()])", "np.array(['a'])", "Odd", "...",
             "np.zeros(3, 'M8[s]')", "{object: 1}", "10**5000", "{1, 2}", "b'x'"]  # fmt: skip
    with Oracle(program) as oracle:
        odd, pair, objects, texts, kind, dots, dates, keyed, large, both, raw = oracle.ask(
            "values", names
        )
    assert odd == Opaque("Odd", "a value of type Odd")
    assert pair == [Opaque("function", "a value of type function"), 1]
    assert objects == Opaque("ndarray", "an array of dtype object")
    assert texts == Opaque("ndarray", "an array of dtype <U1")
    assert kind.type_name == "Meta"
    assert (dots.type_name, dates.type_name) == ("ellipsis", "ndarray")
    assert keyed == {Opaque("type", "a value of type type"): 1}
    assert (large.type_name, both.type_name, raw.type_name) == ("int", "set", "bytes")


def test_an_opaque_leaf_ends_what_contains_itself(clean: Path) -> None:
    helpers = "def loop():\n    a = []\n    a.append(a)\n    return a\n"
    with Oracle(Program(Module("a", "a.py", ""), helpers=helpers)) as oracle:
        value, depth = oracle.ask("loop"), 0
        while isinstance(value, list):
            (value,) = value
            depth += 1
    assert (value.type_name, depth) == ("list", 9)


def test_a_value_too_large_is_a_bad_return_for_helpers_too(clean: Path) -> None:
    helpers = "import numpy as np\ndef large(): return np.zeros(9 << 20)\n"
    with (
        Oracle(Program(Module("a", "a.py", ""), helpers=helpers)) as oracle,
        pytest.raises(BadReturn),
    ):
        oracle.ask("large")


@pytest.mark.parametrize(("kind", "message"), [("Evil", ""), ("Worse", "")])
def test_an_exception_with_odd_methods_is_told(kind: str, message: str, clean: Path) -> None:
    with Oracle(f"{ODD}\ndef f():\n    raise {kind}\n", "odd.py") as oracle:
        for _ in range(2):
            with pytest.raises(OracleError) as caught:
                oracle.call("f")
            assert caught.value.outcome is Outcome.RAISED
            assert caught.value.kind == kind
            assert caught.value.message == message
