"""Emphasis by ANSI colours, or none at all."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.diagnosis.findings import Verdict


@dataclass(frozen=True, slots=True)
class Ink:
    """Paints a text that has already been laid out; without colour it leaves it as it is."""

    colour: bool = False

    def strong(self, text: str) -> str:
        """Bold, for headings."""
        return self._painted("1", text)

    def wrong(self, text: str) -> str:
        """Red, for what is accused."""
        return self._painted("31", text)

    def right(self, text: str) -> str:
        """Green, for what is put right."""
        return self._painted("32", text)

    def faint(self, text: str) -> str:
        """Dim, for what stands around."""
        return self._painted("2", text)

    def of_verdict(self, verdict: Verdict, text: str) -> str:
        """Bold, in the colour of a verdict."""
        return self._painted({0: "1;32", 1: "1;31"}.get(verdict.exit_code, "1;33"), text)

    def _painted(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text
