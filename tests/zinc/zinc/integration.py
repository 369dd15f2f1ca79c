"""Zinc's reference integration, and the shape from which the tests make flawed ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import requests
from tin.integration import TIMEOUT, TinShop

from paypact import Approved, Money, Outcome, Payment, Rejected, SimulatedGateway, Unknown

DIGITS = {"JPY": 0, "HUF": 0, "KWD": 3}  # Zinc's; all other currencies have two
ISO = {"JPY": 0, "KWD": 3}


class InexactError(ValueError):
    """Zinc cannot write this amount."""


class RefusedError(ValueError):
    """Zinc refused the request."""


class ZincPayments:
    """What a shop would write."""

    def __init__(self, key: str, base: str, accounts: SimulatedGateway) -> None:
        self.key, self.base, self.accounts = key, base, accounts

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """None where it is not known what the gateway made of it."""
        try:
            reply = requests.request(
                method, self.base + path, json=body, headers={"Authorization": self.key}, timeout=TIMEOUT
            )
        except requests.RequestException:
            return None
        if reply.status_code == 422:
            raise RefusedError(reply.json()["error"])
        return reply.json() if reply.status_code in (200, 404) and reply.content else None

    def value(self, money: Money) -> str:
        """An amount as Zinc wants it."""
        digits = DIGITS.get(money.currency, 2)
        value = Decimal(money.minor).scaleb(-ISO.get(money.currency, 2))
        if value != round(value, digits):
            raise InexactError(f"{value} {money.currency}")
        return f"{value:.{digits}f}"

    def account(self, money: Money) -> str:
        return self.accounts.merchant_account(money.currency)

    def card(self, payment: Payment) -> dict[str, Any]:
        card = payment.card
        return {"number": card.number, "month": card.exp_month, "year": f"{card.exp_year % 100:02}", "code": card.cvc}  # type: ignore[operator]  # every card here has one

    def shopper(self, payment: Payment) -> dict[str, Any]:
        return {"name": payment.customer.name, "city": payment.customer.address.city}

    def charge(self, payment: Payment, *, capture: bool) -> dict[str, Any] | None:
        return self.call("POST", "/charges", {
            "amount": {"value": self.value(payment.amount), "currency": payment.amount.currency},
            "account": self.account(payment.amount), "card": self.card(payment), "shopper": self.shopper(payment),
            "note": payment.description, "reference": payment.reference, "key": payment.attempt, "capture": capture,
        })  # fmt: skip


class ZincShop(TinShop, gateway="zinc", wallets=[]):
    """The reference."""

    payments: Any
    code: type[ZincPayments] = ZincPayments

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.payments = self.code(gateway.credentials["key"], gateway.url, gateway)

    def sale(self, payment: Payment) -> Outcome:
        return self.guarded(super().sale, payment)

    def authorize(self, payment: Payment) -> Outcome:
        return self.guarded(super().authorize, payment)

    def moved(self, transaction: str, kind: str, amount: Money | None) -> Outcome:
        return self.guarded(self.ask, transaction, kind, amount)

    def ask(self, transaction: str, kind: str, amount: Money | None) -> Outcome:
        row = (transaction, kind, amount)
        part = {"value": self.payments.value(amount)} if amount else None
        key = f"{transaction}-{amount}-{self.certain[row]}"
        reply = self.payments.call("POST", f"/charges/{transaction}/{kind}", {"amount": part, "key": key})
        if reply is None:
            return Unknown(transaction)
        self.certain[row] += 1
        return Approved(transaction)

    def guarded(self, call: Any, *arguments: Any) -> Outcome:
        try:
            outcome: Outcome = call(*arguments)
        except (InexactError, RefusedError) as error:
            return Rejected(str(error))
        return outcome
