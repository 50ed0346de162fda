"""A class's hand-ins: exactly one row for each, whatever the others do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.diagnosis.conftest import Writer, notebook
from tests.diagnosis.programs import RIGHT, WRONG, at_import
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.cli import main
from tutor.commands.judging import judge_all
from tutor.diagnosis.findings import Verdict

CLASS = {
    "a.py": (RIGHT, Verdict.CLEAN),
    "b.py": (at_import("import os\nos._exit(0)"), Verdict.EXITED),
    "c.ipynb": (notebook(WRONG), Verdict.PITFALL),
    "d.py": (at_import("while True: pass"), Verdict.TIMEOUT),
    "e.py": ("def softmax(x:\n", Verdict.UNREADABLE),
    "f.py": (at_import("import ctypes\nctypes.string_at(0)"), Verdict.CRASHED),
    "g.py": (at_import("import os\nos.closerange(3, 1024)"), Verdict.TAMPERED),
    "h.py": (at_import("a = []\nwhile True: a.append(np.zeros(1 << 17))"), Verdict.MEMORY),
    "i.ipynb": (notebook(RIGHT), Verdict.CLEAN),
    "j.py": (WRONG, Verdict.PITFALL),
}


@pytest.fixture
def folder(write: Writer, clean: Path) -> Path:  # noqa: F811
    for name, (text, _) in CLASS.items():
        write(f"class/{name}", text)
    return write("class/a.py", RIGHT).parent


def test_each_has_one_row_in_order(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    items = list(
        judge_all([str(folder)], False, None, 0, 10.0, lambda *counts: told.append(counts))
    )
    found = {Path(item.path).name: item.diagnosis.verdict for item in items}
    assert found == {name: verdict for name, (_, verdict) in CLASS.items()}
    assert list(found) == list(CLASS)
    assert told == [(done, len(CLASS)) for done in range(len(CLASS) + 1)]
    by_name = {Path(item.path).name: item.diagnosis for item in items}
    assert by_name["a.py"].isolation
    assert by_name["a.py"].isolation == by_name["b.py"].isolation
    assert not by_name["e.py"].isolation  # it was never run


def test_the_command_reports_all_of_them(folder: Path) -> None:
    result = CliRunner().invoke(main, ["diagnose", "--format", "json", str(folder)])
    rows = json.loads(result.stdout)["submissions"]
    assert [row["verdict"] for row in rows] == [verdict.value for _, verdict in CLASS.values()]
    assert result.exit_code == 1  # something is wrong, whatever could not be judged besides
    assert all(row["reason"] for row in rows)


def test_folders_are_hand_ins(write: Writer, clean: Path) -> None:  # noqa: F811
    write("class/ana/net.py", WRONG)
    write("class/bo/net.py", at_import("exit()"))
    found = judge_all(
        [str(write("class/cy/net.py", RIGHT).parents[1])], True, None, 0, 10.0, _still
    )
    verdicts = [item.diagnosis.verdict for item in found]
    assert verdicts == [Verdict.PITFALL, Verdict.EXITED, Verdict.CLEAN]


def test_one_hand_in_leaves_nothing_for_the_next(write: Writer, clean: Path) -> None:  # noqa: F811
    spoils = "open('mnist.npz', 'w').close()\nnp.max = None\nimport builtins\nbuiltins.len = None\n"
    write("class/a.py", RIGHT + spoils)
    path = write("class/b.py", at_import("import os\nassert not os.path.exists('mnist.npz')"))
    *_, last = judge_all([str(path.parent)], False, None, 0, 10.0, _still)
    assert (last.diagnosis.verdict, last.diagnosis.notes) == (Verdict.CLEAN, ())


def _still(_: int, __: int) -> None:
    """Show nothing."""
