"""Tin integrations with one flaw each, for the tests of the suites."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from typing import Any

import requests

from paypact import (
    ActionRequired,
    Approved,
    Authentication,
    Declined,
    Money,
    Outcome,
    Payment,
    Pending,
    SimulatedGateway,
)
from tin.integration import TIMEOUT, TinPayments, TinShop

RECEIPT = {"VISA": "Visa", "MC": "Mastercard", "AMEX": "American Express"}


class FreshKeys(TinPayments):
    """A new idempotency key for each press."""

    def charge(self, payment: Payment, *, capture: bool) -> dict[str, Any] | None:
        return self.call("POST", "/charges", {
            "token": payment.token, "amount": payment.amount.minor, "currency": payment.amount.currency,
            "reference": payment.reference, "key": str(uuid.uuid4()), "capture": capture,
        })  # fmt: skip


class TimeoutIsNo(TinPayments):
    """Takes silence for a decline."""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        try:
            reply = requests.request(
                method, self.base + path, json=body, headers={"Authorization": self.key}, timeout=TIMEOUT
            )
        except requests.Timeout:
            return {"status": "declined", "reason": "timeout", "id": "none"}
        except requests.RequestException:
            return None
        return reply.json() if reply.status_code in (200, 404, 422) and reply.content else None


class CrashesOnBrand(TinShop):
    """Looks the brand up in a table that lacks one."""

    def told(self, reply: dict[str, Any] | None) -> Outcome:
        if reply and reply.get("status") == "approved":
            label(reply)
        return super().told(reply)


def label(reply: dict[str, Any]) -> str:
    """The line on the receipt."""
    return RECEIPT[reply["brand"]]


class ChargesTwice(TinShop):
    """Presses twice are two charges."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.payments = FreshKeys(gateway.credentials["key"], gateway.url)


class SaysNo(TinShop):
    """A timeout is told as a decline."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.payments = TimeoutIsNo(gateway.credentials["key"], gateway.url)


class BelievesReturn(TinShop):
    """Whoever comes back from the challenge has paid."""

    def complete(self, transaction: str, authentication: Authentication) -> Outcome:
        return Approved(transaction)


class PendingIsPaid(TinShop):
    """Ships before the money is there."""

    def told(self, reply: dict[str, Any] | None) -> Outcome:
        outcome = super().told(reply)
        return Approved(outcome.transaction) if isinstance(outcome, Pending) else outcome


class SwapsReasons(TinShop):
    """Tells every decline as a lost card."""

    def told(self, reply: dict[str, Any] | None) -> Outcome:
        outcome = super().told(reply)
        return Declined("lost", outcome.transaction) if isinstance(outcome, Declined) else outcome


class NowhereToGo(TinShop):
    """Drops the address of the challenge."""

    def told(self, reply: dict[str, Any] | None) -> Outcome:
        outcome = super().told(reply)
        return ActionRequired(outcome.transaction) if isinstance(outcome, ActionRequired) else outcome


class KeepsTheCustomer(TinShop):
    """Whoever is served is kept in the shop, and asked for again when they come back."""

    def sale(self, payment: Payment) -> Outcome:
        outcome = super().sale(payment)
        if isinstance(outcome, ActionRequired):
            self.served = outcome.transaction
        return outcome

    def complete(self, transaction: str, authentication: Authentication) -> Outcome:
        return super().complete(self.served, authentication)


class OnePriceTag(TinShop):
    """What is charged is written on the one tag that the whole shop has."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.payments = Tagging(gateway.credentials["key"], gateway.url)


class Tagging(TinPayments):
    """Writes the tag on one line, and reads it on the next."""

    def charge(self, payment: Payment, *, capture: bool) -> dict[str, Any] | None:
        self.tag = payment.amount
        return super().charge(replace(payment, amount=self.tag), capture=capture)


class OneAtATime(OnePriceTag):
    """The same, but a lock keeps everybody else out meanwhile."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.payments: Queueing = Queueing(gateway.credentials["key"], gateway.url)


class Queueing(Tagging):
    """Only one payment at a time."""

    def __init__(self, key: str, base: str) -> None:
        super().__init__(key, base)
        self.door = threading.Lock()

    def charge(self, payment: Payment, *, capture: bool) -> dict[str, Any] | None:
        with self.door:
            return super().charge(payment, capture=capture)


class TwiceAtTheDoor(OneAtATime):
    """Whoever is in asks to be let in: the lock is no lock of the kind that allows it."""

    def sale(self, payment: Payment) -> Outcome:
        with self.payments.door:
            return super().sale(payment)


class Forgets(TinShop):
    """Returns no outcome at all when a capture works."""

    def capture(self, transaction: str, amount: Money | None = None) -> Outcome:
        super().capture(transaction, amount)
        return None  # type: ignore[return-value]  # the flaw


class HoldsOnly(TinShop):
    """A sale that never captures."""

    def sale(self, payment: Payment) -> Outcome:
        return self.authorize(payment)
