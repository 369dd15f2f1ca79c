"""The tally: what the cells of a run came to, added up from reports of this process or of workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version

import msgspec

from paypact.report.coverage import coverage
from paypact.report.model import CellResult, Integration, RunResult, Severity, Shard, conclude


class CellReport(msgspec.Struct, frozen=True, kw_only=True):
    """One cell's result as it travels on a report; `place` is its rank in the run, `result` None: it could not run."""

    place: int
    integration: Integration
    result: CellResult | None = None
    error: str = ""
    shard: Shard | None = None  # the part of a shared run that this one is

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
    shard: Shard | None = None

    def add(self, tested: CellReport) -> None:
        """Count one cell."""
        self.tested[tested.place] = tested
        self.shard = tested.shard or self.shard
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
        return conclude(self.results, self.fail_on, errors=self.errors)

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
            errors=tuple(self.errors),
            shard=self.shard,
        )
