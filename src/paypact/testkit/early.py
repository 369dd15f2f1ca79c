"""Early webhooks: the gateway is faster than its own reply, so that a webhook comes in while the call still waits.

It comes in on a thread of its own, as it does in any web server, or in a task where the handler is asynchronous. One
that is held back by a lock of the shop's own makes no progress: then the call goes on, and the webhook is finished when
it can be.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from paypact.testkit.delivery import bring, bringing, taken
from paypact.testkit.example import Example
from paypact.testkit.judge import Verdict
from paypact.world import clock
from paypact.world.notifications import Event
from paypact.world.threads import standing

_POLL: Final = 0.002  # seconds, real ones
_STUCK: Final = 30  # polls without progress after which a handler counts as held back
_PATIENCE: Final = 5.0  # seconds, real ones, for a handler that was held back to end after the call did
_TURNS: Final = 200  # of the loop after which a task counts as held back
_EVER: Final = 86_400.0  # seconds, virtual ones, for such a task to end after the call did
_NEVER: Final = "a webhook that came in before the reply is never answered: its handler waits for ever"


class _Visit(threading.Thread):
    """The delivery of a few webhooks on a thread of its own."""

    def __init__(self, example: Example, events: list[Event]) -> None:
        super().__init__(daemon=True)
        self.example, self.events = example, events
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            with self.example.driver.thread():
                for event in self.events:
                    self.visit(event)
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
            self.failed = error

    def visit(self, event: Event) -> None:
        """Deliver one."""
        outbox = self.example.outbox
        assert outbox is not None
        answer = bring(self.example, event.type, outbox.sealed(event, self.example.seal))
        _answered(self.example, event, answer)


@contextmanager
def early(example: Example) -> Iterator[None]:
    """Within, what the gateway tells reaches the shop before the reply to the call that caused it."""
    awaited = inspect.iscoroutinefunction(getattr(example.driver, "receive", None))
    with _in_tasks(example) if awaited else _in_threads(example):
        yield


@contextmanager
def _in_tasks(example: Example) -> Iterator[None]:
    outbox = example.outbox
    assert outbox is not None
    visits: set[asyncio.Task[None]] = set()

    async def visit(events: list[Event]) -> None:
        for event in events:
            answer = await bringing(example, event.type, outbox.sealed(event, example.seal))
            if isinstance(answer, asyncio.CancelledError):
                return  # by us, below
            _answered(example, event, answer)

    async def point() -> None:
        if asyncio.current_task() in visits or not outbox.waiting:
            return
        events, outbox.waiting = outbox.waiting, []
        task = asyncio.create_task(visit(events))
        visits.add(task)
        for _ in range(_TURNS):
            if task.done():
                break
            await asyncio.sleep(0)

    example.world.interlude = point
    try:
        yield
    finally:
        example.world.interlude = None
        if visits:
            clock.run(_ended(example, visits))


async def _ended(example: Example, visits: set[asyncio.Task[None]]) -> None:
    """Wait for tasks that were held back while the call ran."""
    done, held = await asyncio.wait(visits, timeout=_EVER)
    for task in held:
        task.cancel()
    if held:
        await asyncio.wait(held)
        example.problem(Verdict("broken", "webhook/early/crash", _NEVER), None, "delivery")
    for task in done:
        task.result()  # raises what is not the shop's


@contextmanager
def _in_threads(example: Example) -> Iterator[None]:
    outbox, main = example.outbox, threading.get_ident()
    assert outbox is not None
    held: list[_Visit] = []

    def point() -> None:
        if threading.get_ident() != main or not outbox.waiting:
            return
        _finish(example, held)
        events, outbox.waiting = outbox.waiting, []
        visit = _Visit(example, events)
        visit.start()
        held.append(visit)
        still, seen = 0, None
        while visit.is_alive() and still < _STUCK:
            visit.join(_POLL)
            now = standing(visit)
            still = still + 1 if now == seen else 0
            seen = now
        if not visit.is_alive():
            _finish(example, held)

    example.world.pause = point
    try:
        yield
    finally:
        example.world.pause = None
        _finish(example, held)


def _answered(example: Example, event: Event, answer: int | BaseException) -> None:
    """What a handler answered; what is not taken comes again in its time."""
    assert example.outbox is not None
    bound = _is_bound(answer)
    if isinstance(answer, BaseException) and not bound:
        example.tell("receive", event.type, answer)
    example.occurred["webhook before the reply"] += not bound
    if not taken(answer):
        example.outbox.waiting.append(event)


def _is_bound(answer: int | BaseException) -> bool:
    """Whether a handler only failed for being called on another thread than the one its database belongs to."""
    return type(answer).__name__ == "ProgrammingError" and "thread" in str(answer)


def _finish(example: Example, held: list[_Visit]) -> None:
    """Wait for handlers that were held back while the call ran."""
    while held:
        visit = held.pop()
        visit.join(_PATIENCE)
        if visit.is_alive():
            example.problem(Verdict("broken", "webhook/early/crash", _NEVER), None, "delivery")
        elif visit.failed is not None:
            raise visit.failed
