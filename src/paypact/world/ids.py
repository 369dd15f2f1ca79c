"""Ids of the wire: text that looks random, and is the same in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from typing import Final

_SHORT: Final = 32


def letters(*parts: object, length: int) -> str:
    """Up to 64 hexadecimal digits that are always the same for the same parts."""
    text = "/".join(map(str, parts)).encode()
    return hashlib.blake2b(text, digest_size=16 if length <= _SHORT else 32).hexdigest()[:length]


def placed(names: Container[str], method: str, path: str) -> tuple[str, str]:
    """The name of a path's route, in which `{}` stands for an id, and that id: `GET /charges/{}` and `ch_1`.

    Of a path that belongs to none of `names` the name is the path itself, with an empty id.
    """
    name = f"{method} {path}"
    if name in names:
        return name, ""
    parts = path.split("/")
    for at, part in enumerate(parts):
        place = f"{method} {'/'.join([*parts[:at], '{}', *parts[at + 1 :]])}"
        if place in names:
            return place, part
    return name, ""
