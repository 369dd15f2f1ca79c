"""The tally: what the cells of a run came to, added up from reports of this process or of workers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version

import msgspec

from paypact.report.model import UNUSABLE, CellResult, Coverage, Integration, RunResult, Severity, conclude


class CellReport(msgspec.Struct, frozen=True, kw_only=True):
    """One cell's result as it travels on a report; `place` is its rank in the run, `result` None: it could not run."""

    place: int
    integration: Integration
    result: CellResult | None = None
    error: str = ""

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str) -> CellReport:
        return msgspec.json.decode(text, type=CellReport)


@dataclass
class Tally:
    """Everything a run has come to so far. `errors` are mistakes in use, which end in exit code 2."""

    profile: str
    fail_on: Severity
    tested: dict[int, CellReport] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def add(self, tested: CellReport) -> None:
        """Count one cell."""
        self.tested[tested.place] = tested
        if tested.error:
            self.blame(tested.error)

    def blame(self, error: str) -> None:
        """Count one mistake in use, the same only once."""
        if error and error not in self.errors:
            self.errors.append(error)

    @property
    def results(self) -> tuple[CellResult, ...]:
        """Results in the order of collection, whatever the order in which they came."""
        return tuple(each.result for _, each in sorted(self.tested.items()) if each.result is not None)

    def conclude(self) -> tuple[int, str]:
        """Exit code and verdict."""
        if self.errors:
            more = f" (and {len(self.errors) - 1} more)" if len(self.errors) > 1 else ""
            return UNUSABLE, f"{self.errors[0]}{more}"
        return conclude(self.results, self.fail_on)

    def total(self, seconds: float) -> RunResult:
        """The whole run."""
        exit_code, verdict = self.conclude()
        columns = {each.integration.name: each.integration for _, each in sorted(self.tested.items())}
        return RunResult(
            version=version("paypact"),
            profile=self.profile,
            fail_on=self.fail_on,
            exit_code=exit_code,
            verdict=verdict,
            integrations=tuple(columns.values()),
            cells=self.results,
            coverage=coverage(self.results),
            seconds=round(seconds, 3),
        )


def coverage(cells: Iterable[CellResult]) -> tuple[Coverage, ...]:
    """How much of each promise's axes was met for each integration, over all its cells."""
    rows: dict[tuple[str, str], list[CellResult]] = {}
    for cell in cells:
        if cell.covered:
            rows.setdefault((cell.promise, cell.integration), []).append(cell)
    return tuple(
        _row(promise, integration, row)
        for (promise, integration), row in rows.items()
        if all(cell.missed is not None and cell.untried is not None for cell in row)
    )


def _row(promise: str, integration: str, row: list[CellResult]) -> Coverage:
    met = {pair for cell in row for pair in cell.pairs}
    possible = met | {pair for cell in row for pair in cell.missed or ()}
    tried = {(axis, value) for cell in row for axis, values in cell.covered.items() for value in values}
    known = tried | {(axis, value) for cell in row for axis, values in (cell.untried or {}).items() for value in values}
    return Coverage(
        promise=promise,
        integration=integration,
        pairs=len(met),
        of=len(possible),
        values=len(tried),
        of_values=len(known),
    )
