"""Tasks that take turns: a schedule is followed, locks pass the turn, time passes only when it must, deadlocks end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from paypact.world import clock
from paypact.world.interleaving import DeadlockError
from paypact.world.taking_turns import TaskConductor


@pytest.fixture(autouse=True)
def _virtual_time() -> Iterator[None]:
    clock.install()
    with clock.running(clock.Clock()):
        yield


@pytest.mark.parametrize(
    ("schedule", "log"),
    [([0, 1, 1, 0], "0a 1a 1b 0b"), ([0, 0, 0, 1, 1, 1], "0a 0b 1a 1b"), ([1], "1a 0a 0b 1b"), ([], "0a 0b 1a 1b")],
    ids=["to and fro", "one after the other", "short", "empty"],
)
def test_a_schedule_is_followed(schedule: list[int], log: str) -> None:
    """The turn passes as the schedule says, and to whoever is left when it has ended."""
    said: list[str] = []
    conductor = TaskConductor(schedule)

    async def party(name: str) -> str:
        for step in ("a", "b"):
            said.append(name + step)
            await conductor.point()
        return name

    assert clock.run(conductor.run([lambda: party("0"), lambda: party("1")])) == ["0", "1"]
    assert " ".join(said) == log


def test_who_waits_for_a_lock_passes_the_turn() -> None:
    """A task that another one holds back is no deadlock: the other goes on and lets it in."""
    said: list[str] = []
    conductor = TaskConductor([0, 1, 1, 1])

    async def both() -> None:
        lock = asyncio.Lock()

        async def party(name: str) -> None:
            async with lock:
                said.append(f"{name} in")
                await conductor.point()
                said.append(f"{name} out")

        await conductor.run([lambda: party("0"), lambda: party("1")])

    clock.run(both())

    assert said == ["0 in", "0 out", "1 in", "1 out"]


def test_time_passes_when_nobody_can_go_on_without() -> None:
    """A task that pauses is held back until the other has ended; then its pause is over at once, in virtual time."""
    said: list[str] = []
    conductor = TaskConductor([0, 1, 1])

    async def pausing() -> None:
        await asyncio.sleep(30)
        said.append("paused")

    async def quick() -> None:
        await conductor.point()
        said.append("quick")

    clock.run(conductor.run([pausing, quick]))

    assert said == ["quick", "paused"]


def test_a_deadlock_is_told() -> None:
    """Two tasks that wait for each other's lock end as a deadlock, and neither is left behind."""
    conductor = TaskConductor([0, 1])

    async def both() -> set[asyncio.Task[object]]:
        first, second = asyncio.Lock(), asyncio.Lock()

        async def party(mine: asyncio.Lock, other: asyncio.Lock) -> None:
            async with mine:
                await conductor.point()
                async with other:
                    pass

        with pytest.raises(DeadlockError, match=r"^parties 1, 2 wait for each other for ever$"):
            await conductor.run([lambda: party(first, second), lambda: party(second, first)])
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert clock.run(both()) == set()
