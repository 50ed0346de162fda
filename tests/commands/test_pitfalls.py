"""`gradtutor pitfalls`."""

from click.testing import CliRunner, Result

from tutor.cli import main
from tutor.pitfalls import CATALOGUE


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["pitfalls", *words], prog_name="gradtutor")


def test_all_are_listed() -> None:
    result = call()
    assert result.exit_code == 0
    assert all(slug in result.stdout for slug in CATALOGUE)


def test_one_is_shown_with_its_figure() -> None:
    result = call("softmax-whole-batch")
    assert result.exit_code == 0
    assert "Predicted: (N - 1) / N / K." in result.stdout


def test_an_unknown_one_gets_the_nearest_and_2() -> None:
    result = call("softmax-whole-bach")
    assert result.exit_code == 2
    assert "softmax-whole-batch" in result.stderr
    assert result.stdout == ""
