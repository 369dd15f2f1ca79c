"""`paypact evidence`: a finding as files that the vendor can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_
from pathlib import Path

import msgspec

from paypact import replay
from paypact.aid import evidence as files
from paypact.commands.explain import FINGERPRINT
from paypact.commands.results import known, of_fingerprint
from paypact.commands.run import order
from paypact.errors import UsageError
from paypact.report import style
from paypact.report.model import Finding, RunResult
from paypact.report.output import standard_output
from paypact.report.page import Page
from paypact.runner import launch
from paypact.runner.plan import OFF
from paypact.testkit.example import Example


def evidence(what: str, paths: Sequence[str], *, results: Sequence[str], target: str, contracts: str) -> int:
    """Play the case once more, and write what was seen; 0 where it was written.

    Raises:
        PaypactError: no such finding, its case is kept now, or something is where the files should go.
    """
    before: Finding | None = None
    if "::" in what:
        case = replay.parse(what)
    else:
        found = known(paths, results)
        before = _finding(what, found)
        case = _case(before, found)
    seen: list[Example] = []
    wanted = with_(order([case.place]), case=str(case), workers=0, baseline=OFF)
    result = launch.run(wanted, witness=seen.append)
    if not result.findings or not seen:
        raise UsageError(
            f"evidence: {case.cell} keeps its promise in this case now, so there is nothing to show: {result.verdict}"
        )
    finding = result.findings[0]
    if before is not None:  # a replay does not explain: it plays one case
        finding = msgspec.structs.replace(finding, explained=before.explained)
    written = files.collect(finding, seen[-1], Path(contracts))
    place = Path(target or f"evidence-{finding.fingerprint}")
    files.write(written, place)
    with standard_output() as out:
        console = style.console(out)
        page = Page(console, 0)
        page.line(style.data(f"wrote {place}{'' if place.suffix == '.zip' else '/'}: {', '.join(written)}"))
        if "reproduce.sh" in written:
            page.whole(style.data(f"try it: paypact serve --gateway {finding.gateway} --port 4242"))
    return 0


def _finding(what: str, result: RunResult) -> Finding:
    """A finding by its fingerprint, or the worst by its cell's name."""
    return of_fingerprint(result, what)[0] if FINGERPRINT.fullmatch(what) else _worst(result, what)


def _case(finding: Finding, result: RunResult) -> replay.Replay:
    file = next(column.file for column in result.integrations if column.name == finding.integration)
    return replay.Replay(file, finding.name, finding.case)


def _worst(result: RunResult, name: str) -> Finding:
    cells = [cell for cell in result.cells if cell.name == name]
    if not cells:
        near = ", ".join(cell.name for cell in result.cells if cell.findings) or "none"
        raise UsageError(
            f"evidence: there is no cell {name!r} in the result (with findings: {near}). "
            "Name a cell, a fingerprint, or a case as a finding prints it"
        )
    found = [finding for finding in result.findings if finding.name == name]
    if not found:
        raise UsageError(f"evidence: {name} has no finding ({cells[0].state}), so there is nothing to show")
    return found[0]
