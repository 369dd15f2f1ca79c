"""Two orders of one shopper: what is done or found out of one says nothing about the other."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from paypact.payments import ActionRequired, Approved
from paypact.testkit.delivery import conclude
from paypact.testkit.example import Example
from paypact.testkit.flow import began, follow, prepare
from paypact.testkit.told import Told
from paypact.world.shopper import NowhereToGo

REFUSED: Final = "decline:refused_unspecified"


def two_orders(example: Example) -> None:
    """The same shopper buys the same again, with another card or the same: another order, another charge.

    Where the bank asks, it asks of both before either is finished.
    """
    operation = example.case.operation
    prepared = prepare(example, operation)
    if prepared is None:
        return
    first, arguments = prepared
    told = example.perform(operation, first, *arguments)
    if isinstance(told.outcome, ActionRequired) and operation != "charge_stored" and example.target.offers("complete"):
        _two_challenges(example, told)
        return
    told = follow(example, told)
    if not isinstance(told.outcome, Approved):
        return
    same = operation == "charge_stored" or example.case.retry == "same card"
    second = example.later_order(first) if same else example.another_order()
    example.occurred["second order paid"] += 1
    again = (second if argument is first else argument for argument in arguments)
    follow(example, example.perform(operation, second, *again))
    if same:
        example.explain("the same card had paid another order of the same price before")
    example.judge_again(told)
    conclude(example)
    _look_up_each(example, told)


def _two_challenges(example: Example, told: Told) -> None:
    """Another order of the same price comes to its challenge, too; then one of them fails and the other is passed."""
    example.judge(told)
    other = example.another_order(answer="challenge")
    second = example.perform(told.operation, other, other)
    example.judge(second)
    if not isinstance(second.outcome, ActionRequired):
        return
    example.occurred["second order paid"] += 1
    for each, result, meanwhile in (
        (told, "failed", "another order waits for its challenge"),
        (second, "passed", "another order's challenge has failed"),
    ):
        known = len(example.problems)
        completed = example.act(each, result)
        if completed is not None:
            example.judge(completed)
        example.explain(meanwhile, known)
    conclude(example)


def _look_up_each(example: Example, paid: Told) -> None:
    """What one order is found to be, the paid one or a third that is declined, says nothing about the other."""
    target, operation = example.target, began(example, paid).operation
    if not target.offers("lookup") or operation == "charge_stored" or example.problems:
        return
    if "decline" not in target.gateway.facts.ledger.answers:
        return
    third = example.another_order(answer=REFUSED)
    example.judge(example.perform(operation, third, third))
    for payment, other in ((paid.payment, "a later order was declined"), (third, "earlier orders were paid")):
        known = len(example.problems)
        example.judge(example.perform("lookup", payment, payment.reference), last_word=True)
        example.explain(other, known)


def charge_later(example: Example, stored: Told | None) -> None:
    """What came of storing a card, after a challenge too, is what a later order is charged with."""
    if stored is None or not isinstance(stored.outcome, Approved) or example.problems:
        return
    if not example.target.offers("charge_stored"):
        return
    later = example.later_order(stored.payment)
    told = example.perform("charge_stored", later, stored.transaction, later)
    known = len(example.problems)
    example.judge(told)
    example.explain("the card was stored before", known)


def borrow(example: Example, operation: str) -> Told | None:
    """One payment by a shopper who walks away from its challenge, and opens its return page by another order's URL."""
    prepared = prepare(example, operation)
    if prepared is None:
        return None
    payment, arguments = prepared
    if operation != "charge_stored":
        _pay_another(example, operation)
    told = follow(example, example.perform(operation, payment, *arguments))
    example.explain("the shopper came back with the URL of another order, which is paid")
    conclude(example)
    return told


def _pay_another(example: Example, operation: str) -> None:
    """The same shopper pays another order first, passing its challenge, and keeps the URL that it led back to."""
    other = example.another_order(answer="challenge")
    example.payments.reverse()  # the case's own counts as the newest
    told = example.perform(operation, other, other)
    if not isinstance(told.outcome, ActionRequired) or not example.target.offers("complete"):
        return
    with suppress(NowhereToGo):  # a problem of the case's own challenge, too
        example.lent = example.world.shopper.act(other, told.outcome, "passed")
        example.happened("the shopper comes from the challenge: passed", None, other)
        example.judge(example.perform("complete", other, told.transaction, example.lent))
