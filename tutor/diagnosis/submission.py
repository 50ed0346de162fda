"""What a student hands in, read: one module to judge, its siblings, and what was printed.

Nothing is run. A notebook, a pasted session and a Markdown text become one source of plain
Python each, in which every line knows its place.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from tutor.diagnosis.place import Module, Output, Place
from tutor.diagnosis.reading.chunks import Chunk, Draft, assemble, empty_or_refused, mend
from tutor.diagnosis.reading.decode import decode
from tutor.diagnosis.reading.grammar import LARGEST_CODE, fault, is_code, too_much
from tutor.diagnosis.reading.notebook import LARGEST, is_notebook, read_notebook
from tutor.diagnosis.reading.shelf import Disk, Shelf, printable, read_file, too_large
from tutor.diagnosis.reading.siblings import find_siblings, module_name
from tutor.diagnosis.unreadable import Kind, Unreadable

STANDARD_INPUT: Final = "standard input"

_HTML: Final = re.compile(
    r"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|\?xml)\b", re.I | re.S
)


@dataclass(frozen=True)
class Submission:
    """One hand-in.

    Attributes
    ----------
    name : str
        As a report shows it: the file within the folder that was given, or the folder.
    path : str
        Where it was found, fit to be printed.
    main : Module
        What is judged. Its source is empty if only figures were handed in.
    siblings : tuple of Module
        What it imports, and what that imports, as far as it is there.
    outputs : tuple of Output
        What was printed when the student ran it.
    notes : tuple of str
        What was skipped, mended or assumed: sentences.
    """

    name: str
    path: str
    main: Module
    siblings: tuple[Module, ...] = ()
    outputs: tuple[Output, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def modules(self) -> tuple[Module, ...]:
        """The main module and its siblings."""
        return (self.main, *self.siblings)

    @property
    def has_code(self) -> bool:
        """Whether there is code, not figures alone."""
        return bool(self.main.source)

    def module(self, name: str) -> Module | None:
        """Return the module of a name, or None."""
        return next((module for module in self.modules if module.name == name), None)

    def place(self, module_name: str, line: int) -> Place:
        """Return where a line of a module was handed in.

        Raises
        ------
        KeyError
            If there is no such module.
        """
        module = self.module(module_name)
        if module is None:
            raise KeyError(module_name)
        return module.place(line)


def read_submission(path: str | os.PathLike[str]) -> Submission:
    """Read one file, with the modules it imports from its folder and the one above.

    Raises
    ------
    Unreadable
        With the kind, a sentence and the place.
    """
    file = Path(path)
    shown = printable(str(path))
    name = printable(file.name)
    try:
        data = read_file(file, LARGEST, name)
        # An absolute path without following links: the folder above is looked at by its name.
        folder = Path(os.path.abspath(file)).parent
        # One folder above belongs to it; the root of the file system is nobody's hand-in.
        root = folder.parent if folder.parent.parent != folder.parent else folder
        inside = PurePosixPath(*folder.relative_to(root).parts, file.name)
        return read_data(data, name, shown, Disk(root), inside)
    except Unreadable as error:
        raise error.named(name, shown) from None


def read_text(text: str | bytes, name: str = STANDARD_INPUT) -> Submission:
    """Read what was pasted. Modules that it imports cannot be seen.

    Raises
    ------
    Unreadable
        With the kind, a sentence and the place.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        return read_data(data, name, name)
    except Unreadable as error:
        raise error.named(name, name) from None


def read_data(
    data: bytes,
    name: str,
    path: str,
    shelf: Shelf | None = None,
    inside: PurePosixPath | None = None,
) -> Submission:
    """Read the bytes of one submission.

    Parameters
    ----------
    name, path : str
        As in `Submission`; ``name`` is also the file that its places name.
    shelf, inside : Shelf and PurePosixPath, optional
        The files that can be imported, and where this one stands among them.

    Raises
    ------
    Unreadable
        With the kind, a sentence and the place.
    """
    _refuse_large(data, name)
    text = decode(data, name)
    reading = _read(text.text, name, inside or PurePosixPath(name))
    notes = [*text.notes, *reading.notes]
    main = reading.main
    siblings: tuple[Module, ...] = reading.written
    if shelf is not None and inside is not None:
        found = find_siblings(main, shelf, inside, {one.name: one for one in reading.written})
        main, siblings = found.main, found.modules
        notes.extend(found.notes)
    return Submission(name, path, main, siblings, reading.outputs, tuple(notes))


def _refuse_large(data: bytes, name: str) -> None:
    """Refuse early what would take long to decode; only a notebook may be that large."""
    largest = LARGEST if name.endswith(".ipynb") or b"{" in data[:100] else 4 * LARGEST_CODE
    if len(data) > largest:
        raise too_large(name, len(data), largest)


@dataclass(frozen=True, slots=True)
class _Reading:
    main: Module
    outputs: tuple[Output, ...] = ()
    notes: tuple[str, ...] = ()
    written: tuple[Module, ...] = ()


def _read(text: str, file: str, inside: PurePosixPath) -> _Reading:
    name = module_name(inside)
    if _HTML.match(text):
        raise Unreadable(
            Kind.NOT_PYTHON,
            f"{file} is a web page, not Python. Download the file itself (the raw .py or the "
            ".ipynb) and hand that in.",
        )
    if is_notebook(text) or inside.suffix == ".ipynb":
        return _from_draft(read_notebook(text, file), name, file)
    if len(text) > LARGEST_CODE:
        raise too_much(file)
    return _read_plain(text, name, file)


def _read_plain(text: str, name: str, file: str) -> _Reading:
    text = text if text.endswith("\n") else f"{text}\n"
    if fault(text) is None and "get_ipython" not in text:
        if is_code(text):
            return _Reading(Module(name, file, text))
        return _from_draft(_only_figures(text, file), name, file)
    chunk = Chunk.of(text, file)
    try:
        mended = mend(chunk)
    except Unreadable as error:
        from tutor.diagnosis.reading.pasted import read_pasted  # long to import, seldom needed

        draft = None if error.kind in (Kind.MERGE_MARKERS, Kind.TOO_DEEP) else read_pasted(chunk)
        if draft is None:
            raise error from None
        return _from_draft(draft, name, file)
    draft = Draft([mended.chunk]) if is_code(mended.chunk.text) else _only_figures(text, file)
    reading = _from_draft(draft, name, file)
    return replace(reading, notes=(*mended.notes, *reading.notes))


def _only_figures(text: str, file: str) -> Draft:
    figures = re.search(r"^[^#\n]*\d", text, re.M)
    return Draft(outputs=[Output(None, text.strip("\n"), 1)] if figures else [])


def _from_draft(draft: Draft, name: str, file: str) -> _Reading:
    main, notes = assemble(draft.chunks, name, file, draft.python_2)
    written, more = _written(draft, file)
    if main.source and not is_code(main.source):
        main = Module(name, file, "")
    if not main.source and written:
        # The notebook only writes files: the last of them is what it is about.
        main, written = replace(written[-1], name=name), written[:-1]
    if not main.source and not draft.outputs:
        raise empty_or_refused(file)
    return _Reading(main, tuple(draft.outputs), (*draft.notes, *notes, *more), written)


def _written(draft: Draft, file: str) -> tuple[tuple[Module, ...], list[str]]:
    """Put together the modules that cells of a notebook write."""
    chunks: dict[str, list[Chunk]] = {}
    for written, chunk in draft.written:
        if not written.appended:
            chunks[written.name] = []
        chunks.setdefault(written.name, []).append(chunk)
    modules, notes = [], []
    for name, parts in chunks.items():
        try:
            module, more = assemble(parts, name, file)
        except Unreadable as error:
            notes.append(error.sentence)
        else:
            modules.append(module)
            notes.extend(more)
    return tuple(modules), notes
