"""Patience: a call that never comes back is stopped, and is a crash like any other that the shopper would meet.

Waiting in virtual time costs nothing, and calls to the gateway are counted; what is left are a lock that is taken
twice, a queue that nobody fills, a loop that only computes. Where there are no timers of the operating system, in
threads, and where somebody else (pytest-timeout) uses that timer, nothing is stopped.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from paypact.world.recording import EndlessError

LONGEST: Final = 30.0  # seconds, real ones, that a call may take; it usually takes milliseconds
SERVED: Final = 300.0  # where clients wait for real: their own timeouts are to come first
AGAIN: Final = 3.0  # in a process in which one had to be stopped
_INSISTS: Final = 1.0  # seconds until a call that goes on all the same is stopped once more

_stops = 0


def stops() -> int:
    """How many calls have been stopped in this process so far."""
    return _stops


class StuckError(EndlessError):
    """A call that did not come back."""


@contextmanager
def limited(call: str, *, served: bool = False) -> Iterator[None]:
    """Within, `call` is running: what takes too long ends with an exception where it stands.

    Raises:
        StuckError: it did not come back.
    """
    free = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not free or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        yield
        return
    seconds = AGAIN if _stops else SERVED if served else LONGEST

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        global _stops  # noqa: PLW0603 - one process, one patience
        _stops += 1
        raise StuckError(f"{call} did not come back within {seconds:g} s of real time and was stopped: it does not end")

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _INSISTS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
