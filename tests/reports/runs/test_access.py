"""The page for everybody: by keyboard, by ear, without colours, on a phone, on paper."""

from __future__ import annotations

import base64
import re
import zlib
from itertools import pairwise

import pytest

from tests.reports.runs import given
from tests.reports.runs.test_player import BOTH_KNOWN, ENTER, ESCAPE, RIGHT, TAB

_NEED_A_NAME = {
    "button", "slider", "combobox", "textbox", "link", "image", "img", "table", "region",
    "navigation", "dialog", "group", "option",
}  # fmt: skip

# The ratio of every text that is seen to what lies behind it, where it is below what is needed.
_CONTRAST = """
const parts = (c) => c.match(/[\\d.]+/g).map(Number);
const light = (c) => { const [r, g, b] = parts(c).slice(0, 3).map(v => v / 255)
  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = (e) => { for (let at = e; at; at = at.parentElement) {
  const c = getComputedStyle(at).backgroundColor; if (!/, 0\\)$/.test(c)) return c; }
  return 'rgb(255, 255, 255)'; };
const out = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walk.nextNode(); node; node = walk.nextNode()) {
  const e = node.parentElement, style = getComputedStyle(e);
  if (!node.data.trim() || !e.checkVisibility() || e.closest('.heard, script, style')) continue;
  const [a, b] = [light(style.color), light(behind(e))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) out.push([node.data.trim().slice(0, 30), e.className, ratio]);
}
return out;
"""


def nodes_of(browser):
    """Return role and name of what the browser tells a screen reader of."""
    found = browser.cdp("Accessibility.getFullAXTree")["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""), node)
        for node in found
        if not node.get("ignored") and "role" in node
    ]


@pytest.fixture
def busy(browser, files):
    """Open the page where every pane has something in it."""
    return browser.go(files["two"], f"#run=1&with=2&step={BOTH_KNOWN}")


def test_everything_that_has_a_role_has_a_name(busy):
    nameless = [
        (r, n["backendDOMNodeId"])
        for r, name, n in nodes_of(busy)
        if r in _NEED_A_NAME and not name
    ]
    lists = {number for role, number in nameless if role == "list"}
    assert [(role, number) for role, number in nameless if number not in lists] == []


@pytest.mark.parametrize(
    ("button", "sheet"), [("go", "ask"), ("where", "ask"), ("wrote", "ask"), ("help", "help")]
)
def test_sheets_have_names_too_and_take_the_focus(busy, button, sheet):
    busy.click(f"[data-do={button}]")
    found = [name for role, name, _ in nodes_of(busy) if role == "dialog"]
    assert found == [busy.text(f"#{sheet} h2")]
    assert busy.js("return document.activeElement.closest('dialog')?.id") == sheet
    busy.press(ESCAPE)
    assert busy.js("return document.activeElement.dataset.do") == button


def test_there_is_one_heading_of_the_first_rank_and_none_is_left_out(busy):
    ranks = busy.js(
        "return [...document.querySelectorAll('h1, h2, h3, h4')].filter(e => e.checkVisibility())"
        ".map(e => Number(e.tagName[1]))"
    )
    assert ranks.count(1) == 1
    assert ranks[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(ranks))


def test_everything_lies_in_a_landmark(busy):
    roles = [role for role, _, _ in nodes_of(busy)]
    assert roles.count("banner") == roles.count("main") == roles.count("navigation") == 1
    outside = busy.js(
        "return [...document.body.children].filter(e => e.checkVisibility() && e.innerText.trim()"
        " && !e.matches('header, main, nav, dialog, script, .heard, .ruler')).map(e => e.tagName)"
    )
    assert outside == []
    assert busy.js("return document.documentElement.lang") == "en"


def test_no_two_elements_have_one_id(busy):
    ids = busy.js("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_tables_have_headers_and_say_what_of(busy):
    bad = busy.js(
        "return [...document.querySelectorAll('table')].filter(t => !t.caption"
        " || [...t.querySelectorAll('th')].some(h => !h.scope)).map(t => t.outerHTML)"
    )
    assert bad == []


def test_the_step_is_said_in_a_sentence_when_the_reader_comes_to_rest(two):
    two.press("c", *[RIGHT] * (BOTH_KNOWN - 1))
    said = two.said()
    assert said.startswith(f"step {BOTH_KNOWN} of 65, iteration 3 of 6, idx (0, 2). line ")
    value = given.two().runs[0].steps.state(BOTH_KNOWN - 1).names["fxh2"]
    assert f"f gave {value}. fxh2 = {value}." in said


def test_the_slider_says_where_it_is(busy):
    (slider,) = (node for role, _, node in nodes_of(busy) if role == "slider")
    values = {p["name"]: p["value"]["value"] for p in slider["properties"]}
    said = busy.js("return document.getElementById('slider').ariaValueText")
    assert said == f"step {BOTH_KNOWN} of 65, iteration 3 of 6, idx (0, 2)"
    assert (values["valuemin"], values["valuemax"]) == (0, 64)


def test_every_control_is_reached_by_tab_and_the_focus_is_seen(busy):
    seen, outlines = [], []
    for _ in range(40):
        busy.press(TAB)
        tag, name, outline = busy.js(
            "const e = document.activeElement, s = getComputedStyle(e);"
            "return [e.tagName, e.dataset.do || e.id, [s.outlineStyle, parseFloat(s.outlineWidth)]]"
        )
        if tag == "BODY" or name in seen:
            break
        seen.append(name)
        outlines.append(outline)
    wanted = busy.js(
        "return [...document.querySelectorAll('button, select, input')]"
        ".filter(e => e.checkVisibility()).map(e => e.dataset.do || e.id)"
    )
    assert set(wanted) <= set(seen)
    assert all(style != "none" and width >= 2 for style, width in outlines)
    assert [name for name in seen if name in wanted] == wanted  # in the order that is seen


def test_keys_on_a_button_are_its_own(two):
    two.js("document.querySelector('[data-do=forward]').focus()")
    assert two.press(" ").text("#where").startswith("step 2 ")
    assert two.press(ENTER).text("#where").startswith("step 3 ")
    two.js("document.getElementById('slider').focus()")
    assert two.press(RIGHT).text("#where").startswith("step 4 ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "link"),
    [("two", f"#run=1&with=2&step={BOTH_KNOWN}"), ("hostile", "#step=4"), ("wide", "#step=60")],
)
def test_every_text_stands_out_from_its_ground(browser, files, scheme, name, link):
    with browser.preferring(prefers_color_scheme=scheme):
        browser.go(files[name], link)
        assert browser.js(_CONTRAST) == []
        browser.press("?")
        assert browser.js(_CONTRAST) == []
        browser.press(ESCAPE)


def test_the_system_decides_the_colours_until_the_reader_does(browser, files):
    ground = "return getComputedStyle(document.documentElement).backgroundColor"
    with browser.preferring(prefers_color_scheme="dark"):
        browser.go(files["two"])
        assert browser.js(ground) == "rgb(20, 23, 28)"
        browser.press("t")
        assert browser.js(ground) == "rgb(251, 250, 246)"
    browser.js("localStorage.clear()")


def test_nothing_moves_for_who_wants_no_motion(browser, files):
    with browser.preferring(prefers_reduced_motion="reduce"):
        browser.go(files["two"])
        moving = (
            "return [...document.querySelectorAll('*')].filter(e => "
            "parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
        )
        assert browser.js(moving) == 0


@pytest.mark.parametrize(("name", "link"), [("two", "#run=1&with=2&step=30"), ("wide", "#step=60")])
@pytest.mark.parametrize("width", [360, 320, 768])
def test_it_fits_a_phone(browser, files, name, link, width):
    with browser.sized(width, 740):
        browser.go(files[name], link)
        assert browser.js("return document.documentElement.scrollWidth") <= width
        small = browser.js(
            "return [...document.querySelectorAll('nav button')].filter(e => e.checkVisibility())"
            ".map(e => e.getBoundingClientRect()).filter(r => r.height < 36 || r.width < 36).length"
        )
        assert small == 0
        if width < 600:
            nav = "document.querySelector('nav').getBoundingClientRect()"
            assert browser.js(f"return {nav}.bottom <= innerHeight + 1 && {nav}.height < 240")
            cut = browser.js(
                "return [...document.querySelectorAll('.values .scroll')].filter("
                "e => e.scrollWidth > e.clientWidth).map(e => e.id)"
            )
            assert cut == []


def test_it_prints_the_step_without_what_one_presses(browser, files):
    browser.go(files["two"], f"#run=1&step={BOTH_KNOWN}")
    with browser.preferring(media="print", prefers_color_scheme="dark"):
        seen = browser.js(
            "return [...document.querySelectorAll('button, select, input, .pane, h1, #where')]"
            ".filter(e => e.checkVisibility()).map(e => e.id || e.className || e.tagName)"
        )
        assert seen == ["H1", "pane source", "pane values", "pane happened", "pane memory", "where"]
        assert browser.js(_CONTRAST) == []
        cut = (
            "return [...document.querySelectorAll('.scroll')]"
            ".some(e => getComputedStyle(e).overflow != 'visible')"
        )
        assert not browser.js(cut)
    pdf = base64.b64decode(browser.cdp("Page.printToPDF", printBackground=False)["data"])
    assert pdf.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf)) or sum(
        len(re.findall(rb"/Type\s*/Page\b", zlib.decompress(part)))
        for part in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
        if part[:1] == b"x"
    )
    assert 1 <= pages <= 2


def test_without_javascript_it_says_what_it_needs(files):
    assert "needs JavaScript" in files["two"].read_text("utf-8").split("<noscript>")[1]
