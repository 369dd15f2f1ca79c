"""Calls: one operation of a driver while it runs. What it sends belongs to it; whatever leaves it is what was told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from paypact.errors import PaypactError
from paypact.payments import OUTCOMES, Payment
from paypact.testkit.blame import not_implemented
from paypact.testkit.patience import limited
from paypact.testkit.told import CRASHES, Told, WrongAnswerError

if TYPE_CHECKING:
    from paypact.testkit.example import Example

MOST_EXCHANGES: Final = 150  # of one call; a loop that never ends would make as many as one lets it


@dataclass
class Call:
    """`outcome` is what the driver returned, put here by whoever calls it; `place` where it ends up in the history."""

    outcome: Any = None
    place: int = -1


@contextmanager
def calling(example: Example, operation: str, payment: Payment, arguments: tuple[Any, ...]) -> Iterator[Call]:
    """Within, an operation is called: in the way of the driver, at once or in a task beside others."""
    world, call = example.world, Call()
    recording, began = world.recording, world.clock.time()
    first = len(recording.exchanges)
    if not example.target.served:  # a server's thread has nobody to raise it at
        recording.most = first + MOST_EXCHANGES
    try:
        with world.operating(operation, payment), limited(operation, served=example.target.served):
            yield call
    except PaypactError:
        raise
    except CRASHES as error:
        unwritten = not_implemented(type(example.driver), operation, error)
        if unwritten is not None:
            raise unwritten from error
        call.outcome = error
    else:
        if not isinstance(call.outcome, OUTCOMES):
            call.outcome = WrongAnswerError.of(operation, call.outcome)
    recording.most = None
    waited = world.clock.time() - began
    call.place = len(example.history)
    example.history.append(Told(operation, payment, call.outcome, first, len(recording.exchanges), arguments, waited))
    example.happened(operation, call.outcome, payment, arguments)
    example.occurred[f"{operation} called"] += 1
