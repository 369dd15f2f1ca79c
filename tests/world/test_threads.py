"""Whether another thread makes progress, seen from outside."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from paypact.world.threads import standing


@contextmanager
def waiting() -> Iterator[threading.Thread]:
    """A thread that waits for a lock until the end."""
    lock = threading.Lock()
    with lock:
        thread = threading.Thread(target=lock.acquire, daemon=True)
        thread.start()
        yield thread
    thread.join()


def test_a_thread_that_is_held_back_stands_still() -> None:
    """Its looks become equal; those at one that runs never do."""
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            pass

    runner = threading.Thread(target=run, daemon=True)
    with waiting() as held:
        runner.start()
        looks = [(standing(held), standing(runner)) for _ in range(50)]
        over.set()
        runner.join()

    assert looks[-1][0] == looks[-2][0]
    assert len({look for _, look in looks}) == len(looks)


@pytest.mark.parametrize("collects", [True, False], ids=["collects", "does not"])
def test_no_collection_within_a_look(collects: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython up to 3.11 deadlocks by one; whether there are any afterwards is as it was before."""
    seen: list[bool] = []
    frames = sys._current_frames

    def look() -> object:
        seen.append(gc.isenabled())
        return frames()

    monkeypatch.setattr(sys, "_current_frames", look)
    before = gc.isenabled()
    with waiting() as thread:
        (gc.enable if collects else gc.disable)()
        try:
            standing(thread)
            after = gc.isenabled()
        finally:
            (gc.enable if before else gc.disable)()

    assert (seen, after) == ([False], collects)
