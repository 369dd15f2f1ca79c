"""Measuring: CPU time of interleaved batches, so that a busy machine disturbs all that is compared alike."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

Batch = Callable[[], float]  # runs a batch, returns CPU seconds of one call


@dataclass(frozen=True)
class Row:
    """One line of the table. `value` is what the target speaks of."""

    what: str
    shown: str
    value: float
    target: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        return None if self.target is None else self.value <= self.target


def cpu(call: Callable[[], object], times: int) -> float:
    """CPU seconds of one call, of all threads of this process, as the mean of a batch."""
    gc.collect()
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times


def medians(batches: int, *runs: Batch) -> list[float]:
    """The median batch of each, in seconds a call; the batches take turns, and the first of each warms up."""
    for run in runs:
        run()
    measured: list[list[float]] = [[] for _ in runs]
    for _ in range(batches):
        for figures, run in zip(measured, runs, strict=True):
            figures.append(run())
    return [statistics.median(figures) for figures in measured]


def children() -> float:
    """CPU seconds of all processes that were started from here and have ended, theirs included."""
    ended = os.times()
    return ended.children_user + ended.children_system


def peak(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process to end: the most MB that it and those below it held at once; 0 where /proc does not tell.

    What they share is counted once.
    """
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_held, _family(process.pid))))
        time.sleep(0.2)
    return most / 1000


def _family(process: int) -> Iterator[int]:
    yield process
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # it has ended meanwhile
            for child in thread.read_text("ascii").split():
                yield from _family(int(child))


def _held(process: int) -> int:
    """KB of memory, of what is shared a share; see proc_pid_smaps(5)."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"


def machine() -> str:
    """What this was measured on."""
    info = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in info.read_text("utf-8").splitlines() if "model name" in line]
    model = names[0] if names else platform.processor()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
