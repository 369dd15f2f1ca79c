"""Sessions: the component, or Adyen's own page, makes the payment; and what a shopper may choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from paypact.cards import classify
from paypact.gateways.adyen import wire
from paypact.gateways.adyen.simulator import cards, payments
from paypact.gateways.adyen.simulator.account import Account, Stored
from paypact.gateways.adyen.simulator.requests import Call
from paypact.payments import Payment
from paypact.world.books import Purchase
from paypact.world.http import Refusal
from paypact.world.wire import UNSET, Wire

LASTS: Final = 3600.0  # seconds; docs.adyen.com/online-payments/build-your-integration/sessions-flow
STATUS: Final = {"challenged": "active", "pending": "paymentPending", "declined": "refused", "rejected": "refused"}


@dataclass(slots=True)
class Session:
    """One session: what was asked for, and until when it lasts."""

    id: str
    sent: dict[str, Any]
    until: float


def create(account: Account, call: Call) -> Wire:
    """POST /sessions."""
    sent, id_ = call.sent, f"CS{account.psp()}"
    until = account.world.clock.time() + LASTS
    purchase = account.open(sent["amount"], sent["reference"], Session(id_, sent, until))
    data = f"Ab02b4c0!{account.psp(id_, 'data')}"
    for text in (id_, data):
        account.ledger.name(text, purchase)
    told = {
        "id": id_,
        "amount": wire.Amount(**sent["amount"]),
        "expires": datetime.fromtimestamp(until, UTC).isoformat(timespec="seconds"),
        "merchant": sent["merchantAccount"],
        "reference": sent["reference"],
        "back": sent["returnUrl"],
        "data": data,
    }
    if sent.get("mode") == "hosted":
        return wire.HostedSession(url=f"{payments.PAGE}hosted?sessionId={id_}", **told)
    return wire.Session(**told)


def look(account: Account, call: Call) -> Wire:
    """GET /sessions/{}: with the result that the page came back with."""
    id_ = call.id
    purchase = account.ledger.named(id_, Purchase)
    if purchase is None or call.sent.get("sessionResult") != account.psp(id_, "result"):
        raise account.refuse("details_invalid")
    session: Session = purchase.data
    held = purchase.authorizations[-1] if purchase.authorizations else None
    if held is None or held.state == "challenged":
        late = account.world.clock.time() > session.until
        return wire.SessionResult(id=id_, status="expired" if late else "active", reference=purchase.reference)
    status, word = STATUS.get(held.state, "completed"), "Pending" if held.state == "pending" else "Authorised"
    made = wire.SessionPayment(
        amount=account.amount(held.approved or held.amount, purchase.price.currency),
        method=wire.Method(brand=payments.brand(account, held), type=held.data.kind),
        psp=held.data.psp,
        result=word,
    )
    paid = status in ("completed", "paymentPending")
    return wire.SessionResult(id=id_, status=status, reference=purchase.reference, payments=[made] if paid else UNSET)


def visit(account: Account, purchase: Purchase, payment: Payment, result: str) -> Mapping[str, str]:
    """The shopper pays in the component or on the page, and acts on a challenge right there."""
    session: Session = purchase.data
    held = purchase.authorizations[-1] if purchase.authorizations else None
    fresh = held is None or held.state in payments.NO
    if fresh and account.world.clock.time() <= session.until:
        method = cards.state_data(account, payment.card)["paymentMethod"]
        try:
            card = cards.read(account, method, "")
            held = payments.present(account, purchase, card, {**session.sent, "paymentMethod": method})
        except Refusal:
            held = None  # shown to the shopper there
    if held is not None and held.state == "challenged":
        if result == "abandoned":
            return {}
        payments.finish(account, held, passed=result == "passed")
    return {"sessionId": session.id, "sessionResult": account.psp(session.id, "result")}


# --- what there is to choose from -------------------------------------------------------------------------------------


def offer(account: Account, call: Call) -> Wire:
    """POST /paymentMethods."""
    brands = [fact.brand for fact in account.facts.schemes.values() if fact.standing == "accepted"]
    shopper = call.sent.get("shopperReference")
    kept = [_listed(account, one) for one in account.stored.values() if one.shopper == shopper]
    return wire.Offer(methods=[wire.OfferedMethod(name="Cards", type="scheme", brands=brands)], stored=kept or UNSET)


def listed(account: Account, call: Call) -> Wire:
    """GET /storedPaymentMethods."""
    shopper = call.sent.get("shopperReference", "")
    kept = [_listed(account, one) for one in account.stored.values() if one.shopper == shopper]
    return wire.StoredList(merchant=call.sent["merchantAccount"], shopper=shopper, methods=kept)


def forget(account: Account, call: Call) -> None:
    """DELETE /storedPaymentMethods/{}."""
    kept = account.stored.get(call.id)
    if kept is None or kept.shopper != call.sent.get("shopperReference"):
        raise account.refuse("stored_missing")
    del account.stored[call.id]


def inform(account: Account, call: Call) -> Wire:
    """POST /cardDetails: which brands a number that is being typed may have."""
    number = call.sent.get("cardNumber") or call.sent.get("encryptedCardNumber", "").removeprefix(cards.TEST)
    scheme = classify(number) or "unknown"
    fact = account.facts.schemes.get(scheme)
    brands = [] if fact is None else [wire.Brand(type=fact.brand, supported=fact.standing in ("accepted", "routed"))]
    return wire.CardInfo(brands=brands)


def _listed(account: Account, kept: Stored) -> wire.StoredMethod:
    card = kept.card
    return wire.StoredMethod(
        id=kept.id,
        brand=account.words.brand(card),
        expiry_month=f"{card.exp_month or 12:02}",
        expiry_year=str(card.exp_year or account.month()[0]),
        holder=card.holder,
        last_four=card.last4,
        name=account.words.brand(card).upper(),
        models=["CardOnFile", "Subscription", "UnscheduledCardOnFile"],
    )
