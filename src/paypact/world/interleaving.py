"""Interleaving: real threads, one running at a time, switched before and after each exchange in a chosen order.

A party that is held back by a lock of the shop's own makes no progress: the turn then passes to another, so that code
which locks correctly keeps its promise. Where nobody can go on, it is a deadlock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from paypact.world import clock
from paypact.world.threads import standing

_POLL: Final = 0.002  # seconds, real ones
_STUCK: Final = 6  # polls without progress after which a party counts as held back
_DEADLOCK: Final = 100  # polls without anybody's progress after which nobody will make any


class DeadlockError(Exception):
    """Every party waits for another one."""


@dataclass(eq=False)
class _Party:
    number: int
    work: Callable[[], Any]
    gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    state: str = "starting"  # starting, parked, running, held, done
    result: Any = None
    thread: threading.Thread | None = None


class Conductor:
    """Runs parties in the order of a schedule: whose turn it is at each point, by number, then who is left."""

    def __init__(self, schedule: Sequence[int]) -> None:
        self._schedule = list(schedule)
        self._parties: dict[int, _Party] = {}
        self._changed = threading.Semaphore(0)
        self.switches: list[int] = []  # whose turn it was, as it came

    def point(self) -> None:
        """A place where the turn may pass: called in a party's own thread, before and after each exchange."""
        party = self._parties.get(threading.get_ident())
        if party is not None:
            self._park(party)

    def run(self, works: Sequence[Callable[[], Any]]) -> list[Any]:
        """Run all parties to their ends; their results, or the exceptions that ended them.

        Raises:
            DeadlockError: nobody can go on. The threads are left behind; they are daemons.
        """
        parties = [_Party(number, work) for number, work in enumerate(works)]
        for party in parties:
            party.thread = threading.Thread(target=self._live, args=(party,), daemon=True)
            party.thread.start()
        while any(party.state == "starting" for party in parties):
            self._changed.acquire()
        idle, seen = 0, None
        while any(party.state != "done" for party in parties):
            ready = [party for party in parties if party.state == "parked"]
            if ready:
                idle = 0
                self._let(ready[choose(self._schedule, [party.number for party in ready])])
                continue
            if self._changed.acquire(timeout=_POLL):
                continue
            now = [standing(party.thread) for party in parties if party.thread and party.state != "done"]
            idle = idle + 1 if now == seen else 0
            seen = now
            if idle > _DEADLOCK:
                held = ", ".join(str(party.number + 1) for party in parties if party.state != "done")
                raise DeadlockError(f"parties {held} wait for each other for ever")
        return [party.result for party in parties]

    def _live(self, party: _Party) -> None:
        clock.adopt()
        self._parties[threading.get_ident()] = party
        self._park(party)
        try:
            party.result = party.work()
        except BaseException as error:  # noqa: BLE001 - what ends a party is its result
            party.result = error
        party.state = "done"
        self._changed.release()

    def _park(self, party: _Party) -> None:
        party.state = "parked"
        self._changed.release()
        party.gate.acquire()
        party.state = "running"

    def _let(self, party: _Party) -> None:
        """Let one party run until it parks, ends, or is held back."""
        assert party.thread is not None
        self.switches.append(party.number)
        party.state = "running"
        party.gate.release()
        still, seen = 0, None
        while party.state == "running":
            self._changed.acquire(timeout=_POLL)
            if party.state != "running":
                return
            trace = standing(party.thread)
            still = still + 1 if trace == seen else 0
            seen = trace
            if still >= _STUCK:
                party.state = "held"  # it parks or ends by itself as soon as it can go on
                return


def choose(schedule: list[int], ready: Sequence[int]) -> int:
    """The place in `ready` of the party whose turn it is; turns of those who cannot take them are dropped."""
    while schedule:
        wanted = schedule.pop(0)
        if wanted in ready:
            return ready.index(wanted)
    return 0


def preempted(schedule: str) -> bool:
    """Whether a party's turn ends in this order before it has finished."""
    return "10" in schedule and "01" in schedule


def schedules(points: Sequence[int], preemptions: int) -> Iterator[str]:
    """All orders of two parties with so many points each, by rising number of preemptions; as digits, `0011`."""
    first, second = points
    seen = set()
    for allowed in range(preemptions + 1):
        for order in _orders(first, second, allowed, 0, True):
            if order not in seen:
                seen.add(order)
                yield order
        for order in _orders(first, second, allowed, 1, True):
            if order not in seen:
                seen.add(order)
                yield order


def _orders(first: int, second: int, left: int, turn: int, fresh: bool) -> Iterator[str]:
    """Orders that begin with `turn` and pass it on while unfinished at most `left` times."""
    remaining = (first, second)
    if not any(remaining):
        yield ""
        return
    if not remaining[turn]:
        yield from _orders(first, second, left, 1 - turn, True)
        return
    after = (first - 1, second) if turn == 0 else (first, second - 1)
    for rest in _orders(*after, left, turn, False):
        yield f"{turn}{rest}"
    if left and not fresh and remaining[1 - turn]:
        yield from _orders(first, second, left - 1, 1 - turn, True)
