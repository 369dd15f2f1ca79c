"""Transactions as they are shown: a sale (an authorization), a part of one that is settled by itself, a refund."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from paypact.gateways.braintree import wire
from paypact.gateways.braintree.simulator import cards
from paypact.gateways.braintree.simulator.account import Account, Record
from paypact.world.books import Authorization, Entry, Movement
from paypact.world.http import Response
from paypact.world.wire import UNSET

Shown: TypeAlias = Authorization | Movement

FAILED = ("declined", "rejected")
HELD = {"created": "authorizing", "voided": "voided", "expired": "authorization_expired"}
CAPTURE = {
    "requested": "submitted_for_settlement",
    "booked": "submitted_for_settlement",
    "settling": "settling",
    "settled": "settled",
    "failed": "settlement_declined",
    "canceled": "voided",
    "undone": "voided",
}
REFUND = {**CAPTURE, "failed": "processor_declined"}
CANCELED = ("canceled", "undone")
NETWORK = "3"  # codes of this class: nobody decided


def said_no(account: Account, held: Authorization) -> dict[str, Any]:
    """What the facts say of the answer no."""
    fact = account.facts.declines.get(held.reason)
    return fact.wire if fact is not None else {"rejection": held.reason, "message": held.reason}


def parts(held: Authorization) -> list[Movement]:
    """Captures that are transactions of their own."""
    return [each for each in held.movements if each.kind == "capture" and each.data is not None]


def status(account: Account, subject: Shown) -> str:
    if isinstance(subject, Movement):
        return (REFUND if subject.kind == "refund" else CAPTURE)[subject.state]
    own = [each for each in subject.movements if each.kind == "capture" and each.data is None]
    if own and own[-1].state == "failed":
        return CAPTURE["failed"]
    if subject.state in HELD:
        return HELD[subject.state]
    if subject.state in FAILED:
        said = said_no(account, subject)
        if subject.data.rejection or subject.state == "rejected" or "code" not in said:
            return "gateway_rejected"
        return "failed" if said["code"].startswith(NETWORK) else "processor_declined"
    if own:
        return CAPTURE[own[-1].state]
    if alive := [each for each in parts(subject) if each.state not in CANCELED]:
        done = subject.state == "completed" and all(each.state == "settled" for each in alive)
        return "settled" if done else "settlement_pending"
    return "authorized"


def note(account: Account, entry: Entry) -> None:
    """Write a transaction's history: a listener to the ledger."""
    subject = entry.subject
    for one in (subject, subject.authorization if isinstance(subject, Movement) else None):
        if isinstance(one, (Authorization, Movement)) and isinstance(one.data, Record):
            now = status(account, one)
            if not one.data.history or one.data.history[-1][0] != now:
                one.data.history.append((now, datetime.fromtimestamp(int(entry.at), UTC), amount(one)))


def amount(subject: Shown) -> int:
    """What a transaction is about: what was submitted for settlement where that is less, else what was approved."""
    if isinstance(subject, Movement):
        return subject.amount
    own = [m.amount for m in subject.movements if m.kind == "capture" and m.data is None and m.state not in CANCELED]
    return own[-1] if own else subject.approved or subject.amount


def answered(account: Account, subject: Shown) -> Response:
    """The reply to whoever made or changed it: a no comes within an error, with status 422."""
    seen = transaction(account, subject)
    if isinstance(subject, Movement) or subject.state not in FAILED:
        return Response(200, {"transaction": seen})
    said = said_no(account, subject)
    message = f"Gateway Rejected: {seen.gateway_rejection_reason}" if seen.gateway_rejection_reason else said["message"]
    error = wire.DeclinedTransaction(
        errors={"errors": []}, message=message, params={"transaction": params(subject.data.asked)}, transaction=seen
    )
    return Response(422, {"api_error_response": error})


def params(asked: Any) -> dict[str, Any]:
    """What a request asked for, without what a card's holder would not like to read there."""
    return {name: value for name, value in asked.items() if name != "credit_card" and value is not None}


def transaction(account: Account, subject: Shown) -> wire.Transaction:
    """The transaction as it is now."""
    record: Record = subject.data
    held = subject if isinstance(subject, Authorization) else subject.authorization
    currency, asked = record.currency, record.asked
    of = subject.of if isinstance(subject, Movement) else None
    origin: Shown = of if of is not None else held
    sale, refund = subject is held, isinstance(subject, Movement) and subject.kind == "refund"
    refunds = [m for m in held.movements if m.kind == "refund" and (sale or m.of is subject) and _kept(account, m)]
    children = parts(held) if sale else []
    expires = held.purchase.data + timedelta(seconds=account.facts.ledger.expires)
    kind, state = account.facts.wallets.get(record.method.card.wallet or "", {}), status(account, subject)
    said = account.facts.wire["settlement"].get(state, {"code": "", "text": ""})
    return wire.Transaction(
        **answer(account, held, refund=refund),
        id=record.id,
        global_id=f"dHJhbnNhY3Rpb25f{record.id}",
        created_at=record.created,
        updated_at=record.history[-1][1] if record.history else record.created,
        currency_iso_code=currency,
        merchant_account_id=record.merchant_account,
        status=state,
        add_ons=[],
        amount=account.text(amount(subject), currency),
        authorization_adjustments=record.adjustments,
        authorization_expires_at=expires if sale and state == "authorized" else None,
        authorized_transaction_id=held.data.id if not sale and not refund else None,
        billing=address(asked.get("billing")),
        credit_card=cards.shown(account, record.method),
        customer=person(account, asked, record.method.customer),
        descriptor={name: (asked.get("descriptor") or {}).get(name) for name in ("name", "phone", "url")},
        discounts=[],
        disbursement_details={
            "disbursement_date": None,
            "funds_held": None,
            "settlement_amount": None,
            "settlement_currency_exchange_rate": None,
            "settlement_currency_iso_code": None,
            "success": None,
        },
        disputes=[dispute(account, m) for m in held.movements if sale and m.kind == "chargeback"],
        order_id=record.order_id,
        partial_settlement_transaction_global_ids=[],
        partial_settlement_transaction_ids=[each.data.id for each in children],
        payment_instrument_type=kind.get("instrument", "credit_card"),
        processed_with_network_token=bool(kind.get("network_token")),
        refund_global_ids=[],
        refund_ids=[each.data.id for each in refunds] if not refund else [],
        refunded_transaction_id=origin.data.id if refund else None,
        risk_data=UNSET,
        settlement_batch_id=f"{record.created:%Y-%m-%d}_{record.merchant_account}" if said["code"] else None,
        processor_settlement_response_code=said["code"],
        processor_settlement_response_text=said["text"],
        shipments=[],
        shipping=address(asked.get("shipping")),
        status_history=[
            wire.StatusEvent(amount=account.text(value, currency), status=word, timestamp=at, user=None)
            for word, at, value in record.history
        ],
        three_d_secure_info=record.method.secure,
        type=record.type,
        **cards.wallet(account, record.method),
    )


def _kept(account: Account, movement: Movement) -> bool:
    """Whether it is a transaction: a refund that was declined at once leaves none."""
    return account.ledger.named(movement.data.id, Movement) is movement


def answer(account: Account, held: Authorization, *, refund: bool = False) -> dict[str, Any]:
    """What processor, network and the gateway's own rules said."""
    record: Record = held.data
    said = said_no(account, held) if held.state in FAILED else {}
    rejection = (record.rejection or said.get("rejection") or held.reason) if _rejected(held, said) else None
    checks, given = account.facts.wire["checks"], record.asked.get("billing") or {}
    sent = {
        "cvv": record.method.card.cvc,
        "postal_code": given.get("postal_code"),
        "street": given.get("street_address"),
    }
    heard = held.answer
    came = {"cvv": heard.cvc, "avs": heard.address} if heard else {}
    result = {}
    for name, value in sent.items():
        check = "cvv" if name == "cvv" else "avs"
        result[name] = checks[check][came[check] if value and came else "not_sent"]
    partly = heard is not None and heard.amount is not None
    code, text = ("1004", "Approved for Partial Amount") if partly else ("1000", "Approved")
    if refund:
        code, text = "1002", "Processed"
    if said and rejection is None:
        code, text = said["code"], said["message"]
    unasked = rejection is not None
    problem = checks["avs_error"].get(came.get("avs")) if given else None
    return {
        "additional_processor_response": None,
        "avs_error_response_code": problem,
        "avs_postal_code_response_code": result["postal_code"],
        "avs_street_address_response_code": result["street"],
        "cvv_response_code": result["cvv"],
        "gateway_rejection_reason": rejection,
        "network_response_code": None if unasked else "XX",
        "network_response_text": None if unasked else "sample network response text",
        "network_transaction_id": None if said else f"0200{held.id:011}",
        "processor_authorization_code": None if said else f"{held.id:06}",
        "processor_response_code": "" if unasked else code,
        "processor_response_text": "" if unasked else text,
        "processor_response_type": None if unasked else said.get("type", "approved"),
    }


def _rejected(held: Authorization, said: dict[str, Any]) -> bool:
    return bool(said) and (held.state == "rejected" or "code" not in said or held.data.rejection is not None)


def address(said: Any) -> wire.Address:
    known = wire.Address.__struct_fields__
    return wire.Address(**{name: value or None for name, value in (said or {}).items() if name in known})


def person(account: Account, asked: Any, owner: str | None) -> wire.CustomerDetails:
    id_ = asked.get("customer_id") or owner
    said = account.customers.get(id_ or "", {"id": id_}) if id_ else asked.get("customer") or {}
    known = wire.CustomerDetails.__struct_fields__
    return wire.CustomerDetails(**{name: value or None for name, value in said.items() if name in known})


def dispute(account: Account, movement: Movement) -> wire.Dispute:
    """What a cardholder's bank takes back."""
    held, now = movement.authorization, account.now()
    record: Record = held.data
    text = account.text(movement.amount, record.currency)
    id_ = account.make_id("dispute", movement.id)
    return wire.Dispute(
        id=id_,
        global_id=f"ZGlzcHV0ZV8{id_}",
        amount=text,
        amount_disputed=text,
        amount_won=account.text(0, record.currency),
        case_number=f"CASE-{movement.id:06}",
        created_at=now,
        currency_iso_code=record.currency,
        date_opened=now.date(),
        evidence=[],
        merchant_account_id=record.merchant_account,
        received_date=now.date(),
        reply_by_date=(now + timedelta(days=10)).date(),
        transaction=wire.DisputedTransaction(
            id=record.id,
            amount=account.text(amount(held), record.currency),
            created_at=record.created,
            order_id=record.order_id,
            payment_instrument_subtype=account.words.brand(record.method.card),
        ),
        updated_at=now,
    )
