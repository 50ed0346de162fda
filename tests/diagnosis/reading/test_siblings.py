"""The modules that a submission imports, found where Python finds them."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tests.diagnosis.conftest import SOFTMAX, Writer, notebook, submitted
from tutor.diagnosis.place import Place
from tutor.diagnosis.reading.shelf import Memory
from tutor.diagnosis.submission import Submission, read_data, read_submission


def read(files: dict[str, str], main: str) -> Submission:
    shelf = Memory({PurePosixPath(name): text.encode() for name, text in files.items()})
    return read_data(files[main].encode(), main, main, shelf, PurePosixPath(main))


def names(submission: Submission) -> dict[str, str]:
    return {module.name: module.filename for module in submission.siblings}


def test_a_package_one_folder_up_as_in_the_book(write: Writer) -> None:
    write("common/__init__.py", "")
    write("common/functions.py", SOFTMAX)
    write("common/layers.py", "from common.functions import *\n\n\nclass Relu:\n    pass\n")
    write("common/optimizer.py", "class SGD:\n    pass\n")
    write("secret.py", "x = 1\n")
    text = (
        "import sys, os\nsys.path.append(os.pardir)\nimport numpy as np\n"
        "from common.layers import Relu\n\n\ndef f(x):\n    from common import functions\n"
    )
    submission = read_submission(write("ch05/net.py", text))
    assert names(submission) == {
        "common": "common/__init__.py",
        "common.layers": "common/layers.py",
        "common.functions": "common/functions.py",
    }
    assert submission.place("common.layers", 4) == Place("common/layers.py", 4)
    with pytest.raises(KeyError):
        submission.place("common.optimizer", 1)


def test_a_file_beside_it(write: Writer) -> None:
    write("functions.py", SOFTMAX)
    write("unused.py", "x = 1\n")
    submission = read_submission(write("net.ipynb", notebook("from functions import softmax")))
    assert names(submission) == {"functions": "functions.py"}
    assert submission.modules[1].source == SOFTMAX


def test_a_package_without_a_file_of_its_own() -> None:
    files = {"ch04/net.py": "from common.functions import *\n", "common/functions.py": SOFTMAX}
    found = read(files, "ch04/net.py")
    assert names(found) == {
        "common": "common/__init__.py",
        "common.functions": "common/functions.py",
    }
    assert found.siblings[0].package
    assert found.siblings[0].source == ""


def test_two_folders_up_but_not_three() -> None:
    text = "from functions import *\n"
    assert names(read({"a/b/net.py": text, "functions.py": SOFTMAX}, "a/b/net.py"))
    assert not names(read({"a/b/c/net.py": text, "functions.py": SOFTMAX}, "a/b/c/net.py"))


def test_the_nearest_is_taken() -> None:
    files = {"a/net.py": "import f\n", "a/f.py": "x = abs(1)\n", "f.py": "x = abs(2)\n"}
    assert read(files, "a/net.py").siblings[0].source == "x = abs(1)\n"


def test_relative_imports_name_the_package() -> None:
    files = {
        "hw/net.py": "from .layers import Relu\nfrom . import tools\n",
        "hw/layers.py": "from .functions import softmax\nclass Relu: pass\n",
        "hw/functions.py": SOFTMAX,
        "hw/tools.py": "import numpy\n",
    }
    found = read(files, "hw/net.py")
    assert found.main.name == "hw.net"
    assert set(names(found)) == {"hw", "hw.layers", "hw.functions", "hw.tools"}


def test_relative_imports_across_folders_and_above_everything() -> None:
    files = {"a/b/net.py": "from ..common.f import *\n", "a/common/f.py": SOFTMAX}
    found = read(files, "a/b/net.py")
    assert found.main.name == "a.b.net"
    assert "a.common.f" in names(found)
    found = read({"net.py": "from ...x import y\n", "x.py": SOFTMAX}, "net.py")
    assert names(found) == {}


def test_a_folder_that_the_student_has_added() -> None:
    files = {"net.py": "import sys\nsys.path.insert(0, './src/lib')\nimport f\n"}
    assert names(read({**files, "src/lib/f.py": SOFTMAX}, "net.py")) == {"f": "src/lib/f.py"}


@pytest.mark.parametrize("folder", ["/etc", "../..", "C:\\x", "~"])
def test_a_folder_outside_is_not_looked_at(folder: str) -> None:
    text = f"import sys\nsys.path.append({folder!r})\nimport passwd\n"
    assert names(read({"a/net.py": text}, "a/net.py")) == {}


def test_modules_that_import_each_other_end() -> None:
    files = {"net.py": "import a\n", "a.py": "import b, net\n", "b.py": "import a\n"}
    assert set(names(read(files, "net.py"))) == {"a", "b"}


def test_one_file_under_two_names() -> None:
    files = {
        "common/net.py": "from common.f import softmax\nimport f\n",
        "common/f.py": SOFTMAX,
    }
    assert {"common.f", "f"} <= set(names(read(files, "common/net.py")))


def test_numpy_is_never_a_sibling() -> None:
    assert names(read({"net.py": "import numpy as np\n", "numpy.py": "x = 1\n"}, "net.py")) == {}


def test_a_broken_sibling_is_left_out_and_said() -> None:
    found = read({"net.py": "import f\nimport g\n", "f.py": "def\n", "g.py": SOFTMAX}, "net.py")
    assert set(names(found)) == {"g"}
    assert found.notes[0].startswith("f.py, line 1 is not Python")


def test_an_import_in_a_docstring_is_none() -> None:
    found = read({"net.py": '"""\nimport f\n"""\nx = abs(1)\n', "f.py": SOFTMAX}, "net.py")
    assert names(found) == {}


def test_run_of_another_file_is_an_import(write: Writer) -> None:
    write("functions.py", SOFTMAX)
    submission = read_submission(write("a.ipynb", notebook("%run functions.py\nsoftmax(1)")))
    assert "functions" in names(submission)


def test_a_link_to_a_module_is_not_followed(write: Writer) -> None:
    target = write("elsewhere/secret.py", SOFTMAX)
    write("elsewhere/__init__.py", SOFTMAX)
    path = write("deep/hw/net.py", "import secret\nfrom common import f\n")
    (path.parent / "secret.py").symlink_to(target)
    (path.parent / "common").symlink_to(target.parent, target_is_directory=True)
    submission = read_submission(path)
    assert names(submission) == {}
    assert submission.notes == ()


def test_in_a_folder_nothing_above_it_is_seen(write: Writer) -> None:
    write("functions.py", SOFTMAX)
    path = write("hw/net.py", "from functions import *\n")
    assert names(submitted(path.parent)["net.py"]) == {}
    assert names(read_submission(path)) == {"functions": "functions.py"}
