"""`paypact explain`: what is known about a fingerprint, or about a stack trace from production, and whom to ask."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from rich.text import Text

from paypact import gateways, settings
from paypact.aid import match, owners
from paypact.aid.trace import Trace, traces
from paypact.commands.results import known, of_fingerprint
from paypact.errors import UsageError
from paypact.gateways.facts import Facts
from paypact.report import finding as one
from paypact.report import style
from paypact.report.model import Finding, Line, RunResult
from paypact.report.output import standard_output
from paypact.report.page import Page
from paypact.report.style import data
from paypact.testkit.blame import is_team

FINGERPRINT: Final = re.compile(r"[0-9a-f]{12}")
FOUND, UNFOUND = 0, 1
MOST: Final = 5  # matches that are told; more would not be read in an incident
CLUES: Final = 8


def explain(what: str, paths: Sequence[str], *, results: Sequence[str]) -> int:
    """Say what matches; 0 where anything does, 1 where nothing does.

    Raises:
        PaypactError: there is no such file, no stack trace in it, or no finding of that fingerprint.
    """
    by_mark = FINGERPRINT.fullmatch(what) is not None and not Path(what).is_file()
    found = [] if by_mark else traces(_read(what), "standard input" if what == "-" else what)
    result = known(paths, results)
    same = of_fingerprint(result, what) if by_mark else []
    with standard_output() as out:
        page = Page(style.console(out))
        if by_mark:
            page.blank()
            one.show(page, same[0], others=same[1:])
            _contacts(page, same[0])
            return FOUND
        return _trace(page, result, found)


def _read(what: str) -> str:
    if what == "-":
        return sys.stdin.read()
    try:
        return Path(what).read_text("utf-8", errors="replace")
    except OSError as error:
        raise UsageError(
            f"explain: {what} cannot be read: {error.strerror}. "
            "Name a finding's fingerprint, a file with a stack trace, or - for standard input"
        ) from error


def _trace(page: Page, result: RunResult, found: Sequence[Trace]) -> int:
    last = found[-1]
    page.blank()
    page.line(data(f"{last.kind}: {last.message}" if last.message else last.kind or "a stack trace", "bold red"))
    inner = next((frame for frame in reversed(last.frames) if is_team(frame.file)), last.frames[-1])
    page.field("raised in", data(f"{inner.file}:{inner.line} in {inner.function}"))
    page.blank()
    near = match.matches(result, found)
    facts = {name: known for name in dict.fromkeys(c.gateway for c in result.integrations) if (known := _facts(name))}
    clues = list(match.clues(result, found, facts))
    for each in near[:MOST]:
        page.line(data(each.said, "bold"))
        one.brief(page, each.finding)
        page.field("fingerprint", data(each.finding.fingerprint))
        page.field("promise", data(f"docs/promises/{each.finding.promise}.md"))
        _contacts(page, each.finding)
        page.blank()
    if len(near) > MOST:
        page.line(data(f"and {len(near) - MOST} more findings on the way through the same code", "dim"))
    for clue in clues[:CLUES]:
        cells = ", ".join(f"{cell.name} ({cell.state})" for cell in clue.cells) or "no cell is about it"
        page.field(clue.word, data(f"{clue.meaning}: {cells}"))
    if not near:
        _nothing(page, result, found, clues)
    return FOUND if near or clues else UNFOUND


def _nothing(page: Page, result: RunResult, found: Sequence[Trace], clues: Sequence[match.Clue]) -> None:
    """What to do where no finding has to do with the trace."""
    page.line(data("no finding of this result has to do with that code", "bold"))
    for name in match.integrations(result, found):
        page.field("integration", data(f"{name} runs through it, and kept what was tried"))
    names = dict.fromkeys(cell.name for clue in clues for cell in clue.cells)
    page.line(
        data(
            "Next: "
            + (f"look at {', '.join(names)}; " if names else "")
            + "explore deeper with `paypact run --profile nightly`, drive the operation that failed, "
            "or write the case down: docs/incident.md"
        )
    )


def _contacts(page: Page, finding: Finding) -> None:
    """Who owns the code, and where the vendor is reached."""
    chosen = settings.read(Path.cwd())
    files = tuple(dict.fromkeys(line.file for line in _lines(finding)))
    root = settings.home(Path.cwd())
    owner = owners.owner(root, chosen.owners, integration=finding.integration, files=files)
    page.field(
        "owner", data(owner) if owner else data("nobody: name one in [tool.paypact.owners] or CODEOWNERS", "dim")
    )
    facts = _facts(finding.gateway)
    title = facts.gateway.title if facts else finding.gateway
    reached = chosen.contacts.get(finding.gateway) or (facts and (facts.gateway.support or facts.gateway.docs)) or ""
    page.field("vendor", data(f"{title}: {reached}" if reached else title))
    page.copied("evidence", Text(f"paypact evidence {finding.fingerprint}"))


def _facts(gateway: str) -> Facts | None:
    """What is known of a gateway; a result may be of one that is not installed here."""
    return gateways.load(gateway).facts if gateway in gateways.names() else None


def _lines(finding: Finding) -> Iterable[Line]:
    """The innermost line first."""
    return [*([finding.line] if finding.line else []), *reversed(finding.stack)]
