"""What a user waits for: the commands, as processes of their own, on their second start."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import report
from benchmarks.measure import Row, children, peak

from paypact import gateways

ROOT = Path(__file__).parent.parent
ONE = ("run", "--integration", "stripe", "-n", "2")  # one integration, two processes
TWO = ("card-types", "answers")
SIX = (*TWO, "tolerance", "money", "expiry", "customers")
FLAW = "fixtures/flawed/stripe/brand_names.py"
SHARDS = 20
SPEED_UP = 1.7  # of two processes beside one
COUNTED = {  # what of a promise's conditions is counted, by the end of its name, and what that is
    "lifecycle": (" called", "steps"),
    "concurrency": ("raced", "interleavings"),
}
COMPILED = tempfile.TemporaryDirectory()  # removed when this process ends


class Ended(NamedTuple):
    """A command that has ended: its seconds (CPU: of all its processes), the most MB it held at once, its result."""

    seconds: float
    cpu: float
    memory: float
    result: dict[str, Any]

    def each(self, promise: str, integration: str = "*") -> list[dict[str, Any]]:
        """The cells of one promise, of one integration or all."""
        return [
            one
            for one in self.result["cells"]
            if one["promise"] == promise and integration in ("*", one["integration"])
        ]


def demo(repeats: int) -> list[Row]:
    """From the start of `paypact demo` until the bug is on screen, and until its end."""
    shown, ended = _median(repeats, ("demo",), b"KeyError")
    return [
        Row("`paypact demo`: bug on screen", f"{shown:.1f} s", shown, 5.0),
        Row("`paypact demo`: done", f"{ended:.1f} s", ended),
    ]


def first(repeats: int) -> list[Row]:
    """From the start of `paypact run` on a flawed integration, all promises, until the first finding is on screen."""
    shown = statistics.median([_until(("run", FLAW), b"first failure", on=False)[0] for _ in range(repeats + 1)][1:])
    return [Row("`paypact run` on a flawed integration: first finding on screen", f"{shown:.1f} s", shown, 5.0)]


def merge(repeats: int) -> list[Row]:
    """`paypact report merge` of twenty shards with a hundred findings, into JSON and HTML."""
    with tempfile.TemporaryDirectory() as folder:
        report.shards(Path(folder), SHARDS)
        arguments = ("report", "merge", folder, "--html", str(Path(folder) / "all.html"))
        took, shown = typical([whole(arguments) for _ in range(repeats + 1)][1:])
    return [Row(f"`paypact report merge`, {SHARDS} shards, into JSON and HTML", shown, took, 3.0)]


def run(repeats: int) -> list[Row]:
    """`paypact run` on the bundled Stripe integration, profile `pr`, two processes."""
    rows = []
    for what, promises, target in (
        ("two promises (card-types, answers)", TWO, 15.0),
        (f"six promises ({', '.join(SIX)})", SIX, 30.0),
        ("all promises", (), 45.0),
    ):
        chosen = [each for promise in promises for each in ("--promise", promise)]
        ended = [whole((*ONE, *chosen)) for _ in range(repeats)]
        took, shown = typical(ended)
        rows.append(Row(f"`paypact run -n 2`, Stripe, {what}, `pr`", shown, took, target))
        if promises == SIX:
            memory = max(each.memory for each in ended)
            rows.append(Row("the same: most memory of all its processes at once", f"{memory:.0f} MB", memory, 300.0))
    return rows


def gate(repeats: int) -> list[Row]:
    """`paypact run` on the bundled integrations of three gateways, all promises, `pr`: in two processes and in one."""
    both, one = ([whole(("run", "-n", number)) for _ in range(repeats)] for number in ("2", "0"))
    (took, shown), (alone, shown_alone) = typical(both), typical(one)
    named = gateways.names()
    what = f"`paypact run`, {len(named)} gateways, all promises, `pr`"
    rows = [
        Row(f"{what}, -n 2", shown, took, 90.0),
        Row(f"{what}, one process", shown_alone, alone),
        Row("-n 2 beside one process", f"{took / alone:.2f} of the time", took / alone, round(1 / SPEED_UP, 2)),
    ]
    cells = one[-1]
    for promise in dict.fromkeys(each["promise"] for each in cells.result["cells"]):
        seconds = {name: sum(each["seconds"] for each in cells.each(promise, name)) for name in named}
        shown = ", ".join(f"{name} {each:.1f} s" for name, each in seconds.items())
        rows.append(Row(f"of these seconds, {promise}", shown, sum(seconds.values())))
    return rows


def pace() -> list[Row]:
    """How much is tried a second of one process, promise by promise; steps of lives, interleavings of races."""
    ended = whole(("run", "--integration", "stripe", "-n", "0"))
    rows = []
    for promise in dict.fromkeys(each["promise"] for each in ended.result["cells"]):
        cells = ended.each(promise)
        examples, exchanges = (sum(cell.get(what, 0) for cell in cells) for what in ("examples", "exchanges"))
        seconds = sum(cell.get("seconds", 0.0) for cell in cells) or 1.0
        shown = f"{examples / seconds:,.0f} examples, {exchanges / seconds:,.0f} exchanges a second ({seconds:.1f} s)"
        rows.append(Row(f"{promise}: {len(cells)} cells, {examples:,} examples", shown, seconds))
        if promise in COUNTED:
            end, what = COUNTED[promise]
            met = sum(count for cell in cells for name, count in cell["occurred"].items() if name.endswith(end))
            rows.append(Row(f"{promise}: {what}", f"{met / seconds:,.0f} a second", met / seconds))
    return rows


def typical(ended: Sequence[Ended]) -> tuple[float, str]:
    """The median of the wall seconds, and how it is shown."""
    took, cpu = (statistics.median(getattr(each, name) for each in ended) for name in ("seconds", "cpu"))
    return took, f"{took:.1f} s ({cpu:.1f} s of CPU)"


def _median(repeats: int, arguments: Sequence[str], said: bytes) -> tuple[float, float]:
    shown, ended = zip(*[_until(arguments, said) for _ in range(repeats + 1)][1:], strict=True)
    return statistics.median(shown), statistics.median(ended)


def _until(arguments: Sequence[str], said: bytes, *, on: bool = True) -> tuple[float, float]:
    """Wall seconds until a command has printed something, and until it has ended: by itself, if it may go `on`."""
    began = time.perf_counter()
    with _started(arguments, subprocess.PIPE) as process:
        assert process.stdout
        shown = 0.0
        for line in process.stdout:
            if said in line and not shown:
                shown = time.perf_counter() - began
                if not on:
                    process.terminate()
    assert shown, f"paypact {' '.join(arguments)} never said {said!r}"
    return shown, time.perf_counter() - began


def whole(arguments: Sequence[str], *, told: bool = True) -> Ended:
    """Run a command to its end, which must not be a failure of its own; `told`: it has a result for `--json`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.json"
        began, spent = time.perf_counter(), children()
        more = ("--json", str(file)) if told else ()
        with _started((*arguments, *more), subprocess.DEVNULL) as process:
            memory = peak(process)
        seconds = time.perf_counter() - began
        assert process.returncode in (0, 1), arguments
        return Ended(seconds, children() - spent, memory, json.loads(file.read_text("utf-8")) if told else {})


@contextmanager
def _started(arguments: Sequence[str], output: int) -> Iterator[subprocess.Popen[bytes]]:
    """A command as a user types it; compiled modules are kept, as they are wherever nobody forbids it."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "CI")}
    environment = {**kept, "PYTHONPYCACHEPREFIX": COMPILED.name, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "paypact", *arguments]
    with subprocess.Popen(command, stdout=output, env=environment, cwd=ROOT) as process:  # noqa: S603 - ours
        yield process
