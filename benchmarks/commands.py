"""What a user waits for: the commands, as processes of their own, on their second start."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Row

ROOT = Path(__file__).parent.parent
TWO = ("--promise", "card-types", "--promise", "answers")


def demo(repeats: int) -> list[Row]:
    """From the start of `paypact demo` until the bug is on screen, and until its end."""
    with tempfile.TemporaryDirectory() as cache:
        shown, ended = zip(*[_until(("demo",), b"KeyError", cache) for _ in range(repeats + 1)][1:], strict=True)
    bug, end = statistics.median(shown), statistics.median(ended)
    return [
        Row("`paypact demo`: bug on screen", f"{bug:.1f} s", bug, 5.0),
        Row("`paypact demo`: done", f"{end:.1f} s", end),
    ]


def run(repeats: int) -> list[Row]:
    """`paypact run` on the bundled Stripe integration, profile `pr`, as many processes as it likes."""
    rows = []
    with tempfile.TemporaryDirectory() as cache:
        for what, arguments, target in (
            ("two promises (card-types, answers)", TWO, 15.0),
            ("all promises", (), 45.0),
        ):
            seconds = [_whole(("run", "--integration", "stripe", *arguments), cache)[0] for _ in range(repeats + 1)][1:]
            took = statistics.median(seconds)
            rows.append(Row(f"`paypact run`, Stripe, {what}, `pr`", f"{took:.1f} s", took, target))
    return rows


def pace() -> list[Row]:
    """How much is tried a second of one process, promise by promise."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.json"
        _whole(("run", "--integration", "stripe", "-n", "0", "--json", str(file)), folder)
        cells = json.loads(file.read_text("utf-8"))["cells"]
    for promise in dict.fromkeys(cell["promise"] for cell in cells):
        mine = [cell for cell in cells if cell["promise"] == promise]
        examples, exchanges = (sum(cell.get(what, 0) for cell in mine) for what in ("examples", "exchanges"))
        seconds = sum(cell.get("seconds", 0.0) for cell in mine) or 1.0
        shown = f"{examples / seconds:,.0f} examples, {exchanges / seconds:,.0f} exchanges a second ({seconds:.1f} s)"
        rows.append(Row(f"{promise}: {len(mine)} cells, {examples:,} examples", shown, seconds))
    return rows


def _until(arguments: Sequence[str], said: bytes, cache: str) -> tuple[float, float]:
    """Wall seconds until a command has printed something, and until it has ended."""
    began = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own command, as a user types it
        _command(arguments), stdout=subprocess.PIPE, env=_environment(cache), cwd=ROOT
    ) as process:
        assert process.stdout
        shown = 0.0
        for line in process.stdout:
            if said in line and not shown:
                shown = time.perf_counter() - began
    assert shown, f"paypact {' '.join(arguments)} never said {said!r}"
    return shown, time.perf_counter() - began


def _whole(arguments: Sequence[str], cache: str) -> tuple[float, int]:
    """Wall seconds of a command, and its exit code, which must not be a failure of its own."""
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own command, as a user types it
        _command(arguments), capture_output=True, env=_environment(cache), cwd=ROOT, check=False
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    return time.perf_counter() - began, done.returncode


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "paypact", *arguments]


def _environment(cache: str) -> dict[str, str]:
    """Compiled modules are kept, as they are wherever nobody forbids it: the first start is not measured."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "CI")}
    return {**kept, "PYTHONPYCACHEPREFIX": cache, "PYTHONUNBUFFERED": "1"}
