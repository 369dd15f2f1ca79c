"""`paypact demo`: the outage that paypact exists for, replayed from a flawed integration, and what is said about it."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from paypact.discovery import place
from paypact.flawed import Demo, Flaw, manifest
from paypact.report import style, terminal
from paypact.report.model import RunResult
from paypact.report.output import standard_output
from paypact.report.outputs import Outputs
from paypact.report.page import Page
from paypact.report.style import data
from paypact.runner import launch
from paypact.testkit import profiles


def demo(outputs: Outputs) -> int:
    """Print the story and the finding; the exit code of the run it shows.

    Raises:
        UsageError: the report cannot be written there.
    """
    outputs.check()
    told = manifest().demo
    flaw = manifest().named(told.flaw)
    with standard_output() as out:
        console = style.console(out)
        _story(told, console)
        result = launch.run(
            launch.Order(
                (place(str(flaw.path)),),
                apart=True,
                promises=(told.promise,),
                schemes=(told.scheme,),
                profile=profiles.profile("pr").name,
                workers=0,
            )
        )
        outputs.write(result, out)
        terminal.findings(result.findings, console, fail_on=result.fail_on)
        _way_on(result, flaw, console)
    return result.exit_code


def _story(told: Demo, console: Console) -> None:
    page = Page(console)
    page.blank()
    page.line(data(" ".join(told.story)))
    page.blank()
    page.line(data(f"paypact tries the promise {told.promise} on that code, with {told.scheme} cards:", "dim"))
    page.blank()


def _way_on(result: RunResult, flaw: Flaw, console: Console) -> None:
    page = Page(console)
    page.line(data(result.verdict, "bold red"))
    page.blank()
    page.line(data("what is wrong with that code:", "dim"))
    Page(console, 3).line(data(flaw.what))
    steps = [
        ("see it again, with all that was said", next((each.replay for each in result.findings), "paypact demo")),
        ("see it as a page, as a reviewer would", "paypact demo --html report.html"),
        ("see code that keeps its promises", "paypact run"),
        ("try your own code: this writes a driver to fill in", f"paypact init {flaw.gateway}"),
    ]
    for what, how in steps:
        page.line(data(f"{what}:", "dim"))
        page.whole(Text("   ") + data(how, "bold"))
