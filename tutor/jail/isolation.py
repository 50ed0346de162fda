"""What keeps somebody else's code in, as far as it is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WALLS: Final = ("bubblewrap", "rlimits", "landlock", "seccomp")


@dataclass(frozen=True, slots=True)
class Isolation:
    """The layers that are in force and those that are missing.

    Attributes
    ----------
    layers : tuple of str
        For example ``("warm process", "own session", "rlimits", "landlock 7", "seccomp")``.
    missing : tuple of str
        Each with why, for example ``"seccomp (macOS has none)"``.
    """

    layers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether there is no layer at all that could stop anything."""
        return not any(layer.startswith(WALLS) for layer in self.layers)

    @property
    def keeps_files(self) -> bool:
        """Whether files outside the code's own folder are out of its reach."""
        return any(layer.startswith(("landlock", "bubblewrap")) for layer in self.layers)

    @property
    def keeps_network(self) -> bool:
        """Whether the network and other processes are out of its reach."""
        return any(layer.startswith(("seccomp", "bubblewrap")) for layer in self.layers)
