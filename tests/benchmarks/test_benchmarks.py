"""The benchmarks run and say something; how fast anything is, is not asserted."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.benchmarks import table, timing
from tests.benchmarks.__main__ import main
from tests.benchmarks.timing import Round, Span


def test_a_quick_run_prints_every_row_of_the_recorder():
    result = CliRunner().invoke(main, ["--quick", "--only", "recorder", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    rows = {row["what"].strip(): row for row in found["sections"][0]["rows"]}
    assert {"total", "raw", "closed", "bdb, copies of locals"} <= set(rows)
    assert rows["SimpleNet 2x3, 5 calls: bare"]["how"] == "30 iterations"
    assert found["environment"]["numpy"]


def test_a_quick_seek_finds_every_state_as_it_was():
    result = CliRunner().invoke(main, ["--quick", "--only", "seek", "--json"])
    assert result.exit_code == 0, result.output
    rows = {row["what"]: row for row in json.loads(result.stdout)["sections"][0]["rows"]}
    assert rows["states equal to the real run's"]["value"] == 60
    assert rows["steps that settrace saw"]["met"]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["start", "keys"])
def test_a_quick_run_on_a_terminal_ends(name):
    result = CliRunner().invoke(main, ["--quick", "--only", name])
    assert result.exit_code == 0, result.output


def test_the_table_says_which_target_was_missed():
    rows = (
        table.Row("near", 1.04, "x", table.at_most(1.05)),
        table.Row("far", 30.0, "us", table.under(30)),
        table.Row("all", 90, "of 90", table.at_least(90)),
        table.Row("said only", 12345.6, "B"),
    )
    text = table.as_text([table.Section("Title", rows, "0.10")], ["head"])
    near, far, every, said = text.splitlines()[-4:]
    assert near.split() == ["near", "1.040", "x", "<=", "1.050", "yes"]
    assert far.split() == ["far", "30", "us", "<", "30", "NO"]
    assert every.split()[-1] == "yes"
    assert said.split() == ["said", "only", "12,346", "B"]


def test_a_ratio_is_taken_round_by_round():
    def one(before: float, part: float, after: float) -> Round:
        return Round(Span(before, 1), {timing.TOTAL: Span(part, 3)}, Span(after, 1))

    # The medians of all parts, 9, and of all bare runs, 4, would give 2.25.
    rounds = [one(1, 9, 1), one(2, 8, 6), one(10, 10, 10)]
    assert timing.ratio(rounds) == 2
    assert timing.ratio(rounds, which="cpu") == 3
    assert timing.bare_seconds(rounds) == 4


def test_a_percentile_is_one_of_the_values():
    values = list(range(1, 201))
    assert timing.percentile(values, 95) == 190
    assert timing.percentile([5.0], 95) == 5.0
