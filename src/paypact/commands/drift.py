"""`paypact drift`: what a vendor's next description changes under the needs of its contracts."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from rich.console import Console

from paypact.contract import openapi, sources
from paypact.contract.documents import ContractError
from paypact.contract.drift import Change, DriftResult, drift, needs_of
from paypact.errors import UsageError
from paypact.report import files, json, style
from paypact.report.output import standard_output
from paypact.report.page import Page
from paypact.report.style import data

HOLDS, BREAKS = 0, 1


def command(places: Sequence[str], *, provider: str, spec: str, against: str, json_file: str) -> int:
    """Print what changes; 1 where a need breaks.

    Raises:
        PaypactError: a contract or a description cannot be read.
    """
    for option, value in (("--provider NAME, as the contracts call the provider", provider), ("--spec FILE", spec)):
        if not value:
            raise UsageError(f"drift needs {option}")
    if json_file:
        files.check(json_file)
    contracts = sources.read(places, provider, {}) if places else sources.bundled(provider)
    needs = needs_of(contracts)
    if not needs:
        raise ContractError(f"the contracts for {provider} need no field of any reply: there is nothing to compare")
    new = openapi.load(spec)
    old = openapi.load(against) if against else None
    changes = tuple(sorted(drift(needs, new, old), key=lambda change: (not change.breaks, change.reply, change.field)))
    webhooks = sum(each.kind == "message" for one in contracts for each in one.interactions)
    notes = (f"{webhooks} webhooks were not compared: descriptions of replies say nothing of them",) if webhooks else ()
    code = BREAKS if any(change.breaks for change in changes) else HOLDS
    result = DriftResult(
        version=version("paypact"),
        provider=provider,
        spec=spec,
        against=against,
        needs=len(needs),
        changes=changes,
        notes=notes,
        exit_code=code,
    )
    if json_file:
        json.write_record(result, json_file)
    with standard_output() as out:
        _show(result, new.title, old.title if old is not None else "", style.console(out))
    return code


def _show(result: DriftResult, new: str, old: str, console: Console) -> None:
    page = Page(console)
    for change in result.changes:
        _change(page, change)
    for note in result.notes:
        page.line(data(note, "dim"))
    broken = sum(change.breaks for change in result.changes)
    rest = len(result.changes) - broken
    said = f"{broken} of {result.needs} needs break" if broken else f"all {result.needs} needs hold"
    if result.needs == 1:
        said = "the one need breaks" if broken else "the one need holds"
    more = f", {rest} to look at" if rest else ""
    compared = f"{new} against {old}" if old else new
    page.line(data(f"{result.provider}: {said}{more} ({compared})", "bold red" if broken else "bold green"))


def _change(page: Page, change: Change) -> None:
    page.line(data(f"{change.kind}: {change.field}", "bold red" if change.breaks else "yellow"))
    inner = Page(page.console, 3)
    inner.line(data(f"of {change.reply}, needed by {', '.join(change.consumers)}", "dim"))
    inner.line(data(change.sentence))
