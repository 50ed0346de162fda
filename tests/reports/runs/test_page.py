"""The page as a file: all of it inside, and nothing that asks for more."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from tests.reports.runs import given
from tutor.reports.runs import page
from tutor.trace.saved import Saved, dump, load


@pytest.fixture(scope="module", params=["two", "hostile"])
def text(request):
    return page(given.SAVED[request.param]())


class Parsed(HTMLParser):
    """The elements of a page, as a browser's tokenizer sees them."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.inside = ""
        self.content = {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = dict(attrs).get("id") or tag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        self.content[self.inside] = self.content.get(self.inside, "") + data


def test_it_carries_the_very_document(text):
    parsed = Parsed(text)
    saved = load(parsed.content["run"].encode())
    title = json.loads(parsed.content["run"])["title"]
    assert saved.title == title == parsed.content["title"]


def test_it_asks_for_nothing(text):
    parsed = Parsed(text)
    for tag, attrs in parsed.tags:
        assert tag not in ("iframe", "img", "object", "embed", "base", "form")
        assert not any(name.startswith("on") for name in attrs)
        assert "src" not in attrs
        assert attrs.get("href", "data:").startswith("data:")
    code = parsed.content["script"] + parsed.content["style"]
    addresses = [a for a in re.findall(r"https?://[^\s\"')]+", code) if "www.w3.org" not in a]
    assert addresses == []
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|WebSocket|innerHTML|eval\(", code)


def test_only_its_own_script_and_style_may_run(text):
    parsed = Parsed(text)
    policy = next(a["content"] for t, a in parsed.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for name in ("script", "style"):
        digest = hashlib.sha256(parsed.content[name].encode()).digest()
        known = base64.b64encode(digest).decode()
        assert f"{name}-src 'sha256-{known}'" in policy


def test_it_has_one_document_and_one_script(text):
    tags = [tag for tag, _ in Parsed(text).tags]
    assert tags.count("script") == 2
    assert tags.count("h1") == 1


def test_every_part_of_the_player_is_in_it(text):
    from importlib.resources import files

    for part in files("tutor.reports.runs").joinpath("player").iterdir():
        if part.name.endswith(".js"):
            assert part.read_text("utf-8") in text, part.name


def test_a_page_without_a_title_still_has_one():
    assert "<h1>a recorded run</h1>" in page(Saved("", given.two().runs))


def test_the_page_adds_little_to_the_document():
    saved = given.two()
    assert len(page(saved)) - len(dump(saved)) < 200_000
