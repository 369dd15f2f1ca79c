"""Processes: how many this machine can run at once, and how many a command was asked for."""

from __future__ import annotations

import os

from paypact.errors import UsageError


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def number(workers: str) -> int | None:
    """How many workers `-n` asks for; None: as many as are worth it.

    Raises:
        UsageError: it is neither a number nor `auto`.
    """
    if workers in ("", "auto"):
        return None
    if not workers.isdecimal():
        raise UsageError(f"-n {workers} is no number of workers: write -n 4, -n 0 (one process) or -n auto")
    return int(workers)
