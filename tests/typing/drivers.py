"""Drivers as teams write them, for the type checker: `tox -e types` reads them strictly; each ignore must be needed."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, assert_never, assert_type

from paypact import (
    ActionRequired,
    Approved,
    Authentication,
    Card,
    Declined,
    Driver,
    Money,
    Notification,
    Order,
    Outcome,
    Payment,
    Pending,
    Rejected,
    Reply,
    SimulatedGateway,
    Unknown,
)


class GatewayDown(Exception):
    """The shop's own word for silence."""


class Result:
    """What the shop's payment code gives back."""

    id, paid, reason = "ch-1", True, ""


class Payments:
    """The shop's payment code."""

    def __init__(self, key: str, base_url: str) -> None:
        self.key, self.base_url = key, base_url

    def charge(self, token: str, amount: int, currency: str, *, key: str) -> Result:
        return Result()

    async def charge_soon(self, payment: Payment) -> Result:
        return Result()


class Shop(Driver, gateway="tin", currencies=["EUR", "KES"]):
    """Our payment code, as checkout calls it."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        self.payments = Payments(key=gateway.credentials["key"], base_url=gateway.url)

    def sale(self, payment: Payment) -> Outcome:
        try:
            amount = payment.amount
            result = self.payments.charge(payment.token, amount.minor, amount.currency, key=payment.attempt)
        except GatewayDown:
            return Unknown()
        return Approved(result.id) if result.paid else Declined(result.reason, result.id)


class Everything(Driver, gateway="tin", amounts={"EUR": (100, 500_000)}, variants={"hosted": {"hosted": True}}):
    """Every operation and every step of the life cycle, in synchronous code."""

    def __init__(self, gateway: SimulatedGateway, *, hosted: bool = False) -> None:
        self.account = gateway.merchant_account("EUR", "KE")
        self.hosted = hosted

    @classmethod
    def start(cls, gateway: SimulatedGateway) -> None:
        cls.url = gateway.url

    @classmethod
    def stop(cls) -> None:
        del cls.url

    url: str

    def settle(self) -> None:
        self.account = ""

    def close(self) -> None:
        self.account = ""

    @contextmanager
    def thread(self) -> Iterator[None]:
        yield

    def sale(self, payment: Payment) -> Approved:
        return Approved(payment.token, amount=payment.amount, card=payment.card.last4)

    def authorize(self, payment: Payment) -> Approved | Declined:
        return Declined("no", final=True)

    def complete(self, transaction: str, authentication: Authentication) -> Outcome:
        return Approved(authentication.params["charge"]) if authentication.result == "passed" else Declined("no")

    def capture(self, transaction: str, amount: Money | None = None) -> Outcome:
        return Pending(transaction)

    def void(self, transaction: str) -> Outcome:
        return Rejected("too late")

    def refund(self, transaction: str, amount: Money) -> Outcome:
        return Pending((transaction, amount.minor))

    def verify(self, payment: Payment) -> Outcome:
        return ActionRequired({"id": 1}, url="https://bank.example", client_secret=None)

    def store(self, payment: Payment) -> Outcome:
        return Approved(payment.customer.email)

    def charge_stored(self, transaction: str, payment: Payment) -> Outcome:
        return Approved(transaction)

    def lookup(self, reference: str) -> Outcome:
        return Unknown(reference)

    def receive(self, notification: Notification) -> int | Reply:
        return Reply(200, "ok") if notification.headers["x-signature"] else 400

    def order(self, reference: str) -> Order:
        return Order("paid", captured=Money(1090, "EUR"))


class AsyncShop(Driver, gateway="tin", host="http"):
    """The same in asynchronous code; operations and life cycle, one by one, may be either."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        self.payments = Payments(gateway.credentials["key"], gateway.url)

    @classmethod
    async def start(cls, gateway: SimulatedGateway) -> None:
        pass

    @classmethod
    async def stop(cls) -> None:
        pass

    async def settle(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def sale(self, payment: Payment) -> Outcome:
        result = await self.payments.charge_soon(payment)
        return Approved(result.id)

    def void(self, transaction: str) -> Awaitable[Outcome]:
        return self.lookup(transaction)

    async def lookup(self, reference: str) -> Outcome:
        return Unknown()

    async def receive(self, notification: Notification) -> int:
        return 204


class Base(Driver, schemes=("visa",), reasons={"no money": "insufficient_funds"}):
    """A base without a gateway."""


class Derived(Base, gateway="tin", name="till"):
    """What was declared above stays."""


def said(outcome: Outcome) -> str:
    """A match over all outcomes is exhaustive, and each has the fields of its kind."""
    match outcome:
        case Approved(transaction, amount, card):
            assert_type(transaction, Any)
            assert_type(amount, Money | None)
            return f"{amount} {card}"
        case Declined(reason):
            return reason
        case ActionRequired():
            return outcome.url or outcome.client_secret or ""
        case Pending(transaction) | Unknown(transaction):
            return str(transaction)
        case Rejected(message):
            return message
    assert_never(outcome)


def payments(payment: Payment) -> Payment:
    """What a payment is made of, and its next attempt."""
    assert_type(payment.card, Card)
    assert_type(payment.amount.minor, int)
    assert_type(payment.customer.address.line2, str | None)
    assert_type([item.price for item in payment.items], list[Money])
    return payment.again(card=payment.card)


def mistakes(gateway: SimulatedGateway, payment: Payment) -> None:
    """What the type checker refuses: each ignore below would be reported if it did not."""
    Money(10.90, "EUR")  # type: ignore[arg-type]  # minor units are whole
    Order("shipped")  # type: ignore[arg-type]  # no state of an order
    Authentication("maybe")  # type: ignore[arg-type]  # no result of a challenge
    Pending()  # type: ignore[call-arg]  # what is pending has a transaction
    Shop()  # type: ignore[call-arg]  # a driver is made with its gateway
    payment.attempt = "order-1-2"  # type: ignore[misc]  # values are frozen
    payment.again(payment.card)  # type: ignore[call-arg]  # the card is named
    gateway.merchant_account()  # type: ignore[call-arg]  # of which currency?
