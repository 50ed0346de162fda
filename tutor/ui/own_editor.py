"""A file that the learner edits with an editor of their own, watched for changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass
class OwnFile:
    """An exercise in a file. ``seen`` is the time stamp and size of what was read last."""

    path: Path
    seen: tuple[int, int] = (0, 0)

    def put(self, text: str) -> Path | None:
        """Write the exercise into the file.

        Returns
        -------
        Path or None
            Where an earlier, different text of the file was kept; None if there was none.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = None
        if self.path.exists():
            earlier = self.path.read_text(encoding="utf-8", errors="replace")
            if earlier not in (text, ""):
                kept = self.path.with_name(f"{self.path.stem}.before{self.path.suffix}")
                kept.write_text(earlier, encoding="utf-8")
        self.path.write_text(text, encoding="utf-8")
        self.seen = self._stamp()
        return kept

    def changed_text(self) -> str | None:
        """Return the text if the file was saved since it was read last, else None."""
        stamp = self._stamp()
        if stamp in (self.seen, (0, 0)):
            return None
        self.seen = stamp
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except OSError:
            # An editor that saves by renaming takes the file away for a moment.
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)
