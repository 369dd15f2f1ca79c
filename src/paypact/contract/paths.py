"""Paths: ways to a value in plain data, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from paypact.contract import places
from paypact.contract.places import Path

__all__ = ["Path", "dotted", "last", "leaves", "parse", "place"]


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar of plain data, with the way to it."""
    if isinstance(tree, dict):
        for key, held in tree.items():
            yield from leaves(held, (*path, key))
    elif isinstance(tree, list | tuple):
        for index, held in enumerate(tree):
            yield from leaves(held, (*path, index))
    else:
        yield path, tree


def dotted(path: Sequence[str | int]) -> str:
    """A path as it is shown: `data.0.id`."""
    return ".".join(map(str, path))


def last(path: Sequence[str | int]) -> str:
    """The name of what a path leads to; of an item, that of its list."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def place(path: Path, *, every: bool = True) -> str:
    """A path as Pact writes it; `every`: what is true of one item of a list is true of each (`$.data[*].id`)."""
    said = places.written(path)
    return re.sub(r"\[\d+\]", "[*]", said) if every else said


def parse(text: str) -> Path:
    """A path from how Pact writes it, any item of a list being the first.

    Raises:
        ValueError: it is not written so.
    """
    return places.parse(text.replace("[*]", "[0]"))
