"""Bodies of requests and replies as they are shown: laid out, cut to what all of them may take, clues marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from paypact.report.finding import clues, laid_out, same_again
from paypact.report.model import Finding

LIMITS: Final = (6_000, 2_000, 700)  # characters of one body, the first that fits what is left of the budget
LEAST: Final = 200  # what each body gets even when nothing is left
SHARE: Final = 4  # nobody takes more than a fourth of what is left, so that the next worst has some too
AROUND: Final = 2  # lines that are kept on either side of one with a clue


class Bodies:
    """All bodies of one page, whose findings come worst first: they get what is left of `budget`, in characters."""

    def __init__(self, findings: Sequence[Finding], budget: int) -> None:
        sizes = [[len(laid_out(body)) for body in _bodies(finding)] for finding in findings]
        spare = budget - sum(min(size, LEAST) for each in sizes for size in each)
        self._limits: dict[int, int] = {}
        for finding, each in zip(findings, sizes, strict=True):
            floor = sum(min(size, LEAST) for size in each)
            for limit in (*LIMITS, LEAST):
                more = sum(min(size, limit) for size in each) - floor
                if more <= max(spare, 0) / SHARE or limit == LEAST:
                    self._limits[id(finding)] = limit
                    spare -= more
                    break

    def shown(self, body: str, finding: Finding) -> list[tuple[str, bool]]:
        """Pieces of a body of one of the findings, each with whether it is a clue."""
        found = clues(finding)
        return list(_marked(cut(laid_out(body), self._limits[id(finding)], found), found))


def _bodies(finding: Finding) -> Iterator[str]:
    for exchange, again in zip(finding.exchanges, same_again(finding.exchanges), strict=True):
        if not again:
            yield from (body for body in (exchange.request, exchange.reply) if body)


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
