"""What the traced function prints, beside the step whose line did so."""

from __future__ import annotations

import io
import sys
import types
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from tutor.trace import Recorder, Recording
from tutor.trace.origin import Origin
from tutor.trace.printed import note_printed
from tutor.trace.session import Session

Printing = Callable[[str], list[tuple[str, str]]]


class _Listener(io.TextIOBase):
    """Gives what is printed to the recording that is being made."""

    most_steps = 1_000_000

    def __init__(self) -> None:
        self.session: Session | None = None
        self.rest = ""

    def begins(self, origin: Origin, session: Session) -> None:
        self.session = session

    def looks(self) -> None:
        """Nothing is to be ended."""

    def write(self, text: str) -> int:
        if self.session is None or not note_printed(self.session, text):
            self.rest += text
        return len(text)


@pytest.fixture
def printing(tmp_path: Path) -> Printing:
    def recorded(body: str) -> list[tuple[str, str]]:
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        file = tmp_path / "printing.py"
        file.write_text(f"def say(x):\n    print(x)\n    return x\n\n\ndef f():\n{lines}\n")
        module = types.ModuleType("printing")
        exec(compile(file.read_text(), str(file), "exec"), module.__dict__)
        listener = _Listener()
        with redirect_stdout(listener):
            run = Recorder(module.f, listener).run(module.f)
        assert isinstance(run, Recording)
        states = [run.state(step) for step in range(len(run))]
        return [(run.source.line(s.line).strip(), s.printed) for s in states if s.printed]

    return recorded


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a = 1\nprint(a)\nb = 2", [("print(a)", "1\n")]),
        ("print(1, 2)\nprint(3)", [("print(1, 2)", "1 2\n"), ("print(3)", "3\n")]),
        ("a = say(5)\nreturn a", [("a = say(5)", "5\n")]),
        ("return say(5)", [("return say(5)", "5\n")]),
        ("for i in range(2):\n    print(i)", [("print(i)", "0\n"), ("print(i)", "1\n")]),
        ("if say(1):\n    a = 2", [("if say(1):", "1\n")]),
        ("n = 2\nwhile n:\n    n -= 1\n    say(n)", [("say(n)", "1\n"), ("say(n)", "0\n")]),
        ("a = [say(i) for i in range(3)]", [("a = [say(i) for i in range(3)]", "0\n1\n2\n")]),
        ("raise ValueError(say(1))", [("raise ValueError(say(1))", "1\n")]),
        ("try:\n    say(1)\n    1 / 0\nexcept ZeroDivisionError:\n    say(2)",
         [("say(1)", "1\n"), ("say(2)", "2\n")]),
        ("try:\n    a = 1\nfinally:\n    say(2)", [("say(2)", "2\n")]),
        ("a = (say(1),\n     say(2))", [("a = (say(1),", "1\n2\n")]),
        ("print(1, end='')\nprint(2, flush=True)",
         [("print(1, end='')", "1"), ("print(2, flush=True)", "2\n")]),
    ],
)  # fmt: skip
def test_a_text_stands_beside_the_line_that_printed_it(
    printing: Printing, body: str, expected: list[tuple[str, str]]
) -> None:
    assert printing(body) == expected


def test_a_line_that_fails_keeps_what_it_printed(printing: Printing) -> None:
    assert printing("a = 1\nb = say(2) / 0\nc = 3") == [("b = say(2) / 0", "2\n")]


def test_without_a_listener_printing_goes_where_it_always_went(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def loud() -> int:
        print("loud")
        return 1

    run = Recorder(loud).run(loud)
    assert capsys.readouterr().out == "loud\n"
    assert run.state(0).printed == ""
    assert sys.stdout is not None
