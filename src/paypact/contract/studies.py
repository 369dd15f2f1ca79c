"""Studies: several integrations studied at once, in processes of their own; what is made of each comes in order."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from paypact.contract.needs import Study, study
from paypact.contract.targets import driven
from paypact.errors import UsageError
from paypact.processes import cores
from paypact.testkit.target import Target

T = TypeVar("T")


def studied(
    paths: Sequence[str], targets: Sequence[Target], make: Callable[[Study], T], workers: int | None = None
) -> Iterator[T]:
    """What `make` makes of the study of each of these targets, which were found at `paths`.

    `make` can be imported by other processes.

    `workers` None: as many as there are processors; with fewer than two of either it is done in this process.

    Raises:
        PaypactError: a driver cannot be made or started, or the process that studied it died.
    """
    several = min(cores() if workers is None else workers, len(targets))
    if several < 2:
        yield from (make(study(target)) for target in targets)
        return
    before = multiprocessing.active_children()
    # spawned: what this process has open and under way, drivers' threads included, is not theirs
    pool = ProcessPoolExecutor(several, multiprocessing.get_context("spawn"), initializer=_begin)
    try:
        waiting: dict[Target, Future[T]] = {}
        for target in sorted(targets, key=lambda one: -len(one.operations)):  # those that take longest first
            waiting[target] = pool.submit(_study, tuple(paths), target.name, make)
        for target in targets:
            try:
                made = waiting[target].result()
            except BrokenProcessPool:
                raise UsageError(
                    f"a process that studied integrations died before {target.name!r} was done, as by a crash in "
                    "native code or for want of memory: -n 0 studies them in this process, one by one"
                ) from None
            yield made
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


def _study(paths: Sequence[str], name: str, make: Callable[[Study], T]) -> T:
    with driven(paths) as targets:
        return make(study(next(target for target in targets if target.name == name)))
