"""Jails that can be looked into, as those of the jail's own tests."""

from tests.jail.conftest import clean, jails

__all__ = ["clean", "jails"]
