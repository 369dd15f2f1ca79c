"""Replies: how each operation's are brought about, in every state that has one, and what a shop does next with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from paypact.payments import Approved, Money
from paypact.testkit import cards
from paypact.testkit.delivery import conclude
from paypact.testkit.example import Example
from paypact.testkit.flow import MOVEMENTS, follow, look_up, move, movement_arguments, moving, pay, paying
from paypact.testkit.target import Target
from paypact.testkit.told import Told
from paypact.world import answers
from paypact.world.issuer import approve

NEXT: Final = {  # what a shop does next with what was approved
    "sale": ("refund",),
    "charge_stored": ("refund",),
    "authorize": ("capture", "void"),
    "store": ("charge_stored",),
}
LISTED: Final = ("sale", "authorize")  # what a lookup speaks of
NO: Final = "refused_unspecified"


def operations(target: Target) -> Iterator[str]:
    """The operations of a driver whose replies can be brought about."""
    yield from paying(target)
    if target.challenges:
        yield "complete"
    yield from moving(target)
    if target.offers("lookup") and any(map(target.offers, LISTED)):
        yield "lookup"


def situations(target: Target, operation: str) -> Iterator[dict[str, str]]:
    """What differs between the states from which the operation replies, the plainest first."""
    facts = target.gateway.facts
    declines = "decline" in facts.ledger.answers and NO in facts.declines
    yield {"answer": "challenge"} if operation == "complete" else {}
    if operation in MOVEMENTS:
        return
    if operation == "complete":
        yield {"answer": "challenge", "shopper": "failed"}
    if declines:
        yield {"answer": f"challenge>decline:{NO}" if operation == "complete" else f"decline:{NO}"}
    if operation not in ("complete", "charge_stored"):
        for answer in ("challenge", "defer", "hold"):
            if answer in facts.ledger.answers:
                yield {"answer": answer}
        yield from ({"kind": str(kind)} for kind in cards.axes(target, target.schemes[0])["kind"].values[1:])


def followings(target: Target, operation: str) -> tuple[str, ...]:
    """What the shop can do next with what the operation approved."""
    return tuple(filter(target.offers, NEXT.get(operation, ())))


def play(example: Example, following: str = "") -> None:
    """The case's operation, and what the shopper and the shop do next: `following`, else the first that is offered."""
    operation, target = example.case.operation, example.target
    following = following or next(iter(followings(target, operation)), "")
    if operation in MOVEMENTS:
        move(example, operation)
    elif operation == "lookup":
        payment, listed = example.payment(), next(filter(target.offers, LISTED))
        example.judge(example.perform(listed, payment, payment))  # not followed: it is looked up as it stands
        look_up(example)
        conclude(example)
    elif operation == "charge_stored":
        _go_on(example, following, charge_stored(example))
    elif operation == "complete":
        pay(example, next(paying(target)))
    else:
        _go_on(example, following, pay(example, operation))


def charge_stored(example: Example) -> Told:
    """A card is stored without trouble; the case's answer is given to the charge."""
    first = example.payment()
    script = answers.parse(example.case.answer, first.amount.minor)
    example.world.issuer.answers(first.card, approve(), script)
    stored = follow(example, example.perform("store", first, first))
    if not isinstance(stored.outcome, Approved):
        return stored
    later = example.later_order(stored.payment)
    told = follow(example, example.perform("charge_stored", later, stored.transaction, later))
    conclude(example)
    return told


def _go_on(example: Example, following: str, paid: Told) -> None:
    """What the shop does next with what was approved: what an earlier reply left out may be missed only now."""
    if not following or example.problems or not isinstance(paid.outcome, Approved):
        return
    if following == "charge_stored":
        later = example.later_order(paid.payment)
        follow(example, example.perform(following, later, paid.transaction, later))
        conclude(example)
        return
    authorization = example.standing(paid.payment).authorization
    if authorization is None:
        return
    asked = authorization.refundable if following == "refund" else authorization.capturable
    existing = example.movements(following, paid.payment)
    money = Money(asked, paid.payment.amount.currency)
    arguments = movement_arguments(example, following, paid.transaction, money)
    example.judge_movement(example.perform(following, paid.payment, *arguments), asked, existing)
    conclude(example)
