"""The reference integration of a shop that keeps orders.

`OrderBook` is there to be copied: it knows nothing of paypact. `BraintreeOrders` is its driver.

Rules it keeps. Braintree tells of cards only what comes late (disputes, refunds that failed, disbursements), so a
nightly job asks for the orders that may still change. A webhook counts only with Braintree's signature, and it is a
hint: what did happen is read from Braintree, so that neither order of arrival nor repetition matters. What is not about
an order of this shop's is taken and forgotten. Where Braintree cannot be asked, the webhook is not taken: it comes
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal
from urllib.parse import parse_qs, urlsplit
from xml.parsers.expat import ExpatError

import braintree
from braintree.exceptions.braintree_error import BraintreeError
from braintree.exceptions.invalid_challenge_error import InvalidChallengeError
from braintree.exceptions.invalid_signature_error import InvalidSignatureError
from braintree.exceptions.not_found_error import NotFoundError

import paypact
from paypact.gateways.braintree import integration

State = Literal["unpaid", "pending", "authorized", "paid", "refunded", "failed", "canceled", "disputed"]
BEST: Final[tuple[State, ...]] = (  # an order is what the best of its payments is
    *("disputed", "paid", "refunded", "authorized", "pending", "unpaid", "failed", "canceled"),
)
STATES: Final[dict[str, State]] = {  # of a sale; any other word is one that was added since
    "authorized": "authorized",
    "submitted_for_settlement": "paid",
    "settlement_pending": "paid",
    "settlement_confirmed": "paid",
    "settling": "paid",
    "settled": "paid",
    "voided": "canceled",
    "authorization_expired": "canceled",
    "processor_declined": "failed",
    "gateway_rejected": "failed",
    "failed": "failed",
    "settlement_declined": "failed",
    "settlement_failed": "failed",
}
LOST: Final = {"won", "expired"}  # of a dispute: the money stayed


@dataclass(frozen=True)
class Entry:
    """One order. Amounts in minor units of ISO 4217."""

    state: State = "unpaid"
    currency: str = ""
    captured: int = 0
    refunded: int = 0


class OrderBook:
    """Orders, as Braintree tells of them."""

    def __init__(self, gateway: braintree.BraintreeGateway) -> None:
        self.gateway = gateway
        self.orders: dict[str, Entry] = {}

    def open(self, order: str) -> None:
        """An order that is about to be paid: from now on Braintree is asked for it."""
        self.orders.setdefault(order, Entry())

    def receive(self, method: str, url: str, body: bytes) -> tuple[int, str]:
        """Take a webhook, or the question whether this address is ours: the HTTP status and the body to answer."""
        sent = parse_qs(urlsplit(url).query if method == "GET" else body.decode("ascii", "ignore"))
        try:
            if method == "GET":
                return 200, str(self.gateway.webhook_notification.verify(sent.get("bt_challenge", [""])[0]))
            signature, payload = (sent.get(name, [""])[0] for name in ("bt_signature", "bt_payload"))
            told = self.gateway.webhook_notification.parse(signature, payload)
        except (InvalidSignatureError, InvalidChallengeError):
            return 400, ""
        about = getattr(told, "transaction", None) or getattr(getattr(told, "dispute", None), "transaction", None)
        if about is None:
            return 200, ""
        try:
            self.read(self.gateway.transaction.find(about.id).order_id)
        except NotFoundError:  # no such transaction, or no longer
            return 200, ""
        except (BraintreeError, ExpatError, KeyError):
            return 503, ""
        return 200, ""

    def settle(self) -> None:
        """The nightly job: ask for every order. Where Braintree does not say, the next night will do."""
        for order in self.orders:
            try:
                self.read(order)
            except (BraintreeError, ExpatError, KeyError):
                continue

    def read(self, order: str) -> None:
        """Ask Braintree how an order of ours stands, and write it down.

        Raises:
            BraintreeError, ExpatError, KeyError: Braintree does not say.
        """
        if order in self.orders:
            found = list(self.gateway.transaction.search(braintree.TransactionSearch.order_id == order).items)
            self.orders[order] = entry(found) if found else self.orders[order]


def entry(found: list[Any]) -> Entry:
    """What the transactions of an order come to."""
    sales = [each for each in found if each.type == "sale"]
    credits_ = [each for each in found if each.type == "credit" and STATES.get(each.status, "paid") == "paid"]
    states = [state(each) for each in sales]
    captured = sum(
        (each.amount for each, now in zip(sales, states, strict=True) if now in ("paid", "disputed")), Decimal(0)
    )
    refunded = sum((each.amount for each in credits_), Decimal(0))
    best = min(states, key=BEST.index)
    if best == "paid" and refunded >= captured:
        best = "refunded"
    currency = found[0].currency_iso_code
    return Entry(best, currency, minor(captured, currency), minor(refunded, currency))


def state(sale: Any) -> State:
    """How one payment stands."""
    if any(each.status not in LOST for each in sale.disputes):
        return "disputed"
    return STATES.get(sale.status, "pending")


def minor(amount: Decimal, currency: str) -> int:
    """Braintree's amount as minor units of ISO 4217."""
    return int(amount if currency in integration.WHOLE else amount.scaleb(2))


class BraintreeOrders(integration.BraintreeReference, name="braintree", variants={"orders": {}}):
    """Drives `OrderBook` beside the payments of the reference integration."""

    keeping: ClassVar[type[OrderBook]] = OrderBook

    def __init__(self, gateway: paypact.SimulatedGateway) -> None:
        super().__init__(gateway)
        self.book = type(self).keeping(self.payments.gateway)

    def pay(self, payment: paypact.Payment, **source: Any) -> paypact.Outcome:
        self.book.open(payment.reference)
        return super().pay(payment, **source)

    def settle(self) -> None:
        self.book.settle()

    def receive(self, notification: paypact.Notification) -> paypact.Reply:
        return paypact.Reply(*self.book.receive(notification.method, notification.url, notification.body))

    def order(self, reference: str) -> paypact.Order:
        now = self.book.orders.get(reference, Entry())
        if not now.currency:
            return paypact.Order(now.state)
        sums = (paypact.Money(each, now.currency) for each in (now.captured, now.refunded))
        return paypact.Order(now.state, *sums)
