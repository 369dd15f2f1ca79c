"""Refunds: movements back to the card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import charges
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Intent, Repayment
from paypact.world.ledger import Authorization, Movement, Obstacle
from paypact.world.wire import UNSET

if TYPE_CHECKING:
    from paypact.gateways.stripe.simulator import Stripe

LATER = 60.0  # seconds until a published test card's refund changes; the vendor names no time
STATUS = {"requested": "pending", "failed": "failed", "canceled": "canceled"}


def create(stripe: Stripe, call: Call) -> wire.Refund:
    asked = call.params
    held = _target(stripe, call)
    intent: Intent = held.purchase.data
    said = Repayment(stripe.make_id("re_"), stripe.now(), asked.get("reason"), stripe.metadata(asked, {}))
    amount = stripe.known.minor(asked["amount"], intent.currency) if "amount" in asked else None
    test = held.data.method.test
    becomes = test.wire.get("refund") if test is not None else None
    said.pending = becomes == "pending"
    try:
        refund = stripe.ledger.request("refund", held, amount, data=said)
    except Obstacle as obstacle:
        left = stripe.known.wire(held.refundable, intent.currency)
        parts = {"charge": held.data.id, "intent": intent.id}
        raise stripe.refuse(obstacle.rule, **parts, amount=_money(asked.get("amount")), left=_money(left)) from None
    stripe.ledger.name(said.id, refund)
    if becomes == "fails":
        stripe.world.clock.call_later(LATER, lambda: _fail(stripe, refund))
    elif becomes == "pending":
        stripe.world.clock.call_later(LATER, lambda: _arrive(said))
    return render(stripe, refund)


def _fail(stripe: Stripe, refund: Movement) -> None:
    if refund.state == "booked":
        refund.reason = "unknown"
        stripe.ledger.move(refund, "fail", refund.amount)


def _arrive(said: Repayment) -> None:
    said.pending = False


def _money(amount: int | None) -> str:
    return f"{(amount or 0) / 100:.2f}"


def _target(stripe: Stripe, call: Call) -> Authorization:
    asked = call.params
    if "payment_intent" in asked and "charge" in asked:
        raise stripe.refuse("refund_both_targets")
    if "charge" in asked:
        return charges.find(stripe, asked["charge"], "charge")
    if "payment_intent" not in asked:
        raise stripe.refuse("refund_target_missing")
    purchase = stripe.purchase(asked["payment_intent"], "payment", "payment_intent")
    answered = [one for one in purchase.authorizations if one.state in ("authorized", "completed")]
    if not answered:
        raise stripe.refuse("refund_uncaptured", intent=asked["payment_intent"])
    return answered[-1]


def find(stripe: Stripe, id_: str) -> Movement:
    refund = stripe.ledger.named(id_, Movement)
    if refund is None:
        raise stripe.missing("refund", id_, None)
    return refund


def retrieve(stripe: Stripe, call: Call) -> wire.Refund:
    return render(stripe, find(stripe, call.id))


def update(stripe: Stripe, call: Call) -> wire.Refund:
    refund = find(stripe, call.id)
    refund.data.metadata = stripe.metadata(call.params, refund.data.metadata)
    return render(stripe, refund)


def all_of(stripe: Stripe, call: Call) -> wire.Page:
    wanted = call.params
    found = [
        movement.data
        for purchase in stripe.ledger.purchases
        for held in purchase.authorizations
        for movement in held.movements
        if movement.kind == "refund"
        and wanted.get("charge") in (None, held.data.id)
        and wanted.get("payment_intent") in (None, purchase.data.id)
    ]
    newest = sorted(found, key=lambda one: find(stripe, one.id).id, reverse=True)
    return page(stripe, call, newest, lambda one: render(stripe, find(stripe, one.id)))


def render(stripe: Stripe, refund: Movement) -> wire.Refund:
    said: Repayment = refund.data
    held = refund.authorization
    intent: Intent = held.purchase.data
    failed = refund.state == "failed"
    return wire.Refund(
        id=said.id,
        amount=stripe.known.wire(refund.amount, intent.currency),
        balance_transaction=stripe.make_id("txn_", said.id),
        charge=held.data.id,
        created=said.created,
        currency=intent.currency,
        customer=intent.customer,
        destination_details=wire.Destination(
            card=wire.DestinationCard(reference=UNSET, reference_status="pending", reference_type="acquirer_reference_number", type="refund")
        ),
        failure_balance_transaction=stripe.make_id("txn_", said.id + "/failed") if failed else UNSET,
        failure_reason=refund.reason if failed else UNSET,
        metadata=dict(said.metadata),
        payment_intent=intent.id,
        payment_method=held.data.method.id,
        pending_reason="processing" if said.pending else UNSET,
        reason=said.reason,
        status="pending" if said.pending else STATUS.get(refund.state, "succeeded"),
    )
