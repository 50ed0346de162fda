from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tutor.course.memory import Preferences
from tutor.course.progress import Progress, progress_file
from tutor.course.record import Given, Status

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "progress.json"


def put(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data))


def held(path: Path) -> Any:
    return json.loads(path.read_text())


def test_all_that_is_saved_is_loaded(path: Path) -> None:
    progress = Progress.load(path)
    assert (progress.last, dict(progress.lessons), progress.messages) == ("", {}, [])
    progress.visit("one", 4)
    progress.visit("one", 2)
    progress.answer("one", "same", "yes", right=False)
    progress.answer("one", "same", "no", right=True)
    progress.draft("one", "def f():\n    return '\udce4\u00e9\u20ac'\n")
    progress.see_hint("one", 2)
    progress.solve("one")
    progress.finish("one")
    progress.prefer(theme="dark", keymap={"step": "x"}, plain=True)
    assert progress.save() is None
    again = Progress.load(path)
    record = again.lesson("one")
    assert (record.status, record.place, record.furthest) == (Status.DONE, 2, 4)
    assert record.answers == {"same": Given("yes", False, 2)}
    assert (record.hints, record.solved) == (2, True)
    assert record.draft == "def f():\n    return '\udce4\u00e9\u20ac'\n"
    assert again.preferences == Preferences("dark", {"step": "x"}, True)
    assert again.last == "one"
    assert again.lesson("two").status is Status.NEW


def test_the_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADTUTOR_DATA", str(tmp_path))
    assert progress_file() == tmp_path / "progress.json"
    monkeypatch.delenv("GRADTUTOR_DATA")
    assert progress_file().parent.name == "gradtutor"


def test_a_lesson_read_again_stays_done(path: Path) -> None:
    progress = Progress.load(path)
    progress.finish("one")
    progress.visit("one", 0)
    assert progress.lesson("one").status is Status.DONE


# -- killed -----------------------------------------------------------------------------------


@posix
def test_killed_at_two_hundred_random_moments_nothing_is_lost(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killing.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "200"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_a_killed_writer_left_is_swept(path: Path) -> None:
    put(path.with_name("progress.json.99999.new"), '{"half')
    progress = Progress.load(path)
    progress.visit("one", 1)
    assert progress.save() is None
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "progress.json",
        "progress.json.lock",
    ]


# -- two at once ------------------------------------------------------------------------------


def test_two_programs_keep_each_others_lessons(path: Path) -> None:
    first, second = Progress.load(path), Progress.load(path)
    first.visit("one", 3)
    second.visit("two", 5)
    second.prefer(theme="light")
    first.prefer(plain=True)
    assert (first.save(), second.save()) == (None, None)
    again = Progress.load(path)
    assert (again.lesson("one").place, again.lesson("two").place) == (3, 5)
    assert again.preferences == Preferences("light", {}, True)
    # The one that saved last knows what the other one did.
    assert second.lesson("one").place == 3


def test_of_one_lesson_the_more_advanced_is_kept(path: Path) -> None:
    first, second = Progress.load(path), Progress.load(path)
    first.visit("one", 9)
    first.answer("one", "a", "yes", True)
    first.see_hint("one", 3)
    first.finish("one")
    second.visit("one", 2)
    second.answer("one", "b", "no", False)
    first.save()
    second.save()
    record = Progress.load(path).lesson("one")
    assert (record.status, record.furthest, record.hints) == (Status.DONE, 9, 3)
    assert set(record.answers) == {"a", "b"}


def test_many_savers_at_once_lose_nothing(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tutor.course.progress import Progress\n"
        "progress = Progress.load(Path(sys.argv[1]))\n"
        "for k in range(40):\n"
        "    progress.visit(f'{sys.argv[2]}-{k}', k)\n"
        "    assert progress.save() is None\n"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, str(path), n]) for n in "ab"]
    assert [worker.wait() for worker in workers] == [0, 0]
    again = Progress.load(path)
    assert all(again.lesson(f"{n}-{k}").place == k for n in "ab" for k in range(40))


def test_what_happens_during_a_save_is_kept(path: Path) -> None:
    progress = Progress.load(path)
    stop = threading.Event()

    def save_on() -> None:
        while not stop.is_set():
            progress.save()

    saver = threading.Thread(target=save_on)
    saver.start()
    for place in range(300):
        progress.visit(f"lesson-{place % 7}", place)
        assert progress.lesson(f"lesson-{place % 7}").place == place
    stop.set()
    saver.join()
    progress.save()
    again = Progress.load(path)
    assert {again.lesson(f"lesson-{k}").place for k in range(7)} == set(range(293, 300))


# -- other versions ---------------------------------------------------------------------------

NEWER = {
    "version": 7,
    "badges": ["a"],
    "lessons": {
        "one": {"status": "mastered", "place": {"run": 2}, "stars": 3, "draft": "kept"},
        "two": {"status": "done", "answers": {"q": {"first": "x", "right": True, "why": "w"}}},
        "odd": ["a list"],
    },
    "preferences": {"theme": "dark", "keymap": ["new", "shape"], "sound": True},
}


def test_a_newer_file_is_used_as_far_as_it_is_understood(path: Path) -> None:
    put(path, NEWER)
    progress = Progress.load(path)
    assert progress.messages == []
    assert progress.lesson("one").draft == "kept"
    assert progress.lesson("two").status is Status.DONE
    assert progress.preferences == Preferences("dark")


def test_a_newer_file_loses_nothing_by_our_save(path: Path) -> None:
    put(path, NEWER)
    progress = Progress.load(path)
    for slug in ("one", "two", "odd", "three"):
        progress.visit(slug, 4)
        progress.answer(slug, "q", "y", False)
    progress.prefer(theme="light", keymap={"a": "b"})
    assert progress.save() is None
    data = held(path)
    assert (data["version"], data["badges"]) == (7, ["a"])
    one = data["lessons"]["one"]
    assert (one["status"], one["place"], one["stars"]) == ("mastered", {"run": 2}, 3)
    assert data["lessons"]["two"]["answers"]["q"]["why"] == "w"
    assert data["lessons"]["two"]["place"] == 4
    assert data["lessons"]["odd"] == ["a list"]
    assert data["lessons"]["three"]["place"] == 4
    assert data["preferences"] == {"theme": "light", "keymap": ["new", "shape"], "sound": True}


def test_a_newer_file_of_another_shape_is_left_alone(path: Path) -> None:
    put(path, {"version": 2, "lessons": ["one"]})
    before = path.read_bytes()
    progress = Progress.load(path)
    assert "newer gradtutor" in progress.messages[0]
    progress.visit("one", 1)
    assert "newer gradtutor" in (progress.save() or "")
    assert "newer gradtutor" in (progress.reset() or "")
    assert path.read_bytes() == before
    assert progress.lesson("one").place == 0  # reset in memory


def test_an_older_file_stays_until_it_is_replaced(path: Path) -> None:
    put(path, {"lessons": {"one": {"status": "done", "extra": 1}}})
    before = path.read_bytes()
    progress = Progress.load(path)
    assert progress.lesson("one").status is Status.DONE
    assert path.read_bytes() == before
    progress.visit("two", 1)
    assert progress.save() is None
    assert held(path)["version"] == 1
    assert held(path)["lessons"]["one"] == {"status": "done", "extra": 1}


def test_unknown_keys_of_this_version_are_kept(path: Path) -> None:
    put(path, {"version": 1, "a": 1, "lessons": {"one": {"b": 2}}, "preferences": {"c": 3}})
    progress = Progress.load(path)
    progress.visit("one", 1)
    progress.save()
    data = held(path)
    assert (data["a"], data["lessons"]["one"]["b"], data["preferences"]["c"]) == (1, 2, 3)


# -- damage -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "null",
        "[1]",
        '{"version": "x"}',
        '{"version": -1}',
        '{"version": true}',
        '{"version": 1, "lessons": []}',
        '{"version": 1, "preferences": 3}',
        "[" * 100_000,
        "\0" * 4096,
        '{"version": ' + "9" * 5000 + "}",
    ],
)
def test_a_damaged_file_is_set_aside_with_a_message(path: Path, damage: str) -> None:
    put(path, damage)
    progress = Progress.load(path)
    (message,) = progress.messages
    (aside,) = path.parent.glob("progress.damaged-*.json")
    assert str(aside) in message
    assert aside.read_text() == damage
    assert not path.exists()
    progress.visit("one", 1)
    assert progress.save() is None
    assert Progress.load(path).lesson("one").place == 1


def test_bytes_that_are_no_text_are_damage(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"version": 1, "last": "\xff\xfe"}')
    assert "damaged" in Progress.load(path).messages[0]


def test_a_file_set_aside_never_overwrites_another(path: Path) -> None:
    for damage in ("{1", "{2", "{3"):
        put(path, damage)
        Progress.load(path)
    asides = [file.read_text() for file in path.parent.glob("progress.damaged-*.json")]
    assert sorted(asides) == ["{1", "{2", "{3"]


def test_what_can_be_read_of_a_damaged_file_is_kept(path: Path) -> None:
    put(
        path,
        {
            "version": 1,
            "lessons": {
                "one": {"status": "done", "place": "x", "solved": True},
                "two": {"place": 3},
                "bad": 7,
            },
            "preferences": {"theme": 3, "plain": True},
        },
    )
    before = path.read_text()
    progress = Progress.load(path)
    assert "What could be read of it was kept." in progress.messages[0]
    assert (progress.lesson("one").status, progress.lesson("one").solved) == (Status.DONE, True)
    assert progress.lesson("two").place == 3
    assert progress.preferences == Preferences("", {}, True)
    (aside,) = path.parent.glob("progress.damaged-*.json")
    assert aside.read_text() == before
    # The next start finds nothing to complain of.
    assert Progress.load(path).messages == []
    assert Progress.load(path).lesson("two").place == 3


def test_damage_that_comes_while_the_program_runs(path: Path) -> None:
    progress = Progress.load(path)
    progress.visit("one", 1)
    progress.save()
    put(path, "{broken")
    progress.visit("two", 2)
    assert "damaged" in (progress.save() or "")
    # The lesson that was saved before the damage is not forgotten.
    again = Progress.load(path)
    assert (again.lesson("one").place, again.lesson("two").place) == (1, 2)


# -- folders that cannot be written -----------------------------------------------------------


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    progress = Progress.load(tmp_path / "file" / "progress.json")
    progress.visit("one", 1)
    assert "could not be written" in (progress.save() or "")
    assert progress.lesson("one").place == 1


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write all")
def test_a_folder_without_permission_is_a_sentence(path: Path) -> None:
    put(path, {"version": 1})
    path.parent.chmod(0o500)
    try:
        progress = Progress.load(path)
        progress.visit("one", 1)
        assert "could not be written" in (progress.save() or "")
    finally:
        path.parent.chmod(0o700)
    assert progress.save() is None
    assert Progress.load(path).lesson("one").place == 1


def test_a_save_that_failed_is_made_up_for_by_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = Progress.load(path)
    progress.visit("one", 1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", _disk_full)
        assert "No space left" in (progress.save() or "")
    assert not list(path.parent.glob("*.new"))
    progress.visit("two", 2)
    assert progress.save() is None
    again = Progress.load(path)
    assert (again.lesson("one").place, again.lesson("two").place) == (1, 2)


def _disk_full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_that_cannot_be_read_is_left_alone(path: Path) -> None:
    path.mkdir(parents=True)
    progress = Progress.load(path)
    assert "cannot be read" in progress.messages[0]
    progress.visit("one", 1)
    assert "cannot be read" in (progress.save() or "")
    assert path.is_dir()


def test_a_lock_that_is_held_is_a_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tutor.course import store

    progress = Progress.load(path)
    progress.visit("one", 1)
    progress.save()
    with store.locked(path), pytest.raises(TimeoutError), store.locked(path, 0.02):
        pass
    assert progress.save() is None


@posix
def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.json"
    put(target, {"version": 1})
    path.parent.mkdir()
    path.symlink_to(target)
    progress = Progress.load(path)
    progress.visit("one", 1)
    progress.save()
    assert path.is_symlink()
    assert held(target)["lessons"]["one"]["place"] == 1


# -- reset and export -------------------------------------------------------------------------


def test_reset_forgets_the_lessons_and_keeps_a_copy(path: Path) -> None:
    progress = Progress.load(path)
    progress.visit("one", 3)
    progress.prefer(theme="dark")
    progress.save()
    assert progress.reset() is None
    for found in (progress, Progress.load(path)):
        assert (dict(found.lessons), found.last) == ({}, "")
        assert found.preferences.theme == "dark"
    (aside,) = path.parent.glob("progress.before-reset-*.json")
    assert held(aside)["lessons"]["one"]["place"] == 3


def test_an_export_holds_what_is_not_saved_yet(path: Path, tmp_path: Path) -> None:
    progress = Progress.load(path)
    progress.visit("one", 3)
    progress.export(tmp_path / "copy.json")
    assert held(tmp_path / "copy.json")["lessons"]["one"]["place"] == 3
    with pytest.raises(OSError, match="No such file"):
        progress.export(tmp_path / "nowhere" / "copy.json")
