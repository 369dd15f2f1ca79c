"""Tin's reference integration, in plain requests; also the shape from which tests make flawed ones."""

from __future__ import annotations

from collections import Counter
from typing import Any

import requests

from paypact import (
    ActionRequired,
    Approved,
    Authentication,
    Declined,
    Driver,
    Money,
    Outcome,
    Payment,
    Pending,
    SimulatedGateway,
    Unknown,
)

TIMEOUT = 10


class TinPayments:
    """What a shop would write."""

    def __init__(self, key: str, base: str) -> None:
        self.key, self.base = key, base

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """None where it is not known what the gateway made of it."""
        try:
            reply = requests.request(
                method, self.base + path, json=body, headers={"Authorization": self.key}, timeout=TIMEOUT
            )
        except requests.RequestException:
            return None
        return reply.json() if reply.status_code in (200, 404, 422) and reply.content else None

    def charge(self, payment: Payment, *, capture: bool) -> dict[str, Any] | None:
        return self.call("POST", "/charges", {
            "token": payment.token, "amount": payment.amount.minor, "currency": payment.amount.currency,
            "reference": payment.reference, "key": payment.attempt, "capture": capture,
        })  # fmt: skip


class TinShop(Driver, gateway="tin"):
    """The reference."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        self.payments = TinPayments(gateway.credentials["key"], gateway.url)
        self.certain: Counter[object] = Counter()

    def sale(self, payment: Payment) -> Outcome:
        return self.told(self.payments.charge(payment, capture=True))

    def authorize(self, payment: Payment) -> Outcome:
        return self.told(self.payments.charge(payment, capture=False))

    def complete(self, transaction: str, authentication: Authentication) -> Outcome:
        return self.told(self.payments.call("GET", f"/charges/{transaction}"))

    def lookup(self, reference: str) -> Outcome:
        return self.told(self.payments.call("GET", f"/charges/{reference}"))

    def capture(self, transaction: str, amount: Money | None = None) -> Outcome:
        return self.moved(transaction, "capture", amount)

    def refund(self, transaction: str, amount: Money | None = None) -> Outcome:
        return self.moved(transaction, "refund", amount)

    def void(self, transaction: str) -> Outcome:
        return self.moved(transaction, "void", None)

    def moved(self, transaction: str, kind: str, amount: Money | None) -> Outcome:
        row = (transaction, kind, amount)  # one key for each call, kept until its answer is certain
        body = {"amount": amount.minor if amount else None, "key": f"{transaction}-{amount}-{self.certain[row]}"}
        reply = self.payments.call("POST", f"/charges/{transaction}/{kind}", body)
        if reply is None:
            return Unknown(transaction)
        self.certain[row] += 1
        return Declined(reply["error"], transaction) if "error" in reply else Approved(transaction)

    def told(self, reply: dict[str, Any] | None) -> Outcome:
        if reply is None or "error" in reply:
            return Unknown()
        match reply["status"]:
            case "approved":
                return Approved(reply["id"])
            case "challenged":
                return ActionRequired(reply["id"], url=reply["url"])
            case "pending":
                return Pending(reply["id"])
            case "declined":
                return Declined(reply["reason"], reply["id"])
            case _:
                return Unknown(reply["id"])
