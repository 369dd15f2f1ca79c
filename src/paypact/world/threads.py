"""Whether another thread makes progress: what tells one that works from one that is held back by a lock."""

from __future__ import annotations

import gc
import sys
import threading
import time


def standing(thread: threading.Thread) -> tuple[object, ...]:
    """Where a thread that was started stands: twice the same, it made no progress in between.

    Two looks are never the same while it could go on and only the machine keeps it from it.
    """
    assert thread.ident is not None
    spent = 0.0
    if hasattr(time, "pthread_getcpuclockid"):  # elsewhere frames alone must do
        try:
            spent = time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
        except OSError:  # it has just ended
            return (object(),)
    collects = gc.isenabled()
    gc.disable()  # a collection within the look deadlocks CPython up to 3.11: https://github.com/python/cpython/issues/106883
    try:
        frame = sys._current_frames().get(thread.ident)  # noqa: SLF001 - the documented way to see another thread
    finally:
        if collects:
            gc.enable()
    return (id(frame), frame.f_lasti if frame else None, spent, object() if _runnable(thread) else None)


def _runnable(thread: threading.Thread) -> bool:
    """Whether a thread could go on and only the machine keeps it from it; False where nobody can tell."""
    try:
        with open(f"/proc/self/task/{thread.native_id}/stat", "rb") as file:  # noqa: PTH123 - looked at very often
            return file.read().rpartition(b")")[2].split()[0] == b"R"  # proc(5): the state, after the name
    except OSError:
        return False
