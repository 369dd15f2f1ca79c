"""The reference integration of a shop that keeps orders: what became of a payment it learns by webhook.

`OrderBook` is there to be copied: it knows nothing of paypact. `StripeOrders` is its driver.

Rules it keeps. A webhook counts only with Stripe's signature over its very bytes. It is a hint that something happened,
and what did happen is read from Stripe: then neither order of arrival nor repetition matters. What is not about a
payment of this shop's is taken and forgotten. Where Stripe cannot be asked, the webhook is not taken: it comes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

import stripe

import paypact
from paypact.gateways.stripe import integration

State = Literal["unpaid", "pending", "authorized", "paid", "refunded", "failed", "canceled", "disputed"]
BEST: Final[tuple[State, ...]] = (  # an order is what the best of its payments is
    *("disputed", "paid", "refunded", "authorized", "pending", "unpaid", "failed", "canceled"),
)
STATES: Final[dict[str, State]] = {  # of a PaymentIntent that is not paid; any other word is one that was added since
    "requires_capture": "authorized",
    "processing": "pending",
    "requires_action": "pending",
    "requires_confirmation": "unpaid",
    "canceled": "canceled",
}
HEARD: Final = {  # events after which a payment stands differently; others of the same moment say nothing more
    *(
        f"payment_intent.{word}"
        for word in ("requires_action", "processing", "payment_failed", "canceled", "succeeded")
    ),
    *("payment_intent.amount_capturable_updated", "refund.created", "refund.updated", "refund.failed"),
    *("charge.dispute.created", "charge.dispute.closed"),
}


def iso_amount(amount: int, currency: str) -> int:
    """An amount in Stripe's unit as minor units of ISO 4217."""
    return amount * integration.UNITS.get(currency, 1) // integration.TIMES.get(currency, 1)


@dataclass(frozen=True)
class Entry:
    """One payment of an order. Amounts in minor units of ISO 4217."""

    state: State
    currency: str
    captured: int = 0
    refunded: int = 0


class OrderBook:
    """Orders and their payments, as Stripe tells of them."""

    def __init__(self, v1: Any, secret: str) -> None:
        self.v1, self.secret = v1, secret
        self.orders: dict[str, dict[str, Entry]] = {}  # order -> PaymentIntent -> what became of it

    def receive(self, body: bytes, signature: str | None) -> int:
        """Take a webhook: the HTTP status to answer."""
        try:
            event: Any = stripe.Webhook.construct_event(body, signature, self.secret)
        except (ValueError, stripe.SignatureVerificationError):
            return 400
        if event.type not in HEARD:
            return 200
        shown = event.data.object
        intent = shown.id if shown.object == "payment_intent" else shown.payment_intent
        if intent is None:
            return 200
        try:
            self.read(intent)
        except stripe.InvalidRequestError:  # no such payment, or no longer
            return 200
        except stripe.StripeError:
            return 503
        return 200

    def read(self, intent: str) -> None:
        """Ask Stripe how a payment stands, and write it down.

        Raises:
            stripe.StripeError: Stripe does not say.
        """
        found = self.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]})
        order = getattr(found.metadata, "order", None)
        if order is not None:
            self.orders.setdefault(order, {})[intent] = self.entry(found)

    def entry(self, intent: Any) -> Entry:
        currency = intent.currency.upper()
        if intent.status == "requires_payment_method":
            return Entry("failed" if intent.last_payment_error else "unpaid", currency)
        if intent.status != "succeeded":
            return Entry(STATES.get(intent.status, "pending"), currency)
        charge = intent.latest_charge
        captured = iso_amount(intent.amount_received, currency)
        refunded = iso_amount(charge.amount_refunded, currency)
        state: State = "disputed" if charge.disputed else "refunded" if refunded >= captured else "paid"
        return Entry(state, currency, captured, refunded)

    def order(self, reference: str) -> tuple[State, str, int, int]:
        """How an order stands: state, currency, captured and refunded minor units; the currency of none is empty."""
        entries = list(self.orders.get(reference, {}).values())
        if not entries:
            return "unpaid", "", 0, 0
        state = min((entry.state for entry in entries), key=BEST.index)
        sums = sum(entry.captured for entry in entries), sum(entry.refunded for entry in entries)
        return state, entries[-1].currency, *sums


class StripeOrders(integration.StripeReference, name="stripe", variants={"orders": {}}):
    """Drives `OrderBook` beside the payments of the reference integration."""

    keeping: ClassVar[type[OrderBook]] = OrderBook

    def __init__(self, gateway: paypact.SimulatedGateway) -> None:
        super().__init__(gateway)
        self.book = type(self).keeping(self.payments.v1, gateway.credentials["webhook_secret"])

    def receive(self, notification: paypact.Notification) -> int:
        return self.book.receive(notification.body, notification.headers.get("Stripe-Signature"))

    def order(self, reference: str) -> paypact.Order:
        state, currency, captured, refunded = self.book.order(reference)
        if not currency:
            return paypact.Order(state)
        return paypact.Order(state, paypact.Money(captured, currency), paypact.Money(refunded, currency))
