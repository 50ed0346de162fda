"""Which verdict is given, and which goes before which.

What hostile code does in the real jail is in test_hostile.py; here a verdict is looked at from the
findings and the failures that it is given for.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.conftest import Writer
from tests.diagnosis.forked import Told
from tests.diagnosis.forked import judged as judged_here
from tests.diagnosis.programs import RIGHT, WRONG, at_import, in_softmax, judged
from tutor.cli import main
from tutor.commands.judging import judge_all
from tutor.diagnosis import ended, gather, trial
from tutor.diagnosis import judge as judge_module
from tutor.diagnosis.asked import Observed, Trouble
from tutor.diagnosis.definitions import definitions
from tutor.diagnosis.examine import Examined
from tutor.diagnosis.findings import Diagnosis, Finding, Verdict
from tutor.diagnosis.roles import taken
from tutor.diagnosis.submission import Submission, read_text
from tutor.diagnosis.verdicts import notes_of, verdict_of
from tutor.jail import (
    BadReturn,
    Blocked,
    Crashed,
    Exited,
    JailFault,
    MemoryLimit,
    MissingFunction,
    MissingModule,
    NeedsInput,
    OracleError,
    OutputLimit,
    Raised,
    Recursion,
    Tampered,
    Timeout,
    Unsafe,
)
from tutor.pitfalls import Severity

V = Verdict

# -- small programs, each with its verdict --------------------------------------------------------

# Slopes that are half as large again as they should be have no name in the catalogue.
LAYER = """\
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return 1.5 * dout @ self.W.T


"""
NAMELESS = RIGHT + LAYER
NOISE = "e = np.exp(x - x.max(axis=-1, keepdims=True) + np.random.randn(*x.shape))\n"


class Case(NamedTuple):
    """A program, and what is to be said of it."""

    name: str
    verdict: Verdict
    source: str


OWN = [
    Case("right", V.CLEAN, RIGHT),
    Case("right, with a trap", V.CLEAN, RIGHT.replace(" + 1e-7", "")),
    Case("a pitfall", V.PITFALL, WRONG),
    Case("a fault without a name", V.UNKNOWN_BUG, NAMELESS),
    Case("a module that is missing, beside right parts", V.PARTIAL, "import nowhere\n" + RIGHT),
    Case("a statement that fails, beside right parts", V.PARTIAL, at_import("nowhere")),
    Case("a loop", V.TIMEOUT, at_import("while True: pass")),
    Case("no memory", V.MEMORY, at_import("raise MemoryError")),
    Case("an exit", V.EXITED, at_import("exit()")),
    Case("an exit under the guard is none", V.CLEAN,
         at_import("if __name__ == '__main__':\n    raise SystemExit")),
    Case("recursion", V.RECURSION, at_import("def f(): return f()\nf()")),
    Case("input", V.NEEDS_INPUT, at_import("raise EOFError('EOF when reading a line')")),
    Case("no leave", V.BLOCKED, at_import("raise PermissionError(13, 'no leave')")),
    Case("a text for an array", V.BAD_RETURN, in_softmax("return 'softmax'")),
    Case("nan for numbers", V.BAD_RETURN, in_softmax("return x * np.nan")),
    Case("chance", V.NONDETERMINISTIC, in_softmax(NOISE + "return e / e.sum(-1, keepdims=True)")),
    Case("a name error and no part", V.LOAD_ERROR, "print(nowhere)\n"),
    Case("a module that is missing, and no part", V.MISSING_DEPENDENCY,
         "import nowhere\nnowhere.go()\n"),
    Case("data that is missing, and no part", V.MISSING_DEPENDENCY, "open('mnist.csv')\n"),
    Case("no part", V.MISSING_FUNCTION, "print('hello')\n"),
    Case("a part by its name alone", V.MISSING_FUNCTION, "def softmax(x):\n    return x * x\n"),
]  # fmt: skip

RUNS = [case for case in OWN if case.source.startswith(RIGHT) and case.verdict.exit_code == 2]
# What a file runs at its end, and the pitfall or the nameless fault that stands before it.
BEFORE = [
    Case(f"{wrong} before {case.name}", verdict, source + case.source.removeprefix(RIGHT))
    for wrong, verdict, source in (
        ("a pitfall", V.PITFALL, WRONG),
        ("a nameless fault", V.UNKNOWN_BUG, NAMELESS),
    )
    for case in RUNS
]
BOTH = WRONG + LAYER
PAIRS = [Case("a pitfall before a fault without a name", V.PITFALL, BOTH)]
ALL = {case.name: case for case in [*OWN, *BEFORE, *PAIRS]}


@cache
def told() -> dict[str, Told]:
    """Return what is said of each program; many are judged at a time."""
    return dict(zip(ALL, judged_here((case.source, 0) for case in ALL.values()), strict=True))


@pytest.mark.parametrize("name", ALL)
def test_a_program_has_its_verdict(name: str) -> None:
    found = told()[name]
    assert found.verdict == ALL[name].verdict.value, found
    assert bool(found.errors) is (ALL[name].verdict.exit_code == 1)


def test_both_faults_are_told_and_the_named_one_gives_the_verdict() -> None:
    assert told()["a pitfall before a fault without a name"].errors == ("?", "softmax-whole-batch")


def test_a_trap_leaves_a_file_clean() -> None:
    assert told()["right, with a trap"].advice == ("log-of-zero",)


# -- precedence, from what it is given ------------------------------------------------------------

SUBMISSION = read_text(RIGHT, "hand_in.py")
PARTS = taken(iter(definitions("__main__", SUBMISSION.main.tree).values()))
SOFTMAX, LOSS = PARTS


def finding(pitfall: str = "", severity: Severity = Severity.ERROR) -> Finding:
    return Finding(pitfall, severity, "softmax", "__main__", 5, "It is wrong.")


def failure(outcome: str, line: int = 17) -> dict[str, Any]:
    return {"module": "__main__", "line": line, "kind": "Error", "text": "no.", "outcome": outcome}


def loaded(
    *failures: Mapping[str, Any], cut: tuple[int, ...] = (), missing: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {"failures": list(failures), "cut": list(cut), "missing": list(missing)}


@dataclass(frozen=True)
class Measured:
    """What was measured of a part: nothing but its answers."""

    answers: tuple[Observed, ...] = (Observed(np.ones(3)),)


def examined(part: Any = SOFTMAX, *answers: Observed, fits: bool = True) -> Examined:
    return Examined(part, (), Measured(answers) if answers else Measured(), fits)


OUTCOMES = {
    "timeout": V.TIMEOUT,
    "memory": V.MEMORY,
    "recursion": V.RECURSION,
    "exited": V.EXITED,
    "needs-input": V.NEEDS_INPUT,
    "blocked": V.BLOCKED,
}
NAMED, NAMELESS_ONE, TRAP = (
    finding("no-restore"),
    finding(),
    finding("log-of-zero", Severity.ADVICE),
)
DRIFTING = examined(SOFTMAX, Observed(np.ones(3), drift=0.1))
BAD = examined(SOFTMAX, Observed([1.0]), fits=False)
REFUSED = Examined(LOSS, (), None, False, Observed(raised="TypeError", text="no.", line=11))

SEVERITIES = st.lists(st.sampled_from([NAMED, NAMELESS_ONE, TRAP]), max_size=3)
FAILURES = st.lists(st.sampled_from(["", "no-data", *OUTCOMES]).map(failure), max_size=3)
EXAMINED = st.lists(st.sampled_from([examined(), DRIFTING, BAD, REFUSED]), max_size=3)
TROUBLES = st.lists(
    st.builds(
        Trouble,
        st.sampled_from(["softmax", "cross_entropy_error", ""]),
        st.sampled_from(
            [Observed(outcome=word, module="__main__", line=n) for word in OUTCOMES for n in (0, 5)]
        ),
    ),
    max_size=2,
)
LOADED = st.builds(
    lambda failures, cut, missing: loaded(*failures, cut=cut, missing=missing),
    FAILURES,
    st.sampled_from([(), (17,)]),
    st.sampled_from([(), ("torch",)]),
)


@given(SEVERITIES, LOADED, EXAMINED, st.integers(0, 2), TROUBLES)
def test_what_is_proved_goes_first_and_no_failure_is_clean(
    found: list[Finding],
    run: dict[str, Any],
    parts: list[Examined],
    steps: int,
    troubles: list[Trouble],
) -> None:
    verdict, reason = verdict_of(SUBMISSION, run, found, parts, steps, troubles)
    assert isinstance(verdict, Verdict)
    assert reason.endswith(".")
    assert not reason.endswith("..")
    own = ("hand_in.py", "softmax", "cross_entropy_error")  # names are left as they are
    assert not reason[0].islower() or reason.startswith(own)
    named = {one.pitfall for one in found if one.is_error}
    if named - {""}:
        assert verdict is V.PITFALL
    elif named:
        assert verdict is V.UNKNOWN_BUG
    else:
        assert verdict not in (V.PITFALL, V.UNKNOWN_BUG, V.INTERNAL_ERROR, V.UNREADABLE)
    hindered = any(one is DRIFTING or one is BAD for one in parts)
    if run["failures"] or run["cut"] or run["missing"] or hindered:
        assert verdict is not V.CLEAN
    if verdict is V.CLEAN:
        assert steps or any(one.is_part for one in parts)


@given(LOADED, EXAMINED, st.integers(0, 2), TROUBLES)
def test_advice_changes_no_verdict(
    run: dict[str, Any], parts: list[Examined], steps: int, troubles: list[Trouble]
) -> None:
    given_none = verdict_of(SUBMISSION, run, [], parts, steps, troubles)
    assert verdict_of(SUBMISSION, run, [TRAP], parts, steps, troubles) == given_none


# Each row: what is seen beside everything in the rows below it. The first one wins.
ORDER: list[tuple[Verdict, dict[str, Any]]] = [
    (V.PITFALL, {"findings": [NAMED]}),
    (V.UNKNOWN_BUG, {"findings": [NAMELESS_ONE]}),
    (V.RECURSION, {"failures": [failure("recursion")]}),
    (V.TIMEOUT, {"cut": (17,)}),
    (V.NONDETERMINISTIC, {"examined": [examined(LOSS, Observed(1.0, drift=1.0), fits=False)]}),
    (
        V.MEMORY,
        {"troubles": [Trouble("softmax", Observed(outcome="memory", module="__main__", line=5))]},
    ),
    (V.BAD_RETURN, {"examined": [BAD]}),
    (V.MISSING_DEPENDENCY, {"missing": ("torch",)}),
    (V.LOAD_ERROR, {"failures": [failure("")]}),
    (V.MISSING_FUNCTION, {}),
]


@pytest.mark.parametrize("first", range(len(ORDER)), ids=[v.value for v, _ in ORDER])
def test_the_order_of_precedence(first: int) -> None:
    seen: dict[str, list[Any]] = {}
    for _, told_of in ORDER[first:]:
        for name, values in told_of.items():
            seen.setdefault(name, []).extend(values)
    run = loaded(
        *seen.get("failures", ()),
        cut=tuple(seen.get("cut", ())),
        missing=tuple(seen.get("missing", ())),
    )
    verdict, _ = verdict_of(
        SUBMISSION,
        run,
        seen.get("findings", []),
        seen.get("examined", []),
        0,
        seen.get("troubles", []),
    )
    assert verdict is ORDER[first][0]


def said_of(run: Mapping[str, Any], *parts: Examined, **more: Any) -> tuple[Verdict, str]:
    return verdict_of(SUBMISSION, run, [], parts, **more)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_how_a_run_ended_is_said_with_its_place(outcome: str) -> None:
    verdict, reason = said_of(loaded(failure(outcome)), examined())
    assert verdict is OUTCOMES[outcome]
    assert "hand_in.py, line 17" in reason


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_how_the_call_of_a_part_ended_is_said_if_nothing_else_is_known_of_it(outcome: str) -> None:
    at_line = Trouble("softmax", Observed(outcome=outcome, module="__main__", line=5, text="why"))
    unplaced = Trouble("softmax", Observed(outcome=outcome))
    unfit = examined(fits=False)
    assert said_of(loaded(), unfit, troubles=[at_line])[0] is OUTCOMES[outcome]
    assert "hand_in.py, line 5" in said_of(loaded(), unfit, troubles=[at_line])[1]
    assert said_of(loaded(), unfit, troubles=[unplaced])[1].startswith("softmax (hand_in.py")
    assert said_of(loaded(), examined(), troubles=[at_line])[0] is V.CLEAN


def test_the_first_failure_that_ends_a_run_is_told_and_a_mere_exception_is_not_one() -> None:
    run = loaded(failure("", 15), failure("blocked", 16), failure("timeout", 17))
    verdict, reason = said_of(run, examined())
    assert verdict is V.BLOCKED
    assert "line 16" in reason


def test_without_a_part_a_file_is_never_clean() -> None:
    assert said_of(loaded())[0] is V.MISSING_FUNCTION
    assert said_of(loaded(), examined(fits=False))[0] is V.MISSING_FUNCTION
    assert said_of(loaded(), REFUSED)[0] is V.MISSING_FUNCTION
    assert said_of(loaded(), steps=1)[0] is V.CLEAN


def test_what_could_not_be_asked_makes_it_partial_unless_its_steps_were_measured() -> None:
    verdict, reason = said_of(loaded(), examined(), REFUSED)
    assert verdict is V.PARTIAL
    assert "cross_entropy_error (hand_in.py, line 10) could not be (TypeError: no)" in reason
    assert said_of(loaded(), examined(), REFUSED, steps=1)[0] is V.CLEAN


def test_the_name_of_a_file_is_left_as_it_is_at_the_start_of_a_sentence() -> None:
    submission = read_text("print(nowhere)\n", "u05_ko_static.py")
    verdict, reason = verdict_of(submission, loaded(failure("", 1)), [], [])
    assert verdict is V.LOAD_ERROR
    assert reason == "u05_ko_static.py, line 1 could not be run here (Error: no)."


def test_missing_data_is_no_error_of_the_file() -> None:
    verdict, reason = said_of(loaded(failure("no-data")))
    assert verdict is V.MISSING_DEPENDENCY
    assert reason == "What hand_in.py, line 17 reads is not here (Error: no)."
    assert said_of(loaded(failure("no-data")), examined())[0] is V.PARTIAL


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1.0], "a list, and no array"),
        ("p", "a str, and no array"),
        (np.array(["p"]), "an array of dtype <U1, and no numbers"),
    ],
)
def test_what_is_no_array_is_said_to_be_what_it_is(value: object, words: str) -> None:
    verdict, reason = said_of(loaded(), examined(SOFTMAX, Observed(value), fits=False))
    assert verdict is V.BAD_RETURN
    assert reason == f"softmax (hand_in.py, line 4) returned {words}."


def test_the_notes_tell_every_failure_and_what_is_not_judged() -> None:
    notes = list(notes_of(SUBMISSION, loaded(failure(""), missing=("torch.nn", "mine"))))
    assert notes == [
        "hand_in.py, line 17: Error: no.",
        "torch.nn is not judged: only what is written in NumPy is.",
    ]


# -- a process that was ended ---------------------------------------------------------------------

ENDINGS: list[tuple[OracleError, Verdict]] = [
    (Timeout("t"), V.TIMEOUT),
    (MemoryLimit("m", "Error", ""), V.MEMORY),
    (Exited("e", "Error", ""), V.EXITED),
    (Crashed("c", 6), V.CRASHED),
    (Recursion("r", "Error", ""), V.RECURSION),
    (NeedsInput("n", "Error", ""), V.NEEDS_INPUT),
    (OutputLimit("o"), V.OUTPUT_LIMIT),
    (Blocked("b", "Error", ""), V.BLOCKED),
    (Tampered("t"), V.TAMPERED),
    (BadReturn("b"), V.BAD_RETURN),
    (Raised("r", "Cut", ""), V.TIMEOUT),
    (Raised("r", "Grown", ""), V.MEMORY),
    # What the judge's own helpers raise, or the jail, is a fault of ours.
    (Raised("r", "KeyError", "ours"), V.INTERNAL_ERROR),
    (JailFault("j"), V.INTERNAL_ERROR),
    (Unsafe("u"), V.INTERNAL_ERROR),
    (MissingFunction("m", "f"), V.INTERNAL_ERROR),
    (MissingModule("m", "Error", ""), V.INTERNAL_ERROR),
]


@pytest.mark.parametrize(("error", "verdict"), ENDINGS, ids=lambda one: type(one).__name__)
def test_how_a_process_ended(error: OracleError, verdict: Verdict) -> None:
    found, reason = ended.ending(error, SUBMISSION)
    assert found is verdict
    assert found.exit_code == 2
    assert reason.endswith(".")
    assert ("its own fault" in reason) is (verdict is V.INTERNAL_ERROR)


def every(of: type[OracleError]) -> Iterator[type[OracleError]]:
    for one in of.__subclasses__():
        yield one
        yield from every(one)


def test_every_way_to_end_is_among_them() -> None:
    assert {type(error) for error, _ in ENDINGS} == set(every(OracleError))


@pytest.mark.parametrize(
    ("code", "error", "verdict"),
    [
        ("import sys\nsys.setrecursionlimit(10**9)", Crashed("c", 11), V.RECURSION),
        ("import os\nos.abort()", Crashed("c", 6), V.CRASHED),
        ("import ctypes\nctypes.string_at(0)", Crashed("c", 11), V.CRASHED),
        ("import os\nos._exit(0)", Exited("e", "Error", ""), V.EXITED),
        ("np.array = None", Raised("r", "TypeError", "ours?"), V.TAMPERED),
        ("import os\nos.closerange(3, 9)", Tampered("t"), V.TAMPERED),
    ],
)
def test_a_process_that_is_gone_cannot_tell_but_the_source_shows_where(
    code: str, error: OracleError, verdict: Verdict
) -> None:
    submission = read_text(at_import(code), "hand_in.py")
    last = at_import(code).count("\n")
    found, reason = ended.ending(error, submission)
    assert found is verdict
    assert reason.endswith(f"Look at hand_in.py, line {last}.")


# -- tries in the jail ----------------------------------------------------------------------------

CLEAN = Diagnosis("hand_in.py", V.CLEAN, "Nothing is wrong with it.")
ACCUSED = replace(CLEAN, verdict=V.PITFALL, findings=(NAMED,))
PARTIAL = replace(CLEAN, verdict=V.PARTIAL)


def after(monkeypatch: pytest.MonkeyPatch, *tries: Diagnosis | BaseException) -> Diagnosis:
    """Return what comes of a submission whose judge gives, or raises, these, one after another."""
    left = iter(tries)

    def judge(_: Submission, student: Any, *__: object) -> Diagnosis:
        now = next(left)
        if isinstance(now, BaseException):
            student.examining = f"part {now}"
            raise now
        return now

    monkeypatch.setattr(trial, "judge", judge)
    return trial.diagnose(SUBMISSION)


@pytest.mark.parametrize("second", [CLEAN, PARTIAL])
def test_a_run_that_was_ended_is_never_clean(
    monkeypatch: pytest.MonkeyPatch, second: Diagnosis
) -> None:
    assert after(monkeypatch, Timeout("t"), second).verdict is V.TIMEOUT
    assert after(monkeypatch, Timeout("t"), Crashed("c"), second).verdict is V.TIMEOUT


def test_a_pitfall_that_is_proved_afterwards_goes_before_how_the_run_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = after(monkeypatch, OutputLimit("o"), MemoryLimit("m", "Error", ""), ACCUSED)
    assert found.verdict is V.PITFALL
    assert any("more than a megabyte" in note for note in found.notes)


@pytest.mark.parametrize("number", range(1, 7))
def test_however_often_it_is_ended_there_is_one_verdict(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    tries = [Crashed(f"c{n}") for n in range(number)]
    found = after(monkeypatch, *tries, CLEAN, *[CLEAN] * 9)
    assert found.verdict is V.CRASHED


@pytest.mark.parametrize("tries", [(), (Timeout("t"),), (Timeout("t"), Crashed("c"))])
def test_a_fault_of_ours_in_any_try_is_ours(
    monkeypatch: pytest.MonkeyPatch, tries: tuple[OracleError, ...]
) -> None:
    found = after(monkeypatch, *tries, ZeroDivisionError("ours"))
    assert found.verdict is V.INTERNAL_ERROR
    assert found.reason == (
        "gradtutor stopped at this file, and that is its own fault: ZeroDivisionError: ours."
    )
    assert not found.errors


# -- a fault of ours, wherever it is --------------------------------------------------------------

NET = """\
class Net:
    def __init__(self, D, K):
        self.params = {"W": 0.1 * np.random.randn(D, K), "b": np.zeros(K)}

    def predict(self, x):
        return softmax(x @ self.params["W"] + self.params["b"])

    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)

    def gradient(self, x, t):
        d = self.predict(x) - t
        return {"W": x.T @ d, "b": d.sum(axis=0)}


net = Net(4, 3)
x, t = np.random.randn(5, 4), np.eye(3)[[0, 1, 2, 1, 0]]
for i in range(20):
    grads = net.gradient(x, t)
    for key in grads:
        net.params[key] -= 0.1 * grads[key]
"""
EVERYWHERE = RIGHT.replace(" + 1e-7", "") + NET
STAGES = [
    "definitions", "taken", "unnamed", "watched", "steps", "marked", "examine_all", "with_harm",
    "measured", "accuse", "Case", "suspects_of", "mend", "find_uses", "verdict_of", "notes_of",
    "Diagnosis", "PartTaken", "Finding",
]  # fmt: skip
ERRORS: list[type[Exception]] = [
    ZeroDivisionError, KeyError, AttributeError, RecursionError, MemoryError, AssertionError,
    StopIteration, UnicodeEncodeError, OSError, np.linalg.LinAlgError,
]  # fmt: skip


def broken(error: type[Exception]) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise (
            UnicodeEncodeError("ascii", "é", 0, 1, "ours")
            if error is UnicodeEncodeError
            else (error("ours"))
        )

    return fail


@pytest.mark.parametrize(
    ("stage", "error"), list(zip(STAGES, itertools.cycle(ERRORS), strict=False))
)
def test_whatever_part_of_the_judge_fails_it_is_ours_and_the_others_are_judged(
    monkeypatch: pytest.MonkeyPatch, write: Writer, stage: str, error: type[Exception]
) -> None:
    hand_ins = {"a.py": RIGHT, "b.py": EVERYWHERE, "c.py": WRONG}
    for name, source in hand_ins.items():
        write(f"class/{name}", source)
    real, seen = judge_module.judge, []

    def judge(submission: Submission, *rest: Any) -> Diagnosis:
        seen.append(submission.name)
        with monkeypatch.context() as patched:
            if submission.name.endswith("b.py"):
                patched.setattr(judge_module, stage, broken(error))
            return real(submission, *rest)

    monkeypatch.setattr(trial, "judge", judge)
    folder = str(write("class/a.py", RIGHT).parent)
    items = list(judge_all([folder], False, None, 0, 10.0, lambda *_: None))
    verdicts = [item.diagnosis.verdict for item in items]
    assert verdicts == [V.CLEAN, V.INTERNAL_ERROR, V.PITFALL], items[1].diagnosis
    assert not items[1].diagnosis.findings
    assert "that is its own fault: " in items[1].diagnosis.reason
    assert "ours" in items[1].diagnosis.reason
    assert items[1].diagnosis.isolation == items[0].diagnosis.isolation  # it was run
    assert [name[-4:] for name in seen] == ["a.py", "b.py", "c.py"]  # nobody is judged twice


OUTSIDE: list[tuple[ModuleType, str]] = [
    (trial, "start_early"),
    (trial, "Student"),
    (trial, "Oracle"),
    (trial, "Isolation"),
    (gather, "read_one"),
]


@pytest.mark.parametrize(("module", "name"), OUTSIDE, ids=[name for _, name in OUTSIDE])
def test_around_the_judge_as_well_each_has_one_row(
    monkeypatch: pytest.MonkeyPatch, write: Writer, module: ModuleType, name: str
) -> None:
    paths = [str(write(f"{one}/{one}.py", RIGHT).parent) for one in "abc"]
    real, calls = getattr(module, name), itertools.count()

    def second_fails(*args: Any, **options: Any) -> Any:
        if next(calls) == 1:
            raise KeyError("ours")
        return real(*args, **options)

    monkeypatch.setattr(module, name, second_fails)
    items = list(judge_all(paths, False, None, 0, 10.0, lambda *_: None))
    verdicts = [item.diagnosis.verdict for item in items]
    assert sorted(v.value for v in verdicts) == ["CLEAN", "CLEAN", "INTERNAL_ERROR"]
    assert all(item.diagnosis.reason.endswith(".") for item in items)


def test_the_report_of_a_fault_of_ours_says_so(
    monkeypatch: pytest.MonkeyPatch, write: Writer
) -> None:
    monkeypatch.setattr(trial, "judge", broken(KeyError))
    path = str(write("a.py", RIGHT))
    result = CliRunner().invoke(main, ["diagnose", path])
    assert result.exit_code == 2
    assert "The fault is ours, not yours." in " ".join(result.stdout.split())
    (row,) = json.loads(CliRunner().invoke(main, ["diagnose", path, "--format", "json"]).stdout)[
        "submissions"
    ]
    assert (row["verdict"], row["findings"]) == ("INTERNAL_ERROR", [])


# -- the verdicts themselves ----------------------------------------------------------------------


def test_every_verdict_is_given_by_something_here() -> None:
    here = {case.verdict for case in ALL.values()} | {verdict for _, verdict in ENDINGS}
    assert here == set(Verdict) - {V.UNREADABLE}  # which is for what never comes to be judged
    assert judge_all_of("def softmax(x:\n") is V.UNREADABLE


def judge_all_of(text: str) -> Verdict:
    result = CliRunner().invoke(main, ["diagnose", "-", "--format", "json"], input=text)
    (row,) = json.loads(result.stdout)["submissions"]
    return Verdict(row["verdict"])


def test_the_exit_code_of_each() -> None:
    codes = {verdict: verdict.exit_code for verdict in Verdict}
    assert codes.pop(V.CLEAN) == 0
    assert codes.pop(V.PITFALL) == codes.pop(V.UNKNOWN_BUG) == 1
    assert set(codes.values()) == {2}


def test_errors_are_what_makes_a_file_wrong() -> None:
    found = replace(CLEAN, findings=(TRAP, NAMED, NAMELESS_ONE))
    assert found.errors == (NAMED, NAMELESS_ONE)
    assert judged(RIGHT).errors == ()
