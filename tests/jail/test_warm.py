"""One warm process for all; whatever ends, nothing is left over."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from tests.jail.leftovers import ends, processes
from tutor.jail import Isolation, JailFault, Oracle, Unsafe, bubblewrap, start_early, warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel of Linux")

in_the_open = pytest.mark.skipif(
    bubblewrap.wrapped([], "/tmp") is not None, reason="in a bubble processes are counted anew"
)

SOURCE = "import os\ndef f(x): return x\ndef pid(): return os.getpid(), os.getppid()\n"


@in_the_open
def test_all_children_have_one_parent_and_numpy_already(clean: Path) -> None:
    parents = set()
    for _ in range(3):
        with Oracle(SOURCE) as oracle:
            child, parent = oracle.call("pid")
            parents.add(parent)
            assert sorted(processes(clean)) == sorted((child, parent))
    assert len(parents) == 1


def test_many_at_once_do_not_mix(clean: Path) -> None:
    answers = {}

    def work(number: int) -> None:
        with Oracle(SOURCE) as oracle:
            answers[number] = [oracle.call("f", number) for _ in range(20)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: [number] * 20 for number in range(8)}


def test_no_descriptor_is_inherited(clean: Path) -> None:
    source = """
import os
def f():
    found = []
    for n in range(4096):
        try: os.fstat(n)
        except OSError: continue
        found.append(n)
    return found
"""
    with open("/etc/hostname", "rb"), Oracle(SOURCE), Oracle(source) as oracle:
        # The null device three times, and the line.
        assert oracle.call("f") == [0, 1, 2, 901]


@in_the_open
def test_when_the_warm_process_is_killed_another_comes(clean: Path) -> None:
    with Oracle(SOURCE) as oracle:
        child, parent = oracle.call("pid")
        os.kill(parent, signal.SIGKILL)
        assert ends(parent, 10)
        # It does not outlive its parent, and the judge does not wait for it.
        assert ends(child, 10)
    with Oracle(SOURCE) as oracle:
        assert oracle.call("f", 1) == 1
        assert oracle.call("pid")[1] != parent
        assert oracle.isolation.layers[0] == "warm process"


JUDGE = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from tutor.jail import Oracle
source = '''
import os, signal, threading
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
def pid(): return os.getpid(), os.getppid()
def f():
    while True: pass
'''
with Oracle(source, "a.py", 60, fresh=len(sys.argv) > 2) as oracle:
    print(*oracle.call("pid"), flush=True)
    oracle.call("f")
"""


def test_nothing_outlives_a_judge_that_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "judged"
    folder.mkdir()
    command = [sys.executable, "-c", JUDGE, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as judge:
        assert judge.stdout is not None
        assert judge.stdout.readline()
        # The judge's own command line names the folder too.
        jailed = set(processes(folder)) - {judge.pid}
        judge.kill()
    assert len(jailed) >= 2
    assert all(ends(pid, 10) for pid in jailed)
    assert processes(folder) == []
    # The warm process removes what it stood in; in a bubble, what is in it.
    assert [inner for root in folder.iterdir() for inner in root.iterdir()] == []


def test_a_judge_that_ends_with_an_error_leaves_nothing(tmp_path: Path) -> None:
    source = f"""
        import tempfile
        tempfile.tempdir = {str(tmp_path)!r}
        from tutor.jail import Oracle
        oracle = Oracle("def f(): return 1").__enter__()
        raise SystemExit(3)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(source)], check=False)
    assert done.returncode == 3
    assert processes(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_thread_may_start_it_and_end(clean: Path) -> None:
    thread = threading.Thread(target=start_early)
    thread.start()
    thread.join()
    with Oracle(SOURCE) as oracle:
        assert oracle.call("f", 2) == 2


def test_where_there_is_no_warm_process_a_fresh_one_says_why(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(seconds: float) -> warm.WarmChild:
        raise warm.NoWarmProcess("needs Linux")

    monkeypatch.setattr(warm, "fork", none)
    with Oracle(SOURCE) as oracle:
        assert oracle.call("f", 3) == 3
        assert oracle.isolation.layers[0] == "fresh process"
        assert "warm process (needs Linux)" in oracle.isolation.missing


def test_importing_it_does_not_import_numpy() -> None:
    test = "import tutor.jail, sys; tutor.jail.start_early(); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", test], check=False).returncode == 0


def test_what_holds_the_code_in_is_told(clean: Path) -> None:
    for fresh in (False, True):
        with Oracle(SOURCE, fresh=fresh) as oracle:
            told = oracle.isolation
        assert told.layers[0] == ("fresh process" if fresh else "warm process")
        assert {"own session", "rlimits", "no new privileges", "seccomp"} <= set(told.layers)
        assert not told.is_none


def test_no_isolation_can_be_refused(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "open('was-here', 'w').close()\n"
    monkeypatch.setattr(Isolation, "is_none", True)
    with pytest.raises(Unsafe, match="was not run"), Oracle(source, refuse_unsafe=True):
        pass
    with Oracle(source):
        pass


@pytest.mark.parametrize(
    ("layers", "none", "files", "network"),
    [
        ((), True, False, False),
        (("fresh process", "own session", "no new privileges"), True, False, False),
        (("fresh process", "own session", "rlimits"), False, False, False),
        (("warm process", "rlimits", "landlock 7"), False, True, False),
        (("warm process", "rlimits", "seccomp"), False, False, True),
        (("warm process", "bubblewrap"), False, True, True),
    ],
)
def test_what_the_layers_amount_to(
    layers: tuple[str, ...], none: bool, files: bool, network: bool
) -> None:
    told = Isolation(layers)
    assert (told.is_none, told.keeps_files, told.keeps_network) == (none, files, network)


def test_a_bubble_that_does_not_work_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "bwrap"
    tool.write_text("#!/bin/sh\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert bubblewrap.wrapped(["python"], str(tmp_path)) is None


def test_in_a_bubble_the_code_is_held_in_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if bubblewrap.wrapped([], str(tmp_path)) is None:
        pytest.skip("bubblewrap is not installed, or does not work here")
    with Oracle("import os\ndef f(x): return x, os.getpid()\n") as oracle:
        assert "bubblewrap" in oracle.isolation.layers
        value, pid = oracle.call("f", 5)
    assert value == 5
    # Processes are counted anew.
    assert pid < 1000


@in_the_open
def test_closing_waits_for_the_end(clean: Path) -> None:
    with Oracle(SOURCE) as oracle:
        descriptor = os.pidfd_open(oracle.call("pid")[0])
    ended = select.select([descriptor], [], [], 0)[0]
    os.close(descriptor)
    assert ended


def test_a_python_that_does_not_start_is_no_fault_of_the_code(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(seconds: float) -> warm.WarmChild:
        raise warm.NoWarmProcess("not now")

    monkeypatch.setattr(warm, "fork", refuse)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(JailFault, match=r"was not run.*exit code 1.*import NumPy"), Oracle(SOURCE):
        pass
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(JailFault, match="No such file"), Oracle(SOURCE):
        pass


def test_a_warm_process_that_does_not_start_is_replaced_by_fresh_ones(tmp_path: Path) -> None:
    source = f"""
        import sys, tempfile
        tempfile.tempdir = {str(tmp_path)!r}
        from tutor.jail import Oracle, warm
        warm.command = lambda *arguments: [sys.executable, "-c", "raise SystemExit(5)"]
        for _ in range(2):
            with Oracle("def f(): return 1") as oracle:
                assert oracle.call("f") == 1
                assert oracle.isolation.missing[0].startswith("warm process (it did not start")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(source)], check=False)
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []
