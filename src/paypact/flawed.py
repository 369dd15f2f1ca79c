"""The flawed integrations: real bugs, kept for ever, each named with the promise that catches it.

`fixtures/flawed/<gateway>/manifest.toml` lists those of a gateway; their Python lies beside it and is loaded by path.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from paypact import tables
from paypact.errors import DataError

_MANIFEST = "manifest.toml"


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str  # also the name of its file
    promise: str  # the one that must catch it
    cell: str  # of that promise: the one that shows it quickest
    bug: str  # the id of the public thread it comes from
    what: str  # what is wrong, in one sentence


class Flaw(_Row, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One flawed integration."""

    gateway: str

    @property
    def name(self) -> str:
        """`<gateway>/<id>`: what tells it from all others."""
        return f"{self.gateway}/{self.id}"

    @property
    def path(self) -> Path:
        """Where the Python lies."""
        return Path(str(_folder() / self.gateway / f"{self.id.replace('-', '_')}.py"))


class Demo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `paypact demo` replays: a flaw, the cell that shows it, and the story around it, line by line."""

    flaw: str  # `<gateway>/<id>`
    promise: str
    scheme: str
    story: tuple[str, ...]


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    flaw: tuple[_Row, ...]


class _Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    demo: Demo


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All flawed integrations, in the order of their gateways."""

    demo: Demo
    flaw: tuple[Flaw, ...]

    def named(self, name: str) -> Flaw:
        """One flaw, by `<gateway>/<id>`.

        Raises:
            DataError: there is none of that name.
        """
        for each in self.flaw:
            if each.name == name:
                return each
        raise DataError(f"manifest.toml: no flaw {name!r} (known: {', '.join(each.name for each in self.flaw)})")


@cache
def manifest() -> Manifest:
    """The manifests that are installed with paypact.

    Raises:
        DataError: one is broken.
    """
    flaws = [
        Flaw(gateway=folder.name, **msgspec.structs.asdict(row))
        for folder in sorted(_folder().iterdir(), key=lambda each: each.name)
        if (folder / _MANIFEST).is_file()
        for row in tables.load(folder / _MANIFEST, _Listed).flaw
    ]
    return Manifest(demo=tables.load(_folder() / _MANIFEST, _Shown).demo, flaw=tuple(flaws))


def _folder() -> Traversable:
    return files("paypact.fixtures") / "flawed"
