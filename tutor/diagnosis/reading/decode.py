"""Bytes, read as the text that their writer saw."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Final, NamedTuple

from tutor.diagnosis.place import Place
from tutor.diagnosis.unreadable import Kind, Unreadable

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_BLANK: Final = re.compile(rb"^[ \t\f]*(?:#.*)?$")
# Codecs that are no encoding of source text, or that take a time squared in its length.
_STRANGE: Final = frozenset(
    ("punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf-7", "undefined")
)
_CONTROL: Final = re.compile(r"[\x01-\x06\x0e-\x19\x7f-\x84\x86-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_KANA: Final = re.compile("[\u3041-\u30fe]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_MOST_CONTROLS: Final = 0.05
_SAMPLE: Final = 200_000

_IMAGES: Final = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text with formatting (RTF)"),
    (b"\x93NUMPY", "a saved NumPy array"),
    (b"\x80\x03", "a pickle"),
    (b"\x80\x04", "a pickle"),
    (b"\x80\x05", "a pickle"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"\x89HDF", "a data file (HDF5)"),
    (b"SQLite format 3", "a database"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
)


class Text(NamedTuple):
    """What bytes say, with line ends of one kind, and what had to be assumed to read them."""

    text: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, file: str) -> Text:
    """Read bytes as text.

    A byte order mark decides, then a coding cookie (PEP 263), then UTF-8, then what the bytes
    look like: Japanese, Korean, Chinese or Western European.

    Raises
    ------
    Unreadable
        EMPTY, NULL_BYTES, NOT_PYTHON or UNDECODABLE.
    """
    if not data.strip():
        raise Unreadable(Kind.EMPTY, f"{file} is empty. Save it again and hand that in.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Text(_tidy(data[len(mark) :].decode(encoding, "replace"), file))
    for start, what in _IMAGES:
        if data.startswith(start):
            raise Unreadable(
                Kind.NOT_PYTHON, f"{file} is {what}, not Python. Hand in the .py or the .ipynb."
            )
    if b"\0" in data:
        return Text(_tidy(_wide(data, file), file), (f"{file} was read as UTF-16.",))
    return _by_cookie(data, file) or _by_looks(data, file)


def guess(data: bytes) -> tuple[str, str]:
    """Return text of unknown encoding that is not UTF-8, and the encoding it was taken for."""
    # None of these encodings uses the byte of a line feed for anything else.
    sample = data[: data.rfind(b"\n", 0, _SAMPLE) + 1] if len(data) > _SAMPLE else data
    found = _asian(sample)
    if found:
        return data.decode(found, "replace"), found
    for encoding in ("cp1252", "latin-1"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise AssertionError("Latin-1 reads anything")


def _asian(data: bytes) -> str | None:
    japanese = _best(data, ("cp932", "euc_jp"), lambda text: _share(_KANA, text), 0.2)
    return (
        japanese
        or _best(data, ("euc_kr", "cp949"), lambda text: _share(_HANGUL, text), 0.8)
        or _best(data, ("gb2312", "gb18030"), lambda text: _share(_HAN, text), 0.8)
    )


def without_surrogates(text: str) -> str:
    """Return text in which half characters, which no file can hold, are joined or replaced."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def with_plain_line_ends(text: str) -> str:
    """Return text whose lines all end in a line feed: Windows, old Mac."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _tidy(text: str, file: str) -> str:
    text = with_plain_line_ends(without_surrogates(text)).rstrip("\x1a").lstrip("\ufeff")
    if "\0" in text:
        raise _null(text.index("\0"), text, file)
    if len(_CONTROL.findall(text)) > _MOST_CONTROLS * len(text):
        raise Unreadable(
            Kind.UNDECODABLE,
            f"{file} does not hold text that can be read. Save it as UTF-8 and hand that in.",
        )
    if not text.strip():
        raise Unreadable(Kind.EMPTY, f"{file} is empty. Save it again and hand that in.")
    return text


def _null(at: int, text: str, file: str) -> Unreadable:
    place = Place(file, text.count("\n", 0, at) + 1)
    return Unreadable(
        Kind.NULL_BYTES,
        f"{place} holds null bytes, which no Python file does: it was damaged when it was saved "
        "or copied. Save it again and hand that in.",
        place,
    )


def _wide(data: bytes, file: str) -> str:
    """Read UTF-16 that has no mark: every other byte of Western code is null."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    half = len(data) / 2
    if odd > 0.3 * half and even < 0.02 * half:
        return data.decode("utf-16-le", "replace")
    if even > 0.3 * half and odd < 0.02 * half:
        return data.decode("utf-16-be", "replace")
    raise _null(data.index(0), data.decode("latin-1"), file)


def _by_cookie(data: bytes, file: str) -> Text | None:
    for line in re.split(rb"\r\n|\r|\n", data[:1000])[:2]:
        cookie = _COOKIE.match(line)
        if cookie:
            name = cookie.group(1).decode("ascii", "replace")
            try:
                if codecs.lookup(name).name in _STRANGE | {"utf-8"}:
                    return None
                return Text(_tidy(data.decode(name), file))
            except (LookupError, ValueError):
                return None
        if not _BLANK.match(line):
            return None
    return None


def _by_looks(data: bytes, file: str) -> Text:
    try:
        return Text(_tidy(data.decode("utf-8"), file))
    except UnicodeDecodeError:
        text, encoding = guess(data)
    return Text(_tidy(text, file), (f"{file} is not UTF-8; it was read as {encoding}.",))


def _best(
    data: bytes, encodings: tuple[str, ...], share: Callable[[str], float], least: float
) -> str | None:
    found = []
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        found.append((share(text), encoding))
    best = max(found, default=None)
    return best[1] if best and best[0] >= least else None


def _share(characters: re.Pattern[str], text: str) -> float:
    """Return what part of the letters outside ASCII are of one script."""
    foreign = sum(1 for character in text if character > "\x7f" and character.isalpha())
    return len(characters.findall(text)) / foreign if foreign else 0.0
