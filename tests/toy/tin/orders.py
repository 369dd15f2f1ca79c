"""Tin's reference for a shop that keeps orders by webhook, and the flaws such shops have."""

from __future__ import annotations

import hmac
import json
import time
from dataclasses import replace
from typing import Any, Literal

from paypact import Money, Notification, Order, Outcome, SimulatedGateway
from tin.integration import TinShop

State = Literal["unpaid", "pending", "authorized", "paid", "refunded", "failed", "canceled"]
STATES: dict[str, State] = {
    "challenged": "pending",
    "pending": "pending",
    "declined": "failed",
    "voided": "canceled",
    "approved": "authorized",
}
RANKS = ["unpaid", "failed", "pending", "authorized", "canceled", "paid", "refunded"]
TOO_OLD = 300  # seconds


class TinOrders(TinShop):
    """Believes what is signed, and of two webhooks the one that Tin numbered higher."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.secret = gateway.credentials["webhooks"]
        self.charges: dict[str, dict[str, Any]] = {}

    def receive(self, notification: Notification) -> int:
        if not self.genuine(notification):
            return 400
        self.take(json.loads(notification.body))
        return 200

    def genuine(self, notification: Notification) -> bool:
        at, _, signatures = notification.headers.get("tin-signature", "").partition(" ")
        body = f"{at}.".encode() + notification.body
        right = hmac.new(self.secret.encode(), body, "sha256").hexdigest()
        fresh = at.isdecimal() and self.now() - int(at) <= TOO_OLD
        return fresh and any(hmac.compare_digest(right, each) for each in signatures.split())

    def now(self) -> float:
        return time.time()

    def take(self, event: dict[str, Any]) -> None:
        charge = event.get("charge")
        if charge is None:
            return
        known = self.charges.get(charge["id"])
        if known is None or known["number"] < event["number"]:
            self.charges[charge["id"]] = {**charge, "number": event["number"]}

    def order(self, reference: str) -> Order:
        mine = [charge for charge in self.charges.values() if charge["reference"] == reference]
        if not mine:
            return Order("unpaid")
        charge = max(mine, key=lambda each: RANKS.index(state(each)))
        currency = charge["currency"]
        return Order(state(charge), Money(charge["captured"], currency), Money(charge["refunded"], currency))


def state(charge: dict[str, Any]) -> State:
    """How an order stands, of which this is a charge."""
    if charge["captured"]:
        return "refunded" if charge["refunded"] >= charge["captured"] else "paid"
    return STATES[charge["status"]]


class LastWordWins(TinOrders):
    """Writes down whatever comes last."""

    def take(self, event: dict[str, Any]) -> None:
        if "charge" in event:
            self.charges[event["charge"]["id"]] = event["charge"]


class BelievesAnybody(TinOrders):
    """The check of signatures was commented out."""

    def genuine(self, notification: Notification) -> bool:
        return True


class TrustsTheProxy(TinOrders):
    """Takes a header for the sender's address."""

    def genuine(self, notification: Notification) -> bool:
        headers = notification.headers
        return headers.get("x-forwarded-for", notification.remote_addr) == "192.0.2.80" or super().genuine(notification)


class NeverTooOld(TinOrders):
    """Does not look at the time of a signature."""

    def now(self) -> float:
        return 0.0


class OneSecret(TinOrders):
    """Looks at the first signature only."""

    def genuine(self, notification: Notification) -> bool:
        words = notification.headers.get("tin-signature", "").split()
        return super().genuine(replace(notification, headers={"tin-signature": " ".join(words[:2])}))


class SignsAnew(TinOrders):
    """Checks the signature of the body as it would write it."""

    def genuine(self, notification: Notification) -> bool:
        return super().genuine(replace(notification, body=json.dumps(json.loads(notification.body)).encode()))


class KnowsEveryType(TinOrders):
    """Has a table of types, and no row for the rest."""

    def take(self, event: dict[str, Any]) -> None:
        {"charge": super().take}[event["type"].partition(".")[0]](event)


class RefusesTheRest(TinOrders):
    """Answers 404 to what it does not handle."""

    def receive(self, notification: Notification) -> int:
        taken = super().receive(notification)
        return 404 if taken == 200 and "charge" not in json.loads(notification.body) else taken


class TheNewestOrder(TinOrders):
    """Takes every webhook for the order that was begun last."""

    def take(self, event: dict[str, Any]) -> None:
        super().take(event)
        for charge in self.charges.values():
            charge["reference"] = event.get("charge", charge)["reference"]


class WaitsForItsOwnRow(TinOrders):
    """Takes for a stranger what it has not been answered yet."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.rows: set[str] = set()

    def told(self, reply: dict[str, Any] | None) -> Outcome:
        self.rows.add((reply or {}).get("id", ""))
        return super().told(reply)

    def take(self, event: dict[str, Any]) -> None:
        if event.get("charge", {}).get("id") in self.rows:
            super().take(event)


class SwallowsTrouble(TinOrders):
    """Asks Tin, and answers 200 whether it got an answer or not."""

    def take(self, event: dict[str, Any]) -> None:
        charge = event.get("charge")
        shown = self.payments.call("GET", f"/charges/{charge['id']}") if charge else None
        if charge and shown:
            super().take({**event, "charge": {**charge, **shown}})
