"""Studies: integrations studied in processes of their own; where there are more of these, several share one.

Who studies an integration holds its worlds, of which the contract is written. The processes that help it hand over what
they found alone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from paypact.contract.needs import Findings, Study, findings, shares, stories, study
from paypact.contract.targets import driven
from paypact.errors import UsageError
from paypact.processes import cores
from paypact.testkit.target import Target

T = TypeVar("T")


def studied(
    paths: Sequence[str], targets: Sequence[Target], make: Callable[[Study], T], workers: int | None = None
) -> Iterator[T]:
    """What `make` makes of the study of each of these targets, which were found at `paths`.

    `make` can be imported by other processes. What it is given does not depend on how many there are.

    `workers` None: as many as there are processors; with fewer than two targets one is studied in this process, with
    the others' help; with fewer than two workers all are.

    Raises:
        PaypactError: a driver cannot be made or started, or the process that studied it died.
    """
    processes = cores() if workers is None else workers
    several = min(processes, len(targets))
    if several < 2:
        yield from (make(_shared(paths, target, processes)) for target in targets)
        return
    with _pool(several) as pool:
        waiting: dict[Target, Future[T]] = {}
        for target in sorted(targets, key=lambda one: -len(stories(one))):  # those that take longest first
            waiting[target] = pool.submit(_study, tuple(paths), target.name, processes // several, make)
        yield from (_of(waiting[target], target) for target in targets)


def _shared(paths: Sequence[str], target: Target, processes: int) -> Study:
    """The study of one integration, some shares of which are done by other processes."""
    several = min(processes, shares(target))
    if several < 2:
        return study(target)
    mine, *others = (range(first, shares(target), several) for first in range(several))
    with _pool(several - 1) as pool:
        helped = [pool.submit(_findings, tuple(paths), target.name, theirs) for theirs in others]
        return study(target, mine, (_of(each, target) for each in helped))


def _of(waiting: Future[T], target: Target) -> T:
    try:
        return waiting.result()
    except BrokenProcessPool:
        raise UsageError(
            f"a process that studied integrations died before {target.name!r} was done, as by a crash in native code "
            "or for want of memory: -n 0 studies them in this process, one by one"
        ) from None


# --- processes ----------------------------------------------------------------------------------------------------


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    before = multiprocessing.active_children()
    # spawned: what this process has open and under way, drivers' threads included, is not theirs
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=_begin)
    try:
        yield pool
    except BaseException:  # also of who takes what is made: nobody waits for the rest
        for child in multiprocessing.active_children():
            if child not in before:
                child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """The keys that interrupt a command reach all its processes: it is for the first one to end the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process whose results nobody takes any more ends, whatever became of the one that started it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _study(paths: Sequence[str], name: str, processes: int, make: Callable[[Study], T]) -> T:
    with driven(paths) as targets:
        return make(_shared(paths, _named(targets, name), processes))


def _findings(paths: Sequence[str], name: str, mine: range) -> Findings:
    with driven(paths) as targets:
        return findings(_named(targets, name), mine)


def _named(targets: Sequence[Target], name: str) -> Target:
    return next(target for target in targets if target.name == name)
