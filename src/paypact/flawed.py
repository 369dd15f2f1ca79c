"""The flawed integrations: real bugs, kept for ever, each named with the promise that catches it.

`fixtures/flawed/manifest.toml` lists them; their Python is loaded by path.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from paypact import tables
from paypact.errors import DataError

_FOLDER = "flawed"


class Flaw(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One flawed integration. `file` is relative to the manifest; `bug` the id of the public thread it comes from."""

    id: str
    gateway: str
    file: str
    promise: str  # the one that must catch it
    bug: str
    what: str  # what is wrong, in one sentence

    @property
    def path(self) -> Path:
        """Where the Python lies."""
        return Path(str(files("paypact.fixtures"))) / _FOLDER / self.file


class Demo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `paypact demo` replays: a flaw, the cell that shows it, and the story around it, line by line."""

    flaw: str
    promise: str
    scheme: str
    story: tuple[str, ...]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All flawed integrations."""

    demo: Demo
    flaw: tuple[Flaw, ...]

    def named(self, id: str) -> Flaw:
        """One flaw.

        Raises:
            DataError: there is none of that id.
        """
        for each in self.flaw:
            if each.id == id:
                return each
        raise DataError(f"manifest.toml: no flaw {id!r} (known: {', '.join(each.id for each in self.flaw)})")


@cache
def manifest() -> Manifest:
    """The manifest that is installed with paypact.

    Raises:
        DataError: it is broken.
    """
    return tables.load(files("paypact.fixtures") / _FOLDER / "manifest.toml", Manifest)
