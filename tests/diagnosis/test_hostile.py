"""Bad input: each with its verdict and a sentence, the judge alive, the machine as it was."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.diagnosis.conftest import Writer, notebook
from tests.diagnosis.programs import RIGHT, WRONG, at_import, in_softmax, judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.commands.judging import judge_all
from tutor.diagnosis import trial
from tutor.diagnosis.findings import Diagnosis, Verdict
from tutor.jail import bubblewrap
from tutor.reports import Item

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel of Linux")

BUBBLED = bubblewrap.wrapped([], "/tmp") is not None
SWALLOWS = """
x = 0
while True:
    try:
        while True:
            x += 1
    except BaseException:
        x = 0
"""
IGNORES = """
import signal
for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True:
    pass
"""
FALSE_FRAMES = """
import json, os, struct
def write():
    head = json.dumps({"outcome": "returned", "value": 0.0}).encode()
    for number in range(3, 1024):
        try:
            os.write(number, struct.pack("<I", len(head)) + head)
        except OSError:
            pass
write()
"""
RAISED_LIMIT = "import sys\nsys.setrecursionlimit(10**9)"


class Case(NamedTuple):
    """A program, and what is to be said of it."""

    name: str
    verdict: Verdict
    source: str


def both(name: str, verdict: Verdict, code: str, before: str = "") -> list[Case]:
    """Return the code at import, and inside softmax."""
    asked = f"{code}\nreturn x"
    return [
        Case(f"{name} at import", verdict, at_import(f"{before}\n{code}")),
        Case(f"{name} in softmax", verdict, in_softmax(asked, before)),
    ]


TIMEOUTS = [
    *both("a loop", Verdict.TIMEOUT, "while True: pass"),
    *both("a sleep", Verdict.TIMEOUT, "time.sleep(99)", "import time"),
    *both("a loop that swallows", Verdict.TIMEOUT, SWALLOWS),
    *both("every signal ignored", Verdict.TIMEOUT, IGNORES),
    *both("SIGXCPU ignored", Verdict.TIMEOUT, "while True: pass",
          "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)"),
    *both("a tower of powers", Verdict.TIMEOUT, "a = 9\na**a**a"),
    *both("a lock", Verdict.TIMEOUT,
          "l = threading.Lock()\nl.acquire()\nl.acquire()", "import threading"),
    *both("a loop in C", Verdict.TIMEOUT, "sum(itertools.count())", "import itertools"),
    Case("forks that go on", Verdict.TIMEOUT, at_import(
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")),
]  # fmt: skip

ENDINGS = [
    *both("large arrays that grow", Verdict.MEMORY,
          "a = []\nwhile True: a.append(np.zeros(1 << 17))"),
    *both("a list that grows", Verdict.MEMORY, "a = []\nwhile True: a.append('x' * 1000)"),
    *both("zeros", Verdict.MEMORY, "np.zeros((10**6, 10**6))"),
    *both("exit", Verdict.EXITED, "exit(0)"),
    Case("sys.exit before all else", Verdict.EXITED, "import sys\nsys.exit()\n" + RIGHT),
    *both("os._exit", Verdict.EXITED, "os._exit(0)", "import os"),
    *both("abort", Verdict.CRASHED, "os.abort()", "import os"),
    *both("a null pointer", Verdict.CRASHED, "ctypes.string_at(0)", "import ctypes"),
    Case("recursion at import", Verdict.RECURSION, at_import("def f(n): return f(n)\nf(0)")),
    Case("recursion in softmax", Verdict.RECURSION, in_softmax("return softmax(x)")),
    Case("recursion at import, limit raised", Verdict.RECURSION,
         at_import(f"{RAISED_LIMIT}\ndef f(n): return f(n)\nf(0)")),
    Case("recursion in softmax, limit raised", Verdict.RECURSION,
         in_softmax("return softmax(x)", RAISED_LIMIT)),
    Case("recursion through C, limit raised", Verdict.RECURSION,
         in_softmax("return sorted([1, 2], key=softmax)", RAISED_LIMIT)),
    *both("input", Verdict.NEEDS_INPUT, "n = int(input('n? '))"),
    *both("a flood", Verdict.OUTPUT_LIMIT, "while True: print('x' * 1000)"),
]  # fmt: skip

REACHING = [
    *both("subprocess", Verdict.BLOCKED, "subprocess.run(['true'])", "import subprocess"),
    *both("fork", Verdict.BLOCKED, "os.fork()", "import os"),
    Case("a fork bomb", Verdict.BLOCKED, at_import("import os\nwhile True: os.fork()")),
    *both("a thread bomb", Verdict.BLOCKED,
          "while True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
          "import threading, time"),
    *both("a socket", Verdict.BLOCKED, "socket.socket()", "import socket"),
    *both("passwords", Verdict.BLOCKED, "open('/etc/passwd').read()"),
    Case("a folder", Verdict.BLOCKED, at_import("import os\nos.listdir('/etc')")),
    *both("false frames", Verdict.TAMPERED, FALSE_FRAMES),
    *both("closed descriptors", Verdict.TAMPERED, "os.closerange(3, 1024)", "import os"),
]  # fmt: skip

LIE = """
class Lie(np.ndarray):
    def __eq__(self, other): return np.ones(np.shape(other), bool)
    def __array__(self, *_, **__): return np.zeros((3, 4))
    @property
    def shape(self): return (1,)
"""
BOMB = "import os\nclass Bomb:\n    def __reduce__(self): return os.system, ('true',)"
RETURNS = [
    Case("a list", Verdict.BAD_RETURN, in_softmax("return [1.0, 2.0]")),
    Case("a text", Verdict.BAD_RETURN, in_softmax("return 'softmax'")),
    Case("nan", Verdict.BAD_RETURN, in_softmax("return x * np.nan")),
    Case("one nan", Verdict.BAD_RETURN, in_softmax("return float('nan')")),
    Case("objects", Verdict.BAD_RETURN,
         in_softmax("return np.array([None] * x.size, object).reshape(x.shape)")),
    Case("a wrong shape", Verdict.BAD_RETURN, in_softmax("return np.ones((7, 7))")),
    Case("an object that reduces", Verdict.BAD_RETURN, in_softmax("return Bomb()", BOMB)),
]  # fmt: skip

MISSING = [
    Case("torch", Verdict.MISSING_DEPENDENCY,
         "import torch\nnet = torch.nn.Linear(3, 2)\nprint(net(torch.zeros(1, 3)))\n"),
    Case("torch beside right parts", Verdict.PARTIAL, "import torch\n" + RIGHT),
    Case("data", Verdict.MISSING_DEPENDENCY,
         "import numpy as np\nx = np.load('mnist.npz')['x']\nprint(x.mean())\n"),
    Case("data beside right parts", Verdict.PARTIAL, at_import("x = np.load('mnist.npz')['x']")),
    Case("everything", Verdict.MISSING_FUNCTION, "print('hello')\n"),
    Case("a name", Verdict.LOAD_ERROR, "print(undefined)\n"),
]  # fmt: skip


def of(diagnosis: Diagnosis) -> tuple[str, Verdict]:
    """Return what a failing test is to show."""
    return diagnosis.reason, diagnosis.verdict


@pytest.mark.parametrize(
    "case", TIMEOUTS + ENDINGS + REACHING + RETURNS + MISSING, ids=lambda case: case.name
)
def test_each_has_its_verdict_and_a_sentence(case: Case, clean: Path) -> None:  # noqa: F811
    found = judged(case.source)
    expected = {case.verdict}
    if BUBBLED and case.verdict is Verdict.BLOCKED:
        expected.add(Verdict.PARTIAL)  # what is out of reach is not even there
    assert found.verdict in expected, of(found)
    assert found.reason.endswith(".")
    assert found.reason[0].isupper() or found.reason.startswith(("hand_in.py", "softmax"))
    assert not found.errors
    assert found.verdict.exit_code == 2
    assert any(layer.startswith("rlimits") for layer in found.isolation)
    # The judge and its warm process live.
    assert judged(RIGHT).verdict is Verdict.CLEAN


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (at_import("\n\nwhile True: pass"), "line 18"),
        (at_import("np.zeros((10**6, 10**6))"), "line 18"),
        (at_import("def f(n):\n    return f(n)\nf(0)"), "line 19"),
        (in_softmax("n = input()\nreturn x"), "line 5"),
        (in_softmax("import os\nos._exit(0)"), "line 6"),
    ],
)
def test_the_sentence_says_where(source: str, line: str, clean: Path) -> None:  # noqa: F811
    assert f"hand_in.py, {line}" in judged(source).reason


TAILS = {
    "loop": "while True: pass",
    "swallows": SWALLOWS,
    "exit": "exit(0)",
    "os._exit": "import os\nos._exit(0)",
    "abort": "import os\nos.abort()",
    "flood": "while True: print('x' * 1000)",
    "input": "input()",
    "memory": "a = []\nwhile True: a.append(np.zeros(1 << 17))",
    "recursion": "def f(n): return f(n)\nf(0)",
    "socket": "import socket\nsocket.socket()",
    "closed": "import os\nos.closerange(3, 1024)",
    "a loss that loops": "def cross_entropy_error(y, t):\n    while True: pass",
    "a loss that exits": "import os\ndef cross_entropy_error(y, t):\n    os._exit(3)",
    "a loss that crashes": "import ctypes\ndef cross_entropy_error(y, t): ctypes.string_at(0)",
}


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS)
def test_a_proved_pitfall_goes_before_how_the_run_ended(tail: str, clean: Path) -> None:  # noqa: F811
    found = judged(WRONG + tail + "\n")
    assert found.verdict is Verdict.PITFALL, of(found)
    (finding,) = found.errors
    assert (finding.pitfall, finding.line) == ("softmax-whole-batch", 6)
    assert finding.repair is not None
    assert finding.repair.confirmed


def test_what_ended_the_run_is_said_beside_a_pitfall(clean: Path) -> None:  # noqa: F811
    found = judged(WRONG + "import os\nos.abort()\n")
    assert any("crashed" in note for note in found.notes)


PATCHES = (
    "np.allclose = np.array_equal = lambda *_, **__: True",
    "np.testing.assert_allclose = lambda *_, **__: None",
    "import builtins\nbuiltins.abs = lambda _: 0.0",
)


@pytest.mark.parametrize("patch", PATCHES)
def test_comparisons_are_made_outside(patch: str, clean: Path) -> None:  # noqa: F811
    assert [f.pitfall for f in judged(WRONG + patch + "\n").errors] == ["softmax-whole-batch"]
    assert judged(RIGHT + patch + "\n").verdict is Verdict.CLEAN


def test_an_array_that_lies_is_read_by_its_bytes(clean: Path) -> None:  # noqa: F811
    wrong = in_softmax("e = np.exp(x - np.max(x))\nreturn (e / e.sum()).view(Lie)", LIE)
    assert [f.pitfall for f in judged(wrong).errors] == ["softmax-whole-batch"]


def test_a_broken_numpy_is_never_clean(clean: Path) -> None:  # noqa: F811
    found = judged(RIGHT + "np.array = np.asarray = None\n")
    assert found.verdict.exit_code == 2, of(found)
    assert found.verdict is not Verdict.LOAD_ERROR


def test_an_input_changed_in_place_is_advice(clean: Path) -> None:  # noqa: F811
    found = judged(in_softmax(
        "x -= x.max(axis=-1, keepdims=True)\nnp.exp(x, out=x)\n"
        "x /= x.sum(axis=-1, keepdims=True)\nreturn x"
    ))  # fmt: skip
    assert found.verdict is Verdict.CLEAN
    assert [f.pitfall for f in found.findings] == ["softmax-mutates-input"]


def test_a_random_loss_is_a_pitfall_and_a_random_softmax_is_not_judged(
    clean: Path,  # noqa: F811
) -> None:
    noisy = RIGHT.replace("return -np", "return np.random.rand() * 1e-3 - np")
    found = judged(noisy)
    assert [(f.pitfall, f.line) for f in found.errors] == [("random-loss", 15)]
    assert found.errors[0].evidence
    noise = "noise = 0.01 * np.random.randn(*x.shape)\n"
    softmax = "e = np.exp(x - x.max(axis=-1, keepdims=True) + noise)\n"
    softmax += "return e / e.sum(axis=-1, keepdims=True)"
    found = judged(in_softmax(noise + softmax))
    assert found.verdict is Verdict.NONDETERMINISTIC
    assert "two answers to one question" in found.reason
    seeded = judged(in_softmax("np.random.seed(0)\nnoise = 0 * np.random.randn(1)\n" + softmax))
    assert seeded.verdict is Verdict.CLEAN


ATTACKS = {
    "reads": "open(path).read()",
    "writes": "open(path, 'w')",
    "deletes": "os.remove(path)",
    "removes the folder": "shutil.rmtree(os.path.dirname(path))",
    "renames": "os.rename(path, path + 'x')",
    "changes its mode": "os.chmod(path, 0)",
    "puts another beside it": "open(path + 'x', 'w')",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("inside", [False, True], ids=["at import", "in softmax"])
def test_files_outside_stay_as_they_are(
    attack: str,
    inside: bool,
    tmp_path: Path,
    clean: Path,  # noqa: F811
) -> None:
    victim = tmp_path / "thesis.txt"
    victim.write_text("years of work")
    before = [(p.name, p.read_bytes(), p.stat()[:7]) for p in tmp_path.iterdir()]
    head = f"import os, shutil\npath = {str(victim)!r}"
    found = judged(
        in_softmax(f"{attack}\nreturn x", head) if inside else at_import(f"{head}\n{attack}")
    )
    assert [(p.name, p.read_bytes(), p.stat()[:7]) for p in tmp_path.iterdir()] == before
    assert found.verdict is Verdict.BLOCKED or BUBBLED, of(found)


def test_a_fault_of_ours_is_never_the_students(
    monkeypatch: pytest.MonkeyPatch,
    clean: Path,  # noqa: F811
) -> None:
    def fail(*_: object) -> Diagnosis:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(trial, "judge", fail)
    found = judged(WRONG)
    assert found.verdict is Verdict.INTERNAL_ERROR
    assert "its own fault" in found.reason
    assert not found.findings


# -- files ----------------------------------------------------------------------------------------


def row(path: Path | str) -> Item:
    (item,) = judge_all([str(path)], False, None, 0, 10.0, lambda *_: None)
    return item


TEXTS = {
    "empty.py": b"",
    "page.py": b"<!DOCTYPE html><html><body>softmax</body></html>",
    "cut.ipynb": notebook(RIGHT).encode()[:-40],
    "large.ipynb": b'{"cells": [], "metadata": {"x": "' + b"x" * (60 << 20) + b'"}}',
    "deep.py": b"x = " + b"(" * 5000 + b")" * 5000,
    "deep.ipynb": b"[" * 100_000 + b"]" * 100_000,
    "nulls.py": b"x = 1\0\n",
    "python2.py": b"print 'softmax'\n",
    "merge.py": b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> mine\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_cannot_be_read_is_said_to_be_so(name: str, write: Writer) -> None:
    found = row(write(name, TEXTS[name])).diagnosis
    assert found.verdict is Verdict.UNREADABLE, of(found)
    assert found.reason.endswith(".")
    assert name in found.reason


def test_links_pipes_and_odd_names_are_no_trouble(write: Writer, tmp_path: Path) -> None:
    right = write("right.py", RIGHT)
    link, pipe = tmp_path / "link.py", tmp_path / "pipe.py"
    link.symlink_to(right)
    os.mkfifo(pipe)
    for path in (link, pipe):
        found = row(path).diagnosis
        assert found.verdict is Verdict.UNREADABLE, of(found)
    odd = os.fsencode(tmp_path) + b"/n\xe9t.py"
    Path(os.fsdecode(odd)).write_text(RIGHT)
    found = row(os.fsdecode(odd)).diagnosis
    assert found.verdict is Verdict.CLEAN
    found.name.encode()  # fit to be printed
