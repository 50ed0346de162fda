"""scene.py of a lesson: the real code that runs, loaded under a name of its own."""

from __future__ import annotations

import hashlib
import importlib.util
import linecache
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tutor.course.problem import LessonError, Problem


class _SceneLoader(SourceFileLoader):
    """Compiles the file as it stands: no cached bytecode is read, and none left in the folder."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


def load_scene(file: Path) -> ModuleType:
    """Run a scene.py and return it as a module.

    Its name is made from its path, so two lessons never meet, and its file is the real one, so
    the lines that ran can be shown.

    Raises
    ------
    LessonError
        If the file is missing or raises while it is loaded.
    """
    name = "_gradtutor_scene_" + hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:16]
    spec = importlib.util.spec_from_loader(name, _SceneLoader(name, str(file)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    linecache.checkcache(str(file))
    # Dataclasses look their module up while the class is made.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise LessonError([scene_problem(file, error)]) from error
    return module


def scene_function(module: ModuleType, file: Path, name: str) -> Callable[..., Any]:
    """Return a function of a scene.

    Raises
    ------
    LessonError
        If the scene has no such function.
    """
    function = getattr(module, name, None)
    if not callable(function):
        raise LessonError([Problem(file, None, f"The scene has no function `{name}`; write it.")])
    return function  # type: ignore[no-any-return]


def scene_problem(file: Path, error: BaseException) -> Problem:
    """Return what a scene raised, at the last line of the scene that was running."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return Problem(file, line, f"The scene raised {type(error).__name__}: {error}")
