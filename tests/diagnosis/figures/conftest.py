"""What was printed, handed in with code or without."""

from __future__ import annotations

from tests.diagnosis.conftest import notebook, printed
from tutor.diagnosis.figures import Remark, read_figures
from tutor.diagnosis.place import Module, Output
from tutor.diagnosis.submission import Submission, read_text

FIGURES_ALONE = "Only figures were handed in"


def pasted(text: str) -> Submission:
    """Hand in figures, no code."""
    return Submission(
        "pasted", "pasted", Module("pasted", "pasted", ""), (), (Output(None, text, 1),)
    )


def remarks(text: str) -> list[Remark]:
    """Read figures without code; the closing remark about that is held and left out."""
    found = read_figures(pasted(text))
    if found:
        assert found[-1].sentence.startswith(FIGURES_ALONE)
    return list(found[:-1])


def only(text: str) -> Remark:
    """Read figures that get exactly one remark."""
    found = remarks(text)
    assert len(found) == 1, found
    return found[0]


def session(text: str) -> list[Remark]:
    """Read a session at the prompt."""
    return list(read_figures(read_text(text)))


def cell(source: str, output: str) -> list[Remark]:
    """Read a notebook of one cell with its output."""
    built: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [printed(output)],
        "source": source.splitlines(keepends=True),
    }
    return list(read_figures(read_text(notebook(built), "a.ipynb")))
