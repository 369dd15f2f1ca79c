"""The virtual clock: waiting costs nothing, and time moves only when somebody waits.

`Clock` is the time of one world. `install` wraps `time.sleep` and `time.monotonic` once a process; while a clock is
`running`, the threads of that example live in its time: sleeps advance it, and time-machine makes `time.time` and
`datetime` agree. A thread that was there before the example (an application server, a reporter) keeps real time until
it sends a request to the gateway: a background thread that polls would otherwise spin and carry the clock away.

Nanoseconds are whole numbers here: a loop that sleeps until a deadline must never be left a rounding error short of it.
"""

from __future__ import annotations

import contextvars
import heapq
import itertools
import math
import queue  # noqa: F401 - these bind the real monotonic at import, and must: they wait for real
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

START = 1_781_697_600.0  # 17 June 2026, 12:00 UTC: far from the edges of a day, a month and a year in any zone
YEAR = 366 * 86_400.0
NOTICED = 0.1  # seconds of real waiting in one example that are worth a word; less is a busy machine

_SECOND = 1_000_000_000
_AHEAD = 3_600 * _SECOND  # whatever was remembered while modules were imported is long ago for every example
_TURN = 0.001  # seconds of real time that other threads of an example get before a sleep moves the clock

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait of virtual time: `at` is when it began (epoch seconds), `why` is sleep, or what a host waited for."""

    at: float
    seconds: float
    thread: str
    why: str


class Clock:
    """The time of one world, in epoch seconds. It stands still unless somebody waits."""

    def __init__(self, start: float = START) -> None:
        self._start = self._now = round(start * _SECOND)
        self._origin = self._told = _reached
        self._timers: list[tuple[int, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._moved: Callable[[float], None] | None = None
        self.lock = threading.RLock()  # held while timers fire; what changes the ledger holds it too
        self.slept: list[Wait] = []
        self.busy = 0  # requests that a served simulator is handling just now: no time to pass
        self.listened = 0.0  # seconds of real time that an event loop gave to sockets and threads before it moved on
        self.on_defect: Callable[[Exception], None] | None = None
        self.waited_for_real = 0.0

    def time(self) -> float:
        """Now, in epoch seconds."""
        return self._now / _SECOND

    def monotonic(self) -> float:
        """Now, in seconds of a clock that never goes back, not even from one example to the next."""
        return self.monotonic_ns() / _SECOND

    def monotonic_ns(self) -> int:
        self._told = self._origin + self._now - self._start
        return self._told

    @property
    def waited(self) -> float:
        """All virtual waiting so far, in seconds."""
        return sum(wait.seconds for wait in self.slept)

    def call_later(self, seconds: float, call: Callable[[], object]) -> None:
        """Call `call` once, `seconds` from now. It acts on the ledger only: it runs within somebody's sleep."""
        with self.lock:
            heapq.heappush(self._timers, (self._now + _nanoseconds(seconds), next(self._order), call))

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass; timers due fire in order, each at its own time and outside any operation."""
        with self.lock:
            self._reach(self._now + _nanoseconds(seconds))

    def next(self) -> float | None:
        """Seconds until the next timer is due; None where there is none."""
        with self.lock:
            return max(0.0, (self._timers[0][0] - self._now) / _SECOND) if self._timers else None

    def rest(self, limit: float = YEAR) -> bool:
        """Let time pass until no timer is left, at most `limit` seconds. False where timers are left even then."""
        with self.lock:
            end = self._now + _nanoseconds(limit)
            while self._due(end):
                self._reach(self._timers[0][0])
            return not self._timers

    def wait(self, seconds: float, why: str = "sleep") -> None:
        """Somebody outside paypact waits `seconds`: recorded, and what a timer raises is no failure of theirs."""
        with self.lock:
            self.slept.append(Wait(self.time(), seconds, threading.current_thread().name, why))
            target = self._now + _nanoseconds(seconds)
            while self._now < target or self._due(target):
                try:
                    self._reach(target)
                except Exception as defect:
                    if self.on_defect is None:
                        raise
                    self.on_defect(defect)

    def _due(self, target: int) -> bool:
        return bool(self._timers) and self._timers[0][0] <= target

    def _reach(self, target: int) -> None:
        while self._due(target):
            at, _, call = heapq.heappop(self._timers)
            self._move(at)
            contextvars.Context().run(call)
        self._move(target)

    def _move(self, now: int) -> None:
        step = now - self._now
        if step > 0:
            self._now = now
            if self._moved is not None:
                self._moved(step / _SECOND)


def _nanoseconds(seconds: float) -> int:
    return math.ceil(seconds * _SECOND)


# --- the process ------------------------------------------------------------------------------------------------------

real_sleep = time.sleep
real_monotonic = time.monotonic
real_monotonic_ns = time.monotonic_ns

_reached = time.monotonic_ns() + _AHEAD
_running: Clock | None = None
_strangers: set[int] = set()  # threads that were there before the example and have not spoken to the gateway


def install() -> None:
    """Wrap `time.sleep`, `time.monotonic`, `time.monotonic_ns`: real while no clock is running. Safe to call again."""
    time.sleep = _sleep
    time.monotonic = _monotonic
    time.monotonic_ns = _monotonic_ns


def current() -> Clock | None:
    """The clock that the calling thread lives by; None for real time."""
    return _running if threading.get_ident() not in _strangers else None


def adopt() -> None:
    """The calling thread works for the example that is running, although it was there before."""
    _strangers.discard(threading.get_ident())


def disown() -> None:
    """The calling thread is paypact's own, although it was started during the example."""
    _strangers.add(threading.get_ident())


def company() -> bool:
    """Whether another thread of the running example is alive."""
    me = threading.get_ident()
    return any(thread.ident != me and thread.ident not in _strangers for thread in threading.enumerate())


@contextmanager
def running(clock: Clock) -> Iterator[Clock]:
    """The calling thread, and every thread it starts, lives by `clock` within.

    Afterwards `clock.waited_for_real` holds the seconds spent waiting for real (an `Event`, a queue, a socket) where
    they are more than `NOTICED`: such waits are neither shortened nor seen among `clock.slept`.
    """
    global _reached, _running  # noqa: PLW0603 - one process, one running clock
    assert _running is None, "a clock is running already"
    travel = _travel()(clock.time(), tick=False)
    _strangers.clear()
    _strangers.update(thread.ident for thread in threading.enumerate() if thread.ident is not None)
    adopt()
    began = _effort()
    clock._origin = _reached - (clock._now - clock._start)  # noqa: SLF001 - the other half of this module
    clock._told = _reached  # noqa: SLF001
    clock._moved = travel.start().shift  # noqa: SLF001
    _running = clock
    try:
        yield clock
    finally:
        _running = None
        clock._moved = None  # noqa: SLF001
        travel.stop()
        _reached = clock._told  # noqa: SLF001 - not the end: years of rests would add up until floats are too coarse
        clock.waited_for_real = _idle(began, _effort(), clock.listened)


def run(awaitable: Awaitable[_T]) -> _T:
    """Run an async driver's operation to its end, on the one event loop of this process, in virtual time."""
    from paypact.world import loop  # asyncio is imported late

    return loop.run(awaitable)


def _sleep(seconds: Any, /) -> None:
    clock = current()
    if clock is None or not isinstance(seconds, (int, float)) or not seconds > 0:
        real_sleep(seconds)  # nothing to wait for, or an argument it refuses in its own words
        return
    if company():
        real_sleep(min(seconds, _TURN))
    clock.wait(seconds)


def _monotonic() -> float:
    clock = _running
    return real_monotonic() if clock is None or threading.get_ident() in _strangers else clock.monotonic()


def _monotonic_ns() -> int:
    clock = _running
    return real_monotonic_ns() if clock is None or threading.get_ident() in _strangers else clock.monotonic_ns()


@cache
def _travel() -> Any:
    # Imported by the first example: a test run without drivers must not pay for either.
    import time_machine

    from paypact.world import loop

    loop.install()
    return time_machine.travel


def _effort() -> tuple[float, float, int]:
    """Now, the CPU seconds of this thread, and how often it gave way. Those of a process are dear on some machines."""
    try:
        import resource  # there is none on Windows

        used = resource.getrusage(resource.RUSAGE_THREAD)
    except (ImportError, AttributeError):
        return time.perf_counter(), time.thread_time(), 0
    return time.perf_counter(), used.ru_utime + used.ru_stime, used.ru_nvcsw


def _idle(began: tuple[float, float, int], ended: tuple[float, float, int], ours: float) -> float:
    # A busy machine also stretches wall time over CPU time, but a process that was pushed aside never gave way itself.
    idle = (ended[0] - began[0]) - (ended[1] - began[1]) - ours
    gave_way = ended[2] > began[2] or not ended[2]
    return idle if gave_way and idle >= NOTICED else 0.0
