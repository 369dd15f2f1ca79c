"""Delivering webhooks to the shop, letting it settle, and reading its order: what happens around every flow.

A webhook that the shop does not take (anything but 2xx) comes again later, as gateways do it; the order is judged only
when nothing is waiting any more and the shop's own background work has run.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final, get_args

from paypact.errors import PaypactError
from paypact.payments import Notification, Order, OrderState, Payment, Reply
from paypact.testkit.example import Example
from paypact.testkit.judge import Verdict, judge_order
from paypact.testkit.patience import limited
from paypact.testkit.told import CRASHES, WrongAnswerError
from paypact.world import clock
from paypact.world.notifications import REDELIVERY, Event

MOST_DELIVERIES: Final = 3  # of one event, the network being healthy
REQUESTED: Final = frozenset({"requested"})
CLAIMS: Final = frozenset({"authorized", "paid", "refunded", "disputed"})  # states of an order that speak of money


def conclude(example: Example) -> None:
    """Everything is delivered and settled, also what time still brings; then the shop's orders are judged."""
    deliver_all(example)
    example.rest()
    deliver_all(example)
    judge_orders(example)


def deliver_all(example: Example, refused_is: str = "wrong") -> None:
    """Deliver what is waiting, in order; what is not taken comes again, after the shop has settled.

    `refused_is` is the verdict on a shop that never takes one of them.
    """
    outbox = example.outbox
    if outbox is None or example.withheld:
        return
    for delivery in range(MOST_DELIVERIES):
        waiting, outbox.waiting = outbox.waiting, []
        if not waiting:
            break
        if delivery:  # by then whatever was wrong with the network is over
            with example.world.outside():
                example.world.clock.advance(REDELIVERY)
        with example.world.network.quiet() if delivery else nullcontext():
            refused = [event for event in waiting if not taken(deliver(example, event))]
            settle(example)
        outbox.waiting = refused + outbox.waiting
    if outbox.waiting:
        stuck, outbox.waiting = outbox.waiting[0], []
        said = f"the shop never takes the genuine webhook {stuck.type}: {MOST_DELIVERIES} deliveries were all refused"
        example.problem(Verdict(refused_is, "webhook/refused", said), None, "delivery")


def deliver(example: Example, event: Event) -> int | BaseException:
    """Bring one genuine webhook to the shop: the status it answered, or the exception that left the driver.

    An exception is a crash, unless a fault struck meanwhile: then it is a way to ask for the webhook again.
    """
    assert example.outbox is not None
    struck = len(example.world.network.delivered)
    answer = bring(example, event.type, example.outbox.sealed(event, example.seal))
    return _delivered(example, event, answer, struck)


async def delivering(example: Example, event: Event) -> int | BaseException:
    """As `deliver`, in a task beside others."""
    assert example.outbox is not None
    struck = len(example.world.network.delivered)
    answer = await bringing(example, event.type, example.outbox.sealed(event, example.seal))
    return _delivered(example, event, answer, struck)


def bring(example: Example, name: str, notification: Notification) -> int | BaseException:
    """Call `receive`: the status it answered, or the exception that left it, which is not judged here."""
    with example.world.operating("receive"), _caught() as answers, limited("receive", served=example.target.served):
        answer = example.driver.receive(notification)  # type: ignore[attr-defined]  # offered: it has the attribute
        answers.append(clock.run(answer) if inspect.isawaitable(answer) else answer)
    return _brought(example, name, answers[-1])


async def bringing(example: Example, name: str, notification: Notification) -> int | BaseException:
    """As `bring`, in a task beside others."""
    with example.world.operating("receive"), _caught() as answers:
        answer = example.driver.receive(notification)  # type: ignore[attr-defined]  # offered: it has the attribute
        answers.append(await answer if inspect.isawaitable(answer) else answer)
    return _brought(example, name, answers[-1])


@contextmanager
def _caught() -> Iterator[list[object]]:
    """A list that holds what a call gave, or the exception that left it."""
    answers: list[object] = []
    try:
        yield answers
    except PaypactError:
        raise
    except CRASHES as error:
        answers.append(error)


def _delivered(example: Example, event: Event, answer: int | BaseException, struck: int) -> int | BaseException:
    if isinstance(answer, BaseException) and len(example.world.network.delivered) == struck:
        example.tell("receive", event.type, answer)
    return answer


def _brought(example: Example, name: str, answer: object) -> int | BaseException:
    example.occurred["webhook delivered"] += 1
    if isinstance(answer, Reply):
        answer = answer.status
    if not isinstance(answer, (int, BaseException)) or isinstance(answer, bool):
        answer = WrongAnswerError(f"receive returned {answer!r}: return the HTTP status as int, or a Reply")
    if example.payments and not isinstance(answer, BaseException):
        example.happened(f"webhook {name}", answer)
    return answer


def taken(answer: int | BaseException) -> bool:
    """Whether a webhook's answer tells the gateway that it was taken."""
    return isinstance(answer, int) and 200 <= answer < 300


def settle(example: Example) -> None:
    """Run the shop's background work until it is idle; an exception there is a crash."""
    with example.world.operating("settle"):
        try:
            with limited("settle", served=example.target.served):
                result = example.driver.settle()
                if inspect.isawaitable(result):
                    clock.run(result)
        except PaypactError:
            raise
        except CRASHES as error:
            example.tell("settle", "", error)


def meanwhile(example: Example) -> None:
    """Nothing is decided yet: what the gateway tells comes in, and the shop must not claim money that nobody took."""
    deliver_all(example)
    judge_orders(example, only=CLAIMS)


def judge_orders(
    example: Example, payment: Payment | None = None, *, only: frozenset[str] = frozenset(get_args(OrderState))
) -> None:
    """The shop's order of a payment against the ledger, where it says one of `only`; None: of the newest attempt."""
    if not example.target.offers("order") or not example.payments or example.withheld:
        return
    payment = payment or example.payments[-1]
    began = next((told.operation for told in example.history if told.payment is payment), "")
    if began in ("verify", "store"):
        return  # a card was checked: nothing was bought
    with example.world.network.quiet():  # what a fault delayed is made good before an order is final
        settle(example)
        order = read_order(example, payment)
    if order is None or order.state not in only:
        return
    found = example.standing(payment)
    if found.authorization is not None and found.authorization.total("refund", REQUESTED):
        return  # whether money that is on its way back counts as refunded is the shop's own choice
    verdict = judge_order(found, order, payment)
    if verdict.word != "ok":
        if example.unresolved and order.state == "pending":
            return
        example.problem(verdict, None)


def read_order(example: Example, payment: Payment) -> Order | None:
    """What the shop believes about a payment's order; None where it crashed or returned something else."""
    answer: object
    with example.world.operating("order", payment):
        try:
            with limited("order", served=example.target.served):
                answer = example.driver.order(payment.reference)  # type: ignore[attr-defined]  # as above
                if inspect.isawaitable(answer):
                    answer = clock.run(answer)
        except PaypactError:
            raise
        except CRASHES as error:
            example.tell("order", "", error)
            return None
    if not isinstance(answer, Order):
        example.tell("order", "", WrongAnswerError(f"order returned {answer!r}, which is no Order"))
        return None
    example.happened("order", answer, payment)
    example.occurred["order read"] += 1
    return answer


def order_now(example: Example) -> Order | None:
    """The shop's order now; None where it is not offered, or there is no payment yet."""
    if not example.target.offers("order") or not example.payments:
        return None
    return read_order(example, example.payments[-1])


def shown(order: Order | None) -> str:
    """An order's state, as a sentence shows it."""
    return repr(order.state) if order else "unknown"
