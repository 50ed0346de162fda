"""The tools that run a learner's file: Python Tutor's backend, VizTracer, Thonny."""

from __future__ import annotations

import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager, redirect_stdout
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.peers_calls import Call
from tests.benchmarks.peers_seen import Seen, changes, unmarked

Count = Callable[[], Seen]


# -- Python Tutor ---------------------------------------------------------------------------------


def python_tutor(call: Call) -> Count:
    """Run a call's file under the backend of Python Tutor, its list of allowed imports off."""
    with redirect_stdout(io.StringIO()):
        logger = importlib.import_module("pytutor.pg_logger")
        trace = logger.exec_script_str_local(
            call.script, [], False, False, lambda _, trace: trace, disable_security_checks=True
        )
    return lambda: _seen_by_python_tutor(call, trace)


def _seen_by_python_tutor(call: Call, trace: list[dict[str, Any]]) -> Seen:
    name = call.function.__name__
    inside = [one for one in trace if one.get("func_name") == name]
    steps = sum(one["event"] == "step_line" for one in inside)
    shown = [x for x in map(_x_in_heap, inside) if x]
    stopped = trace[-1] if trace[-1]["event"] == "instruction_limit_reached" else {}
    return Seen(
        steps,
        changes(shown),
        len(json.dumps(trace)),
        unmarked(json.dumps(inside[-1])),
        str(stopped.get("exception_msg", "")).split(".")[0],
    )


def _x_in_heap(one: dict[str, Any]) -> str:
    reference = one["stack_to_render"][-1]["encoded_locals"].get("x")
    return "" if reference is None else str(one["heap"].get(reference[1]))


# -- VizTracer ------------------------------------------------------------------------------------


def viztracer(call: Call) -> Count:
    """Run a call's file under VizTracer, with every variable logged when it is assigned."""
    package = importlib.import_module("viztracer")
    monkey = importlib.import_module("viztracer.code_monkey").CodeMonkey("lesson.py")
    monkey.add_instrument("log_var", {"varnames": [".*"]})
    code = monkey.compile(call.script, "lesson.py", "exec")
    tracer = package.VizTracer(verbose=0)
    tracer.start()
    exec(code, {"__name__": "__main__", "__viz_tracer__": tracer})
    tracer.stop()
    tracer.parse()
    tracer.terminate()
    return lambda: _seen_by_viztracer(tracer.data)


def _seen_by_viztracer(data: dict[str, Any]) -> Seen:
    logged = [one["name"] for one in data["traceEvents"] if one["ph"] == "i"]
    shown = [name for name in logged if name.startswith("Variable Assign - x =")]
    return Seen(len(logged), changes(shown), len(json.dumps(data)), unmarked("\n".join(logged)))


# -- Thonny ---------------------------------------------------------------------------------------

_BIG_STEP, _SMALL_STEP = "step_over", "step_into"


class Thonny:
    """The process in which Thonny debugs a file ("nicer"), and what the window says to it."""

    def __init__(self, folder: Path) -> None:
        self.common = importlib.import_module("thonny.common")
        package = Path(importlib.import_module("thonny").__file__ or "").parent
        launcher = package / "plugins" / "cpython_backend" / "cp_launcher.py"
        paths = os.pathsep.join([os.getcwd(), *filter(None, sys.path)])
        self.process = subprocess.Popen(
            [sys.executable, "-u", str(launcher), str(folder), "{}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "THONNY_USER_DIR": str(folder), "PYTHONPATH": paths},
        )
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def send(self, command: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(self.common.serialize_message(command) + "\n")
        self.process.stdin.flush()

    def debug(self, path: Path) -> None:
        where = str(path.parent)
        told = {"args": [str(path)], "breakpoints": {}, "tty_mode": False, "cmd_id": "1"}
        self.send(
            self.common.ToplevelCommand("Debug", working_directory=where, local_cwd=where, **told)
        )

    def step(self, name: str, frame: Any) -> None:
        told = {"state": frame.event, "focus": frame.focus, "frame_id": frame.id}
        self.send(self.common.DebuggerCommand(name, exception=None, breakpoints={}, **told))

    def stop(self) -> Any:
        """Return the state where the debugger stands next, None when the file has ended."""
        assert self.process.stdout is not None
        while text := self.common.read_one_incoming_message_str(self.process.stdout.readline):
            if not text.startswith(self.common.MESSAGE_MARKER):
                continue
            message = self.common.parse_message(text)
            if isinstance(message, self.common.ToplevelResponse):
                return None
            if isinstance(message, self.common.DebuggerResponse):
                return message
        return None

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def _debugging(call: Call) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "lesson.py")
        path.write_text(call.script, encoding="utf-8")
        tool = Thonny(Path(folder))
        try:
            tool.debug(path)
            yield tool
        finally:
            tool.end()


def thonny(call: Call) -> Count:
    """Debug a call's file in Thonny: small steps to the function, big ones through its lines."""
    shown: list[Any] = []
    with _debugging(call) as tool:
        while (state := tool.stop()) is not None:
            frame = state.stack[-1]
            inside = frame.code_name == call.function.__name__
            if inside:
                shown.append(state)
            tool.step(_BIG_STEP if inside and not _is_a_block(frame) else _SMALL_STEP, frame)
    return lambda: _seen_in_thonny(shown)


def _is_a_block(frame: Any) -> bool:
    statement = frame.event.endswith("statement")
    return statement and frame.focus.lineno != frame.focus.end_lineno


def _seen_in_thonny(shown: list[Any]) -> Seen:
    frames = [state.stack[-1] for state in shown]
    values = [frame.locals["x"].repr for frame in frames]
    lines = [frame.focus.lineno for frame in frames]
    steps = 1 + sum(here != there for here, there in pairwise(lines))
    nbytes = sum(len(repr(state)) for state in shown)
    return Seen(steps, changes(values), nbytes, _in_heap_view(frames[-1].locals))


def _in_heap_view(names: dict[str, Any]) -> str:
    """Return the names as with View > Heap: which object each name is, then the objects."""
    numbers: dict[int, int] = {}
    lines = [f"{k} {numbers.setdefault(v.id, len(numbers))} {v.repr}" for k, v in names.items()]
    return unmarked("\n".join(lines))


def steps_back(call: Call) -> bool:
    """Tell whether Thonny stands where it stood, one step before, after its "Step back"."""
    with _debugging(call) as tool:
        first = tool.stop().stack[-1]
        tool.step(_SMALL_STEP, first)
        second = tool.stop().stack[-1]
        tool.step("step_back", second)
        third = tool.stop().stack[-1]
    there, here = ((frame.focus, frame.event) for frame in (first, third))
    return bool(there == here)
