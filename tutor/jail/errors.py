"""What can go wrong when somebody else's code is asked something. Each message is a sentence."""

from __future__ import annotations


class OracleError(Exception):
    """The code gave no answer that can be used. ``line`` is its line, where one is known."""

    line: int | None = None


class Timeout(OracleError):
    """It used up its time."""


class Crashed(OracleError):
    """Its process ended."""


class BadReturn(OracleError):
    """What came back is no value that can be taken over."""


class MissingFunction(OracleError):
    """It does not define the function that was asked for."""


class Raised(OracleError):
    """It raised an exception.

    Attributes
    ----------
    kind, message : str
        The name of the exception's class and its text.
    line : int or None
        The last line of the learner's own file that was running.
    text : str
        That line.
    """

    def __init__(self, kind: str, message: str, line: int | None, text: str, filename: str) -> None:
        place = f" in line {line} of {filename}" if line else f" in {filename}"
        shown = f", `{text.strip()}`" if text.strip() else ""
        super().__init__(f"{kind}{place}{shown}: {message or 'no message'}")
        self.kind = kind
        self.message = message
        self.line = line
        self.text = text
