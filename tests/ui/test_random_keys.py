"""Random keys: whatever is pressed, the tutor goes on."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.ui.conftest import LESSONS, Open, Opened
from tutor.course.catalogue import lessons_folder
from tutor.ui.keymap import ALL

# Quitting ends the run; what it does is tested elsewhere.
_LEAVING = {"q", "ctrl+q", "ctrl+c"}
_SIZES = [(80, 24), (120, 40), (60, 18), (40, 12), (200, 60)]
KEYS = sorted({name for key in ALL for name in key.keys.split(",")} - _LEAVING)
KEYS += ["escape", "escape", "x", "comma", "left_parenthesis", "ctrl+p", "delete", "insert"]


async def press_at_random(it: Opened, count: int, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(count):
        if chance.random() < 0.02:
            await it.pilot.resize_terminal(*chance.choice(_SIZES))
        key = chance.choice(KEYS)
        await it.pilot.press(key)
        if chance.random() < 0.1:
            await it.settle()
        assert it.app.is_running, f"stopped at key {number}, {key}"
    await it.settle()
    assert it.app._exception is None


async def test_300_keys(opened: Open) -> None:
    async with opened("small", folder=LESSONS) as it:
        await press_at_random(it, 300, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("slug", [p.parent.name for p in lessons_folder().glob("*/lesson.toml")])
async def test_5000_keys(opened: Open, slug: str, tmp_path: Path) -> None:
    async with opened(slug, folder=lessons_folder()) as it:
        await press_at_random(it, 1250, seed=sum(map(ord, slug)))
