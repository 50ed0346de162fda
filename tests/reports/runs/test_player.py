"""The page in a real Chromium: it is opened, stepped through, and says what it does."""

from __future__ import annotations

import json

import pytest

from tests.reports.runs import given
from tutor.trace.find import Condition, first_where, last_write

RIGHT, LEFT, UP, DOWN, HOME, END = "\ue014", "\ue012", "\ue013", "\ue015", "\ue011", "\ue010"
ENTER, ESCAPE, TAB = "\ue007", "\ue00c", "\ue004"


RUN = given.two().runs[0].steps
MOVED_DOWN = given.place(RUN, 2, "x[idx]#2")
BOTH_KNOWN = given.place(RUN, 2, "fxh2")
FIRST_CALL = given.place(RUN, 0, "fxh1")


def go(page, step):
    """Go to a step, counted from 1."""
    return page.press("g").press(*f"step {step}", ENTER)


@pytest.fixture(autouse=True)
def _nothing_went_wrong(browser):
    yield
    assert browser.complaints() == []
    assert browser.requests() == []


def test_it_opens_at_the_first_step(two):
    assert two.text("h1") == "Mutated or copied?"
    assert two.text("#where") == "step 1 of 65"
    assert "numerical_gradient" in two.text("#source-title")
    assert "Both are runs of the same net." in two.text("#notes")


def test_keys_step_forwards_and_back(two):
    assert two.press(RIGHT, "n", RIGHT).text("#where").startswith("step 4 of 65")
    assert two.press(LEFT, "p").text("#where").startswith("step 2 of 65")
    assert two.press(END).text("#where").startswith("step 65 of 65")
    assert two.press(HOME).text("#where").startswith("step 1 of 65")


def test_the_line_that_ran_is_marked_and_in_sight(two):
    two.press(END)
    line = two.js(
        "const row = document.querySelector('[aria-current=step]'), pane = row.closest('.scroll');"
        "const [a, b] = [row, pane].map(e => e.getBoundingClientRect());"
        "return [row.innerText.trim(), a.top >= b.top && a.bottom <= b.bottom]"
    )
    assert line[0].startswith(">")
    assert "return grad" in line[0]
    assert line[1]
    assert len(two.driver.find_elements("css selector", "[aria-current]")) == 1


def test_the_end_of_the_run_is_said(two):
    assert "end of the run" in two.press(LEFT).text("#notice")
    assert two.press(RIGHT).text("#notice") == ""


def test_iterations_keep_to_the_same_line(two):
    two.press("g").press(*"0, 1", ENTER)
    assert (
        two.text("#where")
        == f"step {RUN.iteration_start(1) + 1} of 65 · iteration 2 of 6 · idx (0, 1)"
    )
    two.press(RIGHT, RIGHT, RIGHT)
    line = two.text("[aria-current]")
    assert two.press(DOWN).text("#where").endswith("iteration 3 of 6 · idx (0, 2)")
    assert two.text("[aria-current]") == line
    assert two.press("k").text("#where").endswith("idx (0, 1)")


def test_what_cannot_be_gone_to_is_said_and_asked_again(two):
    two.press("g").press(*"5, 5", ENTER)
    assert two.text("#ask-problem") == "This run perturbs no element (5, 5)."
    two.js("document.getElementById('answer').value = ''")
    two.press(*"3", ENTER)
    assert two.text("#ask-problem") == "An idx of this run has 2 numbers, like (0, 0)."
    two.js("document.getElementById('answer').value = ''")
    two.press(*"step 66", ENTER)
    assert two.text("#ask-problem") == "Write the number of the step, from 1 to 65."
    two.js("document.getElementById('answer').value = ''")
    two.press(*"step 29", ENTER)
    assert two.text("#where").startswith("step 29 of 65")
    assert not two.js("return document.getElementById('ask').open")


def test_values_are_those_of_the_run(two):
    go(two, MOVED_DOWN)
    state = RUN.state(MOVED_DOWN - 1)
    assert str(state.names["fxh1"]) in two.text("#values")
    fresh = f"x[0, 2] {state.names['x'][0, 2]}"
    assert fresh in two.text("#values .array-name").replace("> x[", "x[").replace(">x[", "x[")
    assert two.text("#values .numbers .marked").strip() == f"{state.names['x'][0, 2]:.4f}"
    assert "moved: " in two.whole("#values .numbers .marked")


def test_figures_that_are_compared_are_parted_at_the_digit_and_told_by_their_difference(two):
    go(two, BOTH_KNOWN)
    fxh1, fxh2 = (RUN.state(BOTH_KNOWN - 1).names[name] for name in ("fxh1", "fxh2"))
    assert f"{fxh1 - fxh2:.3e}" in two.text(".pair")
    marks = [e.text for e in two.driver.find_elements("css selector", ".pair .differs")]
    at = next(i for i, (a, b) in enumerate(zip(str(fxh1), str(fxh2), strict=False)) if a != b)
    assert marks == [str(fxh1)[at], str(fxh2)[at]]


def test_what_is_not_computed_yet_is_blank(two):
    go(two, MOVED_DOWN)
    rows = two.whole(".pair").replace("\n", "")
    assert rows.count("not computed yet") == 2
    assert "not computed yet" not in two.text(".pair")


def test_what_happened_is_told(two):
    go(two, given.place(RUN, 2, "x[idx]"))
    happened = two.text("#happened")
    assert "x[idx] = tmp_val + h" in happened
    assert "x[0, 2]" in happened
    assert "net.W: the same memory, so changed as well" in happened
    two.press(RIGHT)
    assert "f gave" in two.text("#happened")


def test_names_reach_their_buffers_by_arrows(two):
    go(two, given.place(RUN, 2, "x[idx]"))
    shared = two.js(
        "return [...document.querySelectorAll('#memory .buffer')].map(b => "
        "[[...b.querySelectorAll('.names li')].map(n => n.innerText), "
        " b.querySelectorAll('.wire').length, b.querySelector('.cells').innerText])"
    )
    assert shared[0] == [["x", "net.W"], 2, "2x3 float64"]
    assert ["grad"] in [names for names, _, _ in shared]
    assert "written [0, 2]" in two.text("#memory")
    wires = two.js(
        "const box = e => e.getBoundingClientRect();"
        "const b = document.querySelector('#memory .buffer'), s = box(b.querySelector('svg'));"
        "return [box(b.querySelector('.names')).right <= s.left + 1,"
        " s.right <= box(b.querySelector('.cells')).left + 3, s.height]"
    )
    assert wires[:2] == [True, True]


def test_two_runs_stand_side_by_side_in_lockstep(two):
    go(two, BOTH_KNOWN)
    assert two.text("#values-title") == "x is net.W"
    assert two.text("#values-beside-title") == "x is a copy"
    assert two.js("return document.getElementById('compare').ariaPressed") == "true"
    assert "the same digits" in two.text("#values-beside")
    assert "the same digits" not in two.text("#values")
    before = two.text("#values-beside")
    two.press(DOWN)
    assert two.text("#values-beside") != before
    assert two.press("c").js("return document.querySelector('.values.beside').hidden")


def test_where_two_runs_part_is_one_key_away(two):
    two.press("d")
    two.until("document.getElementById('notice').textContent.includes('part')")
    assert two.text("#notice") == "Here the two runs part for the first time."
    assert two.text("#where") == f"step {FIRST_CALL} of 65 · iteration 1 of 6 · idx (0, 0)"
    assert "fxh1" in two.text("[aria-current]")


def test_f_is_stepped_into_where_it_was_saved(two):
    go(two, FIRST_CALL).press("s")
    assert "inside <lambda>" in two.text("#where")
    assert two.text("#into span") == "out of f"
    two.press(RIGHT)
    assert two.text("#source-title") == "loss"
    assert two.press("s").text("#where").startswith(f"step {FIRST_CALL} of 65")


def test_where_it_was_not_saved_the_reason_is_said(two):
    go(two, BOTH_KNOWN).press("s")
    assert two.text("#notice") == (
        f"Only the calls around step {FIRST_CALL} were saved with this run: go there to step in."
    )
    assert two.press(HOME, "s").text("#notice").startswith("No call of f on this line")


def test_another_run_is_chosen_and_the_place_in_the_first_is_kept(two):
    two.press(RIGHT, RIGHT)
    chosen = "const s = document.getElementById('runs'); s.value = arguments[0];"
    change = "s.dispatchEvent(new Event('change'))"
    two.js(chosen + change, "1")
    assert two.text("#values-title") == "x is a copy"
    assert two.text("#where").startswith("step 1 of 65")
    two.js(chosen + change, "0")
    assert two.text("#where").startswith("step 3 of 65")


def test_buttons_do_what_keys_do(two):
    assert two.click("[data-do=forward]").text("#where").startswith("step 2 ")
    assert two.click("[data-do=next]").text("#where").endswith("iteration 1 of 6 · idx (0, 0)")
    assert two.click("[data-do=end]").text("#where").startswith("step 65 ")
    two.click("[data-do=help]")
    assert two.js("return document.getElementById('help').open")
    two.press(ESCAPE)
    assert not two.js("return document.getElementById('help').open")


def test_a_click_on_a_line_goes_to_where_it_ran(two):
    two.click(".listing [data-line='37'] code")
    assert two.text("[aria-current] .lineno") == "37"


def test_it_plays_and_pauses(two):
    two.press(" ")
    assert two.text("#play span") == "pause"
    two.until("Number(document.getElementById('slider').value) > 1")
    assert two.press(" ").text("#play span") == "play"


def test_the_slider_goes_to_a_step(two):
    script = "const s = document.getElementById('slider'); s.value = 40;"
    two.js(script + "s.dispatchEvent(new Event('input'))")
    two.drawn()
    assert two.text("#where").startswith("step 41 of 65")
    assert two.js("return document.getElementById('slider').ariaValueText").startswith("step 41 of")


def test_a_larger_array_is_a_map_with_its_place_scale_and_the_element_in_a_ring(browser, files):
    run = given.wide().runs[0].steps
    step = given.place(run, 60, "fxh1")
    browser.go(files["wide"], f"#step={step}")
    caption = browser.text("#values figcaption")
    assert "of 60, all 20 columns" in caption
    assert len(browser.driver.find_elements("css selector", "#values .map .ring")) == 1
    label = browser.js("return document.querySelector('.map svg').getAttribute('aria-label')")
    assert label.startswith("heatmap of x, rows ")
    fields = browser.js(
        "return [...document.querySelectorAll('.map svg:not(.legend) path')].map(p => "
        "[p.className.baseVal, p.getAttribute('d').split('M').length - 1])"
    )
    x = run.state(step - 1).names["x"].to_numpy()
    first = int(caption.split()[1])
    rows = x[first : int(caption.split()[3]) + 1]
    maps = fields[: next(i for i, (name, _) in enumerate(fields) if name == "sign") + 1]
    assert sum(n for name, n in maps if name.endswith("cold")) == (rows < 0).sum()
    assert dict(maps)["sign"] == (rows < 0).sum()


def test_nothing_recorded_is_said(browser, files):
    browser.go(files["nothing"])
    assert browser.text("#happened").startswith("empty: nothing was recorded")
    for key in (RIGHT, "g", "s", "c", DOWN, "b", "w", " ", "."):
        assert browser.press(key).text("#notice").startswith("Nothing was recorded in this run")


def test_printed_text_stands_beside_its_step(browser, files):
    browser.go(files["hostile"], "#step=2")
    assert browser.text(".printed").endswith("and more")


# --- looking for a step --------------------------------------------------------------------------


def test_it_runs_to_where_a_comparison_becomes_true(browser, files):
    browser.go(files["two"], "#run=2")
    browser.press("b").press(*"fxh1 == fxh2", ENTER)
    browser.until("document.getElementById('notice').textContent.startsWith('Here')")
    assert browser.text("#where") == "step 10 of 65 · iteration 1 of 6 · idx (0, 0)"
    browser.press(".")
    browser.until("document.getElementById('where').textContent.includes('idx (0, 1)')")
    browser.press(",")
    browser.until("document.getElementById('where').textContent.includes('idx (0, 0)')")
    browser.press(",")
    browser.until("document.getElementById('notice').textContent.startsWith('There is nothing')")
    assert browser.text("#notice") == "There is nothing before here: fxh1 == fxh2"


@pytest.mark.parametrize(
    ("text", "step"),
    [("x[0, 2] < 0.6404", MOVED_DOWN), ("next write of net.W", 7), ("fxh2 > fxh1", None)],
)
def test_it_runs_to_what_is_asked_for(two, text, step):
    two.press("b").press(*text, ENTER)
    two.until("document.getElementById('notice').textContent")
    if step is None:
        where = first_where(RUN, Condition(text), 0)
        step = 1 if where is None else where + 1
    assert two.text("#where").startswith(f"step {step} ")


def test_who_wrote_an_element_is_told(two):
    go(two, BOTH_KNOWN).press("w")
    assert two.js("return document.getElementById('answer').value") == "x[0, 2]"
    two.press(ENTER)
    two.until("document.getElementById('notice').textContent.startsWith('Here')")
    found = last_write(RUN, "x", (0, 2), BOTH_KNOWN - 1)
    assert two.text("#where").startswith(f"step {found + 1} ")


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        (
            "b",
            "fxh1",
            "A place is written like fxh1 == fxh2, x[0, 1] > 0, next write of x, or NaN.",
        ),
        ("b", "loss == 1", "The run has no name loss. It has "),
        ("w", "loss", "loss is no array here. There are "),
        ("w", "x[9, 9]", "x has the shape (2, 3) and no element [9, 9]."),
    ],
)
def test_what_cannot_be_looked_for_is_said(two, key, text, said):
    go(two, BOTH_KNOWN).press(key).press(*text, ENTER)
    assert two.text("#ask-problem").startswith(said)


# --- links ---------------------------------------------------------------------------------------


def test_it_opens_at_the_step_that_the_address_names(browser, files):
    assert browser.go(files["two"], "#step=29").text("#where").startswith("step 29 of 65")
    browser.go(files["two"], "#run=2&step=30")
    assert browser.text("#values-title") == "x is a copy"
    browser.go(files["two"], f"#run=1&with=2&step={FIRST_CALL}&into=3")
    assert browser.text("#where").startswith("step 3 of ")
    assert "inside" in browser.text("#where")
    assert browser.text("#values-beside-title") == "x is a copy"


def test_the_address_follows_and_is_followed(two):
    length = two.js("return history.length")
    two.press(RIGHT, RIGHT)
    assert two.until("location.hash.includes('step=3') && location.hash") == "#run=1&with=2&step=3"
    assert two.js("return history.length") == length
    two.js("location.hash = '#run=1&step=29'")
    two.until("document.getElementById('where').textContent.startsWith('step 29 ')")
    assert two.js("return document.querySelector('.values.beside').hidden")


@pytest.mark.parametrize(
    "link", ["#step=0", "#step=9999", "#step=x", "#run=7", "#with=1", "#into=9"]
)
def test_an_address_that_names_nothing_is_no_harm(browser, files, link):
    browser.go(files["two"], link)
    assert browser.text("#where").startswith("step ")


# --- hostile texts -------------------------------------------------------------------------------


def test_texts_of_the_learner_stay_texts(browser, files):
    browser.go(files["hostile"])
    for key in (RIGHT, RIGHT, RIGHT, RIGHT, "c"):
        browser.press(key)
    assert browser.js("return document.title") == given.HOSTILE
    assert browser.text("h1") == given.HOSTILE
    assert browser.js("return document.querySelectorAll('img').length") == 0
    assert browser.js("return document.querySelectorAll('script').length") == 2
    for place in ("#happened", "#notes", "#source", "#values-title"):
        assert "onerror=" in browser.text(place), place
    assert "<b>&amp;" in browser.text("#source")


def test_it_works_in_a_frame_that_may_do_nothing_but_run_it(browser, files, tmp_path):
    """A notebook shows the page so: no address, no storage, no forms."""
    import html

    inside = html.escape(files["two"].read_text("utf-8"))
    outside = tmp_path / "notebook.html"
    outside.write_text(
        f"<!doctype html><title>x</title><iframe sandbox=allow-scripts srcdoc='{inside}' "
        "style='width:900px;height:640px'></iframe>".replace("srcdoc='", 'srcdoc="').replace(
            "' style", '" style'
        ),
        "utf-8",
    )
    browser.driver.get(outside.as_uri())
    browser.forget()
    browser.driver.switch_to.frame(0)
    try:
        browser.wait("await gradtutor.player")
        browser.click("[data-do=forward]")
        assert browser.text("#where").startswith("step 2 of 65")
        go(browser, 29)
        assert browser.text("#where").startswith("step 29 of 65")
        browser.press("t")
        browser.wait("await new Promise(r => setTimeout(r, 300))")
    finally:
        browser.driver.switch_to.default_content()


def test_the_theme_is_turned_and_kept(two):
    assert two.press("t").js("return document.documentElement.dataset.theme") == "light"
    assert two.press("t").js("return document.documentElement.dataset.theme") == "dark"
    assert "colours: dark" in two.text("#theme")
    assert json.loads(two.js("return JSON.stringify(localStorage)")) == {"gradtutor-theme": "dark"}
    two.js("localStorage.clear()")
