"""Judge the correct integrations: `python scripts/judge_correct.py [--seeds N] [NAME ...]`, or `tox -e correct`.

Every promise is tried on every one of them; a seed decides which cards, shoppers and random cases are drawn. Prints
what was found; exit code 1 where anything was, advice excepted, which fails no build.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from rich.console import Console

from paypact import discovery
from paypact.testkit import cells, run_cell
from paypact.testkit.profiles import PROFILES, Profile
from paypact.testkit.promise import promises
from paypact.world import clock

CORRECT = Path(str(files("paypact.fixtures"))) / "correct"


@dataclass
class Judged:
    """What became of one integration under one seed: findings that accuse it, and advice, which fails no build."""

    name: str
    seed: int
    accused: list[str] = field(default_factory=list)
    advised: list[str] = field(default_factory=list)
    cells: int = 0
    examples: int = 0
    seconds: float = 0.0


def judge(file: str, seed: int, examples: int) -> Judged:
    """Every promise on one integration."""
    clock.install()
    began = time.perf_counter()
    profile = Profile(f"seed {seed}", examples, deterministic=True, seed=seed)
    judged = Judged(Path(file).stem, seed)
    for target in discovery.targets_in(discovery.place(file)):
        for promise in promises().values():
            for cell in cells(promise, target):
                result = run_cell(cell, profile)
                judged.cells += result.state != "not covered"
                judged.examples += result.examples
                if result.state == "defect":
                    judged.accused.append(f"{cell.name}: defect: {result.why}")
                for finding in result.findings:
                    advice = finding.severity == "advice"
                    (judged.advised if advice else judged.accused).append(
                        f"{cell.name}: {finding.severity}, cause {finding.cause}: {finding.sentence} [{finding.replay}]"
                    )
    judged.seconds = time.perf_counter() - began
    return judged


def main(arguments: list[str]) -> int:
    """Judge the named integrations, or all; whether any was accused decides the exit code."""
    parser = argparse.ArgumentParser(prog="judge_correct", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a folder or file below fixtures/correct, without .py")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="how many seeds (1)")
    parser.add_argument("--first", type=int, default=1, metavar="N", help="the first seed (1)")
    parser.add_argument("--examples", type=int, default=PROFILES["quick"].examples, metavar="N", help="a cell")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    given = parser.parse_args(arguments)
    found = sorted(CORRECT.rglob("*.py"))
    names = {file: {file.stem, f"{file.parent.name}/{file.stem}", file.parent.name} for file in found}
    for name in given.names:
        if not any(name in known for known in names.values()):
            parser.error(f"no correct integration or gateway is called {name!r}")
    chosen = [file for file in found if not given.names or names[file] & {*given.names}]
    seeds = range(given.first, given.first + given.seeds)
    console, all_of = Console(soft_wrap=True, highlight=False), list[Judged]()
    with ProcessPoolExecutor(given.processes) as pool:
        asked = [pool.submit(judge, str(file), seed, given.examples) for seed in seeds for file in chosen]
        for done in as_completed(asked):
            all_of.append(done.result())
            console.print("\n".join(_lines(all_of[-1])), markup=False)
    accused = sum(bool(judged.accused) for judged in all_of)
    tried = sum(judged.examples for judged in all_of)
    console.print(
        f"{len(chosen)} correct integrations x {len(seeds)} seeds, {tried:,} examples: "
        f"{accused or 'none'} accused; CPU {sum(judged.seconds for judged in all_of):,.0f} s"
    )
    return 1 if accused else 0


def _lines(judged: Judged) -> Iterator[str]:
    verdict = "ACCUSED" if judged.accused else "silent"
    effort = f"{judged.cells} cells, {judged.examples} examples, {judged.seconds:.0f} s"
    yield f"{judged.name} seed {judged.seed}: {verdict} ({effort})"
    yield from (f"  {line}" for line in judged.accused)
    yield from (f"  advice: {line}" for line in judged.advised)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
