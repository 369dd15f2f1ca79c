"""What a team has accepted: waivers, with an owner and an end, and a baseline of the findings of one day.

Both are applied to a finished result and never change what was found: a finding that is accepted becomes advice and
says why. What has ended fails; what is not needed any more is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import msgspec

from paypact.errors import DataError, UsageError
from paypact.report.model import BROKEN, KEPT, CellResult, Finding, RunResult, Severity, conclude, fails

SCHEMA: Final = 1


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[tool.paypact.waivers]]`: findings that fail no build until a day. Names may be globs."""

    promise: str
    integration: str
    reason: str
    owner: str
    until: dt.date
    scheme: str = "*"

    def __str__(self) -> str:
        return f"waiver for {self.promise}[{self.integration}-{self.scheme}] ({self.owner}, until {self.until})"

    def covers(self, finding: Finding) -> bool:
        """Whether this waiver names a finding's cell."""
        named = ((finding.promise, self.promise), (finding.integration, self.integration), (finding.cell, self.scheme))
        return all(fnmatchcase(word, pattern) for word, pattern in named)


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The findings and the covered cells of one day, by fingerprint and by name."""

    schema: int = SCHEMA
    findings: dict[str, str] = {}  # fingerprint -> name and sentence
    covered: tuple[str, ...] = ()


def waive(result: RunResult, waivers: Sequence[Waiver], today: dt.date) -> RunResult:
    """The result with waived findings as advice; an ended waiver fails, an unused one is noted."""
    if not waivers:
        return result
    ended = [waiver for waiver in waivers if waiver.until < today]
    current = [waiver for waiver in waivers if waiver.until >= today]
    used: set[int] = set()

    def softened(finding: Finding) -> Finding:
        for place, waiver in enumerate(current):
            if fails(finding.severity, result.fail_on) and waiver.covers(finding):
                used.add(place)
                return _accepted(finding, f"waived until {waiver.until} by {waiver.owner}: {waiver.reason}")
        return finding

    cells = _changed(result, softened)
    notes = [
        f"{waiver} is not needed any more: no finding matches it" for n, waiver in enumerate(current) if n not in used
    ]
    failures = [f"{waiver} has ended: fix what it waived, or give it a new day" for waiver in ended]
    return _concluded(result, cells, failures, notes)


def compare(result: RunResult, baseline: Baseline) -> RunResult:
    """The result with the baseline's findings as advice; new findings and lost coverage fail, what is gone is noted."""

    def known(finding: Finding) -> Finding:
        if finding.fingerprint in baseline.findings and fails(finding.severity, result.fail_on):
            return _accepted(finding, "known: the baseline has it")
        return finding

    cells = _changed(result, known)
    found = {finding.fingerprint for finding in result.findings}
    tried = {cell.name for cell in result.cells}
    covered = set(_covered(result.cells))
    lost = [name for name in baseline.covered if name in tried and name not in covered]
    gone = [said for fingerprint, said in baseline.findings.items() if fingerprint not in found]
    failures = [f"coverage lost: {name} was tried when the baseline was written, and is not any more" for name in lost]
    notes = [f"gone since the baseline, write it anew: {said}" for said in gone]
    return _concluded(result, cells, failures, notes)


def baseline_of(result: RunResult) -> Baseline:
    """Today's findings and coverage."""
    return Baseline(
        findings={finding.fingerprint: f"{finding.name}: {finding.sentence}" for finding in result.findings},
        covered=tuple(sorted(_covered(result.cells))),
    )


def read_baseline(file: Path) -> Baseline:
    """A baseline that was written before.

    Raises:
        UsageError: there is none. DataError: it is none, or of a newer paypact.
    """
    if not file.is_file():
        raise UsageError(f"there is no baseline at {file}: write one with `paypact run --baseline write`")
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Baseline)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise DataError(f"{file} is no baseline: {error}. Write it anew with `paypact run --baseline write`") from error
    if found.schema != SCHEMA:
        raise DataError(f"{file} has schema {found.schema}, this paypact reads {SCHEMA}: upgrade paypact")
    return found


def write_baseline(baseline: Baseline, file: Path) -> None:
    """Write a baseline whole or not at all, in a form that makes small diffs."""
    text = msgspec.json.format(msgspec.json.encode(baseline, order="sorted"), indent=2) + b"\n"
    part = file.with_name(file.name + ".part")
    part.write_bytes(text)
    part.replace(file)


def _accepted(finding: Finding, note: str) -> Finding:
    return msgspec.structs.replace(finding, severity="advice", note="; ".join(filter(None, (finding.note, note))))


def _changed(result: RunResult, change: object) -> tuple[CellResult, ...]:
    cells = []
    for cell in result.cells:
        findings = tuple(change(finding) for finding in cell.findings)  # type: ignore[operator]  # one of the two above
        state = cell.state
        if state == "broken" and not any(fails(finding.severity, result.fail_on) for finding in findings):
            state = "advice"
        cells.append(msgspec.structs.replace(cell, findings=findings, state=state))
    return tuple(cells)


def _covered(cells: Iterable[CellResult]) -> list[str]:
    return [cell.name for cell in cells if cell.state not in ("not covered", "defect")]


def _concluded(
    result: RunResult, cells: tuple[CellResult, ...], failures: Sequence[str], notes: Sequence[str]
) -> RunResult:
    severity: Severity = result.fail_on
    code, verdict = conclude(cells, severity)
    if failures and code == KEPT:
        code, verdict = BROKEN, failures[0]
    return msgspec.structs.replace(
        result, cells=cells, exit_code=code, verdict=verdict, notes=(*result.notes, *failures, *notes)
    )
