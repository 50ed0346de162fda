"""What the tutor has to say, as text."""

from tutor.reports.as_json import as_json, schema
from tutor.reports.exit import exit_code
from tutor.reports.item import Item, isolation_of
from tutor.reports.markdown import as_markdown
from tutor.reports.options import Options
from tutor.reports.summary import left_out, summary
from tutor.reports.terminal import as_text

__all__ = [
    "Item",
    "Options",
    "as_json",
    "as_markdown",
    "as_text",
    "exit_code",
    "isolation_of",
    "left_out",
    "schema",
    "summary",
]
