"""Stripe's webhooks: events drawn from the journal, rendered once, signed on delivery.

Which event comes when: docs.stripe.com/api/events/types and the changelog pages it names; the order within one flow is
the usual one, which Stripe does not promise. An event shows its object as of then, ids not expanded.
Imported late: where nobody listens, nobody pays for it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import attempts, charges, customers, disputes, intents, refunds, sessions
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.state import Intent, Person
from paypact.payments import Notification, Payment
from paypact.world.books import Authorization, Entry, Movement, Purchase
from paypact.world.codecs import encode_json
from paypact.world.http import NotSimulatedError, Request
from paypact.world.ids import letters
from paypact.world.notifications import WEBHOOK_URL, Event, Seal
from paypact.world.wire import UNSEEN_WORD

Told = tuple[str, Any, dict[str, Any] | None]  # type, object, what of it has changed

ADDRESS: Final = "3.18.12.63"  # docs.stripe.com/ips, the addresses that webhooks come from
HEADERS: Final = {  # as pasted in github stripe/stripe-java issue 919
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "Accept": "*/*; q=0.5, application/xml",
    "Cache-Control": "no-cache",
}


# --- drawing ----------------------------------------------------------------------------------------------------------


def drawn(account: Account, entry: Entry, version: str | None, line: int = 0) -> Iterator[Event]:
    """The events of one line of the journal (counted from 1; 0: the last), in the endpoint's API version."""
    versions = account.facts.gateway.versions
    if version is not None and version not in versions:
        raise NotSimulatedError(f"Stripe webhooks in API version {version}")
    request, line = _request(account, entry), line or len(account.ledger.journal)
    for place, (type_, shown, changed) in enumerate(_told(account, entry)):
        id_ = account.make_id("evt_", f"{line}/{place}")
        yield _event(id_, type_, shown, entry.at, version or versions[0], changed, request)


def _event(
    id_: str,
    type_: str,
    shown: Any,
    at: float,
    version: str,
    changed: dict[str, Any] | None = None,
    request: dict[str, Any] | None = None,
    order: str = "",
) -> Event:
    envelope = {
        "id": id_,
        "object": "event",
        "api_version": version,
        "created": int(at),
        "data": {"object": shown} if changed is None else {"object": shown, "previous_attributes": changed},
        "livemode": False,
        "pending_webhooks": 1,
        "request": request or {"id": None, "idempotency_key": None},
        "type": type_,
    }
    return reworded(Event(id_, type_, at, b"", order, tree=envelope), envelope)


def reworded(event: Event, tree: dict[str, Any]) -> Event:
    """See `Simulator.reworded`. With lines and indents, as in github stripe/stripe-php issue 884."""
    return replace(event, body=msgspec.json.format(encode_json(tree), indent=2))


def _request(account: Account, entry: Entry) -> dict[str, Any] | None:
    """Who asked for it; None where time or the shopper did."""
    if entry.exchange is None:
        return None
    return {"id": account.request_id, "idempotency_key": entry.exchange.request.headers.get("idempotency-key")}


def _told(account: Account, entry: Entry) -> Iterator[Told]:
    match entry.subject:
        case Purchase() as purchase:
            yield from _of_purchase(account, purchase, entry.event)
        case Authorization() as held:
            yield from _of_attempt(account, held, entry.event)
        case Movement(kind="refund") as refund:
            yield from _of_refund(account, refund, entry)
        case Movement(kind="capture") as capture if entry.event == "book":
            held = capture.authorization
            if not capture.final and held.captured < held.approved:  # docs.stripe.com: multicapture
                yield "charge.captured", charges.render(account, held), None
                yield "payment_intent.amount_capturable_updated", intents.render(account, held.purchase), None
        case Movement(kind="chargeback") as dispute if entry.event == "book":
            shown = disputes.render(account, dispute)
            yield "charge.dispute.created", shown, None
            yield "charge.dispute.funds_withdrawn", shown, None


def _of_purchase(account: Account, purchase: Purchase, event: str) -> Iterator[Told]:
    intent: Intent = purchase.data
    seen = intent.show(account, purchase)
    if intent.session is not None:
        yield from _of_session(account, purchase, event, seen)
    elif event == "open":  # pasted events show it without a method, also where one request creates and confirms
        seen.status, seen.payment_method = "requires_payment_method", None
        yield f"{intent.kind}_intent.created", seen, None
    elif event == "cancel":
        yield f"{intent.kind}_intent.canceled", seen, None


def _of_session(account: Account, purchase: Purchase, event: str, seen: Any) -> Iterator[Told]:
    """Of a hosted page nothing is told until it is used, or ends."""
    intent: Intent = purchase.data
    if event == "open":
        if intent.session is not None and intent.session.eager:
            yield "payment_intent.created", seen, None
        return
    if purchase.authorizations:
        yield f"{intent.kind}_intent.canceled", seen, None
    yield "checkout.session.expired", sessions.render(account, purchase), None


def _of_attempt(account: Account, held: Authorization, event: str) -> Iterator[Told]:
    session = held.purchase.data.session
    if event == "present":
        first = held.purchase.authorizations[0] is held
        if session is not None and first and not session.eager:  # the page makes its intent now
            seen = held.purchase.data.show(account, held.purchase)
            seen.status, seen.payment_method = "requires_payment_method", None
            yield f"{held.purchase.data.kind}_intent.created", seen, None
        return
    if event == "authenticate":
        return
    yield from _of_answer(account, held, event)
    good = "complete" if held.automatic else "approve"
    if session is None:
        return
    if not session.completed and event in (good, "defer"):
        yield "checkout.session.completed", sessions.render(account, held.purchase), None
    elif session.completed and event in (good, *attempts.NO):  # after it was deferred
        word = "succeeded" if event == good else "failed"
        yield f"checkout.session.async_payment_{word}", sessions.render(account, held.purchase), None


def _of_answer(account: Account, held: Authorization, event: str) -> Iterator[Told]:
    intent: Intent = held.purchase.data
    kind, seen = f"{intent.kind}_intent", intent.show(account, held.purchase)
    charge = charges.render(account, held) if attempts.has_charge(held) else None
    match event:
        case "challenge":
            yield f"{kind}.requires_action", seen, None
        case "defer" if charge is not None:
            yield "charge.pending", charge, None
            yield f"{kind}.processing", seen, None
        case "approve" if charge is None:
            yield f"{kind}.succeeded", seen, None
        case "approve" if not held.automatic:
            yield "charge.succeeded", charge, None
            yield f"{kind}.amount_capturable_updated", seen, None
        case "complete" if charge is not None:
            yield from _captured(account, held, charge, seen)
        case "decline" | "reject" | "fail":
            if charge is not None:
                yield "charge.failed", charge, None
            yield f"{kind}.{'payment' if intent.kind == 'payment' else 'setup'}_failed", seen, None
        case "void" | "cancel" if intent.canceled_at is not None:  # else another card takes the place of a challenge
            yield f"{kind}.canceled", seen, None
        case "lapse":
            if charge is not None:
                yield "charge.expired", charge, None
            yield f"{kind}.canceled", seen, None


def _captured(account: Account, held: Authorization, charge: wire.Charge, seen: Any) -> Iterator[Told]:
    if held.automatic:
        yield "charge.succeeded", charge, None
    elif held.movements[-1].kind == "capture":
        yield "charge.captured", charge, {"amount_captured": 0, "captured": False}
    yield "payment_intent.succeeded", seen, None
    if charge.balance_transaction is None:  # docs.stripe.com/payments/payment-intents/asynchronous-capture
        booked = msgspec.structs.replace(charge, balance_transaction=account.transaction_of(charge.id))
        yield "charge.updated", booked, {"balance_transaction": None}


def _of_refund(account: Account, refund: Movement, entry: Entry) -> Iterator[Told]:
    seen, held = refunds.render(account, refund), refund.authorization
    later = refund.fate is not None and refund.fate.pending
    if entry.event == ("request" if later else "book"):
        charge = charges.render(account, held)
        yield "refund.created", seen, None
        yield "charge.refunded", charge, {"amount_refunded": charge.amount_refunded - seen.amount, "refunded": False}
    elif entry.event in ("book", "fail"):
        before = {"status": "pending" if entry.before == "requested" else "succeeded"}
        yield "refund.updated", seen, before
        yield "charge.refund.updated", seen, before
        if entry.event == "fail":
            yield "refund.failed", seen, None


# --- delivering -------------------------------------------------------------------------------------------------------


def sealed(account: Account, event: Event, seal: Seal) -> Notification:
    """The event as a POST to the shop, signed over its bytes with the endpoint's whole secret."""
    at, own = account.now() - int(seal.age), account.credentials()["webhook_secret"]
    signed = event.body.replace(b"evt_", b"evt-") if seal.altered else event.body
    signatures = ["v1=" + _signature(key, at, signed) for key in seal.secrets(own)]
    header = ",".join([f"t={at}", *signatures, "v0=" + _signature("the test mode's own", at, signed)])
    return Notification(
        "POST",
        WEBHOOK_URL,
        HEADERS if seal.unsigned else {**HEADERS, "Stripe-Signature": header},
        event.body,
        ADDRESS,
    )


def _signature(key: str, at: int, body: bytes) -> str:
    return hmac.new(key.encode(), b"%d.%s" % (at, body), "sha256").hexdigest()


# --- what is not the shop's -------------------------------------------------------------------------------------------


def strangers(account: Account, version: str | None) -> Iterator[Event]:
    """Other products of the same account, and types that nobody has heard of, of a payment too."""
    person = account.people[_id(account, "cus_")] = Person(_id(account, "cus_"), account.now(), {})
    person.params["name"] = "Žofie Ångström 山田"
    shown: dict[str, Any] = {
        "customer.updated": customers.render(account, person),
        "invoice.paid": {"id": _id(account, "in_"), "object": "invoice", "status": "paid", "total": 900},
        "payout.paid": _payout(account),
        f"{UNSEEN_WORD}.created": {"id": _id(account, "x_"), "object": UNSEEN_WORD, "livemode": False},
    }
    account.others[f"/v1/payouts/{shown['payout.paid']['id']}"] = shown["payout.paid"]
    shown[f"charge.{UNSEEN_WORD}.updated"] = shown[f"{UNSEEN_WORD}.created"]
    for purchase in account.ledger.purchases[:1]:
        shown[f"payment_intent.{UNSEEN_WORD}"] = purchase.data.show(account, purchase)
    for type_, one in shown.items():
        whose = "another shop's" if type_.startswith("payment_intent.") else ""
        id_, at = _id(account, "evt_", type_), account.world.clock.time()
        yield _event(id_, type_, one, at, version or account.newest, order=whose)


def _payout(account: Account) -> dict[str, Any]:
    """As the vendor's description has it; its bank account is nobody's business here."""
    nothing = dict.fromkeys(
        (
            *("balance_transaction", "destination", "failure_balance_transaction", "failure_code", "failure_message"),
            *("original_payout", "reversed_by", "statement_descriptor"),
        )
    )
    said = {"amount": 900, "currency": "usd", "automatic": True, "method": "standard", "type": "bank_account"}
    at = {"arrival_date": account.now(), "created": account.now(), "description": "STRIPE PAYOUT", "metadata": {}}
    kind = {"id": _id(account, "po_"), "object": "payout", "livemode": False, "source_type": "card", "status": "paid"}
    return {**kind, **said, **at, **nothing}


def _id(account: Account, prefix: str, of: str = "stranger") -> str:
    return f"{prefix}3{letters(account.serial, prefix, of, 'stranger', length=23)}"


def forgeries(account: Account, purchase: Purchase, version: str | None) -> Iterator[Event]:
    """Lies about a payment: that it is paid, or, where it is, that it was refunded."""
    intent, held = purchase.data, attempts.newest(purchase)
    if intent.kind != "payment":
        return
    seen, charge = intent.show(account, purchase), charges.render(account, held) if held and held.answer else None
    lies: list[tuple[str, Any]] = []
    if held is not None and held.captured and charge is not None:
        charge.amount_refunded, charge.refunded = charge.amount_captured, True
        lies = [("charge.refunded", charge)]
    else:
        seen.status, seen.amount_received, seen.amount_capturable = "succeeded", seen.amount, 0
        seen.last_payment_error = seen.next_action = seen.canceled_at = seen.cancellation_reason = None
        if charge is not None and held is not None:
            seen.latest_charge, charge.status, charge.paid, charge.captured = held.data.id, "succeeded", True, True
            charge.amount_captured, charge.failure_code, charge.failure_message = charge.amount, None, None
            lies = [("charge.succeeded", charge)]
        lies.append(("payment_intent.succeeded", seen))
    for type_, shown in lies:
        newest = version or account.newest
        id_ = f"evt_3{letters(account.serial, intent.id, type_, 'forged', length=23)}"
        yield _event(id_, type_, shown, account.world.clock.time(), newest)


# --- another till -----------------------------------------------------------------------------------------------------


def elsewhere(account: Account, payment: Payment, operation: str) -> bool:
    """The merchant's other till calls the same API; it names the order in `metadata[order_id]` and the description."""
    mine = (p for p in reversed(account.ledger.purchases) if any(a.card is payment.card for a in p.authorizations))
    made = next((p.data.id for p in mine), "")
    money = payment.amount
    pay = {
        "amount": account.units(money.minor, money.currency.lower()),
        "currency": money.currency.lower(),
        "payment_method": payment.token,
        "confirm": "true",
        "return_url": payment.return_url,
        "metadata[order_id]": payment.reference,
        "description": payment.description,
    }
    path, sent = {
        "sale": ("payment_intents", pay),
        "authorize": ("payment_intents", {**pay, "capture_method": "manual"}),
        "capture": (f"payment_intents/{made}/capture", {}),
        "void": (f"payment_intents/{made}/cancel", {}),
        "refund": ("refunds", {"payment_intent": made}),
    }[operation]
    headers = {"authorization": f"Bearer {account.credentials()['secret_key']}"}
    account.handle(Request("POST", f"{account.facts.gateway.url}/v1/{path}", headers, urlencode(sent).encode()))
    return True
