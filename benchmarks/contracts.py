"""Contracts: what an integration needs, all contracts written and verified, a vendor's next description compared."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.commands import ROOT, Ended, typical, whole
from benchmarks.measure import Row

SPECS = os.environ.get("PAYPACT_SPECS")
OLD, NEW = "stripe/spec3.2022-04-12.json", "stripe/spec3.2023-09-12.yaml"  # 4 MB each


def contracts(repeats: int) -> list[Row]:
    """Each bundled integration by itself, in two processes; then all, in as many as there are cores."""
    rows = []
    for name in sorted(file.stem for file in (ROOT / "contracts").glob("*/*.json")):
        took, shown = typical([whole(("needs", "--integration", name, "-n", "2")) for _ in range(repeats)])
        rows.append(Row(f"`paypact needs`, {name}, two processes", shown, took, 10.0))
    every = [list(_written_and_verified()) for _ in range(repeats)]
    parts = [typical([one[at] for one in every]) for at in range(len(every[0]))]
    took = sum(seconds for seconds, _ in parts)
    rows.append(Row("`paypact contract write`, all", parts[0][1], parts[0][0]))
    rows.append(Row("`paypact verify`, all of these against their simulators", _sum(every, 1), took - parts[0][0]))
    rows.append(Row("both", _sum(every, 0), took, 60.0))
    return [*rows, *_drift(repeats)]


def _written_and_verified() -> Iterator[Ended]:
    with tempfile.TemporaryDirectory() as folder:
        yield whole(("contract", "write", "--out", folder), told=False)
        for provider in sorted(path.name for path in Path(folder).iterdir()):
            yield whole(("verify", str(Path(folder) / provider), "--provider", provider))


def _sum(every: list[list[Ended]], first: int) -> str:
    """The commands from this one on, added up."""
    return typical(
        [Ended(sum(e.seconds for e in one[first:]), sum(e.cpu for e in one[first:]), 0, {}) for one in every]
    )[1]


def _drift(repeats: int) -> Iterator[Row]:
    """A description of 4 MB as JSON; and another as YAML against it, most of which is the parsing of YAML."""
    if not SPECS:
        yield Row("`paypact drift`", "PAYPACT_SPECS is not set", 0.0)
        return
    old, new = (str(Path(SPECS) / name) for name in (OLD, NEW))
    command = ("drift", "--provider", "stripe", "--spec")
    took, shown = typical([whole((*command, old)) for _ in range(repeats)])
    yield Row("`paypact drift`, 4 MB of JSON", shown, took, 5.0)
    ended = [whole((*command, new, "--against", old)) for _ in range(repeats)]
    memory = max(each.memory for each in ended)
    yield Row("`paypact drift`, 4 MB of YAML against 4 MB of JSON", typical(ended)[1], typical(ended)[0])
    yield Row("the same: most memory", f"{memory:.0f} MB", memory, 500.0)
