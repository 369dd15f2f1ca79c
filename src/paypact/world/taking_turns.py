"""Taking turns: the tasks of an event loop, one going on at a time, switched before and after each exchange.

What `interleaving` is to threads. A task that waits for another's lock is held back, and the turn passes; time passes
only when no task can go on otherwise. Where none can go on in any time, it is a deadlock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, TypeAlias

from paypact.world import clock, loop
from paypact.world.interleaving import DeadlockError, choose

Work: TypeAlias = "Callable[[], Coroutine[Any, Any, Any]]"

_TURNS: Final = 200  # of the loop, without an arrival, after which a task counts as held back
_PATIENCE: Final = 2.0  # real seconds for what a task has handed to a thread
_EVER: Final = 30 * 86_400.0  # virtual seconds: who has not gone on by then never will


class _Party:
    def __init__(self, number: int) -> None:
        self.number = number
        self.gate = asyncio.Event()
        self.state = "starting"  # starting, parked, running, held, done
        self.result: Any = None
        self.task: asyncio.Task[None] | None = None


class TaskConductor:
    """Runs coroutines in the order of a schedule: whose turn it is at each point, by number, then who is left."""

    def __init__(self, schedule: Sequence[int]) -> None:
        self._schedule = list(schedule)
        self._parties: dict[asyncio.Task[Any] | None, _Party] = {}
        self._changed = asyncio.Event()

    async def point(self) -> None:
        """A place where the turn may pass: awaited in a party's own task, before and after each exchange."""
        party = self._parties.get(asyncio.current_task())
        if party is not None:
            await self._park(party)

    async def run(self, works: Sequence[Work]) -> list[Any]:
        """Run all parties to their ends; their results, or the exceptions that ended them.

        Raises:
            DeadlockError: nobody can go on. The tasks are cancelled.
        """
        parties = [_Party(number) for number in range(len(works))]
        for party, work in zip(parties, works, strict=True):
            party.task = asyncio.create_task(self._live(party, work))
            self._parties[party.task] = party
        try:
            await self._settled(lambda: all(party.state != "starting" for party in parties))
            while any(party.state != "done" for party in parties):
                ready = [party for party in parties if party.state == "parked"]
                if ready:
                    await self._let(ready[choose(self._schedule, [party.number for party in ready])])
                else:
                    await self._wait(parties)
        finally:
            for task in self._parties:
                if task is not None:
                    task.cancel()
            await asyncio.gather(*filter(None, self._parties), return_exceptions=True)
        return [party.result for party in parties]

    async def _live(self, party: _Party, work: Work) -> None:
        await self._park(party)
        try:
            party.result = await work()
        except BaseException as error:  # noqa: BLE001 - what ends a party is its result
            party.result = error
        party.state = "done"
        self._changed.set()

    async def _park(self, party: _Party) -> None:
        party.state = "parked"
        self._changed.set()
        party.gate.clear()
        await party.gate.wait()
        party.state = "running"

    async def _let(self, party: _Party) -> None:
        """Let one party run until it parks, ends, or is held back."""
        party.state = "running"
        party.gate.set()
        await self._settled(lambda: party.state != "running")
        if party.state == "running":
            party.state = "held"  # it parks or ends by itself as soon as it can go on

    async def _settled(self, reached: Callable[[], bool]) -> None:
        """Give the loop its turns until something is reached, or nothing more happens without time passing."""
        turns, began = 0, clock.real_monotonic()
        while not reached() and turns < _TURNS:
            await asyncio.sleep(0)
            at_work = loop.outside() and clock.real_monotonic() - began < _PATIENCE  # threads of the shop's own
            turns += not at_work

    async def _wait(self, parties: Sequence[_Party]) -> None:
        """Nobody is at a point: let time pass until somebody is."""
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), _EVER)
        except TimeoutError:
            held = ", ".join(str(party.number + 1) for party in parties if party.state != "done")
            raise DeadlockError(f"parties {held} wait for each other for ever") from None
