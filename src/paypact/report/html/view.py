"""What the page shows, drawn from the result: flaws, boards of squares, and the words that name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import quote

import msgspec

from paypact.contract.model import IntegrationNeeds
from paypact.report import style
from paypact.report.finding import card, evidence, explained, same_again, shortened, trigger
from paypact.report.flaws import Flaw, flaws
from paypact.report.matrix import gaps, rows, states
from paypact.report.model import (
    BROKEN,
    KEPT,
    STATES,
    CellResult,
    Coverage,
    ExchangeView,
    Finding,
    RunResult,
    State,
    failing,
)

ALL: Final = "all"  # the one cell of a promise that cannot be tried
HEADINGS: Final = {KEPT: "kept", BROKEN: "broken"}
SQUARES: Final[dict[State, str]] = style.SQUARES | {"not covered": "?"}  # a gap is to be seen as well as a failure
MOST_VALUES: Final = 5
MOST_CONDITIONS: Final = 8
LONGEST_VALUE: Final = 40
MOST_FLAWS: Final = 8  # in sight; more of them would push the matrix away


def anchor(cell: CellResult | Finding) -> str:
    """The fragment that leads to a cell: the same in every report of the same drivers."""
    return "/".join(quote(part, safe="") for part in (cell.promise, cell.integration, cell.cell))


@dataclass(frozen=True)
class Row:
    """The cells of one promise and integration. `gap`: it could not be tried at all."""

    integration: str
    cells: dict[str, CellResult]
    coverage: Coverage | None

    @property
    def gap(self) -> CellResult | None:
        only = self.cells.get(ALL)
        return only if only is not None and len(self.cells) == 1 and only.state == "not covered" else None


@dataclass(frozen=True)
class Board:
    """One promise: its rows, the keys of all its columns, and what it took."""

    promise: str
    rows: tuple[Row, ...]

    @property
    def keys(self) -> list[str]:
        return list(dict.fromkeys(key for row in self.rows if not row.gap for key in row.cells))

    @cached_property
    def cells(self) -> list[CellResult]:
        return [cell for row in self.rows for cell in row.cells.values()]

    @property
    def states(self) -> dict[State, int]:
        return states(self.cells)

    @property
    def worst(self) -> State:
        return next(iter(self.states))

    @property
    def seconds(self) -> float:
        return sum(cell.seconds for cell in self.cells)

    @property
    def pairs(self) -> tuple[int, int] | None:
        """Pairs of classes met, of those that can meet; None where nobody counted."""
        counted = [row.coverage for row in self.rows if row.coverage]
        return (sum(each.pairs for each in counted), sum(each.of for each in counted)) if counted else None


@dataclass(frozen=True)
class Needed:
    """A field that an integration cannot do without, and what happens where it is not as it was."""

    request: str
    field: str
    operations: tuple[str, ...]
    without: str


class Page:
    """Everything that the template asks for and the result does not say itself."""

    def __init__(self, result: RunResult) -> None:
        self.result = result
        self.findings = result.findings
        self.flaws: list[Flaw] = flaws(failing(result.findings, result.fail_on))
        self.advice: list[Flaw] = flaws(each for each in result.findings if not failing([each], result.fail_on))
        self.heading = HEADINGS.get(result.exit_code, "nothing can be said")
        self._firsts: dict[object, Finding] = {}
        for each in self.findings:
            self._firsts.setdefault(_mistake(each), each)
        self.squares = SQUARES
        self.most_flaws = MOST_FLAWS
        self.states = states(result.cells)
        self.all_states = tuple(reversed(STATES))
        self.gaps = gaps(result)

    def like(self, finding: Finding) -> Finding | None:
        """The finding whose exchanges stand for those of this one, being the same mistake; None: it has its own."""
        first = self._firsts[_mistake(finding)]
        return None if first is finding else first

    @property
    def shown_whole(self) -> list[Finding]:
        """Findings whose exchanges are shown, worst first."""
        return [finding for finding in self.findings if not self.like(finding)]

    @cached_property
    def boards(self) -> list[Board]:
        coverage = {(each.promise, each.integration): each for each in self.result.coverage}
        found: dict[str, list[Row]] = {}
        for row in rows(self.result.cells):
            promise, integration = row[0].promise, row[0].integration
            cells = {cell.cell: cell for cell in row}
            found.setdefault(promise, []).append(Row(integration, cells, coverage.get((promise, integration))))
        return [Board(promise, tuple(of_it)) for promise, of_it in found.items()]

    @property
    def slowest(self) -> float:
        return max((board.seconds for board in self.boards), default=0.0) or 1.0

    @property
    def notes(self) -> list[str]:
        """What else cells have to say, each thing once."""
        return list(dict.fromkeys(note for cell in self.result.cells for note in cell.notes))

    @property
    def unmodelled(self) -> list[str]:
        return sorted({name for cell in self.result.cells for name in cell.unmodelled})

    @property
    def needs(self) -> list[tuple[str, list[Needed]]]:
        """Of each integration, the fields that it needs of each kind of request."""
        every = msgspec.convert(self.result.needs, list[IntegrationNeeds])
        return [(each.integration, _needed(each)) for each in every]

    @property
    def totals(self) -> dict[str, int]:
        """How much was tried."""
        result = self.result
        return {
            "examples": sum(cell.examples for cell in result.cells),
            "exchanges": sum(cell.exchanges for cell in result.cells),
            "pairs": sum(each.pairs for each in result.coverage),
            "of": sum(each.of for each in result.coverage),
        }


def _needed(found: IntegrationNeeds) -> list[Needed]:
    merged: dict[tuple[str, str, str], list[str]] = {}
    for reply in found.replies:
        for need in reply.needs:
            operations = merged.setdefault((reply.request, need.field, need.without or need.null or need.other), [])
            operations += [] if reply.operation in operations else [reply.operation]
    return [Needed(request, field, tuple(by), without) for (request, field, without), by in merged.items()]


def conditions(cell: CellResult) -> str:
    """How often what a promise waits for truly occurred; that operations were called comes last, and may be cut."""
    every = sorted(cell.occurred.items(), key=lambda each: each[0].endswith(" called"))
    shown = ", ".join(f"{condition} {times}" for condition, times in every[:MOST_CONDITIONS])
    more = len(every) - MOST_CONDITIONS
    return f"{shown} and {more} more" if more > 0 else shown


def _mistake(finding: Finding) -> tuple[object, ...]:
    """What findings of one mistake share, whichever promises met it: of a crash where it happened, else the clause."""
    line = finding.line
    place = (line.file, line.function, line.number) if line else ()
    kind = finding.exception.partition(":")[0]
    return (finding.integration, place, kind, *(() if kind and line else (finding.promise, finding.clause)))


def values(some: Iterable[str]) -> str:
    """Values of an axis in a line; the empty one has a name, and a long list or value an end."""
    every = [value or "none" for value in some]
    short = [value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}..." for value in every[:MOST_VALUES]]
    more = f" and {len(every) - MOST_VALUES} more" if len(every) > MOST_VALUES else ""
    return ", ".join(short) + more


def axes(cell: CellResult) -> tuple[list[str], list[tuple[str, str, str]]]:
    """The axes of which every value was tried; of the others how many were, of how many, and which were not here."""
    untried = cell.untried or {}
    whole = [axis for axis, tried in cell.covered.items() if not untried.get(axis) and len(tried) > 1]
    parts = [
        (axis, f"{len(tried)} of {len(tried) + len(untried[axis])}", values(untried[axis]))
        for axis, tried in cell.covered.items()
        if untried.get(axis)
    ]
    return whole, parts


def url(exchange: ExchangeView, first: ExchangeView) -> str:
    """Where a request went: the host only where it is not that of the first."""
    return shortened(exchange.url, first.url, first=exchange is first)


FILTERS: Final = {
    "anchor": anchor,
    "axes": axes,
    "cause": lambda finding: style.CAUSES[finding.cause],
    "trigger": trigger,
    "card": card,
    "evidence": evidence,
    "explained": explained,
    "repeats": same_again,
    "conditions": conditions,
    "url": url,
    "values": values,
}
