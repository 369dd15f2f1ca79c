"""Matching: the findings and cells of a result that have to do with a stack trace, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from paypact.aid.trace import Frame, Trace
from paypact.gateways.facts import Facts
from paypact.report.model import CellResult, Finding, Line, RunResult

SAID: Final = {
    4: "the same error in the same place",
    3: "another error in the same place",
    2: "the same error, on the way through the same code",
    1: "on the way through the same code",
}


@dataclass(frozen=True)
class Match:
    """A finding, how near it is (4 is the same, 1 is related), and how many lines of its stack are in the trace."""

    finding: Finding
    nearness: int
    shared: int

    @property
    def said(self) -> str:
        return SAID[self.nearness]


@dataclass(frozen=True)
class Clue:
    """A word of the trace that is the gateway's own, what it means there, and the cells that are about it."""

    word: str
    meaning: str
    cells: tuple[CellResult, ...]


def matches(result: RunResult, traces: Iterable[Trace]) -> list[Match]:
    """The findings that share code with any of the traces, nearest first."""
    found = [
        best
        for finding in result.findings
        if (best := max((_match(finding, trace) for trace in traces), key=_rank)).nearness
    ]
    return sorted(found, key=_rank, reverse=True)


def clues(result: RunResult, traces: Iterable[Trace], facts: dict[str, Facts]) -> Iterator[Clue]:
    """Words that the traces quote and a gateway's facts know: its word for a card scheme, a reason of a decline."""
    for word in dict.fromkeys(word for trace in traces for word in trace.words):
        for gateway, known in facts.items():
            for scheme, fact in known.schemes.items():
                if word.lower() in (fact.brand.lower(), (fact.network or "").lower(), scheme):
                    cells = _cells(result, gateway, scheme)
                    yield Clue(word, f"{known.gateway.title}'s word for {scheme} cards", cells)
            for reason, decline in known.declines.items():
                if word in decline.wire.values():
                    meaning = f"{known.gateway.title}'s word for the decline {reason}"
                    yield Clue(
                        word, meaning, tuple(c for c in result.cells if c.gateway == gateway and _answers(c, reason))
                    )


def integrations(result: RunResult, traces: Iterable[Trace]) -> list[str]:
    """The integrations whose code is in the trace, as far as the result tells: by its findings and drivers' files."""
    frames = [frame for trace in traces for frame in trace.frames]
    named = [
        finding.integration
        for finding in result.findings
        if any(_same(frame, line) for frame in frames for line in _lines(finding))
    ]
    driven = [
        column.name for column in result.integrations if any(_same_file(frame.file, column.file) for frame in frames)
    ]
    return list(dict.fromkeys([*named, *driven]))


def _match(finding: Finding, trace: Trace) -> Match:
    lines = _lines(finding)
    shared = sum(any(_same(frame, line) for frame in trace.frames) for line in lines)
    kind = finding.exception.partition(":")[0]
    same_error = bool(kind) and kind.rpartition(".")[2] == trace.kind
    inner = finding.line is not None and _innermost(finding.line, trace, lines)
    nearness = (4 if same_error else 3) if inner else (2 if same_error else 1) if shared else 0
    return Match(finding, nearness, shared)


def _innermost(line: Line, trace: Trace, lines: tuple[Line, ...]) -> bool:
    """Whether the finding's own line is the trace's innermost frame of code that the finding knows."""
    known = [frame for frame in trace.frames if any(_same_file(frame.file, each.file) for each in lines)]
    return bool(known) and _same(known[-1], line)


def _lines(finding: Finding) -> tuple[Line, ...]:
    return (*finding.stack, *([finding.line] if finding.line and finding.line not in finding.stack else []))


def _same(frame: Frame, line: Line) -> bool:
    """The same function of the same file: line numbers differ from revision to revision."""
    return frame.function == line.function and _same_file(frame.file, line.file)


def _same_file(one: str, other: str) -> bool:
    """Whether one path ends as the other: a server's folders are not those of a checkout."""
    mine, yours = one.split("/"), other.split("/")
    length = min(len(mine), len(yours), 2)
    return mine[-length:] == yours[-length:]


def _cells(result: RunResult, gateway: str, key: str) -> tuple[CellResult, ...]:
    return tuple(cell for cell in result.cells if cell.gateway == gateway and cell.cell == key)


def _answers(cell: CellResult, reason: str) -> bool:
    return any(f"decline:{reason}" in values for values in cell.covered.values())


def _rank(match: Match) -> tuple[int, int]:
    return match.nearness, match.shared
