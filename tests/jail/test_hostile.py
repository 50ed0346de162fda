"""Each way to hurt, to hang or to cheat has its outcome, and leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tutor.jail import Exited, OracleError, Outcome, Timeout, bubblewrap
from tutor.jail import Oracle as _Oracle

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel of Linux")

SECONDS = 0.4
BUBBLED = bubblewrap.wrapped([], "/tmp") is not None


class Case(NamedTuple):
    """A program, run as it stands; if it defines f, that is called."""

    name: str
    outcome: Outcome
    source: str


HANGING = [
    Case("loop", Outcome.TIMEOUT, "while True: pass"),
    Case("loop in softmax", Outcome.TIMEOUT, "def f():\n    while True: pass"),
    Case("sleep", Outcome.TIMEOUT, "import time\ntime.sleep(99)"),
    Case(
        "swallows everything",
        Outcome.TIMEOUT,
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    ),
    Case(
        "ignores every signal",
        Outcome.TIMEOUT,
        "import signal\n"
        "for number in signal.valid_signals():\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "while True: pass",
    ),
    Case(
        "blocks every signal",
        Outcome.TIMEOUT,
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "while True: pass",
    ),
    Case("a tower of powers", Outcome.TIMEOUT, "9**9**9"),
    Case(
        "a lock",
        Outcome.TIMEOUT,
        "import threading\nl = threading.Lock()\nl.acquire()\nl.acquire()",
    ),
    Case(
        "str() that never ends",
        Outcome.TIMEOUT,
        "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E",
    ),
    Case(
        "asks and asks",
        Outcome.TIMEOUT,
        "while True:\n    try: input()\n    except BaseException: pass",
    ),
]

GREEDY = [
    Case(
        "a list that grows",
        Outcome.MEMORY,
        "import numpy\na = []\nwhile 1: a += [numpy.zeros(1 << 20)]",
    ),
    Case(
        "a list that grows in f",
        Outcome.MEMORY,
        "def f():\n    a = []\n    while True: a.append(bytearray(1 << 20))",
    ),
    Case(
        "small things without end",
        Outcome.MEMORY,
        "a = [[0] * 10**7]\nwhile True: a += [list(a[0])]",
    ),
    Case("zeros", Outcome.MEMORY, "import numpy as np\nnp.zeros((10**6, 10**6))"),
    Case("ones", Outcome.MEMORY, "import numpy as np\nnp.ones((20000, 20000))"),
    Case("a long text", Outcome.MEMORY, "x = 'x' * (1 << 34)"),
    Case("prints", Outcome.OUTPUT_LIMIT, "while True: print('x' * 1000)"),
    Case(
        "prints errors",
        Outcome.OUTPUT_LIMIT,
        "import sys\nwhile True:\n    try: sys.stderr.write('x' * 9999)\n"
        "    except BaseException: pass",
    ),
    Case(
        "prints bytes",
        Outcome.OUTPUT_LIMIT,
        "import sys\nwhile True: sys.__stdout__.buffer.write(b'x' * 9999)",
    ),
    Case(
        "a huge file",
        Outcome.BLOCKED,
        "with open('x', 'wb') as file:\n    while True: file.write(bytes(1 << 20))",
    ),
]

ENDING = [
    Case("exit", Outcome.EXITED, "exit(0)"),
    Case("quit", Outcome.EXITED, "quit()"),
    Case("sys.exit", Outcome.EXITED, "import sys\nsys.exit('so')"),
    Case(
        "SystemExit with a code that lies",
        Outcome.EXITED,
        "class C(int):\n    def __index__(self): raise OSError\nraise SystemExit(C(1 << 70))",
    ),
    Case("os._exit", Outcome.EXITED, "import os\nos._exit(0)"),
    Case("abort", Outcome.CRASHED, "import os\nos.abort()"),
    Case("a null pointer", Outcome.CRASHED, "import ctypes\nctypes.string_at(0)"),
    Case("kills itself", Outcome.CRASHED, "import os\nos.kill(os.getpid(), 15)"),
    Case(
        "an alarm",
        Outcome.CRASHED,
        "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, .01)\ntime.sleep(9)",
    ),
    Case("recursion", Outcome.RECURSION, "def f(): return f()"),
    Case(
        "recursion, limit raised",
        Outcome.RECURSION,
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()",
    ),
    Case(
        "recursion through C, limit raised",
        Outcome.RECURSION,
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(*_): return sorted([1, 2], key=f)",
    ),
    Case(
        "recursion through a class, limit raised",
        Outcome.RECURSION,
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "class A:\n    def __getattr__(self, name): return getattr(self, name + 'x')\n"
        "def f(): return A().x",
    ),
    Case("input", Outcome.NEEDS_INPUT, "n = int(input('n? '))"),
    Case("sys.stdin", Outcome.NEEDS_INPUT, "import sys\nsys.stdin.read()"),
    Case("lines of sys.stdin", Outcome.NEEDS_INPUT, "import sys\nfor line in sys.stdin: pass"),
    Case(
        "the null device as stdin", Outcome.NEEDS_INPUT, "import sys\nsys.stdin = open(0)\ninput()"
    ),
]

REACHING = [
    Case("subprocess", Outcome.BLOCKED, "import subprocess\nsubprocess.run(['true'])"),
    Case("fork", Outcome.BLOCKED, "import os\nos.fork()"),
    Case("fork bomb", Outcome.BLOCKED, "import os\nwhile True: os.fork()"),
    Case("fork bomb that goes on", Outcome.TIMEOUT,
         "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
    Case("multiprocessing", Outcome.BLOCKED,
         "import multiprocessing as mp\nmp.get_context('fork').Process(target=print).start()"),
    Case("exec", Outcome.BLOCKED, "import os, sys\nos.execv(sys.executable, ['python'])"),
    Case("spawn", Outcome.BLOCKED, "import os\nos.posix_spawn('/bin/true', ['true'], {})"),
    Case("thread bomb", Outcome.BLOCKED,
         "import threading, time\n"
         "while True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"),
    Case("thread bomb, not daemons", Outcome.BLOCKED,
         "import threading as t, time\nwhile 1: t.Thread(target=time.sleep, args=(99,)).start()"),
    Case("the parent", Outcome.BLOCKED, "import os\nos.kill(os.getppid(), 9)"),
    Case("everybody", Outcome.BLOCKED, "import os\nos.kill(-1, 9)"),
    Case("its group", Outcome.BLOCKED, "import os\nos.killpg(0, 9)"),
    Case("a pidfd", Outcome.BLOCKED, "import os\nos.pidfd_open(os.getppid())"),
    Case("a signal by the kernel", Outcome.BLOCKED,
         "import fcntl, os\nr, w = os.pipe()\nfcntl.fcntl(r, fcntl.F_SETOWN, os.getppid())"),
    Case("a session", Outcome.BLOCKED, "import os\nos.setsid()"),
    Case("a socket", Outcome.BLOCKED, "import socket\nsocket.socket()"),
    Case("a pair", Outcome.BLOCKED, "import socket\nsocket.socketpair()"),
    Case("a connection", Outcome.BLOCKED,
         "import socket\nsocket.create_connection(('127.0.0.1', 80))"),
    Case("urllib", Outcome.BLOCKED,
         "import urllib.request\nurllib.request.urlopen('http://example.org/mnist.gz')"),
    Case("asyncio", Outcome.BLOCKED, "import asyncio\nasyncio.run(asyncio.sleep(0))"),
    Case("passwords", Outcome.BLOCKED, "open('/etc/passwd').read()"),
    Case("the parent's memory", Outcome.BLOCKED, "import os\nopen(f'/proc/{os.getppid()}/mem')"),
    Case("its own descriptors", Outcome.BLOCKED, "import os\nos.listdir('/proc/self/fd')"),
    Case("a folder", Outcome.BLOCKED, "import os\nos.listdir('/etc')"),
    Case("the root", Outcome.BLOCKED, "import os\nos.mkdir('/gradtutor-was-here')"),
    Case("shared memory", Outcome.BLOCKED, "open('/dev/shm/gradtutor-was-here', 'w')"),
    Case("an installed module", Outcome.BLOCKED, "import numpy\nopen(numpy.__file__, 'a')"),
]  # fmt: skip

CASES = HANGING + GREEDY + ENDING + REACHING


def outcome_of(source: str, *, seconds: float = SECONDS, fresh: bool = False) -> Outcome | None:
    try:
        with _Oracle(source + "\n", "hostile.py", seconds, fresh=fresh) as oracle:
            if "def f(" in source:
                oracle.call("f")
    except OracleError as error:
        return error.outcome
    return None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_program_has_its_outcome(case: Case, clean: Path) -> None:
    # What fills memory is given the time to do it.
    seconds = 5.0 if case.outcome in (Outcome.MEMORY, Outcome.RECURSION) else SECONDS
    if case.outcome is Outcome.BLOCKED:
        seconds = 5.0
    outcome = outcome_of(case.source, seconds=seconds)
    assert outcome is case.outcome or (BUBBLED and outcome is Outcome.RAISED)
    # The judge and its warm process live.
    assert outcome_of("def f(): return 1") is None


FRESH = (
    *("loop", "ignores every signal", "a list that grows", "prints", "exit", "os._exit", "abort"),
    *("recursion, limit raised", "input", "subprocess", "fork bomb", "the parent", "a socket"),
    *("passwords", "the root"),
)


@pytest.mark.parametrize("case", [c for c in CASES if c.name in FRESH], ids=lambda c: c.name)
def test_it_has_the_same_outcome_in_a_fresh_process(case: Case, clean: Path) -> None:
    seconds = 1.0 if case.outcome is Outcome.TIMEOUT else 5.0
    assert outcome_of(case.source, seconds=seconds, fresh=True) is case.outcome


def test_the_time_by_the_clock_is_told_from_the_time_on_the_processor(clean: Path) -> None:
    with pytest.raises(Timeout) as caught, _Oracle("import time\ntime.sleep(9)\n", "a.py", 0.1):
        pass
    assert caught.value.by_clock
    with pytest.raises(Timeout) as caught, _Oracle("while True: pass\n", "a.py", 0.1):
        pass
    assert not caught.value.by_clock


@pytest.mark.parametrize(
    ("source", "code"),
    [("exit()", 0), ("exit(3)", 3), ("exit('no')", 1), ("exit(True)", 1), ("exit(-1)", 255)],
)
def test_an_exit_has_the_code_that_a_shell_would_see(source: str, code: int, clean: Path) -> None:
    with pytest.raises(Exited) as caught, _Oracle(source + "\n", "a.py"):
        pass
    assert caught.value.code == code
    assert caught.value.line == 1


ATTACKS_ON_A_FILE = {
    "reads": "open(path).read()",
    "reads through a link": "os.symlink(path, 'link'); open('link').read()",
    "writes": "open(path, 'w')",
    "appends": "open(path, 'a')",
    "deletes": "os.remove(path)",
    "deletes with ctypes": "assert ctypes.CDLL(None).unlink(path.encode())",
    "truncates": "os.truncate(path, 0)",
    "renames": "os.rename(path, path + 'x')",
    "moves away": "os.rename(path, 'x')",
    "overwrites by a name": "open('x', 'w').close(); os.rename('x', path)",
    "links": "os.link(path, 'x')",
    "chmod": "os.chmod(path, 0)",
    "chown": "os.chown(path, 1, 1)",
    "utime": "os.utime(path, (0, 0))",
    "setxattr": "os.setxattr(path, 'user.x', b'x')",
    "a new file beside it": "open(path + 'x', 'w')",
    "a folder beside it": "os.mkdir(path + 'x')",
    "a pipe beside it": "os.mkfifo(path + 'x')",
    "the whole folder": "shutil.rmtree(os.path.dirname(path))",
    "mount": "assert ctypes.CDLL(None).mount(b'x', path.encode(), b'tmpfs', 0, None)",
}


@pytest.mark.parametrize("attack", ATTACKS_ON_A_FILE.values(), ids=ATTACKS_ON_A_FILE)
def test_files_outside_stay_as_they_are(attack: str, tmp_path: Path, clean: Path) -> None:
    victim = tmp_path / "thesis.txt"
    victim.write_text("years of work")
    os.utime(victim, (1e9, 1e9))
    before = _state(tmp_path)
    source = f"import ctypes, os, shutil\npath = {str(victim)!r}\n{attack}"
    blocked = outcome_of(source, seconds=5.0)
    assert _state(tmp_path) == before
    # ctypes says it by a number, not by an exception; in a bubble the file is not there.
    expected = {None} if "ctypes.CDLL" in attack else {Outcome.BLOCKED}
    assert blocked in expected | ({Outcome.RAISED} if BUBBLED else set())


def _state(folder: Path) -> list[object]:
    return [
        (
            path.name,
            path.stat()[:7],
            path.stat().st_mtime,
            hashlib.sha256(path.read_bytes()).digest(),
        )
        for path in sorted(folder.iterdir())
    ]


def test_missing_files_are_told_from_forbidden_ones(clean: Path) -> None:
    assert outcome_of("open('/home/nobody/mnist.pkl')") is Outcome.RAISED
    assert outcome_of("open('mnist.pkl')") is Outcome.RAISED


RAW_CALLS = {
    "fork": "libc.syscall(57)",
    "vfork": "libc.syscall(58)",
    "clone": "libc.syscall(56, 17, 0, 0, 0, 0)",
    "clone3": "libc.syscall(435, ctypes.create_string_buffer(88), 88)",
    "execve": "libc.syscall(59, b'/bin/true', None, None)",
    "kill": "libc.syscall(62, os.getppid(), 9)",
    "tkill": "libc.syscall(200, os.getppid(), 9)",
    "tgkill": "libc.syscall(234, os.getppid(), os.getppid(), 9)",
    "ptrace": "libc.syscall(101, 16, os.getppid(), 0, 0)",
    "memory of others": "libc.syscall(311, os.getppid(), 0, 0, 0, 0, 0)",
    "socket": "libc.syscall(41, 2, 1, 0)",
    "x32 socket": "libc.syscall(0x40000000 | 41, 2, 1, 0)",
    "io_uring": "libc.syscall(425, 1, ctypes.create_string_buffer(120))",
    "more time": "libc.syscall(302, 0, 0, ctypes.create_string_buffer(b'\\xff' * 16, 16), None)",
    "more memory": "libc.syscall(160, 9, ctypes.create_string_buffer(b'\\xff' * 16, 16))",
    "outlives its parent": "libc.prctl(1, 0, 0, 0, 0)",
    "shared memory": "libc.shmget(0, 4096, 0o1666)",
    "a new user": "libc.unshare(0x10000000)",
    "a terminal": "libc.ioctl(0, 0x5412, b'x')",
}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of x86-64")
@pytest.mark.parametrize("call", RAW_CALLS.values(), ids=RAW_CALLS)
def test_the_kernel_refuses(call: str, clean: Path) -> None:
    source = f"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def f():
    return {call}, ctypes.get_errno()
"""
    with _Oracle(source, "raw.py") as oracle:
        result, error = oracle.call("f")
    assert result == -1
    # EPERM, or ENOSYS for what the C library then does in another way.
    assert error == (38 if "435" in call else 1)


def test_threads_work(clean: Path) -> None:
    source = """
import threading
from concurrent.futures import ThreadPoolExecutor
import numpy as np
def f(x):
    with ThreadPoolExecutor(3) as pool:
        return sum(pool.map(np.sum, [x, x, x]))
"""
    with _Oracle(source, "a.py") as oracle:
        assert oracle.call("f", np.arange(4.0)) == 18.0


def test_threads_that_live_on_end_with_the_oracle(clean: Path) -> None:
    source = """
import threading, time
def spin():
    while True: time.sleep(0.001)
for _ in range(3): threading.Thread(target=spin).start()
def f(): return threading.active_count()
"""
    with _Oracle(source, "a.py") as oracle:
        assert oracle.call("f") == 4


def test_exit_handlers_do_not_run(clean: Path) -> None:
    source = """
import atexit, time, threading
@atexit.register
def wait():
    while True: pass
class C:
    def __del__(self):
        while True: pass
kept = C()
def f(): return 1
"""
    with _Oracle(source, "a.py", 20) as oracle:
        assert oracle.call("f") == 1


def test_a_deep_tree_of_folders_is_cleared_away(clean: Path) -> None:
    source = """
import os
for _ in range(1100):
    os.mkdir('deeper')
    os.chdir('deeper')
open(b'\\xff\\xfe', 'w').close()
os.mkfifo('pipe')
os.symlink('/', 'root')
"""
    assert outcome_of(source, seconds=5.0) is None
    assert Path("/etc").exists()
