"""How pytest shows a cell that failed: our words in its frame, to its width and colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from paypact.report import terminal
from paypact.report.model import CellResult, Severity


@dataclass(frozen=True)
class Crash:
    """The place and the line that pytest's short summary and a JUnit file begin with."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.lineno}: {self.message}" if self.path else self.message


class Shown:
    """Stands where pytest has a traceback. As text it is plain, which is how it travels from a worker."""

    def __init__(self, result: CellResult, fail_on: Severity) -> None:
        self._result, self._fail_on = result, fail_on
        self.reprcrash = _crash(result)

    def __str__(self) -> str:
        return terminal.as_text(self._result, fail_on=self._fail_on)

    def toterminal(self, writer: Any) -> None:
        """Write to pytest's terminal writer."""
        text = terminal.as_text(self._result, fail_on=self._fail_on, width=writer.fullwidth, colour=writer.hasmarkup)
        writer.write(text)


def _crash(result: CellResult) -> Crash:
    if not result.findings:
        return Crash("", 0, f"{result.state}: {result.why}")
    worst = result.findings[0]
    line = worst.line
    return Crash(line.file if line else "", line.number if line else 0, f"{worst.severity}: {worst.sentence}")
