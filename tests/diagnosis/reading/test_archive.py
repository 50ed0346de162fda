"""An archive is read as a folder, in memory, and can do no harm."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diagnosis.conftest import SOFTMAX, Writer, results, submitted
from tutor.diagnosis.reading import archive
from tutor.diagnosis.reading.archive import safe_path, unpack
from tutor.diagnosis.reading.shelf import Memory
from tutor.diagnosis.unreadable import Kind, Unreadable

FILES = {"hw/net.py": "from common.f import softmax\n", "hw/common/f.py": SOFTMAX, "hw/x.txt": "no"}


def zipped(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return out.getvalue()


def tarred(files: dict[str, str | bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as packed:  # type: ignore[call-overload]
        for name, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
    return out.getvalue()


def attempt(data: bytes) -> Memory | Unreadable:
    try:
        return unpack(data, "a.zip")
    except Unreadable as error:
        return error


PACKED = [
    ("hw.zip", zipped(dict(FILES))),
    ("hw.tar", tarred(dict(FILES))),
    *((f"hw.tar.{end}", tarred(dict(FILES), f"w:{end}")) for end in ("gz", "bz2", "xz")),
    ("hw", tarred(dict(FILES), "w:gz")),
]


@pytest.mark.parametrize(("name", "data"), PACKED, ids=[name for name, _ in PACKED])
def test_it_is_read_as_a_folder(write: Writer, name: str, data: bytes) -> None:
    path = write(name, data)
    found = submitted(path)
    assert set(found) == {"hw/net.py", "hw/common/f.py"}
    net = found["hw/net.py"]
    assert net.path == f"{path}/hw/net.py"
    assert [module.name for module in net.siblings] == ["common", "common.f"]
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "name",
    ["/etc/x.py", "../x.py", "a/../../x.py", "C:/x.py", "..\\x.py", "a/.git/x.py", "", "a\0.py"],
)
def test_what_leads_out_of_it_is_not_read(name: str) -> None:
    assert safe_path(name) is None


def test_windows_separators() -> None:
    assert safe_path("hw\\net.py") == PurePosixPath("hw/net.py")
    assert safe_path("./hw/net.py") == PurePosixPath("hw/net.py")


def test_members_that_leave_are_passed_over(write: Writer, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"../evil.py": SOFTMAX, "/abs.py": SOFTMAX, "ok.py": SOFTMAX}
    assert list(submitted(write("a.zip", zipped(files)))) == ["ok.py"]
    assert list(submitted(write("a.tar", tarred(files)))) == ["ok.py"]
    assert not (tmp_path.parent / "evil.py").exists()


def test_links_are_refused(write: Writer) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        for name, kind in (("a.py", tarfile.SYMTYPE), ("b.py", tarfile.LNKTYPE),
                           ("c.py", tarfile.FIFOTYPE)):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.type = kind
            member.linkname = "/etc/passwd"
            packed.addfile(member)
    found = results(write("a.tar", out.getvalue()))
    assert [one.kind for one in found.values() if isinstance(one, Unreadable)] == [Kind.REFUSED] * 3
    link = zipfile.ZipInfo("a.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zip_file:
        zip_file.writestr(link, "/etc/passwd")
    (one,) = results(write("a.zip", out.getvalue())).values()
    assert isinstance(one, Unreadable)
    assert one.kind is Kind.REFUSED


@pytest.mark.parametrize("pack", [zipped, lambda files: tarred(files, "w:gz")])
def test_one_member_that_is_too_large_is_its_own_result(pack: object, write: Writer) -> None:
    data = pack({"bomb.py": b"#" * 5_000_000, "ok.py": SOFTMAX})  # type: ignore[operator]
    found = results(write("a.zip", data))
    bomb = found["bomb.py"]
    assert isinstance(bomb, Unreadable)
    assert bomb.kind is Kind.TOO_LARGE
    assert not isinstance(found["ok.py"], Unreadable)


@pytest.mark.parametrize("pack", [zipped, lambda files: tarred(files, "w:gz")])
def test_a_bomb_is_refused(pack: object, write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_ARCHIVE", 1_000_000)
    data = pack({f"{n}.py": b"#" * 300_000 for n in range(5)})  # type: ignore[operator]
    assert len(data) < 20_000
    (found,) = results(write("a.zip", data)).values()
    assert isinstance(found, Unreadable)
    assert found.kind is Kind.TOO_LARGE
    assert "unpacks to more than 1 MB" in found.sentence


def test_too_many_members(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST_MEMBERS", 3)
    files: dict[str, str | bytes] = {f"{n}.py": "" for n in range(5)}
    for data in (zipped(files), tarred(files)):
        with pytest.raises(Unreadable, match="more than 3 files"):
            unpack(data, "a.zip")


def test_a_size_that_lies() -> None:
    data = bytearray(zipped({"a.py": b"#" * 5_000_000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    found = attempt(bytes(data))
    if isinstance(found, Unreadable):
        assert found.kind is Kind.DAMAGED_ARCHIVE
    else:
        assert len(found.read(PurePosixPath("a.py"), 10**7)) <= 10


def test_names_from_a_japanese_windows(write: Writer) -> None:
    name = "課題/ニューラルネット.py"
    member = zipfile.ZipInfo("x" * len(name.encode("cp932")))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(member, SOFTMAX)
    data = out.getvalue().replace(member.filename.encode(), name.encode("cp932"))
    assert list(submitted(write("a.zip", data))) == [name]


def test_a_password(write: Writer) -> None:
    data = bytearray(zipped({"a.py": SOFTMAX}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (found,) = results(write("a.zip", bytes(data))).values()
    assert isinstance(found, Unreadable)
    assert "password" in found.sentence


@pytest.mark.parametrize("data", [b"PK\x03\x04 no", b"\x1f\x8b no", b"no archive", b""])
def test_what_is_none(write: Writer, data: bytes) -> None:
    (found,) = results(write("a.zip", data)).values()
    assert isinstance(found, Unreadable)
    assert found.kind is Kind.DAMAGED_ARCHIVE
    assert found.name == "a.zip"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([data for _, data in PACKED]), st.data())
def test_damage_raises_nothing_else(data: bytes, draw: st.DataObject) -> None:
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 8))):
        damaged[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.integers(len(data) // 2, len(data)))
    found = attempt(bytes(damaged[:cut]))
    assert not isinstance(found, Unreadable) or found.sentence
