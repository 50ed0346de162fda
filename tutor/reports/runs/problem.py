"""What is wrong with an export."""


class ExportError(ValueError):
    """Runs that could not be written; its text is a sentence for the user."""
