"""The tables of a run read out of a JSON document, with nothing in it taken on trust."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tutor.trace.buffers import reach
from tutor.trace.iterations import iteration_dtype
from tutor.trace.saved.data import (
    NO_INDEX,
    Buffers,
    Ints,
    Iterations,
    Kind,
    Layout,
    NameTable,
    ReturnTable,
    RunData,
    SavedSite,
    Values,
    Views,
    WriteTable,
)
from tutor.trace.saved.node import Node, dtype_of
from tutor.trace.saved.objects import unpacked_object
from tutor.trace.saved.parts import NOBODY
from tutor.trace.state import Note, Source

_DEEPEST = 4  # runs inside runs
_MOST_CELLS = 2**30  # of one buffer
_WIDEST = 2**31  # cells from one element of an axis to the next
_FAR = 2**53
_KINDS = {"float": "f", "int": "i", "bool": "b", "missing": "biu", "numpy": "biufc"}


def unpacked_run(node: Node, depth: int = 0) -> RunData:
    """Return the tables of a run.

    Raises
    ------
    DamagedRun
        If a part is missing, of the wrong kind, or speaks of something that is not there.
    """
    if depth > _DEEPEST:
        raise node.bad("lies too deep inside other runs")
    return _Reader(node, depth).read()


class _Reader:
    def __init__(self, node: Node, depth: int) -> None:
        self.node = node
        self.depth = depth
        self.steps = node.field("steps").number(0, 2**31)
        self.objects = tuple(unpacked_object(item) for item in node.field("objects").items())
        self.texts = tuple(item.text() for item in node.field("texts").items())
        self.buffers = self._buffers(node.field("buffers"))
        self.views = self._views(node.field("views"))
        self.fitting = self._fitting()
        self.tables_of: set[int] = set()  # the dtypes of which the writes are read

    def read(self) -> RunData:
        node, steps = self.node, self.steps
        sources = tuple(_source(item) for item in node.field("sources").items())
        if not sources:
            raise node.field("sources").bad("is empty")
        sites = tuple(_site(item, len(sources)) for item in node.field("sites").items())
        frames, exception = node.optional("frames"), node.optional("exception")
        calls = node.field("calls").ints(0, steps + 1, rising=True)
        tables = tuple(self._name(item) for item in node.field("values").items())
        reached = tuple(self._reached(item) for item in node.field("reached").items())
        count = max(len(calls), 1)
        return RunData(
            name=node.field("name").text(),
            names=tuple(item.text() for item in node.field("names").items()),
            sources=sources,
            sites=sites,
            path=node.field("path").ints(0, len(sites), steps),
            frames=None if frames is None else frames.ints(0, _FAR, steps),
            calls=calls,
            iterations=self._iterations(node.field("iterations")),
            tables=tables,
            returned=tuple(
                self._returned(item, {table.name for table in tables}, len(sites))
                for item in node.field("returned").items()
            ),
            views=self.views,
            buffers=self.buffers,
            writes=tuple(self._writes(item) for item in node.field("writes").items()),
            texts=self.texts,
            objects=self.objects,
            reached=reached,
            reached_by=self._reached_by(node.field("reached_by"), len(reached), count),
            results={
                step: item.number(0, len(self.objects))
                for step, item in node.field("results").by_step(steps)
            },
            exceptions=self._texts_of("exceptions"),
            printed=self._texts_of("printed"),
            notes=tuple(_note(item, steps) for item in node.field("notes").items()),
            inside={
                step: unpacked_run(item, self.depth + 1)
                for step, item in node.field("inside").by_step(steps)
            },
            result=unpacked_object(node.field("result")),
            exception=None if exception is None else exception.text(),
        )

    def _texts_of(self, name: str) -> Mapping[int, str]:
        found = self.node.field(name).by_step(self.steps)
        return {step: item.text() for step, item in found}

    # -- arrays -------------------------------------------------------------------------------

    def _buffers(self, node: Node) -> Buffers:
        dtypes = tuple(_cell_dtype(item) for item in node.field("dtypes").items())
        dtype = node.field("dtype").ints(0, len(dtypes))
        count = len(dtype)
        cells = node.field("cells").ints(0, _MOST_CELLS, count)
        stores = node.field("initial").items()
        if len(stores) != len(dtypes):
            raise node.field("initial").bad(f"has {len(stores)} entries, not {len(dtypes)}")
        initial = tuple(
            store.column(int(cells[dtype == kind].sum())) for kind, store in enumerate(stores)
        )
        for text, held in zip(dtypes, initial, strict=True):
            if not _holds(text, held.dtype):
                raise node.field("initial").bad(f"has cells of {held.dtype} for those of {text}")
        start = node.field("start").ints(0, _FAR, count)
        return Buffers(
            dtypes, dtype, cells, start, node.field("owner").ints(0, _FAR, count), initial
        )

    def _views(self, node: Node) -> Views:
        layouts = tuple(_layout(item) for item in node.field("layouts").items())
        buffer = node.field("buffer").ints(0, len(self.buffers.cells))
        count = len(buffer)
        offset = node.field("offset").ints(0, _FAR, count)
        layout = node.field("layout").ints(0, len(layouts), count)
        if len(self.buffers.owner) and self.buffers.owner.max() >= count:
            raise node.bad("lacks the array of a buffer")
        return Views(layouts, buffer, offset, layout)

    def _fitting(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return which views lie within the cells that are known of their buffer, as they are."""
        reach = np.array([_reach(layout) for layout in self.views.layouts], np.int64)
        low, high = reach.reshape(-1, 2)[self.views.layout].T
        cells = self.buffers.cells[self.views.buffer]
        inside = (self.views.offset + low >= 0) & (self.views.offset + high < cells)
        number = {text: at for at, text in enumerate(self.buffers.dtypes)}
        dtype = np.array([number.get(one.dtype, -1) for one in self.views.layouts], np.int64)
        return np.asarray(
            inside & (dtype[self.views.layout] == self.buffers.dtype[self.views.buffer])
        )

    def _writes(self, node: Node) -> WriteTable:
        steps = node.field("steps").ints(0, self.steps + 1, rising=True)
        count = len(steps)
        buffer = node.field("buffer").ints(0, len(self.buffers.cells), count)
        cell = node.field("cell").ints(0, _FAR, count)
        if (cell >= self.buffers.cells[buffer]).any():
            raise node.field("cell").bad("holds a cell that its buffer has not")
        value = self._written(node.field("value"), buffer)
        name = node.field("name").ints(NOBODY, len(self.texts), count)
        view = node.field("view").ints(-1, len(self.views), count)
        return WriteTable(steps, buffer, cell, value, name, view)

    def _written(self, node: Node, buffer: Ints) -> np.ndarray[Any, Any]:
        """Return the values of a table: of the one dtype of its buffers, which no other has."""
        value = node.column(len(buffer))
        for kind in np.unique(self.buffers.dtype[buffer]).tolist():
            if kind in self.tables_of or not _holds(self.buffers.dtypes[kind], value.dtype):
                raise node.bad("is of another dtype than the buffers, or a second table of theirs")
            self.tables_of.add(kind)
        return value

    def _reached(self, node: Node) -> Mapping[str, int]:
        return {name: item.number(0, len(self.views)) for name, item in node.pairs()}

    def _reached_by(self, node: Node, tables: int, count: int) -> Ints:
        if not tables:
            raise node.bad("speaks of nothing: 'reached' is empty")
        return node.ints(0, tables, count)

    # -- values -------------------------------------------------------------------------------

    def _values(self, node: Node, count: int) -> Values:
        kinds = tuple(self._kind(item) for item in node.field("kinds").items(most=255))
        told = node.optional("which")
        if told is None:
            if len(kinds) > 1:
                raise node.bad("does not say 'which' kind each value is")
            which = np.zeros(count, np.uint8)
        else:
            which = told.ints(0, max(len(kinds), 1), count).astype(np.uint8)
        for number, kind in enumerate(kinds):
            if len(kind.data) != (which == number).sum():
                raise node.bad(
                    f"has {len(kind.data)} values of kind {kind.name!r}: too many or few"
                )
        if count and not kinds:
            raise node.bad("has no values")
        return Values(which, kinds)

    def _kind(self, node: Node) -> Kind:
        name, values = node.field("kind").text(), node.field("values")
        if name == "array":
            data = values.ints(0, len(self.views))
            if not self.fitting[data].all():
                raise values.bad("names an array that reaches beyond its buffer")
            return Kind(name, data)
        if name == "object":
            return Kind(name, values.ints(0, len(self.objects)))
        if name == "tuple":
            rows = values.column(width=True)
            if rows.dtype.kind not in "iu":
                raise values.bad("does not hold integers")
            return Kind(name, rows)
        data = values.column()
        if name not in _KINDS or (data.dtype.kind not in _KINDS[name] and len(data)):
            raise node.bad(f"is of the kind {name!r}, or its values are not")
        return Kind(name, data)

    def _name(self, node: Node) -> NameTable:
        steps = node.field("steps").ints(0, self.steps, rising=True)
        frame = node.optional("frame")
        return NameTable(
            node.field("name").text(),
            steps,
            self._values(node, len(steps)),
            node.field("of_iteration").flag(),
            None if frame is None else frame.number(),
        )

    def _returned(self, node: Node, names: set[str], sites: int) -> ReturnTable:
        callee, of = node.field("callee").text(), node.optional("of")
        if of is not None:
            if of.text() not in names:
                raise of.bad("is no name of this run")
            return ReturnTable(callee, of.text(), node.field("site").number(0, sites))
        steps = node.field("steps").ints(0, self.steps, rising=True)
        return ReturnTable(callee, steps=steps, values=self._values(node, len(steps)))

    # -- iterations ---------------------------------------------------------------------------

    def _iterations(self, node: Node) -> Iterations:
        starts = node.field("starts").ints(0, self.steps, rising=True)
        count = len(starts)
        ends = node.field("ends").ints(0, self.steps, count, rising=True)
        if (ends < starts).any():
            raise node.bad("has a pass that ends before it begins")
        idx = node.field("idx").column(count, width=True)
        if idx.dtype.kind not in "iu" and idx.size:
            raise node.field("idx").bad("does not hold integers")
        passes = node.field("passes").ints(0, count)
        table = self._table(node.field("table"), len(passes))
        return Iterations(starts, ends, np.maximum(idx.astype(np.int64), NO_INDEX), table, passes)

    def _table(self, node: Node, count: int) -> np.ndarray[Any, np.dtype[np.void]]:
        idx = node.optional("idx")
        rows = None if idx is None else idx.column(count, width=True)
        if idx is not None and rows is not None and rows.dtype.kind not in "iu":
            raise idx.bad("does not hold integers")
        table = np.zeros(count, iteration_dtype(0 if rows is None else rows.shape[1]))
        if rows is not None:
            table["idx"] = rows.astype(np.int64)
        for name in ("call", "fxh1", "fxh2", "grad"):
            found = node.optional(name)
            if found is not None:
                column = found.column(count)
                if column.dtype.kind not in "biuf":
                    raise found.bad("does not hold numbers")
                table[name] = column
        return table


def _source(node: Node) -> Source:
    return Source(
        node.field("name").text(),
        node.field("filename").text(),
        node.field("first_line").number(),
        tuple(item.text() for item in node.field("lines").items()),
    )


def _site(node: Node, sources: int) -> SavedSite:
    return SavedSite(
        node.field("source").number(0, sources),
        node.field("line").number(),
        node.field("end_line").number(),
        node.field("depth").number(0, 10_000),
        tuple(item.text() for item in node.field("assigned").items()),
        node.field("calls").flag(),
    )


def _note(node: Node, steps: int) -> Note:
    step = node.optional("step")
    return Note(node.field("text").text(), None if step is None else step.number(0, steps + 1))


def _layout(node: Node) -> Layout:
    shape = node.field("shape").shape()
    steps = node.field("strides").items(most=64)
    strides = tuple(step.number(-_WIDEST, _WIDEST) for step in steps)
    if len(shape) != len(strides):
        raise node.bad("is the layout of no array")
    return Layout(shape, strides, _cell_dtype(node.field("dtype")))


def _cell_dtype(node: Node) -> str:
    """Return what a dtype is called; it may be one of objects, which are kept as texts."""
    if node.text() != "|O":
        dtype_of(node)
    return node.text()


def _holds(text: str, dtype: np.dtype[Any]) -> bool:
    """Tell whether cells are of the dtype of a buffer; objects are kept as texts."""
    return dtype.kind == "U" if text == "|O" else np.dtype(text).newbyteorder("=") == dtype


def _reach(layout: Layout) -> tuple[int, int]:
    """Return the lowest and highest cell, counted from the first element; -1 for no element."""
    if not math.prod(layout.shape):
        return 0, -1
    return reach(layout.shape, layout.strides)
