"""Charges: authorizations that an issuer answered. A challenge that was not passed makes none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import methods
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Attempt, Intent
from paypact.world.ledger import Authorization
from paypact.world.wire import UNSET

if TYPE_CHECKING:
    from paypact.gateways.stripe.simulator import Stripe

RISK = {"normal": 20, "elevated": 70, "highest": 95}
OUTCOMES = {"decline": "issuer_declined", "reject": "blocked"}


def has_charge(held: Authorization) -> bool:
    """Whether an issuer (or the gateway's own rules) answered this authorization."""
    return held.answer is not None and held.answer.event != "challenge"


def retrieve(stripe: Stripe, call: Call) -> wire.Charge:
    return render(stripe, find(stripe, call.id, None))


def find(stripe: Stripe, id_: str, param: str | None) -> Authorization:
    held = stripe.ledger.named(id_, Authorization) if id_.startswith("ch_") else None
    if held is None or not has_charge(held):
        raise stripe.missing("charge", id_, param)
    return held


def all_of(stripe: Stripe, call: Call) -> wire.Page:
    wanted = call.params
    found = [
        held.data
        for purchase in reversed(stripe.ledger.purchases)
        for held in reversed(purchase.authorizations)
        if purchase.data.kind == "payment" and has_charge(held)
        if wanted.get("payment_intent") in (None, purchase.data.id) and wanted.get("customer") in (None, purchase.data.customer)
    ]
    return page(stripe, call, found, lambda one: render(stripe, find(stripe, one.id, None)))


def render(stripe: Stripe, held: Authorization) -> wire.Charge:
    attempt: Attempt = held.data
    intent: Intent = held.purchase.data
    method, failed = attempt.method, held.state in ("declined", "rejected")
    error = stripe.decline(held.reason) if failed else None
    code = None if error is None else error.code
    to_wire = stripe.known.wire
    suffix = intent.params.get("statement_descriptor_suffix")
    refunded = held.refunded
    return wire.Charge(
        id=attempt.id,
        amount=to_wire(held.amount, intent.currency),
        amount_captured=to_wire(held.captured, intent.currency),
        amount_refunded=to_wire(refunded, intent.currency),
        balance_transaction=stripe.transaction_of(held),
        billing_details=methods.billing(method),
        calculated_statement_descriptor=f"PAYPACT* {suffix}" if suffix else "PAYPACT",
        captured=held.state == "completed" or held.captured > 0,
        created=attempt.created,
        currency=intent.currency,
        customer=intent.customer,
        description=attempt.description,
        disputed=held.total("chargeback") > 0,
        failure_code=code or None,
        failure_message=error.message or None if error is not None else None,
        fraud_details={},
        metadata=dict(attempt.metadata),
        outcome=_outcome(stripe, held, error),
        paid=not failed and held.state != "pending",
        payment_intent=intent.id,
        payment_method=method.id,
        payment_method_details=wire.MethodDetails(card=_card(stripe, held)),
        radar_options={},
        receipt_email=intent.params.get("receipt_email"),
        receipt_url=None if failed else f"https://pay.stripe.com/receipts/payment/{attempt.id[3:]}",
        refunded=refunded > 0 and refunded == held.amount,
        shipping=intent.params.get("shipping"),
        statement_descriptor_suffix=suffix,
        status="failed" if failed else "pending" if held.state == "pending" else "succeeded",
        transfer_group=intent.params.get("transfer_group"),
    )


def _outcome(stripe: Stripe, held: Authorization, error: wire.LastError | None) -> wire.Outcome:
    test = held.data.method.test
    risk = test.wire.get("risk", "normal") if test else "normal"
    if error is None:
        return wire.Outcome(
            advice_code=None,
            network_status="approved_by_network",
            reason="elevated_risk_level" if risk == "elevated" else None,
            risk_level=risk,
            risk_score=RISK[risk],
            seller_message="Payment complete.",
            type="authorized",
        )
    said = stripe.facts.declines[held.reason].wire
    kind = said.get("outcome", OUTCOMES[held.answer.event])
    blocked = kind == "blocked"
    return wire.Outcome(
        advice_code=said.get("advice_code"),
        network_status="not_sent_to_network" if blocked else "declined_by_network",
        reason="highest_risk_level" if blocked and risk == "highest" else said.get("decline_code", said["code"]),
        risk_level=risk,
        risk_score=RISK[risk],
        seller_message="Stripe blocked this payment." if blocked else "The bank did not return any further details with this decline.",
        type=kind,
    )


def _card(stripe: Stripe, held: Authorization) -> wire.ChargeCard:
    attempt: Attempt = held.data
    card, answer, known = attempt.method.card, held.answer, stripe.known
    address = attempt.method.billing.get("address") or {}
    only = attempt.method.test.wire.get("checks") if attempt.method.test else None
    seen = methods.CHECKS[answer.address]
    amount = known.wire(held.amount, held.purchase.data.currency)
    approved = held.state not in ("declined", "rejected")
    return wire.ChargeCard(
        amount_authorized=amount if approved else None,
        authorization_code=f"{held.id:06d}" if approved else None,
        brand=known.brand(card),
        capture_before=attempt.created + int(stripe.facts.ledger.expires) if held.state == "authorized" else UNSET,
        checks=wire.Checks(
            cvc_check=methods.CHECKS[answer.cvc] if card.cvc else None,
            address_line1_check=("pass" if only == "zip" else seen) if address.get("line1") else None,
            address_postal_code_check=("pass" if only == "line1" else seen) if address.get("postal_code") else None,
        ),
        country=methods.country(attempt.method),
        exp_month=card.exp_month or 12,
        exp_year=card.exp_year or stripe.month()[0],
        extended_authorization=wire.Status(status="disabled"),
        fingerprint=stripe.fingerprint(card),
        funding=card.funding if card.funding in ("credit", "debit", "prepaid") else "unknown",
        incremental_authorization=wire.Status(status="unavailable"),
        last4=card.last4,
        multicapture=wire.Status(status="available" if held.captures == "many" else "unavailable"),
        network=attempt.network or known.networks(card)[0],
        network_token=wire.Used(used=card.wallet is not None),
        network_transaction_id=f"{held.id:015d}" if approved else None,
        overcapture=wire.Overcapture(maximum_amount_capturable=amount),
        three_d_secure=wire.ThreeDSecure(transaction_id=None) if attempt.authenticated else None,
        wallet=methods.wallet(stripe, card),
    )
