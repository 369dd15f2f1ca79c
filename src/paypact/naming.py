"""Names that a user wrote, against those there are: patterns as of files, and the nearest of what was misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase

from paypact.errors import UsageError


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether any of the patterns means this name; where there are none, all names are meant."""
    every = list(patterns)
    return not every or any(fnmatchcase(name, pattern) for pattern in every)


def check(noun: str, patterns: Iterable[str], names: Iterable[str], prefix: str = "") -> None:
    """See that each pattern means something.

    Raises:
        UsageError: one means none of the names.
    """
    there = list(dict.fromkeys(names))
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in there):
            raise UsageError(prefix + unknown(noun, pattern, there, "known here"))


def unknown(noun: str, word: str, names: Iterable[str], head: str = "known") -> str:
    """What is said of a word that is none of the names: `unknown scheme 'viza'; did you mean 'visa'? (known: ...)`."""
    there = list(names)
    return f"unknown {noun} {word!r}{near(word, there)} ({head}: {', '.join(there) or 'none'})"


def near(word: str, names: Iterable[str]) -> str:
    """`; did you mean 'visa'?` where a name is near to a misspelt word, however spaced or capitalised; else nothing."""
    plain = {_plain(name): name for name in names}
    found = difflib.get_close_matches(_plain(word), plain, 1)
    return f"; did you mean {plain[found[0]]!r}?" if found else ""


def _plain(word: str) -> str:
    return word.lower().replace("_", "-").replace(" ", "-")
