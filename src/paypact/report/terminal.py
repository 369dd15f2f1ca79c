"""A run in the terminal: findings, matrix, verdict."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console

from paypact.report import finding as one
from paypact.report import matrix, style
from paypact.report.flaws import flaws
from paypact.report.model import BROKEN, KEPT, CellResult, Finding, RunResult, Severity, failing
from paypact.report.page import Page
from paypact.report.style import data

MOST = 10  # findings shown whole; more of them would hide the first


def closing(result: RunResult, console: Console, *, html: str = "", quiet: bool = False) -> None:
    """The end of a run: each flaw, the matrix, what was not covered, and the verdict last, where the eye is.

    `html` is the file that the report was written to. `quiet`: the verdict alone.
    """
    if not quiet:
        findings(result.findings, console, fail_on=result.fail_on)
        table(result, console)
        notes(result, console)
        if html:
            Page(console).line(data(html), prefix="report       ")
    verdict(result, console)


def findings(every: Iterable[Finding], console: Console, *, fail_on: Severity, full: bool = False) -> None:
    """Flaws that fail the build, whole; what fails nothing in brief."""
    every = list(every)
    page = Page(console)
    for place, flaw in enumerate(flaws(failing(every, fail_on))):
        if place < MOST:
            one.show(page, flaw.first, others=flaw.others, full=full)
        else:
            one.brief(page, flaw.first, others=flaw.others)
        page.blank()
    advice(every, console, fail_on=fail_on, full=full)


def advice(every: Iterable[Finding], console: Console, *, fail_on: Severity, full: bool = False) -> None:
    """Findings that fail nothing: in brief, whole where `full`."""
    page = Page(console)
    for flaw in flaws(each for each in every if not failing([each], fail_on)):
        if full:
            one.show(page, flaw.first, others=flaw.others, full=True)
        else:
            one.brief(page, flaw.first, others=flaw.others)
        page.blank()


def notes(result: RunResult, console: Console) -> None:
    """What waivers and the baseline say."""
    page = Page(console)
    for note in result.notes:
        page.line(data(note), prefix="accepted     ")


def table(result: RunResult, console: Console) -> None:
    """The matrix, its legend, and why cells were not covered."""
    if not result.cells:
        return
    page = Page(console)
    matrix.show(page, result)
    page.blank()
    page.line(matrix.legend(console))
    for cells, why in matrix.gaps(result):
        page.line(data(f"{cells}: ") + data(why, "dim"), prefix="not covered  ")
    for note in dict.fromkeys(note for cell in result.cells for note in cell.notes):
        page.line(data(note, "dim"), prefix="note         ")
    if unmodelled := sorted({name for cell in result.cells for name in cell.unmodelled}):
        page.line(data(", ".join(unmodelled), "dim"), prefix="no model for ")
    for cell in result.cells:
        if cell.state == "defect":
            defect(cell, page)
    page.blank()


def defect(cell: CellResult, page: Page) -> None:
    """A failure of paypact's own."""
    page.line(data(" DEFECT ", "bold white on magenta") + data(f" {cell.name}: {cell.why}"))
    page.line(data("paypact itself failed here, not your code. Please report it with this line.", "dim"))


def verdict(result: RunResult, console: Console) -> None:
    """What came of it, how much was tried, and the exit code."""
    page = Page(console)
    colour = {KEPT: "bold green", BROKEN: "bold red"}.get(result.exit_code, "bold magenta")
    page.line(data(result.verdict, colour))
    tried = sum(cell.examples for cell in result.cells)
    sent = sum(cell.exchanges for cell in result.cells)
    took = f" in {result.seconds:.1f} s" if result.seconds else ""
    met = sum(each.pairs for each in result.coverage)
    pairs = f", {met:,} of {sum(each.of for each in result.coverage):,} pairs of classes" if met else ""
    much = f"{tried:,} examples, {sent:,} exchanges{pairs}{took}; " if tried else ""
    page.line(data(f"{much}profile {result.profile}, exit code {result.exit_code}", "dim"))


def summary(result: RunResult, *, width: int, colour: bool) -> str:
    """What follows under pytest's own failures: advice, the matrix and the verdict."""
    buffer = _Buffer()
    out = style.console(buffer, width=width, colour=colour)
    advice(result.findings, out, fail_on=result.fail_on)
    table(result, out)
    notes(result, out)
    verdict(result, out)
    return buffer.getvalue()


def as_text(result: CellResult, *, fail_on: Severity, width: int = 100, colour: bool = False) -> str:
    """One cell that failed, as pytest shows it among its failures."""
    buffer = _Buffer()
    out = style.console(buffer, width=width, colour=colour)
    if result.state == "defect":
        defect(result, Page(out))
    findings(result.findings, out, fail_on=fail_on)
    return buffer.getvalue().rstrip("\n") + "\n"


class _Buffer(io.StringIO):
    @property
    def encoding(self) -> str:  # type: ignore[override]  # rich asks the file what it can hold
        return "utf-8" if style.stdout_is_utf8() else "ascii"
