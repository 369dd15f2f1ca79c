"""Disputes: what cardholders' banks take back, as chargebacks of the ledger."""

from __future__ import annotations

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Complaint, Intent
from paypact.world.books import Authorization, Movement

SOON = 1.0  # seconds until the dispute of a published test card: "the charge succeeds, then it is disputed"


def follows(account: Account, held: Authorization) -> None:
    """The dispute that a published test card brings, where no suite says what its issuer does."""
    test = held.data.method.test
    reason = test.wire.get("dispute") if test is not None else None
    if reason is not None and held.captured and not account.scripted(held.card):
        account.world.clock.call_later(SOON, lambda: dispute(account, held, reason))


def dispute(account: Account, held: Authorization, reason: str) -> None:
    """The cardholder's bank takes the captured amount back."""
    account.ledger.request("chargeback", held, held.captured - held.refunded, data=reason)


def said(account: Account, movement: Movement) -> Complaint:
    """Id and time of a dispute, which its movement keeps from when it is first looked at."""
    if not isinstance(movement.data, Complaint):
        reason = movement.data or "fraudulent"
        movement.data = Complaint(account.make_id("du_", str(movement.id)), account.now(), reason)
        account.ledger.name(movement.data.id, movement)
    return movement.data


def retrieve(account: Account, call: Call) -> wire.Dispute:
    found = next((one for one in _all(account) if said(account, one).id == call.id), None)
    if found is None:
        raise account.missing("dispute", call.id, None)
    return render(account, found)


def all_of(account: Account, call: Call) -> wire.Page:
    charge, intent = call.params.get("charge"), call.params.get("payment_intent")
    found = [
        said(account, one)
        for one in reversed(_all(account))
        if charge in (None, one.authorization.data.id) and intent in (None, one.authorization.purchase.data.id)
    ]
    by_id = {said(account, one).id: one for one in _all(account)}
    return page(account, call, found, lambda one: render(account, by_id[one.id]))


def _all(account: Account) -> list[Movement]:
    return [
        movement
        for purchase in account.ledger.purchases
        for held in purchase.authorizations
        for movement in held.movements
        if movement.kind == "chargeback"
    ]


def render(account: Account, movement: Movement) -> wire.Dispute:
    held, complaint = movement.authorization, said(account, movement)
    intent: Intent = held.purchase.data
    card = wire.DisputedCard(brand=account.words.brand(held.card))
    return wire.Dispute(
        id=complaint.id,
        amount=account.units(movement.amount, intent.currency),
        balance_transactions=[],
        charge=held.data.id,
        created=complaint.created,
        currency=intent.currency,
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details=wire.DisputeEvidence(due_by=None),
        metadata={},
        payment_intent=intent.id,
        payment_method_details=wire.DisputedMethod(card=card),
        reason=complaint.reason,
        status="needs_response",
    )
