"""Async drivers in virtual time: an event loop whose selector moves the clock instead of waiting.

One loop a process runs every async operation. A loop that synchronous code starts for itself while a clock runs
(`asyncio.run` inside a sync operation) is one of these too. Any other loop, such as that of an application server in a
thread of its own, keeps real time: its selector waits for real, so a virtual `time()` would never let its timers come.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from paypact.world import clock
from paypact.world.recording import EndlessError

_T = TypeVar("_T")

_RESOLUTION = 1e-5  # a timer is due when it is nearer than this: virtual time may be so large that floats are coarse
_STEP = 0.001  # seconds of one real look at sockets and threads
_BUSY = 0.0002  # seconds of processor time within one step that mean somebody is at work
_THREADS = 0.02  # threads of the example have no more to say when the process was idle for this long
_SOCKETS = 0.2  # nor has a peer in another process (the shop's database)
_LONGEST = 2.0  # seconds after which time goes on all the same: some thread is busy with its own affairs


class NeverEndsError(RuntimeError):
    """What an async operation waits for can no longer come: in production it would hang."""


class _Selector(selectors.DefaultSelector):
    """Lets what is truly going on come to its end; then the time until the next timer passes at once."""

    outside = 0  # calls handed to an executor and not yet done

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        now = clock.current()
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if now is None:
            return super().select(timeout)
        if timeout is None:
            return self._wait_for_others(now)
        began = now.monotonic_ns()
        ready = self._listen(now)
        if not ready and now.monotonic_ns() == began:  # else a thread's sleep moved the clock: look at the timers again
            now.wait(timeout, "asyncio")
        return ready

    def _wait_for_others(self, now: clock.Clock) -> Any:
        """No timer is set: only a socket or a thread can wake the loop. Where there is neither, nothing ever will."""
        if len(self.get_map()) > 1 or self.outside or clock.company() or now.busy:
            return super().select(None)
        ready = super().select(_LONGEST)  # threads that are older than the example may have a word to say
        if not ready:
            raise NeverEndsError("it waits for something that nobody will ever do: no timer, call or thread is left")
        return ready

    def _listen(self, now: clock.Clock) -> Any:
        sockets = len(self.get_map()) > 1  # the loop wakes itself through the first
        patience = _SOCKETS if sockets else _THREADS if self.outside or clock.company() else 0
        if not patience:
            return super().select(0)  # the last thread may have spoken just before it ended
        began = time.perf_counter()
        quiet, used = 0.0, time.process_time()
        ready: Any = []
        while quiet < patience and not ready and time.perf_counter() - began < _LONGEST:
            ready = super().select(_STEP)
            before, used = used, time.process_time()
            quiet = 0.0 if now.busy or used - before > _BUSY else quiet + _STEP
        now.listened += time.perf_counter() - began
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in the time of the clock that is running."""

    def __init__(self) -> None:
        self._looking = _Selector()
        super().__init__(self._looking)
        self._clock_resolution = _RESOLUTION

    def time(self) -> float:
        return time.monotonic()

    @property
    def handed_over(self) -> int:
        """Calls handed to an executor and not yet done."""
        return self._looking.outside

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]  # passed on as it is
        future = super().run_in_executor(executor, _adopted, func, *args)
        self._looking.outside += 1
        future.add_done_callback(self._returned)
        return future

    def _returned(self, future: Any) -> None:
        self._looking.outside -= 1


_new_loop = asyncio.new_event_loop
_one: VirtualLoop | None = None


def install() -> None:
    """Keep real loops in real time, and make those that an example starts virtual. Safe to call again."""
    asyncio.BaseEventLoop.time = _real_time  # type: ignore[method-assign,assignment]  # stands in for a method
    asyncio.new_event_loop = asyncio.events.new_event_loop = new_event_loop


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop for the calling thread: virtual where the thread lives by a running clock."""
    return VirtualLoop() if clock.current() is not None else _new_loop()


def run(awaitable: Awaitable[_T]) -> _T:
    """Run `awaitable` to its end on the loop of this process."""
    global _one  # noqa: PLW0603 - one process, one loop
    if _one is None or _one.is_closed():
        _one = VirtualLoop()
    try:
        return _one.run_until_complete(_wrapped(awaitable))
    except (NeverEndsError, EndlessError):
        left = asyncio.all_tasks(_one)
        for task in left:
            task.cancel()
        _one.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        raise


def outside() -> int:
    """How many calls the loop of this process has handed to threads that are not back yet."""
    return _one.handed_over if _one is not None else 0


def _adopted(func: Callable[..., _T], *args: Any) -> _T:
    clock.adopt()  # a pooled thread may be older than the example
    return func(*args)


async def _wrapped(awaitable: Awaitable[_T]) -> _T:
    return await awaitable


def _real_time(loop: asyncio.AbstractEventLoop) -> float:
    return clock.real_monotonic()
