"""Progress of a run: one moving line on a terminal, plain lines elsewhere; the first failure as it happens.

Nothing here runs in a thread of its own: the clock of that thread could be the virtual one of an example.
"""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from rich.console import Console
from rich.live import Live
from rich.text import Text

from paypact.report import finding, style
from paypact.report.matrix import states
from paypact.report.model import CellResult, Severity, failing
from paypact.report.page import Page
from paypact.report.style import data

Row: TypeAlias = tuple[str, str]  # promise and integration
EVERY = 0.1  # seconds between two paintings of the line


class Progress(Protocol):
    """Told what a run does."""

    def expect(self, rows: Counter[Row], workers: int) -> None:
        """So many cells a promise and integration, in so many processes."""

    def exploring(self, what: str) -> None:
        """What is being tried just now."""

    def done(self, result: CellResult) -> None:
        """A cell came to its end."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Quiet:
    """Says nothing."""

    def expect(self, rows: Counter[Row], workers: int) -> None: ...

    def exploring(self, what: str) -> None: ...

    def done(self, result: CellResult) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


class Lines(Quiet):
    """For logs: a line when a promise is through with an integration, and the first failure at once."""

    def __init__(self, console: Console, fail_on: Severity) -> None:
        self.console = console
        self.fail_on = fail_on
        self.results: list[CellResult] = []
        self.rows: Counter[Row] = Counter()
        self.failed = False

    def __enter__(self) -> Self:
        return self

    def expect(self, rows: Counter[Row], workers: int) -> None:
        self.rows = rows
        total = rows.total()
        processes = f" in {workers} processes" if workers > 1 else ""
        self._say(f"exploring {total} cell{'s' if total != 1 else ''}{processes}")

    def __exit__(self, *_: object) -> None:
        if self.results:
            self.console.print()

    def done(self, result: CellResult) -> None:
        self.results.append(result)
        self._first(result)
        row = [
            each for each in self.results if (each.promise, each.integration) == (result.promise, result.integration)
        ]
        if len(row) == self.rows[result.promise, result.integration]:
            counted = ", ".join(f"{count} {state}" for state, count in states(row).items())
            done = f"{len(self.results)}/{self.rows.total()}"
            self._say(f"{done:<8} {result.promise}[{result.integration}]  {counted}")

    def _first(self, result: CellResult) -> None:
        bad = failing(result.findings, self.fail_on)
        if bad and not self.failed:
            self.failed = True
            self._say("first failure, in full when the run is done:")
            finding.brief(Page(self.console), bad[0])
            self.console.print()

    def _say(self, text: str) -> None:
        self.console.print(data(text, "dim"))
        self.console.file.flush()


class Moving(Lines):
    """For terminals: one line that moves."""

    def __init__(self, console: Console, fail_on: Severity) -> None:
        super().__init__(console, fail_on)
        self._live = Live(
            console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._what = ""
        self._painted = 0.0

    def __enter__(self) -> Self:
        self._live.start()
        self._what = "looking for drivers"
        self._paint(at_once=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def expect(self, rows: Counter[Row], workers: int) -> None:
        self.rows = rows
        self._what = f"starting {workers} processes" if workers > 1 else ""
        self._paint(at_once=True)

    def exploring(self, what: str) -> None:
        self._what = what
        self._paint()

    def done(self, result: CellResult) -> None:
        self.results.append(result)
        self._what = result.name
        self._first(result)
        self._paint(at_once=True)

    def _paint(self, *, at_once: bool = False) -> None:
        now = time.perf_counter()  # the one clock that no world moves
        if at_once or now - self._painted > EVERY:
            self._painted = now
            self._live.update(self._line(), refresh=True)

    def _line(self) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        if not self.rows:
            return line.append(self._what, "dim")
        width = min(30, max(10, self.console.width // 8))
        full = width * len(self.results) // max(self.rows.total(), 1)
        solid, empty = ("━", "─") if self.console.encoding.lower().startswith("utf") else ("=", "-")
        line.append(solid * full, "green" if not self.failed else "red")
        line.append(empty * (width - full), "dim")
        line.append(f" {len(self.results)}/{self.rows.total()} cells")
        for state, count in states(self.results).items():
            if state != "kept":
                line.append(f", {count} {state}", style.STATE_STYLE[state])
        line.append("  ")
        line.append_text(data(self._what, "dim"))
        return line


def progress(console: Console, fail_on: Severity, *, quiet: bool = False) -> Progress:
    """What suits this console."""
    if quiet:
        return Quiet()
    return Moving(console, fail_on) if console.is_terminal else Lines(console, fail_on)
