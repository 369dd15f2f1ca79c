"""The reference integration of a shop that keeps orders: what became of a payment it learns by webhook.

`OrderBook` is there to be copied: it knows nothing of paypact. `AdyenOrders` is its driver.

Rules it keeps. A webhook counts only with Adyen's signature over its fields, and the login that the shop gave to Adyen.
Adyen cannot be asked how a payment stands: so every webhook is kept, once, and the order is what all of them together
say, in whatever order they came. A failure after a success undoes it. What is not about a payment of this shop's is
taken and forgotten.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

from Adyen.util import is_valid_hmac_notification  # type: ignore[import-untyped]  # it announces no annotations

import paypact
from paypact.gateways.adyen import integration

State = Literal["unpaid", "pending", "authorized", "paid", "refunded", "failed", "canceled", "disputed"]
BEST: Final[tuple[State, ...]] = (  # an order is what the best of its payments is
    *("disputed", "paid", "refunded", "authorized", "pending", "unpaid", "failed", "canceled"),
)
PAYMENTS: Final = {"AUTHORISATION"}
CHANGES: Final = {  # webhooks about an earlier payment
    *("CAPTURE", "CAPTURE_FAILED", "REFUND", "REFUND_FAILED", "CANCELLATION", "CANCEL_OR_REFUND", "EXPIRE"),
    *("CHARGEBACK", "CHARGEBACK_REVERSED", "REFUNDED_REVERSED", "TECHNICAL_CANCEL"),
}
UNDO: Final = {"CAPTURE": {"CAPTURE_FAILED"}, "REFUND": {"REFUND_FAILED", "REFUNDED_REVERSED"}}  # a success, later
RELEASED: Final = ("CANCELLATION", "TECHNICAL_CANCEL", "EXPIRE")


@dataclass
class Payment:
    """All that was told of one payment: each webhook once, by its code, reference and whether it was a success."""

    told: dict[tuple[str, str, bool], int] = field(default_factory=dict)  # -> its amount, as Adyen counts it
    currency: str = ""

    def sum(self, code: str) -> int:
        """What moved, without what failed afterwards: sum by sum, as no page says whose reference a failure carries."""
        undone = sum(value for (what, _, _), value in self.told.items() if what in UNDO.get(code, ()))
        return max(0, sum(value for (what, _, yes), value in self.told.items() if what == code and yes) - undone)

    def heard(self, code: str, *, success: bool = True) -> bool:
        """Whether such a webhook came."""
        return any(what == code and yes == success for what, _, yes in self.told)

    def captured(self, *, at_once: bool) -> int:
        """What was captured: with the approval, unless that failed later, or as captures tell."""
        approved = self.sum("AUTHORISATION")
        return (0 if self.heard("CAPTURE_FAILED") else approved) if at_once else self.sum("CAPTURE")

    def state(self, *, at_once: bool) -> State:
        """How it stands."""
        captured, refunded = self.captured(at_once=at_once), self.sum("REFUND")
        if captured and self.heard("CHARGEBACK"):
            return "disputed"
        if captured:
            return "refunded" if refunded >= captured else "paid"
        if any(self.heard(code) for code in RELEASED):
            return "canceled"
        if self.heard("AUTHORISATION"):
            return "authorized"
        return "failed" if self.heard("AUTHORISATION", success=False) else "pending"


@dataclass
class Kept:
    """One order: its payments by PSP reference, and whether they are captured with their approval."""

    at_once: bool
    waiting: bool = False  # Adyen said that it would decide later
    payments: dict[str, Payment] = field(default_factory=dict)


class OrderBook:
    """Orders, as Adyen tells of them."""

    def __init__(self, merchant: str, key: str, login: str) -> None:
        self.merchant, self.key = merchant, key
        self.login = "Basic " + base64.b64encode(login.encode()).decode()
        self.orders: dict[str, Kept] = {}

    def begin(self, order: str, *, at_once: bool) -> Kept:
        """The shop is about to ask for a payment of this order."""
        return self.orders.setdefault(order, Kept(at_once))

    def receive(self, body: bytes, login: str | None) -> int:
        """Take a webhook: the HTTP status to answer."""
        if not hmac.compare_digest(login or "", self.login):
            return 401
        try:
            items = [each["NotificationRequestItem"] for each in json.loads(body)["notificationItems"]]
            genuine = all(is_valid_hmac_notification(item, self.key) for item in items)
        except (ValueError, KeyError, TypeError):
            return 400
        if not genuine:
            return 401
        for item in items:
            if item["merchantAccountCode"] == self.merchant:
                self.keep(item)
        return 200

    def keep(self, item: dict[str, Any]) -> None:
        """Write one webhook down, if it is about an order of ours."""
        kept, code, psp = self.orders.get(item["merchantReference"]), item["eventCode"], item["pspReference"]
        if kept is None or code not in PAYMENTS | CHANGES:
            return
        payment = kept.payments.setdefault(psp if code in PAYMENTS else item["originalReference"], Payment())
        payment.currency = item["amount"]["currency"]
        payment.told[code, psp, item["success"] == "true"] = item["amount"]["value"]

    def order(self, reference: str) -> tuple[State, str, int, int]:
        """How an order stands: state, currency, captured and refunded as Adyen counts; of none there is no currency."""
        kept = self.orders.get(reference)
        if kept is None or not kept.payments:
            return "pending" if kept is not None and kept.waiting else "unpaid", "", 0, 0
        every = list(kept.payments.values())
        state = min((each.state(at_once=kept.at_once) for each in every), key=BEST.index)
        captured = sum(each.captured(at_once=kept.at_once) for each in every)
        return state, every[-1].currency, captured, sum(each.sum("REFUND") for each in every)


def iso_amount(value: int, currency: str) -> int:
    """An amount as Adyen counts it in minor units of ISO 4217."""
    return value * integration.UNITS.get(currency, 1) // integration.TIMES.get(currency, 1)


class AdyenOrders(integration.AdyenReference, name="adyen", variants={"orders": {}}):
    """Drives `OrderBook` beside the payments of the reference integration."""

    keeping: ClassVar[type[OrderBook]] = OrderBook

    def __init__(self, gateway: paypact.SimulatedGateway) -> None:
        super().__init__(gateway)
        own = gateway.credentials
        login = f"{own['webhook_username']}:{own['webhook_password']}"
        self.book = type(self).keeping(own["merchant_account"], own["hmac_key"], login)

    def sale(self, payment: paypact.Payment, **more: Any) -> paypact.Outcome:
        kept = self.book.begin(payment.reference, at_once="additionalData" not in more)
        outcome = super().sale(payment, **more)
        kept.waiting = isinstance(outcome, paypact.Pending)
        return outcome

    def receive(self, notification: paypact.Notification) -> paypact.Reply:
        status = self.book.receive(notification.body, notification.headers.get("Authorization"))
        return paypact.Reply(status, "[accepted]" if status == 200 else "")

    def order(self, reference: str) -> paypact.Order:
        state, currency, captured, refunded = self.book.order(reference)
        if not currency:
            return paypact.Order(state)
        sums = (paypact.Money(iso_amount(value, currency), currency) for value in (captured, refunded))
        return paypact.Order(state, *sums)
