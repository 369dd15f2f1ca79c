"""Flows: what a shopper and a shop naturally do, followed to its end and judged at every step.

The natural next step after each last word: nothing after Approved or Pending but waiting; a new attempt after Declined;
the challenge after ActionRequired; the same payment again after Unknown or a crash, with `lookup` first where offered.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Final

from paypact.payments import ActionRequired, Approved, Declined, Money, Payment, Pending, Unknown
from paypact.testkit import checks
from paypact.testkit.delivery import conclude, deliver_all, meanwhile, settle
from paypact.testkit.example import Example
from paypact.testkit.target import Target
from paypact.testkit.told import Told
from paypact.world.books import Authorization
from paypact.world.network import Fault

MOST_PRESSES: Final = 3
KEPT: Final = 86_400  # seconds for which an idempotency key is kept, where the gateway's facts do not say
HOUR: Final = 3_600
PAGE: Final = 100  # entries on the longest page that gateways list
MOVEMENTS: Final = {"capture": "authorize", "void": "authorize", "refund": "sale"}  # what each must follow
PAYING: Final = ("sale", "authorize", "verify", "store", "charge_stored")
BUYING: Final = ("sale", "authorize", "charge_stored")  # those that ask for money, not only for a look at the card


def paying(target: Target) -> Iterator[str]:
    """The operations by which a driver can begin a payment, the plainest first; a stored card is stored before."""
    for operation in PAYING:
        if target.offers(operation) and (operation != "charge_stored" or target.offers("store")):
            yield operation


def buying(target: Target) -> tuple[str, ...]:
    """The operations by which a driver can ask for money, the plainest first."""
    return tuple(operation for operation in paying(target) if operation in BUYING)


def moving(target: Target) -> tuple[str, ...]:
    """The operations by which a driver can capture, void or refund what it was paid."""
    return tuple(operation for operation, before in MOVEMENTS.items() if target.offers(operation, before))


def pay(example: Example, operation: str) -> Told:
    """One payment by `operation`, followed to its end. The case's fault strikes within the operation."""
    prepared = prepare(example, operation)
    if prepared is None:
        return example.history[-1]
    payment, arguments = prepared
    _arm(example, operation)
    told = follow(example, example.perform(operation, payment, *arguments))
    conclude(example)
    return told


def prepare(example: Example, operation: str, payment: Payment | None = None) -> tuple[Payment, tuple[Any, ...]] | None:
    """A payment and what `operation` is called with for it; a stored card is stored before. None: it was not.

    `payment`: which one; None: the case's.
    """
    payment = payment or example.payment()
    if operation != "charge_stored":
        return payment, (payment,)
    stored = follow(example, example.perform("store", payment, payment))
    if not isinstance(stored.outcome, Approved):
        return None
    later = example.later_order(stored.payment)  # after a decline it is another card that was stored
    return later, (stored.transaction, later)


def move(example: Example, operation: str) -> None:
    """A payment, then a capture, void or refund of it in full; the case's fault strikes within the latter."""
    before = MOVEMENTS[operation]
    payment = example.payment()
    paid = follow(example, example.perform(before, payment, payment))
    if not isinstance(paid.outcome, Approved):
        return
    payment = paid.payment
    authorization = example.standing(payment).authorization
    if authorization is None:
        return
    if operation == "refund":
        settle_first(example)
    asked = asked_of(authorization, operation)
    existing = example.movements(operation, payment)
    allowed = checks.allowed(example.target, example.world.ledger, operation, authorization, asked)
    arguments = movement_arguments(example, operation, paid.transaction, Money(asked, payment.amount.currency))
    _arm(example, operation)
    told = example.perform(operation, payment, *arguments)
    verdict = example.judge_movement(told, asked, existing, allowed=allowed)
    for press in range(1, MOST_PRESSES):
        if not (told.crashed or verdict.word == "ask"):
            break
        _heal(example)
        told = example.perform(operation, payment, *arguments)
        verdict = example.judge_movement(told, asked, existing, last_word=press == MOST_PRESSES - 1)
    example.occurred[f"{operation} judged"] += 1
    conclude(example)


def settles(target: Target) -> bool:
    """Whether what was captured must settle before it can be refunded."""
    return target.gateway.facts.ledger.refund_from != "booked"


def settle_first(example: Example) -> None:
    """Let time pass until what was captured can be refunded, unless the case is about a refund that comes too early."""
    terms = example.target.gateway.facts.ledger
    if example.case.settled and settles(example.target):
        with example.world.outside():
            example.world.clock.advance(terms.cutoff + (terms.settling if terms.refund_from == "settled" else 0.0))


def follow(example: Example, told: Told) -> Told:
    """From the first answer of a paying operation to the last word. Returns the last thing told."""
    verdict = example.judge(told)
    declined = crashed = False
    for _ in range(MOST_PRESSES + 1):
        outcome = told.outcome
        if isinstance(outcome, ActionRequired):
            meanwhile(example)
            finished = _challenge(example, told)
            if finished is None:
                break
            told, verdict = finished
        elif (told.crashed and not crashed) or (isinstance(outcome, Unknown) and verdict.word == "ask"):
            crashed = told.crashed  # one more press says what the shopper pays; a second crash says nothing new
            told = _press_again(example, told)
            verdict = example.judge(told, last_word=True)
        elif isinstance(outcome, Declined) and not declined and not example.abandoned and _may_retry(example, told):
            declined = True
            _heal(example)
            same = example.case.retry == "same card"
            payment = told.payment.again(card=None if same else example.other_card())
            example.occurred["retried after a decline"] += 1
            told = _repeat(example, told, payment)
            verdict = example.judge(told)
        else:
            break
    if isinstance(told.outcome, Pending) or example.case.answer.startswith(("defer", "hold")):
        meanwhile(example)
        example.rest()
        example.occurred["waited until rest"] += 1
    return told


def press_twice(example: Example) -> None:
    """A double click, or a page that is loaded again: the same payment, after it was answered."""
    operation = example.case.operation
    prepared = prepare(example, operation)
    if prepared is None:
        return
    payment, arguments = prepared
    told = follow(example, example.perform(operation, payment, *arguments))
    if isinstance(told.outcome, Approved):
        example.occurred["pressed twice"] += 1
        follow(example, example.perform(operation, payment, *arguments))
    conclude(example)


def key_forgotten(example: Example) -> None:
    """The answer is lost, and only when the gateway has forgotten the key does the shop try to find out."""
    operation = example.case.operation
    payment = example.payment()
    _arm(example, operation)
    told = example.perform(operation, payment, payment)
    example.judge(told)
    _heal(example)
    if not isinstance(told.outcome, Unknown):
        return
    with example.world.outside():
        example.world.clock.advance(example.target.gateway.facts.limits.get("idempotency_seconds", KEPT) + HOUR)
    deliver_all(example)
    settle(example)
    example.occurred["key forgotten"] += 1
    if example.target.offers("lookup"):
        told = example.perform("lookup", payment, payment.reference)
        example.judge(told, last_word=True)
    conclude(example)


def busy_day(example: Example) -> None:
    """The answer may be lost; the shop looks the order up when more others have been paid than a page of a list has."""
    operation = example.case.operation
    payment = example.payment()
    _arm(example, operation)
    example.judge(example.perform(operation, payment, payment))
    _heal(example)
    if not _others_pay(example):
        return
    deliver_all(example)
    settle(example)
    example.occurred["looked up on a busy day"] += 1
    example.judge(example.perform("lookup", payment, payment.reference), last_word=True)
    conclude(example)


def _others_pay(example: Example) -> bool:
    """Other orders of the merchant's, paid at another till; False: this gateway lets no other till pay."""
    own, outbox = len(example.payments), example.outbox
    waiting = list(outbox.waiting) if outbox else []
    paid = True
    for _ in range(PAGE + 1):
        other = example.another_order()
        with example.world.outside(other):
            paid = paid and example.world.simulator.elsewhere(other, "sale")
    example.payments[:] = [*example.payments[own:], *example.payments[:own]]  # the shop's own counts as the newest
    if outbox:
        outbox.waiting = waiting
    return paid


def look_up(example: Example) -> None:
    """At rest, `lookup` says the truth about the order's newest attempt."""
    if example.target.offers("lookup") and example.history:
        kept = example.stored
        if kept:
            _heal(example)  # then nothing but lookup can tell
        example.rest()
        payment = example.payments[-1]
        told = example.perform("lookup", payment, payment.reference)
        example.judge(told, last_word=kept or not example.world.network.delivered)


def asked_of(authorization: Authorization, operation: str) -> int:
    """All that a capture or refund can move now, in minor units; a void moves nothing."""
    return {"capture": authorization.capturable, "refund": authorization.refundable}.get(operation, 0)


def movement_arguments(example: Example, operation: str, transaction: Any, money: Money) -> tuple[Any, ...]:
    """What a capture, void or refund is called with: `amount` only where the driver takes one and has no default."""
    parameters = inspect.signature(getattr(example.driver, operation)).parameters
    taken = parameters.get("amount") or (list(parameters.values())[1] if len(parameters) > 1 else None)
    if operation == "void" or taken is None:
        return (transaction,)
    return (transaction, money) if taken.default is inspect.Parameter.empty else (transaction, None)


def _challenge(example: Example, told: Told) -> tuple[Told, Any] | None:
    transaction = told.transaction
    example.occurred["challenge shown"] += 1
    _arm(example, "complete")
    completed = example.act(told)
    if completed is None:
        return None
    verdict = example.judge(completed)
    if completed.crashed or verdict.word == "ask":
        _heal(example)
        completed = example.come_back(completed, transaction)
        verdict = example.judge(completed, last_word=True)
    if example.case.shopper == "comes back twice" and not completed.crashed:
        example.occurred["return page opened twice"] += 1
        completed = example.come_back(completed, transaction)
        verdict = example.judge(completed)
    if isinstance(completed.outcome, ActionRequired):
        return None  # judged already; a challenge that leads back to itself has no end
    return completed, verdict


def _press_again(example: Example, told: Told) -> Told:
    """The same payment, same attempt, on a healed network; `lookup` first where it is offered."""
    _heal(example)
    payment = told.payment
    if example.target.offers("lookup") and began(example, told).operation not in ("verify", "store"):
        example.judge(example.perform("lookup", payment, payment.reference))
    example.occurred["pressed again"] += 1
    return _repeat(example, told, payment)


def _may_retry(example: Example, told: Told) -> bool:
    """A new attempt is made only after a definite no that was true; a stored card cannot be changed for another."""
    if began(example, told).operation == "charge_stored" and example.case.retry != "same card":
        return False
    return not any(problem.told is told for problem in example.problems)


def began(example: Example, told: Told) -> Told:
    """The call with which this payment, or an earlier attempt at the same order, began."""
    order = told.payment.reference
    return next(each for each in example.history if each.operation in PAYING and each.payment.reference == order)


def _repeat(example: Example, told: Told, payment: Payment) -> Told:
    """The same call again, for the same press or for a new attempt."""
    first = began(example, told)
    arguments = (payment if argument is first.payment else argument for argument in first.arguments)
    return example.perform(first.operation, payment, *arguments)


def _arm(example: Example, operation: str) -> None:
    case = example.case
    if case.fault and operation == (example.strikes_at or case.operation):
        example.world.network.arm(Fault.parse(case.fault, case.times))


def _heal(example: Example) -> None:
    example.world.network.heal()
