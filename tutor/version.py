"""The version of the program, kept apart so that the build can read it."""

__version__ = "0.1.0"
