"""Adyen's standard webhooks: items drawn from the journal, signed field by field when they are delivered.

Which code comes when, and what it means: docs.adyen.com/development-resources/webhooks/webhook-types. A failure of a
modification comes as its own code with `success` "false"; a failure after the success as `CAPTURE_FAILED` or
`REFUND_FAILED` with "true". A capture that was not asked for separately is told by AUTHORISATION alone.
Imported late: where nobody listens, nobody pays for it.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from paypact.gateways.adyen import wire
from paypact.gateways.adyen.simulator import payments
from paypact.gateways.adyen.simulator.account import Account, letters
from paypact.payments import Notification, Payment
from paypact.world.books import Authorization, Entry, Movement, Purchase
from paypact.world.codecs import encode_json
from paypact.world.http import NotSimulatedError, Request
from paypact.world.notifications import WEBHOOK_URL, Event, Seal
from paypact.world.wire import UNSEEN_WORD

ADDRESS: Final = "82.199.87.128"  # docs.adyen.com/development-resources/webhooks/domain-and-ip-addresses: one of many
SIGNED: Final = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
CODES: Final = {"capture": "CAPTURE", "refund": "REFUND", "void": "CANCELLATION"}
LATE: Final = {"capture": "CAPTURE_FAILED", "refund": "REFUND_FAILED"}
DISPUTE: Final = ("NOTIFICATION_OF_CHARGEBACK", "CHARGEBACK")
ADJUSTED: Final = ("adjust", "adjust refused")
# The bank sent the money back: docs.adyen.com/online-payments/refund. Whose reference it has: facts, wire.webhooks
RETURNED: Final = "REFUNDED_REVERSED"
ANSWERED: Final = {"approve": True, "decline": False, "reject": False, "fail": False}


def drawn(account: Account, entry: Entry, _: str | None) -> Iterator[Event]:
    """The webhooks of one line of the journal."""
    for place, item in enumerate(_told(account, entry)):
        yield _event(account, item, entry.at, letters(account.serial, len(account.ledger.journal), place, length=16))


def _told(account: Account, entry: Entry) -> Iterator[dict[str, Any]]:
    match entry.subject:
        case Authorization() as held:
            yield from _of_payment(account, held, entry.event, entry.amount)
        case Movement(kind="chargeback") as dispute if entry.event == "book":
            for code in DISPUTE:
                yield _item(account, dispute.authorization, code, account.psp(dispute.id, code), dispute.amount)
        case Movement(kind=kind) as movement if movement.data is not None:  # asked for by a request of its own
            yield from _of_modification(account, movement, entry, kind)
        case Movement(kind=kind) as movement if entry.event == "fail" and kind in LATE:
            yield _item(
                account, movement.authorization, LATE[kind], account.psp(movement.id), movement.amount, "Capture failed"
            )


def _of_payment(account: Account, held: Authorization, event: str, minor: int) -> Iterator[dict[str, Any]]:
    if event in ANSWERED:
        yield _authorisation(account, held, success=ANSWERED[event])
    elif event == "lapse":
        yield _item(account, held, "EXPIRE", account.psp(held.id, "expire"), held.approved)
    elif event in ADJUSTED:
        reason = "" if event == "adjust" else "Refused"
        yield _item(account, held, "AUTHORISATION_ADJUSTMENT", held.data.adjusting, minor, reason, success=not reason)


def _authorisation(account: Account, held: Authorization, *, success: bool) -> dict[str, Any]:
    card, minor = held.card, held.approved if success else held.amount
    expiry = f"{card.exp_month:02}/{card.exp_year}" if card.exp_month else "00/0000"
    reason = f"{held.id % 1_000_000:06}:{card.last4}:{expiry}"
    if not success:
        reason = payments.refusal(account, held.reason)["reason"]
    item = _item(account, held, "AUTHORISATION", held.data.psp, minor, reason, success=success)
    item["additionalData"] |= {"cardSummary": card.last4, "paymentMethod": payments.brand(account, held)}
    if held.data.stored:
        item["additionalData"] |= {"recurring.recurringDetailReference": held.data.stored}
    return item | ({"operations": ["CANCEL", "CAPTURE", "REFUND"]} if success else {})


def _of_modification(account: Account, asked: Movement, entry: Entry, kind: str) -> Iterator[dict[str, Any]]:
    held, code = asked.authorization, asked.data.code or CODES[kind]
    minor = asked.amount or held.approved
    if entry.event == "book":
        item = _item(account, held, code, asked.data.psp, minor)
    elif entry.event in ("fail", "cancel") and entry.before == "requested":
        item = _item(account, held, code, asked.data.psp, minor, _why(account, asked), success=False)
    elif entry.event == "fail":
        late = RETURNED if asked.reason == "returned" else LATE[kind]
        item = _item(account, held, late, asked.data.psp, minor, _why(account, asked))
    else:
        return
    if code == "CANCEL_OR_REFUND":
        item["additionalData"]["modification.action"] = "refund" if kind == "refund" else "cancel"
    yield item


def _why(account: Account, asked: Movement) -> str:
    rules = account.facts.refusals
    return str(rules.get(asked.reason, rules["*"]).wire["reason"]).replace("{rule}", asked.reason or "cancelled")


def _item(
    account: Account,
    held: Authorization,
    code: str,
    psp: str,
    minor: int,
    reason: str = "",
    *,
    success: bool = True,
) -> dict[str, Any]:
    amount = account.amount(minor, held.purchase.price.currency)
    about = {} if psp == held.data.psp else {"originalReference": held.data.psp}
    return about | {
        "additionalData": {},
        "amount": {"currency": amount.currency, "value": amount.value},
        "eventCode": code,
        "eventDate": _date(account.world.clock.time()),
        "merchantAccountCode": held.data.merchant,
        "merchantReference": held.purchase.reference,
        "paymentMethod": payments.brand(account, held),
        "pspReference": psp,
        "reason": reason,
        "success": str(success).lower(),
    }


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _event(account: Account, item: dict[str, Any], at: float, id_: str, order: str = "") -> Event:
    tree = msgspec.convert(item, wire.NotificationItem)
    return Event(id_, item["eventCode"], at, encode_json(_envelope(item)), order, tree)


def reworded(event: Event, tree: dict[str, Any]) -> Event:
    """See `Simulator.reworded`."""
    return replace(event, body=encode_json(_envelope(tree)))


def _envelope(item: dict[str, Any]) -> dict[str, Any]:
    return {"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}


# --- delivering -------------------------------------------------------------------------------------------------------


def sealed(account: Account, event: Event, seal: Seal) -> Notification:
    """The event as a POST to the shop. Only some fields of the item are signed; a forger has no password either.

    Raises:
        NotSimulatedError: signatures have no date, and there is one of them only.
    """
    if seal.age or seal.also:
        raise NotSimulatedError("Adyen webhooks with a dated signature, or with two")
    own, envelope = account.credentials(), json.loads(event.body)
    item = _item_of(envelope)
    signed = {**item, "pspReference": str(item.get("pspReference"))[::-1]} if seal.altered else item
    if item and not seal.unsigned:
        item["additionalData"] = {
            **_object(item, "additionalData"),
            "hmacSignature": signature(signed, seal.secret or own["hmac_key"]),
        }
    genuine = not (seal.unsigned or seal.altered or seal.secret)
    login = f"{own['webhook_username']}:{own['webhook_password'] if genuine else 'guessed'}"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Adyen HttpClient 1.0",
        "Authorization": f"Basic {base64.b64encode(login.encode()).decode()}",
    }
    return Notification("POST", WEBHOOK_URL, headers, encode_json(envelope), ADDRESS)


def _item_of(envelope: Any) -> dict[str, Any]:
    """The item in an envelope; empty where something was taken from it, to see who misses it."""
    try:
        item = envelope["notificationItems"][0]["NotificationRequestItem"]
    except (IndexError, KeyError, TypeError):
        item = None
    return item if isinstance(item, dict) else {}


def _object(item: dict[str, Any], name: str) -> dict[str, Any]:
    held = item.get(name)
    return held if isinstance(held, dict) else {}


def signature(item: dict[str, Any], key: str) -> str:
    """The signature of an item: docs.adyen.com/development-resources/webhooks/verify-hmac-signatures."""
    parts = [item.get(name, "") for name in SIGNED]
    parts += [_object(item, "amount").get(name, "") for name in ("value", "currency")]
    text = ":".join(map(str, (*parts, item.get("eventCode", ""), item.get("success", ""))))
    return base64.b64encode(hmac.digest(bytes.fromhex(key), text.encode(), "sha256")).decode()


# --- what is not the shop's -------------------------------------------------------------------------------------------


def strangers(account: Account, _: str | None) -> Iterator[Event]:
    """Reports, other products, another merchant account of the company, codes that nobody has heard of."""
    now = account.world.clock.time()
    own = {"amount": {"currency": "EUR", "value": 100}, "eventDate": _date(now), "success": "true", "reason": ""}
    own |= {"merchantAccountCode": account.credentials()["merchant_account"], "paymentMethod": "mc"}
    url = "https://ca-test.adyen.com/reports/download/MerchantAccount/report.csv"
    for code, more in (
        ("REPORT_AVAILABLE", {"pspReference": "settlement_report.csv", "merchantReference": "", "reason": url}),
        ("RECURRING_CONTRACT", {"merchantReference": "Žofie Ångström 山田", "originalReference": ""}),
        ("OFFER_CLOSED", {"merchantReference": "a bank transfer", "paymentMethod": "ideal", "success": "true"}),
        ("PAYOUT_THIRDPARTY", {"merchantReference": "a payout", "paymentMethod": "bank"}),
        ("AUTHORISATION", {"merchantReference": "its-order", "merchantAccountCode": "PaypactCafePOS"}),
        (UNSEEN_WORD.upper(), {"merchantReference": "no order"}),
    ):
        item = {**own, "pspReference": account.psp("stranger", code), **more, "eventCode": code}
        order = more["merchantReference"] if "merchantAccountCode" in more else ""
        yield _event(account, item, now, account.psp("stranger", code, "event"), order)


def forgeries(account: Account, purchase: Purchase, _: str | None) -> Iterator[Event]:
    """Lies about a payment: that it is paid, or, where it is, that it was refunded."""
    now = account.world.clock.time()
    for held in purchase.authorizations[-1:]:
        if held.captured:
            item = _item(account, held, "REFUND", account.psp(held.id, "forged"), held.captured)
        else:
            item = _item(account, held, "AUTHORISATION", held.data.psp, held.amount)
        yield _event(account, item, now, account.psp(held.id, item["eventCode"], "forged"))


# --- another till -----------------------------------------------------------------------------------------------------


def elsewhere(account: Account, payment: Payment, operation: str) -> bool:
    """The merchant's other till calls the same API, with the same merchant account and reference."""
    mine = (
        p for p in reversed(account.ledger.purchases) if any(a.card.key == payment.card.key for a in p.authorizations)
    )
    held = next((a for p in mine for a in p.authorizations), None)
    money, own = payment.amount, account.credentials()
    amount = account.amount(held.approved if held else money.minor, money.currency)
    body: dict[str, Any] = {"merchantAccount": own["merchant_account"]}
    if operation != "void":
        body["amount"] = {"currency": amount.currency, "value": amount.value}
    if operation in ("sale", "authorize"):
        path = "payments"
        body |= {"paymentMethod": payment.browser["paymentMethod"], "reference": payment.reference}
        body |= {"returnUrl": payment.return_url}
        body |= {"additionalData": {"manualCapture": "true"}} if operation == "authorize" else {}
    elif held is None:
        return False
    else:
        path = (
            f"payments/{held.data.psp}/{ {'capture': 'captures', 'refund': 'refunds', 'void': 'cancels'}[operation] }"
        )
    url = f"{account.facts.gateway.url}/v72/{path}"
    return not account.handle(Request("POST", url, {"x-api-key": own["api_key"]}, encode_json(body))).refused
