"""`python -m benchmarks [NAME ...]`: ratios and seconds, each beside its target.

Run it on a machine that does nothing else. Names: sdk, references, httpx, served, servers, ledger, demo, first,
merge, run, report, contracts, gate, pace; without any, all but the last three. `--batches` is how often each is tried.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks import commands, contracts, exchanges, report, servers
from benchmarks.measure import Row, machine
from rich.console import Console
from rich.table import Table

from paypact.world import clock

LONG = ("contracts", "gate", "pace")  # minutes


def measures(batches: int) -> dict[str, Callable[[], list[Row]]]:
    """What can be measured, by name."""
    return {
        "sdk": lambda: exchanges.through_sdk(batches, 100),
        "references": lambda: exchanges.through_references(batches, 100),
        "httpx": lambda: exchanges.through_httpx(batches, 100),
        "served": lambda: exchanges.served(batches, 60),
        "servers": lambda: servers.servers(batches, 100),
        "ledger": lambda: exchanges.in_long_ledgers(batches, (1, 1_000, 100_000)),
        "demo": lambda: commands.demo(max(1, batches // 3)),
        "first": lambda: commands.first(max(1, batches // 3)),
        "merge": lambda: commands.merge(max(1, batches // 4)),
        "run": lambda: commands.run(max(1, batches // 6)),
        "report": lambda: report.report(max(1, batches // 4)),
        "contracts": lambda: contracts.contracts(max(1, batches // 12)),
        "gate": lambda: commands.gate(max(1, batches // 12)),
        "pace": commands.pace,
    }


def main() -> int:
    """Measure and print a table; the exit code says whether every target was met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure")
    parser.add_argument("--batches", type=int, default=12, metavar="N", help="how often (12)")
    given = parser.parse_args()
    known = measures(given.batches)
    unknown = [name for name in given.names if name not in known]
    if unknown:
        parser.error(f"{', '.join(unknown)} cannot be measured (known: {', '.join(known)})")
    clock.install()
    console = Console(width=None if sys.stdout.isatty() else 140)
    table = Table("what", "measured", "target", title=machine(), title_justify="left")
    missed = False
    for name in given.names or [name for name in known if name not in LONG]:
        for row in known[name]():
            target = "" if row.target is None else f"{'met' if row.met else 'MISSED'}, at most {row.target:g}"
            missed |= row.met is False
            table.add_row(row.what, row.shown, target)
    console.print(table)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
