"""Braintree's webhooks: a form of a signature and a payload, which is XML in Base64. Of cards few things are told.

Nothing is told of what a request was answered; only of what comes later: a transaction is disbursed, a refund fails, a
cardholder disputes. Source: developer.paypal.com/braintree/docs/reference/general/webhooks (disbursement, dispute,
transaction: the kinds transaction_settled and transaction_settlement_declined are of bank accounts alone).
Imported late: where nobody listens, nobody pays for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from paypact.gateways.braintree.simulator.account import Account
from paypact.gateways.braintree.simulator.shown import FAILED, dispute, transaction
from paypact.payments import Notification, Payment
from paypact.world.books import Authorization, Entry, Movement, Purchase
from paypact.world.http import NotSimulatedError, Request
from paypact.world.ids import letters
from paypact.world.notifications import WEBHOOK_URL, Event, Seal
from paypact.world.wire import UNSEEN_WORD
from paypact.world.xml import encode_xml

ADDRESS: Final = "63.146.102.1"  # developer.paypal.com/braintree/articles/risk-and-security: addresses of the gateway
HEADERS: Final = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Braintree Webhooks"}


# --- drawing ----------------------------------------------------------------------------------------------------------


def drawn(account: Account, entry: Entry, _: str | None) -> Iterator[Event]:
    """The events of one line of the journal."""
    match entry.subject, entry.event:
        case Movement(kind="refund", data=record) as refund, "fail" if (
            record is not None and entry.before != "requested"
        ):
            yield _event(account, "refund_failed", {"transaction": transaction(account, refund)})
        case Movement(kind="chargeback") as taken, "book":
            yield _event(account, "dispute_opened", {"dispute": dispute(account, taken)})
        case Movement(kind="capture") as capture, "settle":
            of = capture if capture.data is not None else capture.authorization
            yield _event(account, "transaction_disbursed", {"transaction": transaction(account, of)})


def _event(account: Account, kind: str, subject: Any) -> Event:
    at = account.now()
    tree = {"notification": {"timestamp": at, "kind": kind, "subject": subject}}
    body = encode_xml(tree)
    id_ = letters(account.serial, kind, len(account.ledger.journal), hashlib.sha1(body).hexdigest(), length=16)  # noqa: S324 - a name, no secret
    return Event(id_, kind, account.world.clock.time(), body, tree=tree)


def reworded(event: Event, tree: dict[str, Any]) -> Event:
    """See `Simulator.reworded`."""
    return replace(event, body=encode_xml(tree))


# --- delivering -------------------------------------------------------------------------------------------------------


def sealed(account: Account, event: Event, seal: Seal) -> Notification:
    """The event as a POST to the shop. A signature has no time: an old one is as good as new.

    Raises:
        NotSimulatedError: a signature cannot be too old.
    """
    if seal.age:
        raise NotSimulatedError("Braintree webhooks whose signature is too old: it has no time")
    own = account.credentials()
    payload = base64.encodebytes(event.body).decode()
    pairs = [(own["public_key"], seal.secret or own["private_key"])]
    if seal.also:  # each user of the account has a key of their own, and all of them sign
        pairs.insert(0 if seal.also_first else 1, (letters("another user", length=16), seal.also))
    signature = "&".join(f"{public}|{signed(private, payload)}" for public, private in pairs)
    if seal.altered:
        payload = base64.encodebytes(event.body.replace(b"</kind>", b" </kind>")).decode()
    form = {"bt_payload": payload} if seal.unsigned else {"bt_signature": signature, "bt_payload": payload}
    return Notification("POST", WEBHOOK_URL, HEADERS, urlencode(form).encode(), ADDRESS)


def signed(private: str, text: str) -> str:
    """HMAC-SHA1 of a text, keyed with the SHA1 of the private key: SDK braintree, util.crypto."""
    return hmac.new(hashlib.sha1(private.encode()).digest(), text.encode(), "sha1").hexdigest()  # noqa: S324 - the vendor's scheme


# --- what is not the shop's -------------------------------------------------------------------------------------------


def strangers(account: Account, _: str | None) -> Iterator[Event]:
    """The gateway's own test, other products of the account, kinds nobody has heard of."""
    now = account.now()
    paid = [held.data.id for held in account.made if isinstance(held, Authorization)]
    funds = {"id": "disb1", "amount": "90.00", "disbursement_date": now.date(), "success": True, "retry": False}
    funds |= {"merchant_account": {"id": "paypact_usd", "status": "active"}, "transaction_ids": paid}
    plan = {"id": "sub1", "status": "Active", "price": "9.00", "transactions": [], "add_ons": [], "discounts": []}
    review = {"decision": "approve", "reviewed_time": now - timedelta(hours=1), "reviewer_note": "Žofie Ångström 山田"}
    yield _event(account, "check", {"check": True})
    yield _event(
        account, "disbursement", {"disbursement": {**funds, "exception_message": None, "follow_up_action": None}}
    )
    yield _event(account, "subscription_charged_successfully", {"subscription": plan})
    yield _event(account, UNSEEN_WORD, {UNSEEN_WORD: {"id": "x1"}})
    for id_ in paid[:1]:
        yield _event(account, "transaction_reviewed", {"transaction_review": {"transaction_id": id_, **review}})


def forgeries(account: Account, purchase: Purchase, _: str | None) -> Iterator[Event]:
    """Lies about a payment: that it was disbursed, or, where it is paid, that it is disputed."""
    for held in purchase.authorizations[-1:]:
        if not purchase.price.minor:
            return
        if held.captured:
            lie = dispute(account, Movement(0, "chargeback", held, held.captured))
            yield _event(account, "dispute_opened", {"dispute": lie})
            continue
        seen = transaction(account, held)
        seen.status, seen.processor_response_code, seen.gateway_rejection_reason = "settled", "1000", None
        yield _event(account, "transaction_disbursed", {"transaction": seen})


# --- another till -----------------------------------------------------------------------------------------------------


def elsewhere(account: Account, payment: Payment, operation: str) -> bool:
    """The merchant's other till calls the same API."""
    own, money = account.credentials(), payment.amount
    mine = (held for held in reversed(account.made) if isinstance(held, Authorization) and held.card is payment.card)
    made = next((held.data.id for held in mine if held.state not in FAILED), "")
    sale = {
        "type": "sale",
        "amount": account.text(money.minor, money.currency),
        "merchant_account_id": account.accounts()[money.currency],
        "payment_method_nonce": payment.token,
        "order_id": payment.reference,
    }
    method, path, sent = {
        "sale": ("POST", "transactions", {**sale, "options": {"submit_for_settlement": True}}),
        "authorize": ("POST", "transactions", sale),
        "capture": ("PUT", f"transactions/{made}/submit_for_settlement", {}),
        "void": ("PUT", f"transactions/{made}/void", {}),
        "refund": ("POST", f"transactions/{made}/refund", {}),
    }[operation]
    key = base64.b64encode(f"{own['public_key']}:{own['private_key']}".encode()).decode()
    headers = {"authorization": f"Basic {key}", "x-apiversion": "6", "content-type": "application/xml"}
    url = f"{account.facts.gateway.url}/merchants/{own['merchant_id']}/{path}"
    # requests have underscores where replies have dashes
    body = re.sub(rb"</?[a-z-]+", lambda tag: tag[0].replace(b"-", b"_"), encode_xml({"transaction": sent}))
    return not account.handle(Request(method, url, headers, body)).refused
