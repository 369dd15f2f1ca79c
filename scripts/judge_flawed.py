"""Judge the whole collection of flawed integrations: `python scripts/judge_flawed.py [NAME ...]`, or `tox -e flawed`.

Every promise is tried on every flaw; a name is `<gateway>/<id>`, or `<gateway>` for all of one. Prints the promise
expected, those that caught it, examples and seconds; exit code 1 where the expected one missed.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from paypact import discovery
from paypact.flawed import manifest
from paypact.testkit import cells, run_cell
from paypact.testkit.profiles import PROFILES
from paypact.testkit.promise import promises
from paypact.world import clock


class Judged(NamedTuple):
    """What became of one flaw."""

    name: str
    expected: str
    caught: tuple[str, ...]
    examples: int
    seconds: float


def judge(name: str) -> Judged:
    """Every promise on one flawed integration, in the quick profile."""
    clock.install()
    flaw = manifest().named(name)
    began = time.perf_counter()
    caught, examples = [], 0
    for target in discovery.targets_in(discovery.place(str(flaw.path))):
        for promise in promises().values():
            results = [run_cell(cell, PROFILES["quick"]) for cell in cells(promise, target)]
            examples += sum(result.examples for result in results)
            if any(result.state == "broken" for result in results):
                caught.append(promise.id)
    return Judged(name, flaw.promise, tuple(caught), examples, time.perf_counter() - began)


def main(wanted: list[str]) -> int:
    """Judge the named flaws, or all; the number of those that their promise missed decides the exit code."""
    names = [flaw.name for flaw in manifest().flaw if not wanted or flaw.name in wanted or flaw.gateway in wanted]
    table = Table("flaw", "expected", "caught by", "examples", "seconds", title="flawed integrations")
    missed = 0
    console = Console()
    with ProcessPoolExecutor(2) as pool:
        for number, judged in enumerate(pool.map(judge, names), 1):
            hit = judged.expected in judged.caught
            missed += not hit
            mark = "" if hit else "[red]MISSED[/red] "
            caught = ", ".join(judged.caught) or "nothing"
            table.add_row(judged.name, mark + judged.expected, caught, str(judged.examples), f"{judged.seconds:.1f}")
            console.print(f"{number}/{len(names)} {judged.name}: {caught}", highlight=False)
    console.print(table)
    console.print(f"{len(names) - missed} of {len(names)} flaws were caught by the promise that must catch them")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
