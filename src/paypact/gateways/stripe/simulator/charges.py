"""Charges: authorizations that an issuer answered."""

from __future__ import annotations

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import attempts, methods
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Attempt, Intent
from paypact.world.books import Authorization
from paypact.world.ledger_tables import LIVE
from paypact.world.wire import UNSET

RISK = {"normal": 20, "elevated": 70, "highest": 95}
OUTCOMES = {"decline": "issuer_declined", "reject": "blocked"}
NO_DETAILS = "The bank did not return any further details with this decline."


def find(account: Account, id_: str, param: str | None) -> Authorization:
    held = account.ledger.named(id_, Authorization)
    if held is None or not attempts.has_charge(held):
        raise account.missing("charge", id_, param)
    return held


def retrieve(account: Account, call: Call) -> wire.Charge:
    return render(account, find(account, call.id, None))


def all_of(account: Account, call: Call) -> wire.Page:
    customer, intent = account.customer(call.params), call.params.get("payment_intent")
    found = (
        held.data
        for purchase in reversed(account.ledger.purchases)
        if customer in (None, purchase.data.customer) and intent in (None, purchase.data.id)
        for held in reversed(purchase.authorizations)
        if attempts.has_charge(held)
    )
    return page(account, call, found, lambda one: render(account, find(account, one.id, None)))


def render(account: Account, held: Authorization) -> wire.Charge:
    attempt: Attempt = held.data
    intent: Intent = held.purchase.data
    error = account.decline(held.reason) if attempts.failed(held) else None
    suffix, refunded = intent.params.get("statement_descriptor_suffix"), held.total("refund", LIVE)
    return wire.Charge(
        id=attempt.id,
        amount=account.units(held.amount, intent.currency),
        amount_captured=account.units(held.captured, intent.currency),
        amount_refunded=account.units(refunded, intent.currency),
        balance_transaction=account.transaction(held),
        billing_details=methods.billing(attempt.method),
        calculated_statement_descriptor=f"PAYPACT* {suffix}" if suffix else "PAYPACT",
        captured=held.captured > 0,
        created=attempt.created,
        currency=intent.currency,
        customer=intent.customer,
        description=attempt.description,
        disputed=held.total("chargeback") > 0,
        failure_code=(error.code or None) if error else None,
        failure_message=(error.message or None) if error else None,
        fraud_details={},
        metadata=attempt.metadata,
        outcome=_outcome(account, held) if error else _approved(held),
        paid=error is None and held.state != "pending",
        payment_intent=intent.id,
        payment_method=attempt.method.id,
        payment_method_details=(wire.CardDetails if intent.only_cards else wire.MethodDetails)(
            card=_card(account, held)
        ),
        radar_options={},
        receipt_email=intent.params.get("receipt_email"),
        receipt_url=None if error else f"https://pay.stripe.com/receipts/payment/{attempt.id[3:]}",
        refunded=refunded > 0 and refunded == held.amount,
        shipping=intent.params.get("shipping"),
        statement_descriptor_suffix=suffix,
        status="failed" if error else "pending" if held.state == "pending" else "succeeded",
        transfer_group=intent.params.get("transfer_group"),
    )


def _risk(held: Authorization) -> str:
    test = held.data.method.test
    return str(test.wire.get("risk", "normal")) if test else "normal"


def _approved(held: Authorization) -> wire.Outcome:
    risk = _risk(held)
    return wire.Outcome(
        advice_code=None,
        network_status="approved_by_network",
        reason="elevated_risk_level" if risk == "elevated" else None,
        risk_level=risk,
        risk_score=RISK[risk],
        seller_message="Payment complete.",
        type="authorized",
    )


def _outcome(account: Account, held: Authorization) -> wire.Outcome:
    said, risk = account.facts.declines[held.reason].wire, _risk(held)
    kind = said.get("outcome", OUTCOMES[held.answer.event])
    blocked = kind == "blocked"
    return wire.Outcome(
        advice_code=said.get("advice_code"),
        network_status="not_sent_to_network" if blocked else "declined_by_network",
        reason="highest_risk_level" if blocked and risk == "highest" else said.get("decline_code", said["code"]),
        risk_level=risk,
        risk_score=RISK[risk],
        seller_message="Stripe blocked this payment." if blocked else NO_DETAILS,
        type=kind,
    )


def _card(account: Account, held: Authorization) -> wire.ChargeCard:
    attempt: Attempt = held.data
    method, card, words = attempt.method, attempt.method.card, account.words
    intent: Intent = held.purchase.data
    only, seen = method.test.wire.get("checks") if method.test else None, methods.CHECKS[held.answer.address]
    amount = account.units(held.amount, held.purchase.data.currency)
    approved = not attempts.failed(held)
    available = words.networks(card)
    return wire.ChargeCard(
        amount_authorized=amount if approved else None,
        authorization_code=f"{held.id:06d}" if approved else None,
        brand=words.brand(card),
        capture_before=attempt.created + int(account.facts.ledger.expires) if held.state == "authorized" else UNSET,
        checks=methods.results(
            method,
            methods.CHECKS[held.answer.cvc],
            "pass" if only == "zip" else seen,
            "pass" if only == "line1" else seen,
        ),
        country=methods.country(method),
        exp_month=card.exp_month or methods.MONTHS,
        exp_year=card.exp_year or account.month()[0],
        extended_authorization=wire.Status(status="disabled"),
        fingerprint=methods.fingerprint(card),
        funding=card.funding if card.funding in methods.FUNDING else "unknown",
        incremental_authorization=wire.Status(status="available" if intent.incremental else "unavailable"),
        last4=card.last4,
        multicapture=wire.Status(status="available" if held.captures == "many" else "unavailable"),
        network=attempt.network if attempt.network in available else available[0],
        network_token=wire.Used(used=card.wallet is not None),
        network_transaction_id=f"{held.id:015d}" if approved else None,
        overcapture=wire.Overcapture(maximum_amount_capturable=amount),
        three_d_secure=wire.ThreeDSecure(transaction_id=None) if attempt.authenticated else None,
        wallet=methods.wallet(account, card),
    )
