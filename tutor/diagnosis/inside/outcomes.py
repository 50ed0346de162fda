"""What an exception of a student's code is besides an exception: the end of something."""

from __future__ import annotations

from tutor.diagnosis.inside.clock import Cut, Grown

_OF_NETWORK = ("URLError", "HTTPError", "gaierror", "ContentTooShortError")
_CHAIN = 5


def outcome(error: BaseException) -> str:
    """Return one word for it, empty for an exception like any other.

    "timeout", "memory", "recursion", "exited", "needs-input", "blocked", and "no-data" where a
    file or a server is not there that it reads.
    """
    if isinstance(error, Cut):
        return "memory" if isinstance(error, Grown) else "timeout"
    kinds = {MemoryError: "memory", RecursionError: "recursion", SystemExit: "exited"}
    found = next((word for kind, word in kinds.items() if isinstance(error, kind)), "")
    if found:
        return found
    text = said(error)
    if isinstance(error, EOFError) and text == "EOF when reading a line":
        return "needs-input"
    if isinstance(error, RuntimeError) and text.startswith("can't start new thread"):
        return "blocked"
    return _of_system(error) if isinstance(error, OSError) else ""


def _of_system(error: OSError) -> str:
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, FileNotFoundError | ConnectionError) or names & set(_OF_NETWORK):
        return "no-data"
    return "blocked" if isinstance(error, PermissionError) else ""


def said(error: BaseException) -> str:
    """Return the beginning of an exception's text, whatever its own method does."""
    try:
        return str.__str__(str(error))[:500]
    except Exception:
        return ""
