"""Exceptions that the student's own code raises in its own use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import get_close_matches

import numpy as np

from tutor.diagnosis.findings import Evidence, Left, Repair
from tutor.diagnosis.uses.call import Place
from tutor.diagnosis.uses.redefined import gradients_left
from tutor.diagnosis.uses.run import Failure, Run
from tutor.diagnosis.uses.text import MODULE, Text, called
from tutor.diagnosis.uses.use import Case, Use, error

_MISSING = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
_NAMELESS = re.compile(r"name '(\w+)' is not defined|has no attribute '(\w+)'")
_OURS = re.compile(r"Anything|StandIn|__few__|__again__")
_STUDENTS = ("AttributeError", "NameError", "TypeError", "ValueError", "IndexError", "KeyError")
_CLOSE = 0.7


def find_failures(case: Case) -> Iterator[Use]:
    """Yield what the file's first own exception comes from."""
    if not case.loaded.get("failures") and not case.driven:
        return
    for failure in _own(case.run)[:1]:
        found = list(_axis(case, failure)) or list(_misspelt(case, failure))
        yield from found


def find_crashes(case: Case) -> Iterator[Use]:
    """Yield the first exception of the file that nothing else explains."""
    if case.loaded.get("missing") or case.run.cut:
        return
    if any("Import" in f.kind or "ModuleNotFound" in f.kind for f in case.run.failures):
        return
    for failure in _own(case.run)[:1]:
        yield from _crash(case, failure)


def _own(run: Run) -> list[Failure]:
    """Return the failures that neither a stand-in nor a loop cut short can have caused."""
    if run.failures and (run.failures[0].kind not in (*_STUDENTS, "AxisError")):
        return [f for f in run.failures[:1] if f.kind == "NotImplementedError"]
    return [f for f in run.failures if f.chain and not _OURS.search(f.text)]


def _place(failure: Failure) -> Place:
    return failure.chain[0]


def _without(case: Case, failure: Failure, text: Text, source: str) -> Run | None:
    """Run the changed file; None if it still fails in this way."""
    after = case.changed({text.name: source})
    same = [f for f in after.failures if (f.kind, f.text) == (failure.kind, failure.text)]
    return None if same or len(after.failures) >= len(case.run.failures) else after


# -- axes -----------------------------------------------------------------------------------------


def _axis(case: Case, failure: Failure) -> Iterator[Use]:
    """Yield an argmax over the axis 1 of labels.

    It is an error where only the judge hands labels over as well: it does so only to a net whose
    loss and gradient take them, and such a net claims to be fit for both kinds of targets.
    """
    place = _place(failure)
    text = case.texts[place.module]
    statement = text.statement(place.line)
    if failure.kind != "AxisError" or statement is None:
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and called(node) == "argmax" and node.args:
            labels = text.piece(node.args[0])
            either = f"({text.piece(node)} if {labels}.ndim > 1 else {labels})"
            mended = (
                new
                for new in (labels, either)
                if _without(case, failure, text, text.with_piece(node, new)) is not None
            )
            new = next(mended, "")
            if new:
                evidence = Evidence("dimensions of the targets", 1, 1)
                told = Evidence("what argmax over axis 1 gives", failure.kind, _told(failure))
                line = ast.unparse(statement).replace(ast.unparse(node), new)
                repair = Repair(True, None, line)
                proved = error("accuracy-axis", evidence, told)
                yield case.at(place.module, place.line, proved, repair)
                return


# -- spelling -------------------------------------------------------------------------------------


def _misspelt(case: Case, failure: Failure) -> Iterator[Use]:
    """Yield a method defined under a name that is a letter or two from the one that is called."""
    wanted = _method_wanted(case, failure)
    if not wanted:
        return
    for text in case.texts.values():
        methods = [(name, node) for name, node in text.owners() if "." in name]
        near = get_close_matches(wanted, {n.name for _, n in methods}, n=3, cutoff=_CLOSE)
        for name, node in methods:
            if node.name not in near or node.name == wanted:
                continue
            lines = text.source.split("\n")
            line = lines[node.lineno - 1]
            lines[node.lineno - 1] = line.replace(f"def {node.name}", f"def {wanted}")
            if _without(case, failure, text, "\n".join(lines)) is not None:
                evidence = Evidence(f"methods called {wanted}", 0, 0)
                told = Evidence("what calling it gives", failure.kind, _told(failure))
                left = gradients_left(case, text.name, "\n".join(lines))
                repair = Repair(True, left, lines[node.lineno - 1].strip(), Left.NET)
                proved = error("misspelt-method", evidence, told)
                yield case.at(text.name, node.lineno, proved, repair, name)
                return
    yield from _misspelt_call(case, failure, wanted)


def _misspelt_call(case: Case, failure: Failure, wanted: str) -> Iterator[Use]:
    """Yield a call of a method that is a letter or two from one that is defined."""
    place = _place(failure)
    text = case.texts[place.module]
    names = {node.name for t in case.texts.values() for _, node in t.owners()}
    statement = text.statement(place.line)
    for near in get_close_matches(wanted, names - {wanted}, n=3, cutoff=_CLOSE):
        for node in ast.walk(statement or ast.Pass()):
            if not isinstance(node, ast.Call) or called(node) != wanted:
                continue
            new = re.sub(rf"\b{wanted}$", near, text.piece(node.func))
            source = text.with_piece(node.func, new)
            if _without(case, failure, text, source) is not None:
                evidence = Evidence(f"methods called {wanted}", 0, 0)
                repair = Repair(True, gradients_left(case, text.name, source), new, Left.NET)
                proved = error("misspelt-method", evidence)
                yield case.at(place.module, place.line, proved, repair)
                return


def _method_wanted(case: Case, failure: Failure) -> str:
    """Return the method that was called and is not there, or only as a promise."""
    place = _place(failure)
    if failure.kind == "NotImplementedError":
        return place.function.rpartition(".")[2]
    found = _MISSING.search(failure.text)
    if failure.kind != "AttributeError" or found is None:
        return ""
    statement = case.texts[place.module].statement(place.line)
    calls = [n for n in ast.walk(statement or ast.Pass()) if isinstance(n, ast.Call)]
    return found[2] if any(called(n) == found[2] for n in calls) else ""


# -- the rest -------------------------------------------------------------------------------------


def _crash(case: Case, failure: Failure) -> Iterator[Use]:
    """Yield a failure that the nearest name mends, or that no part of the file is to blame for."""
    place = _place(failure)
    if failure.kind not in _STUDENTS:
        return
    text = case.texts[place.module]
    proved = error("crash", Evidence("what the line gives", failure.kind, _told(failure)))
    found = _NAMELESS.search(failure.text)
    missing = next((name for name in found.groups() if name), "") if found else ""
    for new, line in _nearest(text, place, missing):
        if _without(case, failure, text, new) is not None:
            repair = Repair(True, gradients_left(case, text.name, new), line, Left.NET)
            yield case.at(place.module, place.line, proved, repair)
            return
    if not case.loaded.get("failures"):
        return  # only a call of the judge's own raised it
    judged = {part.definition.name for part in case.parts}
    if place.function != MODULE and place.function.partition(".")[0] not in judged:
        yield case.at(place.module, place.line, proved)


def _nearest(text: Text, place: Place, missing: str) -> Iterator[tuple[str, str]]:
    """Yield the source, and the line, with names of the file in place of one that is missing."""
    if not missing:
        return
    nodes = list(text.nodes)
    names = {n.id for n in nodes if isinstance(n, ast.Name)}
    names |= {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    names |= {name for name in (*dir(np), *dir(np.ndarray)) if not name.startswith("_")}
    folded = {name.lower(): name for name in sorted(names - {missing})}
    near = get_close_matches(missing.lower(), folded, n=3, cutoff=_CLOSE)
    lines = text.source.split("\n")
    if not 0 < place.line <= len(lines):
        return
    old = lines[place.line - 1]
    for name in near:
        new = re.sub(rf"\b{missing}\b", folded[name], old)
        changed = "\n".join([*lines[: place.line - 1], new, *lines[place.line :]])
        yield changed, new.strip()


def _told(failure: Failure) -> str:
    return f"{failure.kind}: {failure.text}".removesuffix(": ")
