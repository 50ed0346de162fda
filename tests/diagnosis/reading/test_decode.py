"""Bytes become the text that their writer saw."""

from __future__ import annotations

import codecs

import pytest

from tutor.diagnosis.reading.decode import decode
from tutor.diagnosis.submission import read_text
from tutor.diagnosis.unreadable import Kind, Unreadable

JAPANESE = "# 勾配を数値微分で求める関数です。誤差をプリントする\nx = abs(1)  # 重み\n"
KOREAN = "# 손실 함수의 기울기를 구하는 코드입니다\nx = abs(1)  # 가중치\n"
FRENCH = "# Dérivée numérique : précision très élevée, à vérifier\nx = abs(1)  # été\n"
CHINESE = "# 这是计算梯度的函数，用来检查反向传播\nx = abs(1)  # 权重\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"),
        (KOREAN, "cp949"),
        (CHINESE, "gb2312"),
        (FRENCH, "latin-1"),
        (FRENCH, "cp1252"),
    ],
)
def test_an_encoding_that_nobody_declared(text: str, encoding: str) -> None:
    read = decode(text.encode(encoding), "net.py")
    assert read.text == text
    assert "it was read as" in read.notes[0]


@pytest.mark.parametrize("encoding", ["shift_jis", "cp932", "euc_jp", "iso2022_jp", "utf-8"])
def test_a_coding_cookie(encoding: str) -> None:
    text = f"#!/usr/bin/env python\n# -*- coding: {encoding} -*-\n{JAPANESE}"
    assert decode(text.encode(encoding), "net.py") == (text, ())


def test_a_cookie_that_lies_is_not_believed() -> None:
    text = f"# coding: utf-8\n{JAPANESE}"
    assert decode(text.encode("cp932"), "net.py").text == text
    text = f"# coding: martian\n{JAPANESE}"
    assert decode(text.encode(), "net.py").text == text
    assert decode(b"# coding: rot13\nx = 1\n", "net.py").text == "# coding: rot13\nx = 1\n"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_windows_and_old_macs(end: str) -> None:
    assert decode(JAPANESE.replace("\n", end).encode(), "net.py").text == JAPANESE


@pytest.mark.parametrize(
    "mark", [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"", "utf-16-le")]
)
def test_byte_order_marks(mark: tuple[bytes, str]) -> None:
    text = "x = abs(1)  # plain\n" * 3
    assert decode(mark[0] + text.encode(mark[1]), "net.py").text == text


def test_null_bytes_are_refused_with_their_line() -> None:
    with pytest.raises(Unreadable, match=r"net\.py, line 2 holds null bytes") as caught:
        decode(b"x = 1\ny = \0\0\0\n", "net.py")
    assert caught.value.kind is Kind.NULL_BYTES


@pytest.mark.parametrize("data", [b"", b"\n \t\n", codecs.BOM_UTF8, b"\x1a"])
def test_an_empty_file(data: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read_text(data, "net.py")
    assert caught.value.kind is Kind.EMPTY


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.4 ...", b"\x89PNG\r\n", b"{\\rtf1 x = 1}", b"\x93NUMPY\x01\0", b"7z\xbc\xaf\x27\x1c"],
)
def test_other_kinds_of_file_are_named(data: bytes) -> None:
    with pytest.raises(Unreadable, match="not Python") as caught:
        decode(data, "net.py")
    assert caught.value.kind is Kind.NOT_PYTHON


def test_noise_is_undecodable() -> None:
    with pytest.raises(Unreadable) as caught:
        decode(bytes(range(1, 32)) * 20, "net.py")
    assert caught.value.kind is Kind.UNDECODABLE


@pytest.mark.parametrize(
    "text", ["<!DOCTYPE html>\n<html>", "\n<html lang='ja'>", "<!-- saved -->\n<HTML><body>"]
)
def test_a_web_page(text: str) -> None:
    for name in ("net.py", "net.ipynb"):
        with pytest.raises(Unreadable, match="web page") as caught:
            read_text(text, name)
        assert caught.value.kind is Kind.NOT_PYTHON
