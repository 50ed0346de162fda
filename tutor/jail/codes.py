"""Exit codes by which a jailed process says why it ended itself."""

from typing import Final

TOO_MUCH_OUTPUT: Final = 193
LINE_LOST: Final = 194
NOT_READY: Final = 195
