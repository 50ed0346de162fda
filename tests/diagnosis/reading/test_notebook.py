"""A notebook becomes one source in which every line knows its cell."""

from __future__ import annotations

import codecs
import json
import time

import pytest

from tests.diagnosis.conftest import SOFTMAX, Writer, code_cell, notebook, printed, text_cell
from tutor.diagnosis.place import Place
from tutor.diagnosis.submission import Submission, read_submission, read_text
from tutor.diagnosis.unreadable import Kind, Unreadable


def line_of(submission: Submission, text: str) -> Place:
    """Return the place of the one line that holds a text."""
    lines = submission.main.source.split("\n")
    (number,) = [at for at, line in enumerate(lines, 1) if text in line]
    return submission.place(submission.main.name, number)


def test_a_finding_names_the_code_cell_and_the_line_in_it(write: Writer) -> None:
    path = write("report3.ipynb", notebook(text_cell("# Report"), "import numpy as np", SOFTMAX))
    submission = read_submission(path)
    assert str(line_of(submission, "return e")) == "report3.ipynb, cell 2, line 6"


def test_an_empty_code_cell_is_counted(write: Writer) -> None:
    submission = read_submission(write("a.ipynb", notebook("x = abs(1)", "", "y = abs(2)")))
    assert line_of(submission, "y =") == Place("a.ipynb", 1, 3)


def test_nbformat_3_is_read() -> None:
    old = {
        "metadata": {"name": ""},
        "nbformat": 3,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 1, "source": ["Title"]},
                    {
                        "cell_type": "code",
                        "input": ["def f(x):\n", "    return x**2\n", "f(3)"],
                        "language": "python",
                        "outputs": [
                            {"output_type": "pyout", "prompt_number": 1, "text": ["9"]},
                            {"output_type": "stream", "stream": "stdout", "text": "loss 2.3\n"},
                            {"output_type": "pyerr", "ename": "ValueError", "evalue": "no",
                             "traceback": ["\x1b[0;31mValueError\x1b[0m: no"]},
                        ],
                    },
                ]
            }
        ],
    }  # fmt: skip
    submission = read_text(json.dumps(old), "old.ipynb")
    assert line_of(submission, "return") == Place("old.ipynb", 2, 1)
    assert [output.text for output in submission.outputs] == ["9", "loss 2.3\n", "ValueError: no"]
    assert {output.cell for output in submission.outputs} == {1}


def test_saved_output_is_kept_with_its_cell() -> None:
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": ["array([1., 2.])"], "image/png": "AAAA"},
    }
    text = notebook("import numpy", code_cell("print(1)", printed("b2:1.4e-07\n"), result))
    outputs = read_text(text, "a.ipynb").outputs
    assert [(one.cell, one.text) for one in outputs] == [
        (2, "b2:1.4e-07\n"),
        (2, "array([1., 2.])"),
    ]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: codecs.BOM_UTF32_BE + text.encode("utf-32-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
    ],
)
def test_byte_order_marks_and_wide_encodings(encode: object, write: Writer) -> None:
    text = json.dumps(json.loads(notebook("name = abs(1)  # 誤差")), indent=1, ensure_ascii=False)
    submission = read_submission(write("a.ipynb", encode(text)))  # type: ignore[operator]
    assert "# 誤差" in submission.main.source


def test_a_source_may_be_one_string_and_metadata_may_be_missing() -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": "def f(x):\r\n  return x"}]})
    submission = read_text(text, "a.ipynb")
    assert submission.main.source == "def f(x):\n  return x\n"


def test_one_bad_cell_is_left_out_by_name_and_the_others_are_read() -> None:
    submission = read_text(notebook(SOFTMAX, "x = 1\ny = = 2", "z = abs(3)"), "a.ipynb")
    assert "y =" not in submission.main.source
    assert line_of(submission, "z =") == Place("a.ipynb", 1, 3)
    (note,) = submission.notes
    assert note.startswith("a.ipynb, cell 2, line 2 is not Python, invalid syntax: `y = = 2`.")
    assert note.endswith("That cell is left out.")


@pytest.mark.parametrize("bad", ["return 3", "await f()", "s = '''open", "x = (1,", "if True:"])
def test_a_cell_that_cannot_stand_alone_swallows_no_other(bad: str) -> None:
    closing = "t = '''closed'''"
    submission = read_text(notebook(SOFTMAX, bad, closing, "z = abs(3)"), "a.ipynb")
    assert "z = abs(3)" in submission.main.source
    assert bad not in submission.main.source
    assert len(submission.notes) == 1


def test_a_string_that_opens_in_one_cell_and_closes_in_another_hides_nothing() -> None:
    text = notebook("a = '''x", SOFTMAX, "'''", "z = abs(3)")
    source = read_text(text, "a.ipynb").main.source
    assert "def softmax" in source
    assert "a = " not in source


def test_a_future_import_further_down_does_no_harm() -> None:
    text = notebook(SOFTMAX, "from __future__ import division\ny = abs(2)")
    submission = read_text(text, "a.ipynb")
    assert line_of(submission, "y = abs") == Place("a.ipynb", 2, 2)


def test_an_indented_cell_is_read_as_ipython_reads_it() -> None:
    assert "\ny = abs(2)" in read_text(notebook(SOFTMAX, "    y = abs(2)"), "a.ipynb").main.source


def test_a_written_module_can_be_imported() -> None:
    text = notebook("%%writefile layers.py\nclass Relu:\n    pass\n", "from layers import Relu")
    submission = read_text(text, "a.ipynb")
    module = submission.module("layers")
    assert module is not None
    assert "class Relu" in module.source
    assert module.place(2) == Place("a.ipynb", 2, 1)
    assert "class Relu" not in submission.main.source


def test_a_notebook_that_only_writes_a_file_is_about_that_file() -> None:
    text = notebook("%%writefile net.py\n" + SOFTMAX, "!python net.py")
    assert "def softmax" in read_text(text, "a.ipynb").main.source


def test_python_2_is_refused_if_the_notebook_says_so() -> None:
    cells = SOFTMAX, "print softmax(3)"
    with pytest.raises(Unreadable) as caught:
        read_text(notebook(*cells, language_info={"name": "python", "version": "2.7"}), "a.ipynb")
    assert caught.value.kind is Kind.PYTHON_2
    assert caught.value.place == Place("a.ipynb", 1, 2)
    assert len(read_text(notebook(*cells), "a.ipynb").notes) == 1


def test_another_language_is_refused() -> None:
    with pytest.raises(Unreadable, match="notebook in julia") as caught:
        read_text(notebook("f(x) = x^2", kernelspec={"language": "julia"}), "a.ipynb")
    assert caught.value.kind is Kind.NOT_PYTHON


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (notebook(SOFTMAX)[:-40], Kind.DAMAGED_NOTEBOOK),
        ('{"metadata": {},}', Kind.DAMAGED_NOTEBOOK),
        ('{"metadata": {}}', Kind.DAMAGED_NOTEBOOK),
        ("[1, 2]", Kind.DAMAGED_NOTEBOOK),
        ('{"cells": [' + "[" * 100_000, Kind.TOO_DEEP),
        ('{"cells": []}', Kind.NO_CODE),
        ('{"cells": {"a": 1}}', Kind.DAMAGED_NOTEBOOK),
        ('{"cells": [\n<<<<<<< HEAD\n 1\n=======\n 2\n>>>>>>> b\n]}', Kind.MERGE_MARKERS),
        ('{"cells": [1' + "0" * 5000 + "]}", Kind.DAMAGED_NOTEBOOK),
    ],
)
def test_a_damaged_notebook_is_a_sentence(text: str, kind: Kind) -> None:
    with pytest.raises(Unreadable) as caught:
        read_text(text, "a.ipynb")
    assert caught.value.kind is kind
    assert caught.value.sentence.endswith(".")


def test_a_truncated_notebook_says_where_it_ends() -> None:
    text = json.dumps(json.loads(notebook(SOFTMAX)), indent=1)
    cut = text[: text.index("softmax")]
    with pytest.raises(Unreadable, match=f"is cut off at line {cut.count(chr(10)) + 1}"):
        read_text(cut, "a.ipynb")


def test_pictures_do_not_count_towards_the_size() -> None:
    picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo" * 900_000}}
    submission = read_text(notebook(code_cell(SOFTMAX, picture)), "a.ipynb")
    assert "def softmax" in submission.main.source


def test_sixty_megabytes_are_refused_at_once() -> None:
    flood = printed("loss 0.1234567\n" * 4_000_000)
    text = notebook(code_cell(SOFTMAX, {**flood, "text": "loss 0.1234567\n" * 4_000_000}))
    begun = time.process_time()
    with pytest.raises(Unreadable, match="Clear the outputs") as caught:
        read_text(text, "a.ipynb")
    assert caught.value.kind is Kind.TOO_LARGE
    print(f"{len(text) / 1e6:.0f} MB refused in {time.process_time() - begun:.2f} s")


def test_half_characters_are_replaced() -> None:
    text = (
        notebook(SOFTMAX).replace("softmax", "softmax", 1).replace("import", "# \\ud83d\\nimport")
    )
    assert "def softmax" in read_text(text, "a.ipynb").main.source


def test_a_cell_that_is_no_python_is_blank_and_said() -> None:
    submission = read_text(notebook(SOFTMAX, "%%bash\npip list | grep x"), "a.ipynb")
    assert "pip" not in submission.main.source
    assert submission.notes == ("a.ipynb, cell 2 (%%bash) is left out.",)
