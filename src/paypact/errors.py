"""The errors that paypact raises about how it is used, as opposed to what it finds in an integration."""

from __future__ import annotations


class PaypactError(Exception):
    """A mistake in use or configuration.

    The message is all the user sees (no traceback; exit code 2), so it names who, what, its state, and the way out.
    """


class UsageError(PaypactError):
    """What the caller wrote cannot be meant: an unknown name, a keyword with a wrong value, a missing part."""


class DataError(PaypactError):
    """A data file does not say what it must: broken TOML, an unknown or missing key, a value of the wrong kind."""
