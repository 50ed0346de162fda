"""Make the README's picture of the screen: ``python -m tests.picture`` (needs cairosvg)."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from tutor.course.catalogue import load_course
from tutor.ui.app import TutorApp
from tutor.ui.keeper import Keeper

PICTURE = Path(__file__).parents[1] / "screen.png"
KEYS = ("2", "enter", "2", "enter", "2", "enter")


async def picture_of(keys: tuple[str, ...], size: tuple[int, int] = (120, 40)) -> str:
    """Return the screen as SVG, after the keys were pressed in the first lesson."""
    with tempfile.TemporaryDirectory() as folder:
        app = TutorApp(load_course(), Keeper(Path(folder) / "progress.json"), "mutated-or-copied")
        async with app.run_test(size=size) as pilot:
            await app.workers.wait_for_complete()
            for key in keys:
                await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause()
            return app.export_screenshot(title="gradtutor lesson mutated-or-copied")


def main() -> None:
    """Write the picture; its fonts are those of this machine, none is fetched."""
    import cairosvg

    svg = asyncio.run(picture_of(KEYS))
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "DejaVu Sans Mono")
    cairosvg.svg2png(bytestring=svg.encode(), write_to=str(PICTURE))


if __name__ == "__main__":
    main()
