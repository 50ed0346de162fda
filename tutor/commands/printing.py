"""A report on the way out."""

from __future__ import annotations

import io
import sys

import click


def write(text: str) -> None:
    """Write a text to the output; what its encoding does not have is spelt out, not a crash."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    click.echo(text, nl=False)
