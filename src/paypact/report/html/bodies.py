"""Bodies of requests and replies as they are shown: laid out, cut to what all of them may take, clues marked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

LIMITS: Final = (6_000, 2_500, 1_200, 600, 250)  # characters of one body, the first that fits the budget
AROUND: Final = 2  # lines that are kept on either side of one with a clue


class Bodies:
    """All bodies of one page. `budget` is in characters."""

    def __init__(self, every: Iterable[str], budget: int) -> None:
        sizes = [len(laid_out(body)) for body in every]
        fitting = (limit for limit in LIMITS if sum(min(size, limit) for size in sizes) <= budget)
        self.limit = next(fitting, LIMITS[-1])

    def shown(self, body: str, clues: Sequence[str]) -> list[tuple[str, bool]]:
        """Pieces of a body, each with whether it is a clue."""
        return list(_marked(cut(laid_out(body), self.limit, clues), clues))


def laid_out(body: str) -> str:
    """JSON with a line for each key; anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=1, ensure_ascii=False)
    except ValueError:
        return body


def cut(text: str, limit: int, clues: Sequence[str]) -> str:
    """Whole lines of a text, at most about `limit` characters: those around a clue before those at the beginning."""
    if len(text) <= limit:
        return text
    lines = text.splitlines()
    kept: set[int] = set()
    room = limit
    for place in _order(lines, clues):
        if place not in kept and room >= len(lines[place]):
            kept.add(place)
            room -= len(lines[place]) + 1
    if not kept:
        return f"{text[:limit]} [...]"
    return "\n".join(_joined(lines, kept))


def _order(lines: Sequence[str], clues: Sequence[str]) -> Iterator[int]:
    """Lines by how much a reader needs them."""
    for clue in clues:
        for place, line in enumerate(lines):
            if clue in line:
                yield from range(max(0, place - AROUND), min(len(lines), place + AROUND + 1))
    yield from range(len(lines))


def _joined(lines: Sequence[str], kept: set[int]) -> Iterator[str]:
    missing = 0
    for place, line in enumerate(lines):
        if place not in kept:
            missing += 1
            continue
        if missing:
            yield _left_out(missing)
            missing = 0
        yield line
    if missing:
        yield _left_out(missing)


def _left_out(lines: int) -> str:
    return f"[... {lines} line{'s' if lines > 1 else ''} left out]"


def _marked(text: str, clues: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, the first clue that is found in it marked wherever it stands."""
    clue = next((each for each in clues if each in text), "")
    if not clue:
        yield text, False
        return
    first, *rest = text.split(clue)
    yield first, False
    for piece in rest:
        yield clue, True
        yield piece, False
