"""Shapes: what texts have in common, as the regular expressions and made-up examples of a contract.

Ids, tokens and times never stand in a contract. In their place stand examples that are the same in every run, with an
expression that says what the true ones look like.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any, Final, TypeAlias

Rule: TypeAlias = dict[str, Any]

URL: Final = r"^https?://\S+$"
ANY: Final = r"^.+$"
_MADE_UP: Final = "https://gateway.example/challenge"
_TIME: Final = "2020-01-01T00:00:00Z"
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
# What two texts of one kind have in common, the narrowest first. All of both must match.
_KINDS: Final = (
    r"^\d+$",
    r"^-?\d+\.\d+$",
    r"^[a-z]{3}$",
    r"^[A-Z]{3}$",
    r"^[a-z]{2}$",
    r"^[A-Z]{2}$",
    r"^[a-z]{2}[-_][A-Z]{2}$",
    r"^\d{1,3}(\.\d{1,3}){3}$",
    r"^[^@\s]+@[^@\s]+$",
    URL,
)


def matches(rule: str) -> Rule:
    """A matcher for text: the whole of it."""
    return {"match": "regex", "regex": rule}


def common(mine: str, its: str) -> str:
    """An expression that two texts of one kind share."""
    return next((kind for kind in _KINDS if re.search(kind, mine) and re.search(kind, its)), ANY)


def prefix(mine: str, its: str) -> str:
    """What two ids of one kind begin with, up to a mark that ends a word: `pi_` of `pi_3ab` and `pi_3cd`."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(mine, its, strict=False)))
    found = re.match(r"^.*[^A-Za-z0-9]", mine[:same])
    return found[0] if found else ""


def is_url(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def id_rule(mine: str, its: str) -> str:
    """What an id or another text that no two worlds have in common looks like, without anchors."""
    if is_url(mine):
        return r"https?://\S+"
    start = prefix(mine, its)
    return rf"{re.escape(start)}\w+" if start else r"[^\s/?&#]+"


def id_example(mine: str, its: str, name: str) -> str:
    """A made-up one. `name` is where it stands, for ids without a mark of their kind."""
    if is_url(mine):
        return _MADE_UP
    return f"{prefix(mine, its) or f'{name}_'}1"


def timed(mine: str) -> tuple[str, str]:
    """A made-up example and an expression for a text that changes with time, or by chance."""
    if mine.isdecimal():
        return "1", r"^\d+$"
    if _ISO.match(mine):
        return _TIME, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*$"
    return "example", ANY
