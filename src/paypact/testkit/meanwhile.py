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
from typing import Any, Final

from paypact.payments import Payment
from paypact.testkit.amounts import amount
from paypact.testkit.blame import Place, driver_code, is_team, shown
from paypact.testkit.case import Case
from paypact.testkit.delivery import conclude, judge_orders
from paypact.testkit.example import Example
from paypact.testkit.flow import follow, prepare
from paypact.testkit.judge import Verdict
from paypact.testkit.playing import playing
from paypact.testkit.target import Target
from paypact.world.interleaving import Conductor, DeadlockError
from paypact.world.world import World

OTHER_PRICE: Final = "round"  # of the other shopper's order, as amounts are spelled


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
    target, operation = example.target, example.case.operation
    first = prepare(example, operation)
    if first is None:
        return
    currency = next((each for each in target.currencies if each != example.case.currency), example.case.currency)
    other = example.another_order(amount(target, currency, OTHER_PRICE))
    second = prepare(example, operation, other)
    if second is None:
        return
    conductor = Conductor([0, 1])

    def interrupted() -> Any:
        with _traced(lambda place: reached(place, first[0], conductor.point)):
            return _pays(example, *first)

    try:
        results = conductor.run([interrupted, lambda: _pays(example, *second)])
    except DeadlockError as deadlock:
        example.problem(Verdict("broken", "race/deadlock/crash", f"deadlock: {deadlock}"), None, "interleaving")
        return
    for result in results:
        if isinstance(result, BaseException):
            raise result
    last = [follow(example, told) for told in results]
    conclude(example)
    for told in last:
        judge_orders(example, told.payment)


def _pays(example: Example, payment: Payment, arguments: tuple[Any, ...]) -> Any:
    with example.driver.thread():
        return example.perform(example.case.operation, payment, *arguments)


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
