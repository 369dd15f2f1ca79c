"""Early webhooks: the gateway is faster than its own reply, so that a webhook comes in while the call still waits.

It comes in on a thread of its own, as it does in any web server. A handler that is held back by a lock of the shop's
own makes no progress: then the call goes on, and the webhook is finished when it can be.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from paypact.testkit.delivery import bring, taken
from paypact.testkit.example import Example
from paypact.testkit.judge import Verdict
from paypact.world.notifications import Event

_POLL: Final = 0.002  # seconds, real ones
_STUCK: Final = 30  # polls without progress after which a handler counts as held back
_PATIENCE: Final = 5.0  # seconds, real ones, for a handler that was held back to end after the call did


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
        """Deliver one; what is not taken comes again in its time."""
        example, outbox = self.example, self.example.outbox
        assert outbox is not None
        answer = bring(example, event.type, outbox.sealed(event, example.seal))
        bound = _is_bound(answer)
        if isinstance(answer, BaseException) and not bound:
            example.tell("receive", event.type, answer)
        example.occurred["webhook before the reply"] += not bound
        if not taken(answer):
            outbox.waiting.append(event)

    def progress(self) -> object:
        """Where it stands: unchanged over a while, it is held back."""
        assert self.ident is not None
        frame = sys._current_frames().get(self.ident)  # noqa: SLF001 - the documented way to see another thread
        return (id(frame), frame.f_lasti if frame else None)


@contextmanager
def early(example: Example) -> Iterator[None]:
    """Within, what the gateway tells reaches the shop before the reply to the call that caused it."""
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
            now = visit.progress()
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


def _is_bound(answer: int | BaseException) -> bool:
    """Whether a handler only failed for being called on another thread than the one its database belongs to."""
    return type(answer).__name__ == "ProgrammingError" and "thread" in str(answer)


def _finish(example: Example, held: list[_Visit]) -> None:
    """Wait for handlers that were held back while the call ran."""
    while held:
        visit = held.pop()
        visit.join(_PATIENCE)
        if visit.is_alive():
            sentence = "a webhook that came in before the reply is never answered: its handler waits for ever"
            example.problem(Verdict("broken", "webhook/early/crash", sentence), None, "delivery")
        elif visit.failed is not None:
            raise visit.failed
