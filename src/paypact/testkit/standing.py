"""Standing: the ledger in one word, for one payment.

Whose purchase is it? The payment's whose card or token it authorised; while it has none, the payment's whose operation
created it. A card that was stored pays for several orders: then, too, the press decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paypact.payments import Payment
from paypact.world.books import Authorization, Purchase, live
from paypact.world.ledger import Ledger
from paypact.world.ledger_tables import LIVE, MOVED
from paypact.world.recording import Exchange, Recording


@dataclass(frozen=True, slots=True)
class Standing:
    """One payment's standing, with the authorization it was read from (None: open or untouched)."""

    word: str
    authorization: Authorization | None = None
    reason: str = ""  # of a refusal: the issuer's or gateway's neutral word


def standing(ledger: Ledger, recording: Recording, payment: Payment, payments: Iterable[Payment]) -> Standing:
    """The standing of one payment among all `payments` of its example."""
    every = list(payments)
    keys = {each.card.key for each in every}
    mine = [purchase for purchase in ledger.purchases if _owned(purchase, (payment,), every)]
    charged = [a for a in of_order(ledger, payment, every) if live(a) and a.purchase.price.minor]
    taken = sum(a.captured - a.refunded for a in charged)
    price = payment.amount.minor
    if len(charged) > 1 or taken > price > 0:
        return Standing("twice", charged[-1])
    own = [a for p in mine for a in p.authorizations if a.card.key == payment.card.key or a.card.key not in keys]
    own = [a for a in own if a.attempt in (payment.attempt, None)]
    if own:
        chosen = next((a for a in reversed(own) if live(a)), own[-1])
        return Standing(_word(chosen), chosen, chosen.reason)
    for away in ledger.turned_away:
        if isinstance(away.exchange, Exchange) and away.exchange.attempt == payment.attempt:
            return Standing("refused", None, away.reason)
    begun = [p for p in mine if p.attempt in (payment.attempt, None)]  # not those in which its card was merely stored
    if any(p.state != "open" for p in begun):
        return Standing("undone")
    if begun and not _struck(recording, payment):
        return Standing("open")
    return Standing("untouched")


def of_order(ledger: Ledger, payment: Payment, payments: Iterable[Payment]) -> list[Authorization]:
    """Every card that was presented for the order of a payment, with whichever press of Pay."""
    every = list(payments)
    order = [each for each in every if each.reference == payment.reference]
    whole = [purchase for purchase in ledger.purchases if _owned(purchase, order, every)]
    return [authorization for purchase in whole for authorization in purchase.authorizations]


def order_word(found: Standing) -> str:
    """The row of the order table: it tells apart what an outcome does not."""
    authorization = found.authorization
    if authorization is None:
        return "undone-by-void" if found.word == "undone" else found.word
    if found.word == "undone":
        if authorization.undone and not authorization.captured:
            return "captured-then-voided"
        return "undone-by-refund" if authorization.captured else "undone-by-void"
    if found.word == "paid" and not authorization.captured:
        return "capture-requested"
    return found.word


def _word(authorization: Authorization) -> str:
    state = authorization.state
    if state in ("declined", "rejected"):
        return "refused"
    if state in ("voided", "expired"):
        return "undone"
    if state == "held":
        return "review"
    if state in ("created", "challenged", "pending"):
        return "pending" if state == "created" else state
    if authorization.total("chargeback"):
        return "disputed"
    taken = LIVE if state == "authorized" else MOVED  # nothing more can be captured of a completed one
    if authorization.total("capture", taken) > authorization.refunded:
        return "paid"
    return "authorized" if state == "authorized" else "undone"  # a refund leaves the rest that was not captured on hold


def _owned(purchase: Purchase, payments: Sequence[Payment], every: Sequence[Payment]) -> bool:
    cards = {authorization.card.key for authorization in purchase.authorizations}
    if cards & {payment.card.key for payment in payments}:  # a stored card may pay for several orders
        orders = {payment.reference for payment in payments}
        others = {each.attempt for each in every if each.card.key in cards and each.reference not in orders}
        return purchase.attempt not in others
    keys = {each.card.key for each in every}
    return not cards & keys and purchase.attempt in {payment.attempt for payment in payments}


def _struck(recording: Recording, payment: Payment) -> bool:
    """Whether the last try of a press was refused or faulted: then the gateway waits for nobody (looked up or not)."""
    tries = (each for each in recording.exchanges if each.operation != "lookup")
    mine = [exchange for exchange in tries if exchange.attempt == payment.attempt]
    return bool(mine) and (mine[-1].kind == "refused" or mine[-1].fault is not None)
