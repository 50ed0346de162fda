"""A damaged, newer or hostile document is refused with a sentence, and never opens by halves."""

from __future__ import annotations

import base64
import copy
import json
import random
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.trace.saved.alike import plain_state
from tutor.nets import numerical_gradient
from tutor.trace import record
from tutor.trace.saved import DamagedRun, Run, Saved, dump, load
from tutor.trace.saved.node import Budget, Node

Document = dict[str, Any]


@pytest.fixture(scope="module")
def good() -> Document:
    x = np.arange(40.0).reshape(8, 5)
    recording = record(numerical_gradient, lambda x: float(np.sum(x**2)), x)
    return json.loads(dump(Saved("bowl", (Run("x", recording),))))


def opened(document: Any) -> Any:
    return load(json.dumps(document).encode())


def test_the_document_itself_opens(good):
    assert len(opened(good).runs[0].steps) > 40


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe\x00", b"[1, 2]", b"null", b'{"format": "gradtutor run"}', b"NaN"],
)
def test_what_is_no_such_document_gets_a_sentence(data):
    with pytest.raises(DamagedRun, match="no run that can be opened"):
        load(data)


def test_deep_nesting_gets_a_sentence():
    with pytest.raises(DamagedRun, match="nested too deeply"):
        load(b"[" * 200_000)


def test_a_newer_document_says_to_update(good):
    with pytest.raises(DamagedRun, match=r"newer gradtutor.*Update gradtutor"):
        opened({**good, "version": 2})


def changed(document: Document, change: Callable[[Document], None]) -> Document:
    out = copy.deepcopy(document)
    change(out["runs"][0])
    return out


def put(name: str, value: Any) -> Callable[[Document], None]:
    def change(run: Document) -> None:
        *path, last = name.split(".")
        here: Any = run
        for part in path:
            here = here[int(part) if part.isdigit() else part]
        here[int(last) if last.isdigit() else last] = value

    return change


def column(*numbers: int) -> Document:
    return {"dtype": "<i8", "list": list(numbers)}


def deflated(dtype: str, count: int, raw: bytes) -> Document:
    held = base64.b64encode(zlib.compress(raw)).decode()
    return {"dtype": dtype, "count": count, "deflate": held}


TEXTS = deflated("<U1", 40, ("a" * 40).encode("utf-32-le"))
NO_PASSES = {name: column() for name in ("starts", "ends")} | {"idx": {**column(), "width": 1}}
_NONE = column(*[0] * 2049)
ROUND = {
    "dtypes": ["<f8"],
    "dtype": _NONE,
    "cells": column(*[2**53 - 1] * 2048, 2048),  # 2**64 in all
    "start": _NONE,
    "owner": _NONE,
    "initial": [{"dtype": "<f8", "list": []}],
}
BOMB = base64.b64encode(zlib.compress(bytes(10**7))).decode()
HOSTILE = {
    "a site that is not there": put("path", column(*[99])),
    "fewer steps than said": put("steps", 10**9),
    "steps below 0": put("steps", -1),
    "a source of no file": put("sites.0.source", 7),
    "no sources": put("sources", []),
    "lines that are no texts": put("sources.0.lines", [1]),
    "a view beyond its buffer": put("views.offset", {"dtype": "<i8", "list": [10**6] * 2}),
    "strides into other memory": put("views.layouts.0.strides", [10**9, 1]),
    "an array too large": put("views.layouts.0.shape", [10**6, 10**6]),
    "a write beyond its buffer": put("writes.0.cell", column(*[10**5])),
    "a dtype that holds objects": put("buffers.initial.0.dtype", "|O"),
    "a dtype that is none": put("buffers.initial.0.dtype", "x9"),
    "an enormous item": put("buffers.initial.0", {"dtype": "<U999999", "count": 1, "deflate": ""}),
    "a bomb": put("path", {"dtype": "|i1", "count": 5, "deflate": BOMB}),
    "a count too large": put("path", {"dtype": "<f8", "count": 2**50, "deflate": BOMB}),
    "no base64": put("path", {"dtype": "|i1", "count": 5, "deflate": "?"}),
    "a text for a number": put("calls", {"dtype": "<i8", "list": ["7; import os"]}),
    "a float for an integer": put("calls", {"dtype": "<i8", "list": [0.5]}),
    "an integer that is none": put("calls", {"dtype": "<i8", "list": [2**80]}),
    "an unknown kind": put("values.0.kinds.0.kind", "code"),
    "an object that is not there": put("values.0.kinds.0", {"kind": "object", "values": column(9)}),
    "a tag that is none": put("result", ["pickle", "gASV"]),
    "a number of a million digits": put("result", ["int", "9" * 10**6]),
    "a name that is none": put("returned", [{"callee": "f", "of": "nobody", "site": 0}]),
    "a result of no step": put("results", {"99999999": 0}),
    "a step that is no number": put("printed", {"-1": "x"}),
    "a pass that ends before it begins": put("iterations.ends", column(*[0] * 40)),
    "an unordered path of calls": put("calls", column(5, 1)),
    "something for an object": put("iterations", []),
    "nothing reached": put("reached", []),
    "a step of ten thousand digits": put("printed", {"9" * 10_000: "x"}),
    "a list that takes a thousand times its room": put(
        "result", ["numpy", {"dtype": "|S4096", "list": [1]}]
    ),
    "differences of texts": put("path", {**TEXTS, "delta": True}),
    "a slope that is a text": put("iterations.table.grad", TEXTS),
    "an index that is a text": put(
        "iterations.table.idx", {**deflated("<U1", 80, ("a" * 80).encode("utf-32-le")), "width": 2}
    ),
    "a row of a pass that is not there": put(
        "iterations",
        {**NO_PASSES, "table": {"grad": {"dtype": "<f8", "list": [1.0]}}, "passes": column(0)},
    ),
    "an index of floats": put(
        "values.0.kinds.0",
        {"kind": "tuple", "values": {"dtype": "<f8", "list": [0.5], "width": 1}},
    ),
    "strides beyond all numbers": put(
        "views.layouts.0", {"shape": [2**20, 2], "strides": [2**52, 1], "dtype": "<f8"}
    ),
    "no elements of more than there can be": put("views.layouts.0.shape", [0, 2**52]),
    "cells whose sum goes round to none": put("buffers", ROUND),
    "cells of another dtype than said": put(
        "buffers.initial.0", {"dtype": "<i8", "list": [0] * 80}
    ),
    "a view of another dtype than its buffer": put("views.layouts.0.dtype", "<i4"),
    "writes of another dtype than the buffer": put("writes.0.value.dtype", "<i8"),
    "a result of no elements and too many": put(
        "result", ["array", [0, 2**52, 2**52], {"dtype": "<f8", "list": []}]
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_with_a_place(good, name):
    with pytest.raises(DamagedRun, match=r"no run that can be opened: runs\[0\]"):
        opened(changed(good, HOSTILE[name]))


def test_each_buffer_has_its_writes_in_one_table(good):
    twice = changed(good, lambda run: run["writes"].append(run["writes"][0]))
    with pytest.raises(DamagedRun, match="a second table"):
        opened(twice)


def test_narrow_integers_count_as_what_they_take_when_they_are_read():
    node = Node({"dtype": "|i1", "count": 100, "deflate": BOMB}, "path", Budget(800 - 1))
    with pytest.raises(DamagedRun, match="too large to be opened"):
        node.ints(0, 1)


def test_runs_inside_runs_end_somewhere(good):
    run = good["runs"][0]
    for _ in range(8):
        run = {**copy.deepcopy(good["runs"][0]), "inside": {"0": run}}
    with pytest.raises(DamagedRun, match="too deep"):
        opened({**good, "runs": [run]})


def every_place(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    out = []
    for name, value in items:
        out.append((*path, name))
        if isinstance(value, dict | list):
            out += every_place(value, (*path, name))
    return out


@pytest.mark.filterwarnings("ignore")
def test_any_single_damage_is_refused_or_shows_every_step(good):
    rng = random.Random(0)
    places = every_place(good)
    wrong = [None, -1, 2**40, 1.5, "x", [], {}, True, [[]], {"dtype": "<f8", "list": [1e308]}]
    for _ in range(600):
        document = copy.deepcopy(good)
        here, (*path, last) = document, rng.choice(places)
        for part in path:
            here = here[part]
        here[last] = rng.choice(wrong)
        try:
            saved = opened(document)
        except DamagedRun:
            continue
        for run in saved.runs:
            for step in range(0, len(run.steps), 11):
                plain_state(run.steps.state(step))
                run.steps.memory(step)
            run.steps.writes()
