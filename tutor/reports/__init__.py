"""What the tutor has to say, as text."""

from tutor.reports.as_json import as_json, schema
from tutor.reports.exit import exit_code
from tutor.reports.item import Item, isolation_of
from tutor.reports.markdown import as_markdown
from tutor.reports.options import Options
from tutor.reports.summary import summary
from tutor.reports.terminal import as_text
from tutor.reports.words import without_words

__all__ = [
    "Item",
    "Options",
    "as_json",
    "as_markdown",
    "as_text",
    "exit_code",
    "isolation_of",
    "schema",
    "summary",
    "without_words",
]
