"""Programs of several modules, asked by helpers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tutor.jail import (
    JailFault,
    MissingFunction,
    MissingModule,
    Module,
    Oracle,
    Outcome,
    Program,
    Raised,
)

FUNCTIONS = Module(
    "common.functions",
    "common/functions.py",
    "import numpy as np\n\ndef softmax(x):\n    e = np.exp(x - x.max())\n    return e / e.sum()\n",
)
GRADIENT = Module(
    "common.gradient",
    "common/gradient.py",
    "from .functions import softmax\n\ndef slope(x):\n    return softmax(x) @ np.ones(9)\n",
)
MAIN = Module(
    "ch04.train",
    "ch04/train.py",
    "import sys, os\n"
    "sys.path.append(os.pardir)\n"
    "from common.functions import *\n"
    "from common.gradient import slope\n"
    "if __name__ == '__main__':\n"
    "    ran = True\n"
    "def f(x):\n"
    "    return softmax(x)\n",
)
HELPERS = """
import numpy as np
def names():
    return sorted(student)
def get(module, name):
    return student[module].get(name)
def put(module, name, value):
    student[module][name] = value
def call(module, name, *args):
    return student[module][name](*args)
def keep(name, value):
    kept[name] = value
def give(name):
    return kept[name]
"""
PROGRAM = Program(MAIN, (FUNCTIONS, GRADIENT), HELPERS)


def test_the_modules_import_each_other(clean: Path) -> None:
    with Oracle(PROGRAM) as oracle:
        p = oracle.call("f", np.log([1.0, 3.0]))
        assert oracle.ask("names") == ["__main__", "common.functions", "common.gradient"]
        assert oracle.ask("get", "__main__", "ran") is True
        assert oracle.ask("get", "common.functions", "__file__") == "common/functions.py"
    np.testing.assert_allclose(p, [0.25, 0.75], rtol=1e-15)


def test_a_raised_exception_names_the_module_and_its_line(clean: Path) -> None:
    with Oracle(PROGRAM) as oracle, pytest.raises(Raised) as caught:
        oracle.ask("call", "common.gradient", "slope", np.ones(2))
    error = caught.value
    # `np` is not imported there.
    assert (error.kind, error.module, error.line) == ("NameError", "common.gradient", 4)
    assert error.filename == "common/gradient.py"
    assert error.text.strip() == "return softmax(x) @ np.ones(9)"
    assert error.place.helper_line == 10
    assert str(error).startswith("NameError in line 4 of common/gradient.py")


def test_helpers_keep_objects_between_questions(clean: Path) -> None:
    with Oracle(PROGRAM) as oracle:
        oracle.ask("keep", "w", np.arange(3.0))
        np.testing.assert_array_equal(oracle.ask("give", "w"), [0, 1, 2])
        oracle.ask("put", "common.functions", "softmax", 1)
        assert oracle.ask("get", "common.functions", "softmax") == 1


def test_helpers_can_be_asked_before_the_program_runs(clean: Path) -> None:
    helpers = """
import sys, types
def stand_in(name):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].load_mnist = lambda: 7
"""
    main = Module(
        "a", "a.py", "from dataset.mnist import load_mnist\nn = load_mnist()\ndef f(): return n\n"
    )
    package = Module("dataset", "dataset/__init__.py", "")
    program = Program(main, (package,), helpers)
    with Oracle(program, load=False) as oracle:
        with pytest.raises(MissingModule) as caught:
            oracle.load()
        assert (caught.value.name, caught.value.line) == ("dataset.mnist", 1)
        oracle.ask("stand_in", "dataset.mnist")
        oracle.load()
        assert oracle.call("f") == 7


def test_helpers_can_change_the_syntax_tree_and_lines_stay(clean: Path) -> None:
    helpers = """
import ast
def prepare(tree, name):
    assert name == '__main__'
    tree.body = [node for node in tree.body if not isinstance(node, ast.While)]
    return tree
"""
    main = Module("a", "a.py", "while True:\n    pass\n\ndef f():\n    return 1 / 0\n")
    with Oracle(Program(main, (), helpers), seconds=2) as oracle, pytest.raises(Raised) as caught:
        oracle.call("f")
    assert (caught.value.kind, caught.value.line) == ("ZeroDivisionError", 5)


@pytest.mark.parametrize(
    ("source", "name", "kind"),
    [
        ("import torch_is_not_here", "torch_is_not_here", "ModuleNotFoundError"),
        ("import common.nothing", "common.nothing", "ModuleNotFoundError"),
        ("from common.functions import nothing", "common.functions", "ImportError"),
        ("def f():\n    import numpy.nothing", "numpy.nothing", "ModuleNotFoundError"),
    ],
)
def test_a_missing_module_has_its_name(source: str, name: str, kind: str, clean: Path) -> None:
    program = Program(Module("a", "a.py", source + "\n"), (FUNCTIONS,))
    with pytest.raises(MissingModule) as caught, Oracle(program) as oracle:
        oracle.call("f")
    assert (caught.value.name, caught.value.kind) == (name, kind)
    assert caught.value.outcome is Outcome.MISSING_MODULE


def test_a_broken_module_is_told_with_its_own_line(clean: Path) -> None:
    broken = Module("layers", "layers.py", "x = 1\nclass Affine\n    pass\n")
    main = Module("a", "a.py", "import numpy\nimport layers\n")
    with pytest.raises(Raised) as caught, Oracle(Program(main, (broken,))):
        pass
    error = caught.value
    assert (error.kind, error.module, error.line, error.text) == (
        *("SyntaxError", "layers", 2),
        "class Affine",
    )


def test_a_module_may_be_called_like_one_of_ours_or_of_the_library(clean: Path) -> None:
    others = tuple(
        Module(name, f"{name}.py", "who = 'student'\n")
        for name in ("tutor", "socket", "queue", "frames", "colorsys", "json")
    )
    source = "import colorsys, frames, json, queue, socket, tutor\n"
    helpers = "def who():\n    return [student[n]['who'] for n in sorted(student) if n[0] != '_']\n"
    with Oracle(Program(Module("a", "a.py", source), others, helpers)) as oracle:
        assert oracle.ask("who") == ["student"] * 6


def test_a_module_that_the_interpreter_has_is_not_replaced(clean: Path) -> None:
    other = Module("numpy", "numpy.py", "raise SystemError\n")
    source = "import numpy as np\ndef f(): return np.ones(2)\n"
    with Oracle(Program(Module("a", "a.py", source), (other,))) as oracle:
        assert oracle.call("f").tolist() == [1, 1]


def test_the_main_module_can_be_imported_by_its_name(clean: Path) -> None:
    other = Module("other", "other.py", "import a\ndef g(): return a.who\n")
    source = "who = __name__\nimport other\ndef f(): return who, other.g()\n"
    with Oracle(Program(Module("a", "a.py", source), (other,))) as oracle:
        assert oracle.call("f") == ("__main__", "a")


def test_classes_find_their_module(clean: Path) -> None:
    source = """
from __future__ import annotations
import dataclasses, inspect, pickle
@dataclasses.dataclass
class Point:
    x: float
def f():
    same = pickle.loads(pickle.dumps(Point(2.0)))
    return same == Point(2.0), inspect.getsource(Point.__init__ and f).count('same')
"""
    with Oracle(source, "a.py") as oracle:
        assert oracle.call("f") == (True, 3)


def test_a_large_program_goes_over(clean: Path) -> None:
    text = "x = '" + "é" * (3 << 20) + "'\n"
    source = text + "def f(): return len(x)\n"
    with Oracle(source, "a.py") as oracle:
        assert oracle.call("f") == 3 << 20


def test_a_lone_surrogate_in_a_source_is_the_codes_fault(clean: Path) -> None:
    with pytest.raises(Raised) as caught, Oracle("x = '\ud800'\n", "a.py"):
        pass
    assert caught.value.kind == "UnicodeEncodeError"


def test_a_helper_that_is_not_there_is_not_the_codes_fault(clean: Path) -> None:
    with Oracle(PROGRAM) as oracle:
        with pytest.raises(JailFault, match="no function `nothing`"):
            oracle.ask("nothing")
        with pytest.raises(MissingFunction) as caught:
            oracle.call("nothing")
    assert caught.value.name == "nothing"


def test_prints_belong_to_their_request(clean: Path) -> None:
    source = "print('one')\ndef f(): print('two')\ndef g(): pass\n"
    with Oracle(source, "a.py") as oracle:
        assert oracle.just_printed == "one\n"
        oracle.call("f")
        assert oracle.just_printed == "two\n"
        oracle.call("g")
        assert oracle.just_printed == ""
        assert oracle.printed == "one\ntwo\n"


def test_a_stream_can_be_dressed_anew(clean: Path) -> None:
    source = """
import io, sys
sys.stdout.reconfigure(encoding='utf-8')
sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8', line_buffering=True)
def f(): print('softmax は', flush=True)
"""
    with Oracle(source, "a.py") as oracle:
        oracle.call("f")
        assert oracle.just_printed == "softmax は\n"


def test_two_oracles_do_not_share_random_numbers(clean: Path) -> None:
    source = "import numpy as np\ndef f(): return np.random.rand()\n"
    drawn = []
    for _ in range(4):
        with Oracle(source, "a.py") as oracle:
            drawn.append(oracle.call("f"))
    assert len(set(drawn)) == 4
