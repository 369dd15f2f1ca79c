"""The reference integration: card payments at Stripe, through the vendor's official SDK.

`StripePayments` is there to be copied: it knows nothing of paypact. `StripeReference` is its driver.

Rules it keeps. Each press of Pay has one idempotency key, so a repeated press is the same charge. Only a card error is
a decline, only a refused request a rejection; whatever else goes wrong leaves open whether money moved. Where a payment
stands is read from Stripe, never from what the browser brings back. No reply field is read that is not needed, and none
that may be missing is taken for granted: a card brand may be one that nobody knew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar, Literal

import stripe

import paypact

TIMEOUT = 18.0  # seconds to wait for a reply; the SDK's three tries, with one key, stay within a web server's minute
LOOK_BACK = 604_800  # seconds, a week; older payments are in nobody's doubt, and an account has many

# Stripe's unit is the minor unit of ISO 4217, but for these. Source: https://docs.stripe.com/currencies
TIMES = {"ISK": 100, "UGX": 100}  # no minor unit by ISO, two digits at Stripe
UNITS = {"MGA": 100}  # two digits by ISO, no minor unit at Stripe

State = Literal["approved", "declined", "action", "pending", "refused", "unknown"]


class InexactAmountError(ValueError):
    """An amount that has no exact form in Stripe's unit."""


def stripe_amount(minor: int, currency: str) -> int:
    """An amount of ISO 4217 minor units in Stripe's unit.

    Raises:
        InexactAmountError: it would have to be rounded.
    """
    if minor % UNITS.get(currency, 1):
        raise InexactAmountError(f"Stripe cannot charge {minor} {currency} (minor units) exactly")
    return minor * TIMES.get(currency, 1) // UNITS.get(currency, 1)


@dataclass(frozen=True)
class Result:
    """What became of a call. `refused`: the request was wrong; `action`: the shopper has to act.

    `id` is Stripe's, of a payment that is approved, pending or waits for the shopper. `reason` is Stripe's word for a
    decline, its message for a refusal. `client_secret` is what Stripe's browser code needs for the shopper to act.
    `stored`: the customer and the PaymentMethod of a card that was kept.
    """

    state: State
    id: str | None = None
    reason: str = ""
    client_secret: str | None = None
    stored: tuple[str, str] | None = None


class StripePayments:
    """Payments by cards that Stripe's browser code made a PaymentMethod of. Amounts are ISO 4217 minor units.

    Whatever moves money takes a key: the same key is the same movement, however often it is sent.
    """

    def __init__(self, key: str, base_url: str) -> None:
        http = stripe.RequestsClient(timeout=TIMEOUT)
        base: Any = {"api": base_url}
        self.v1: Any = stripe.StripeClient(key, base_addresses=base, http_client=http).v1
        self.close: Callable[[], None] = http.close

    def pay(self, order: str, key: str, amount: int, currency: str, method: str, back: str, **more: Any) -> Result:
        """Charge a PaymentMethod; with `capture_method="manual"` only hold the amount.

        `back` is where the shopper returns to after 3-D Secure; `more` are further parameters of a PaymentIntent.
        """
        price = {"amount": stripe_amount(amount, currency), "currency": currency.lower(), "metadata": {"order": order}}
        return self._send(self.v1.payment_intents.create, key, {**price, **self._present(method, back), **more})

    def verify(self, key: str, method: str, back: str) -> Result:
        """Ask the bank whether a card is good, taking no money."""
        return self._send(self.v1.setup_intents.create, key, {**self._present(method, back), "usage": "on_session"})

    def store(self, key: str, method: str, back: str) -> Result:
        """Keep a card with a new customer, to be charged while the shopper is away."""

        def create(card: dict[str, Any], options: dict[str, Any]) -> Any:
            customer = self.v1.customers.create(options={"idempotency_key": f"{key}-customer"})
            return self.v1.setup_intents.create({**card, "customer": customer.id}, options)

        return self._send(create, key, {**self._present(method, back), "usage": "off_session"})

    def check(self, intent: str) -> Result:
        """Where a payment or verification stands: after the shopper came back, and whenever that is unknown."""
        kind = self.v1.setup_intents if intent.startswith("seti_") else self.v1.payment_intents
        try:
            return self._read(kind.retrieve(intent))
        except stripe.StripeError:  # a read that fails says nothing about money, whatever its status
            return Result("unknown")

    def find(self, order: str) -> Result:
        """Where the newest payment of an order stands. Lists, because Stripe's search lags behind."""
        try:
            newest_first = self.v1.payment_intents.list({"created": {"gte": int(time.time()) - LOOK_BACK}})
            for intent in newest_first.auto_paging_iter():
                if getattr(intent.metadata, "order", None) == order:
                    return self._read(intent)
        except stripe.StripeError:
            return Result("unknown")
        return Result("refused", reason=f"Stripe has no payment of order {order}")

    def capture(self, intent: str, key: str, amount: int | None = None, currency: str = "") -> Result:
        """Take held money: all, or `amount`, which lets the rest go."""
        part = {} if amount is None else {"amount_to_capture": stripe_amount(amount, currency)}
        return self._send(self.v1.payment_intents.capture, key, part, intent)

    def refund(self, intent: str, key: str, amount: int | None = None, currency: str = "") -> Result:
        """Give back all that is left, or `amount`."""
        part = {} if amount is None else {"amount": stripe_amount(amount, currency)}
        return self._send(self.v1.refunds.create, key, {"payment_intent": intent, **part}, done="succeeded")

    def void(self, intent: str, key: str) -> Result:
        """Let held money go."""
        return self._send(self.v1.payment_intents.cancel, key, {}, intent, done="canceled")

    def _present(self, method: str, back: str) -> dict[str, Any]:
        return {"payment_method": method, "confirm": True, "return_url": back}

    def _send(self, call: Callable[..., Any], key: str, params: dict[str, Any], *intent: str, done: str = "") -> Result:
        try:
            reply = call(*intent, params, {"idempotency_key": key})
        except stripe.CardError as error:
            return self._declined(error.error)
        except stripe.InvalidRequestError as error:
            return Result("refused", reason=f"{error}")
        except stripe.StripeError:  # no reply, 401, 429, 5xx: this call, or the SDK's first try of it, may have worked
            return Result("unknown")
        return self._moved(reply, done) if done else self._read(reply)

    def _read(self, intent: Any) -> Result:
        match intent.status:
            case "succeeded" | "requires_capture":
                whose = intent.customer if intent.id.startswith("seti_") else None
                return Result("approved", intent.id, stored=(whose, intent.payment_method) if whose else None)
            case "processing":
                return Result("pending", intent.id)
            case "requires_action":
                return Result("action", intent.id, client_secret=intent.client_secret)
            case "requires_payment_method" | "canceled":
                return self._declined(getattr(intent, "last_payment_error", None))
            case _:  # a word that Stripe has added since
                return Result("unknown")

    def _moved(self, reply: Any, done: str) -> Result:
        return Result("approved" if reply.status == done else "pending")  # how it ends, a webhook tells

    def _declined(self, error: Any) -> Result:
        return Result("declined", reason=getattr(error, "decline_code", None) or "declined")


class StripeReference(paypact.Driver, gateway="stripe", name="stripe"):
    """Drives `StripePayments` as a checkout does, and stands in for the shop's books."""

    integration: ClassVar[Callable[[str, str], StripePayments]] = StripePayments

    def __init__(self, gateway: paypact.SimulatedGateway) -> None:
        self.payments = type(self).integration(gateway.credentials["secret_key"], gateway.url)
        self.keys: dict[tuple[Any, ...], str] = {}  # of captures, refunds and voids that are not answered yet
        self.rows = count()

    def close(self) -> None:
        self.payments.close()

    def sale(self, payment: paypact.Payment, **more: Any) -> paypact.Outcome:
        money = payment.amount
        press = (payment.reference, payment.attempt, money.minor, money.currency, payment.token, payment.return_url)
        return self.told(self.payments.pay, *press, **more)

    def authorize(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.sale(payment, capture_method="manual")

    def verify(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.told(self.payments.verify, payment.attempt, payment.token, payment.return_url)

    def store(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.told(self.payments.store, payment.attempt, payment.token, payment.return_url)

    def charge_stored(self, transaction: Any, payment: paypact.Payment) -> paypact.Outcome:
        customer, method = transaction
        money = payment.amount
        press = (payment.reference, payment.attempt, money.minor, money.currency, method, payment.return_url)
        return self.told(self.payments.pay, *press, customer=customer, off_session=True)

    def complete(self, transaction: Any, authentication: paypact.Authentication) -> paypact.Outcome:
        return self.told(self.payments.check, transaction)

    def lookup(self, reference: str) -> paypact.Outcome:
        return self.told(self.payments.find, reference)

    def capture(self, transaction: Any, amount: paypact.Money | None = None) -> paypact.Outcome:
        return self.move("capture", transaction, *((amount.minor, amount.currency) if amount else ()))

    def refund(self, transaction: Any, amount: paypact.Money | None = None) -> paypact.Outcome:
        return self.move("refund", transaction, *((amount.minor, amount.currency) if amount else ()))

    def void(self, transaction: Any) -> paypact.Outcome:
        return self.move("void", transaction)

    def move(self, operation: str, transaction: Any, *amount: Any) -> paypact.Outcome:
        """The books have a row for each call, and its key is kept until the answer is certain: then it is another."""
        call = (operation, transaction, *amount)
        key = self.keys.setdefault(call, f"{operation}-{transaction}-{next(self.rows)}")
        outcome = self.told(getattr(self.payments, operation), transaction, key, *amount)
        if not isinstance(outcome, paypact.Unknown):
            self.keys.pop(call, None)
        return outcome

    def told(self, call: Callable[..., Result], *arguments: Any, **more: Any) -> paypact.Outcome:
        try:
            result = call(*arguments, **more)
        except InexactAmountError as error:
            return paypact.Rejected(f"{error}")
        match result.state:
            case "approved":
                return paypact.Approved(result.stored or result.id)
            case "declined":
                return paypact.Declined(result.reason)
            case "action":
                return paypact.ActionRequired(result.id, client_secret=result.client_secret)
            case "pending":
                return paypact.Pending(result.id)
            case "refused":
                return paypact.Rejected(result.reason)
            case "unknown":
                return paypact.Unknown()
