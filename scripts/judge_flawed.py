"""Judge the whole collection of flawed integrations: `python scripts/judge_flawed.py [NAME ...]`, or `tox -e flawed`.

Every promise is tried on every flaw (`--quick`: only the one that must catch it); a name is `<gateway>/<id>`, or
`<gateway>` for all of one. Each cell ends with its first failure, as it is. Prints the promise expected, those that
caught it, examples and seconds; exit code 1 where the expected one missed. `--json` and `--html` write it all as one
run, in which each flaw is an integration.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from msgspec import structs
from rich.console import Console
from rich.table import Column, Table

from paypact import discovery
from paypact.errors import UsageError
from paypact.flawed import manifest
from paypact.report.model import CellResult, Integration
from paypact.report.outputs import Outputs
from paypact.runner.tally import CellReport, Tally
from paypact.testkit import cells, run_cell
from paypact.testkit.profiles import PROFILES
from paypact.testkit.promise import promises
from paypact.world import clock


@dataclass(frozen=True)
class Judged:
    """What became of one flaw."""

    name: str
    expected: str
    integration: Integration
    results: tuple[CellResult, ...]
    seconds: float

    @property
    def caught(self) -> tuple[str, ...]:
        """The promises that it breaks."""
        return tuple(dict.fromkeys(result.promise for result in self.results if result.state == "broken"))

    @property
    def examples(self) -> int:
        return sum(result.examples for result in self.results)


def judge(name: str, quick: bool) -> Judged:
    """Every promise on one flawed integration, or only the expected one, in the quick profile."""
    clock.install()
    flaw = manifest().named(name)
    began = time.perf_counter()
    (target,) = discovery.targets_in(discovery.place(str(flaw.path)))
    results = [
        run_cell(cell, PROFILES["quick"], hasty=True)
        for promise in promises().values()
        if promise.id == flaw.promise or not quick
        for cell in cells(promise, target)
    ]
    renamed = tuple(
        structs.replace(
            result,
            integration=name,
            findings=tuple(structs.replace(finding, integration=name) for finding in result.findings),
        )
        for result in results
    )
    column = structs.replace(target.described(), name=name)
    return Judged(name, flaw.promise, column, renamed, time.perf_counter() - began)


def table(every: list[Judged]) -> Table:
    """What caught what."""
    names = [Column(name, overflow="fold") for name in ("flaw", "expected", "caught by")]  # a log is narrow
    shown = Table(*names, "examples", "seconds", title="flawed integrations")
    for judged in every:
        mark = "" if judged.expected in judged.caught else "[red]MISSED[/red] "
        caught = ", ".join(judged.caught) or "nothing"
        shown.add_row(judged.name, mark + judged.expected, caught, str(judged.examples), f"{judged.seconds:.1f}")
    return shown


def main(arguments: list[str]) -> int:
    """Judge the named flaws, or all; whether their promise missed any decides the exit code."""
    parser = argparse.ArgumentParser(prog="judge_flawed", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="<gateway>/<id>, or <gateway>")
    parser.add_argument("--quick", action="store_true", help="only the promise that must catch it")
    parser.add_argument("--json", default="", metavar="FILE")
    parser.add_argument("--html", default="", metavar="FILE")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    given = parser.parse_args(arguments)
    outputs = Outputs(json=given.json, html=given.html)
    try:
        outputs.check()
    except UsageError as error:
        parser.error(str(error))
    wanted, began = given.names, time.perf_counter()
    names = [flaw.name for flaw in manifest().flaw if not wanted or flaw.name in wanted or flaw.gateway in wanted]
    if not names:
        parser.error(f"no flaw is called {', '.join(wanted)}")
    console, found = Console(), dict[str, Judged]()
    with ProcessPoolExecutor(given.processes) as pool:
        for done in as_completed([pool.submit(judge, name, given.quick) for name in names]):
            judged = done.result()
            found[judged.name] = judged
            console.print(f"{len(found)}/{len(names)} {judged.name}: {', '.join(judged.caught)}", highlight=False)
    every = [found[name] for name in names]
    tally = Tally("quick", "belief")
    reports = ((judged.integration, result) for judged in every for result in judged.results)
    for place, (integration, result) in enumerate(reports):
        tally.add(CellReport(place=place, integration=integration, result=result))
    outputs.write(tally.total(time.perf_counter() - began), sys.stdout)
    console.print(table(every))
    missed = [judged.name for judged in every if judged.expected not in judged.caught]
    console.print(f"{len(names) - len(missed)} of {len(names)} flaws were caught by the promise that must catch them")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
