"""Meanwhile: a payment stands still at a line of the team's code until another shopper has paid.

What is shared between threads (a header of a common client, a current order, a key in a module) is set on one line and
used on the next; no exchange lies between the two. So here the turn passes at a line, once, and every line of the
team's that the first payment comes by is tried.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType
from typing import Any

from paypact.payments import Payment
from paypact.testkit.blame import Place, driver_code, is_team, shown
from paypact.testkit.case import Case
from paypact.testkit.example import Example
from paypact.testkit.playing import playing
from paypact.testkit.race import in_a_thread, judge_each, outcomes, two_orders
from paypact.testkit.target import Target
from paypact.world.interleaving import Conductor
from paypact.world.world import World


def another_pays(example: Example) -> None:
    """Two orders; the first payment is interrupted at the case's line, the first time that it comes there."""

    def reached(place: Place, first: Payment, turn: Callable[[], None]) -> None:
        if example.stood is None and _named(place) == example.case.interrupted:
            example.stood = place
            example.occurred["interrupted"] += 1
            example.happened(f"at {_named(place)} another shopper comes in between", None, first)
            turn()

    _both(example, reached)


def lines(target: Target, case: Case) -> tuple[str, ...]:
    """The team's lines that a payment comes by, `shop/payments.py:41`, in the order in which it first does.

    Those of the driver only where it is the integration, which shows in its sending requests itself.
    """
    seen: dict[Place, None] = {}
    with playing(target, case) as example:
        _both(example, lambda place, first, turn: seen.setdefault(place))
    mine = driver_code(target.driver)
    sends = any(exchange.place is not None and exchange.place[0] in mine for exchange in example.exchanges)
    return tuple(dict.fromkeys(_named(place) for place in seen if sends or place[0] not in mine))


def _both(example: Example, reached: Callable[[Place, Payment, Callable[[], None]], object]) -> None:
    """Two orders, each paid in a thread of its own.

    `reached` is told of each line that the first one comes by, and may pass the turn there.
    """
    target, own = example.target, example.case.currency
    orders = two_orders(example, next((each for each in target.currencies if each != own), own))
    if not orders:
        return
    (first, arguments), (second, others) = orders
    perform, operation = example.perform, example.case.operation
    conductor = Conductor([0, 1])

    def interrupted() -> Any:
        with _traced(lambda place: reached(place, first, conductor.point)):
            return perform(operation, first, *arguments)

    parties = [in_a_thread(example, each) for each in (interrupted, lambda: perform(operation, second, *others))]
    results = outcomes(example, lambda: conductor.run(parties))
    if results is not None:
        judge_each(example, results)


@lru_cache(maxsize=4096)
def _named(place: Place) -> str:
    return f"{shown(place[0].co_filename)}:{place[1]}"


@contextmanager
def _traced(reached: Callable[[Place], object]) -> Iterator[None]:
    """Within, `reached` is told of each line of the team's before this thread goes through it.

    What runs while the gateway answers is the gateway's, also where a team has written its simulator.
    """
    answering = False

    def answer(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal answering
        answering = event != "return"
        return answer

    def within(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            reached((frame.f_code, frame.f_lineno))
        return within

    def called(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code is World.exchange.__code__:
            return answer(frame, event, _)
        return within if not answering and is_team(frame.f_code.co_filename) else None

    before = sys.gettrace()  # coverage's, or a debugger's
    sys.settrace(called)
    try:
        yield
    finally:
        sys.settrace(before)
