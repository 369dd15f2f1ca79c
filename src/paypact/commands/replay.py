"""`paypact replay`: one case, exactly, with everything that was said on the wire."""

from __future__ import annotations

from dataclasses import replace

from paypact.commands.run import order
from paypact.errors import UsageError
from paypact.replay import parse
from paypact.report import style, terminal
from paypact.report.model import KEPT, RunResult
from paypact.report.output import standard_output
from paypact.report.outputs import Outputs
from paypact.report.style import data
from paypact.runner import launch


def replay(text: str, *, fail_on: str, outputs: Outputs) -> int:
    """Replay one case in this process; 1 where it still breaks, 0 where it is kept.

    Raises:
        PaypactError: it cannot be read, or names what is not there.
    """
    outputs.check()
    case = parse(text)
    wanted = replace(order([case.place], fail_on=fail_on), case=str(case), workers=0)
    result = launch.run(wanted)
    with standard_output() as out:
        outputs.write(result, out)
        if result.errors:
            raise UsageError("\npaypact: ".join(result.errors))
        console = style.console(out)
        terminal.findings(result.findings, console, fail_on=result.fail_on, full=True)
        console.print(data(_said(result), "bold green" if result.exit_code == KEPT else "bold red"))
    return result.exit_code


def _said(result: RunResult) -> str:
    cell = result.cells[0].name if result.cells else ""
    if result.findings and result.exit_code == KEPT:
        return f"replayed: {cell} shows this again; it is advice and fails nothing"
    if result.findings:
        return f"replayed: {cell} is still broken by this case"
    if result.exit_code == KEPT:
        return f"replayed: {cell} keeps its promise in this case"
    return result.verdict
