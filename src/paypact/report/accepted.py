"""What a team has accepted: waivers, with an owner and an end, and a baseline of the findings of one day.

Neither changes what was found: a finding that is accepted becomes advice and says why. What has ended fails; what is
not needed any more is said.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from paypact.errors import DataError, UsageError
from paypact.naming import unknown
from paypact.report import files
from paypact.report.model import (
    Acceptance,
    CellResult,
    Finding,
    RunResult,
    Severity,
    State,
    conclude,
    failing,
    fails,
)

SCHEMA: Final = 1
TRIED: Final[tuple[State, ...]] = ("kept", "advice", "broken")
FAILING: Final = ("ended", "lost")  # states of what is accepted that fail a build by themselves
NOTES: Final = {
    "used": "",
    "known": "",
    "unused": "waiver for {0.name} ({0.owner}, until {0.until}) is not needed any more: no finding matches it",
    "ended": "waiver for {0.name} ({0.owner}, until {0.until}) has ended: fix what it waived, or give it a new day",
    "gone": "gone since the baseline, write it anew: {0.name}: {0.reason}",
    "lost": "coverage lost: {0.name} was tried when the baseline was written, and is not any more",
}


_Said: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[tool.paypact.waivers]]`: findings that fail no build until a day. Names may be globs."""

    promise: str
    integration: str
    reason: _Said
    owner: _Said
    until: dt.date
    scheme: str = "*"

    def covers(self, it: Finding | CellResult) -> bool:
        """Whether this waiver names a cell, or the cell of a finding."""
        named = ((it.promise, self.promise), (it.integration, self.integration), (it.cell, self.scheme))
        return all(fnmatchcase(word, pattern) for word, pattern in named)

    def entry(self, state: Literal["used", "unused", "ended"], findings: int) -> Acceptance:
        """What became of it, for the result."""
        return Acceptance(
            kind="waiver",
            name=f"{self.promise}[{self.integration}-{self.scheme}]",
            state=state,
            reason=self.reason,
            owner=self.owner,
            until=self.until.isoformat(),
            findings=findings,
        )


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The findings and the covered cells of one day.

    One flaw may show in many cells under one fingerprint; where it shows anew, it is news.
    """

    schema: int = SCHEMA
    findings: dict[str, dict[str, str]] = {}  # name of the cell -> fingerprint -> sentence
    covered: dict[str, tuple[str, ...]] = {}  # integration -> names of cells


@dataclass(frozen=True)
class Accepting:
    """What a team accepts on a day. It is applied to each cell as it ends, and once more to the whole result."""

    waivers: tuple[Waiver, ...] = ()
    baseline: Baseline | None = None
    today: dt.date = dt.date.min

    def soften(self, cell: CellResult, fail_on: Severity) -> CellResult:
        """The cell with what is accepted as advice."""
        findings = tuple(self._softened(finding, fail_on) for finding in cell.findings)
        state = cell.state
        if state == "broken" and not failing(findings, fail_on):
            state = "advice"
        return msgspec.structs.replace(cell, findings=findings, state=state)

    def applied(self, result: RunResult, *, narrowed: bool = False) -> RunResult:
        """The result, and what became of each waiver and of the baseline: what has ended or was lost fails.

        Whether a waiver is still needed is known where the run tried a cell that it names. A cell that the baseline has
        and this run has not is lost, unless the run was `narrowed` to some cells, or is of other integrations.
        """
        cells = tuple(self.soften(cell, result.fail_on) for cell in result.cells)
        softened = msgspec.structs.replace(result, cells=cells)
        return concluded(result, cells, [*self._waived(softened), *self._compared(softened, narrowed=narrowed)])

    def check(self, promises: Iterable[str]) -> None:
        """Whether every waiver is for a promise that there is; which integrations there are, a run does not know.

        Raises:
            DataError: one is not.
        """
        known = list(dict.fromkeys(promises))
        for waiver in self.waivers:
            if not any(fnmatchcase(promise, waiver.promise) for promise in known):
                raise DataError(f"pyproject.toml, tool.paypact.waivers: {unknown('promise', waiver.promise, known)}")

    def _softened(self, finding: Finding, fail_on: Severity) -> Finding:
        if finding.accepted or not fails(finding.severity, fail_on):
            return finding
        waiver = self._waiver(finding)
        if waiver is not None:
            why = f"{finding.severity}, waived until {waiver.until} by {waiver.owner}: {waiver.reason}"
            return _accepted(finding, "waiver", why)
        if self.baseline is not None and finding.fingerprint in self.baseline.findings.get(finding.name, ()):
            return _accepted(finding, "baseline", f"{finding.severity}, known: the baseline has it")
        return finding

    def _waiver(self, finding: Finding) -> Waiver | None:
        return next((each for each in self.waivers if each.until >= self.today and each.covers(finding)), None)

    def _waived(self, result: RunResult) -> Iterator[Acceptance]:
        waived = [finding for finding in result.findings if finding.accepted == "waiver"]
        used = Counter(self._waiver(finding) for finding in waived)
        for waiver in self.waivers:
            if waiver.until < self.today:
                yield waiver.entry("ended", 0)
            elif used[waiver]:
                yield waiver.entry("used", used[waiver])
            elif any(waiver.covers(cell) for cell in result.cells if cell.state in TRIED):
                yield waiver.entry("unused", 0)

    def _compared(self, result: RunResult, *, narrowed: bool) -> Iterator[Acceptance]:
        if self.baseline is None:
            return
        for finding in result.findings:
            if finding.accepted == "baseline":
                yield _entry("known", finding.name, finding.sentence, 1)
        found = {(finding.name, finding.fingerprint) for finding in result.findings}
        covered = {cell.name for cell in result.cells if cell.state in TRIED}
        for name, known in self.baseline.findings.items():
            for fingerprint, sentence in known.items() if name in covered else ():
                if (name, fingerprint) not in found:
                    yield _entry("gone", name, sentence)
        for name in _lost(result, self.baseline, covered, narrowed=narrowed):
            yield _entry("lost", name)


def _lost(result: RunResult, baseline: Baseline, covered: set[str], *, narrowed: bool) -> list[str]:
    """Cells that were tried once, belong to this run, and were not tried now."""
    untried = {cell.name for cell in result.cells} - covered
    dealt = set(result.shard.cells) if result.shard else {cell.name for cell in result.cells}
    columns = {column.name for column in result.integrations}
    return [
        name
        for column, names in baseline.covered.items()
        for name in names
        if name in untried or (column in columns and name not in dealt and not narrowed)
    ]


def baseline_of(result: RunResult, before: Baseline | None = None, *, narrowed: bool = False) -> Baseline:
    """Today's findings and coverage; of cells that this run is not about, what stood in the baseline `before`."""
    before = before or Baseline()
    ran = {cell.name for cell in result.cells}
    columns = {column.name for column in result.integrations}
    covered = {
        column: {name for name in names if name not in ran}
        for column, names in before.covered.items()
        if narrowed or column not in columns
    }
    kept = {name for names in covered.values() for name in names}
    findings = {name: dict(known) for name, known in before.findings.items() if name in kept}
    for finding in result.findings:
        if finding.accepted != "waiver":  # what has an end must not become known for ever
            findings.setdefault(finding.name, {})[finding.fingerprint] = finding.sentence
    for cell in result.cells:
        if cell.state in TRIED:
            covered.setdefault(cell.integration, set()).add(cell.name)
    return Baseline(findings=findings, covered={column: tuple(sorted(names)) for column, names in covered.items()})


def read_baseline(file: Path) -> Baseline:
    """A baseline that was written before.

    Raises:
        UsageError: there is none. DataError: it is none, or of a newer paypact.
    """
    if not file.is_file():
        raise UsageError(f"there is no baseline at {file}: write one with `paypact run --baseline write`")
    here = Path.cwd()
    name = file.relative_to(here).as_posix() if file.is_relative_to(here) else str(file)
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Baseline)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise DataError(f"{name} is no baseline: {error}. Write it anew with `paypact run --baseline write`") from error
    if found.schema != SCHEMA:
        raise DataError(f"{name} has schema {found.schema}, this paypact reads {SCHEMA}: upgrade paypact")
    return found


def write_baseline(baseline: Baseline, file: Path) -> None:
    """Write a baseline whole or not at all, in a form that makes small diffs."""
    files.replace(str(file), msgspec.json.format(msgspec.json.encode(baseline, order="sorted"), indent=2) + b"\n")


def concluded(result: RunResult, cells: tuple[CellResult, ...], entries: Iterable[Acceptance]) -> RunResult:
    """The result with these cells, and what came of what is accepted in notes and verdict."""
    accepted = (*result.accepted, *entries)
    failures = [note for entry in accepted if entry.state in FAILING and (note := NOTES[entry.state].format(entry))]
    others = [note for entry in accepted if entry.state not in FAILING and (note := NOTES[entry.state].format(entry))]
    code, verdict = conclude(cells, result.fail_on, errors=result.errors, failures=failures)
    return msgspec.structs.replace(
        result,
        cells=cells,
        exit_code=code,
        verdict=verdict,
        accepted=accepted,
        notes=tuple(dict.fromkeys([*failures, *others])),
    )


def _entry(state: Literal["known", "gone", "lost"], name: str, sentence: str = "", findings: int = 0) -> Acceptance:
    return Acceptance(kind="baseline", name=name, state=state, reason=sentence, findings=findings)


def _accepted(finding: Finding, by: Literal["waiver", "baseline"], why: str) -> Finding:
    note = "; ".join(filter(None, (finding.note, why)))
    return msgspec.structs.replace(finding, severity="advice", accepted=by, note=note)
