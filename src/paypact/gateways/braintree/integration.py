"""The reference integration: card payments at Braintree, through the vendor's official SDK.

`BraintreePayments` is there to be copied: it knows nothing of paypact. `BraintreeReference` is its driver.

Rules it keeps. Each press of Pay has one request key, so a repeated press is the same transaction. A transaction within
an error is a decline; an error without one is a refused request, and a card's fault only where it names the card.
Whatever else goes wrong leaves open whether money moved. What has not been settled cannot be refunded: all of it is
voided instead. The amount that was approved is read from the reply, never taken for granted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

import braintree
from braintree.exceptions.braintree_error import BraintreeError
from braintree.exceptions.not_found_error import NotFoundError

import paypact

TIMEOUT = 15  # seconds to connect and to wait for a reply; the longest way through a call is three of them

# Currencies of which the smallest coin is the unit. Source: https://github.com/activemerchant/active_merchant
WHOLE = {
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "LAK", "PYG", "RWF", "UGX", "VND", "VUV"),
    *("XAF", "XOF", "XPF"),
}

HELD = {"authorized", "submitted_for_settlement", "settlement_pending", "settling", "settled", "settlement_confirmed"}
GONE = {"voided", "authorization_expired", "settlement_declined", "settlement_failed"}
NO = {"processor_declined", "gateway_rejected", "failed"}
UNSETTLED = "91506"  # Source: SDK, ErrorCodes.Transaction.CannotRefundUnlessSettled
REFUND_DECLINED = {"915200", "915201"}
# Validation errors that are about the card and not about the request.
CARD = {
    *("81703", "81706", "81707", "81709", "81710", "81711", "81712", "81713", "81714", "81715", "81716", "81717"),
    *("91567", "91734", "81750"),
}
IN_FLIGHT = {"915233", "915235"}  # the first request under this key is not answered yet, or its answer was lost


def decimal(minor: int, currency: str) -> Decimal:
    """An amount of ISO 4217 minor units as Braintree writes it."""
    if currency == "LAK":  # two digits by ISO, none at Braintree
        return Decimal(minor).scaleb(-2)
    return Decimal(minor) if currency in WHOLE else Decimal(minor).scaleb(-2)


@dataclass(frozen=True)
class Result:
    """What became of a call.

    `state` is approved, declined, pending, refused (the request was wrong) or unknown. `reason` is Braintree's code for
    a decline, its message for a refusal. `final`: the card must not be tried again.
    """

    state: str
    id: str | None = None
    reason: str = ""
    final: bool | None = None


class BraintreePayments:
    """Payments by nonces that Braintree's browser code made. Amounts are ISO 4217 minor units.

    Whatever moves money takes a key: the same key is the same movement, however often it is sent.
    """

    def __init__(self, credentials: Any, base_url: str, account: Callable[[str], str]) -> None:
        self.account = account  # the merchant account of a currency
        self.gateway = braintree.BraintreeGateway(
            braintree.Configuration(
                environment=environment(base_url),
                merchant_id=credentials["merchant_id"],
                public_key=credentials["public_key"],
                private_key=credentials["private_key"],
                timeout=TIMEOUT,
                wrap_http_exceptions=True,
            )
        )

    def pay(self, order: str, key: str, amount: int, currency: str, hold: bool = False, **source: str) -> Result:
        """Charge a `payment_method_nonce` or `payment_method_token`; with `hold` only hold the amount."""
        sale = {
            "amount": decimal(amount, currency),
            "merchant_account_id": self.account(currency),
            "order_id": order,
            "api_request_key": key,
            "options": {"submit_for_settlement": not hold},
        }
        return self._send(self.gateway.transaction.sale, {**sale, **source})

    def verify(self, nonce: str) -> Result:
        """Ask the bank whether a card is good, taking no money."""
        return self._send(self.gateway.verification.create, {"payment_method_nonce": nonce})

    def store(self, customer: str, nonce: str) -> Result:
        """Keep a card for a customer of that id, whom nobody else has; its bank is asked whether it is good."""
        card = {"options": {"verify_card": True}}
        made = {"id": customer, "payment_method_nonce": nonce, "credit_card": card}
        result = self._send(self.gateway.customer.create, made)
        if result.state != "refused":
            return result
        try:  # the reply to an earlier try may have been lost
            return self._read(self.gateway.customer.find(customer))
        except NotFoundError:
            return result
        except (BraintreeError, ExpatError, KeyError):
            return Result("unknown")

    def find(self, order: str) -> Result:
        """Where the newest payment of an order stands."""
        try:
            found = self.gateway.transaction.search(braintree.TransactionSearch.order_id == order)
            sales = [each for each in found.items if each.type == "sale"]
        except (BraintreeError, ExpatError, KeyError):
            return Result("unknown")
        return self._read(sales[0]) if sales else Result("refused", reason=f"Braintree has no payment of order {order}")

    def capture(self, transaction: str, key: str, amount: int | None = None, currency: str = "") -> Result:
        """Take held money: all, or `amount`, which lets the rest go."""
        part = None if amount is None else decimal(amount, currency)
        return self._send(self.gateway.transaction.submit_for_settlement, transaction, part, {"api_request_key": key})

    def void(self, transaction: str, key: str) -> Result:
        """Let held money go; what is submitted but not yet settled too."""
        result = self._send(self.gateway.transaction.void, transaction, {"api_request_key": key}, done={"voided"})
        if result.state == "refused":
            now = self._fetch(transaction)
            if now is not None and now.status in GONE:  # gone already, by us or by time
                return Result("approved", transaction)
        return result

    def refund(self, transaction: str, key: str, amount: int, currency: str) -> Result:
        """Give `amount` back. Before it is settled only all of it can go back: then it is voided."""
        wanted = decimal(amount, currency)
        result = self._send(self.gateway.transaction.refund, transaction, {"amount": wanted, "api_request_key": key})
        if result.reason != UNSETTLED:
            return result
        paid = self._fetch(transaction)
        if paid is None:
            return Result("unknown", transaction)
        undone = paid.status == "voided"  # by an earlier try, of which we did not hear
        if paid.amount != wanted or not (undone or paid.status == "submitted_for_settlement"):
            return Result("refused", reason="it has not been settled yet: refund it tomorrow, or all of it now")
        return self._send(
            self.gateway.transaction.void, transaction, {"api_request_key": f"{key}-void"}, done={"voided"}
        )

    def _fetch(self, transaction: str) -> Any:
        """The transaction; None where Braintree does not say."""
        try:
            return self.gateway.transaction.find(transaction)
        except (BraintreeError, ExpatError, KeyError):
            return None

    def _send(self, call: Callable[..., Any], *arguments: Any, done: set[str] = HELD) -> Result:
        try:
            result = call(*arguments)
        except (BraintreeError, ExpatError):  # no reply, 401, 429, 5xx, a page of something in between
            return Result("unknown")
        if result is None:  # an empty reply
            return Result("unknown")
        if result.is_success:
            seen = next(
                getattr(result, each) for each in ("transaction", "verification", "customer") if hasattr(result, each)
            )
            return self._read(seen, done)
        answered = result.transaction or result.credit_card_verification
        if answered is not None:
            return self._read(answered, done)
        codes = [error.code for error in result.errors.deep_errors]
        if set(codes) & (CARD | REFUND_DECLINED):
            return Result("declined", reason=codes[0])
        if set(codes) & IN_FLIGHT:
            return Result("unknown")
        if set(codes) == {UNSETTLED}:
            return Result("refused", reason=UNSETTLED)
        return Result("refused", reason=result.message)

    def _read(self, seen: Any, done: set[str] = HELD) -> Result:
        if isinstance(seen, braintree.Customer):
            return Result("approved", seen.payment_methods[0].token) if seen.payment_methods else Result("unknown")
        if seen.status in done or seen.status == "verified":
            return Result("approved", seen.id)
        if seen.status in NO:
            reason = seen.gateway_rejection_reason or seen.processor_response_code or seen.status
            hard = getattr(seen, "processor_response_type", None) == "hard_declined"
            return Result("declined", seen.id, reason, final=True if hard else None)
        if seen.status in GONE:
            return Result("declined", seen.id, seen.status)
        return Result("pending" if seen.status == "authorizing" else "unknown", seen.id)


def environment(base_url: str) -> braintree.Environment:
    """The SDK's description of where Braintree is."""
    at = urlsplit(base_url)
    if at.hostname == braintree.Environment.Sandbox.server:
        return braintree.Environment.Sandbox
    port = str(at.port or (443 if at.scheme == "https" else 80))
    return braintree.Environment("served", at.hostname or "", port, base_url, at.scheme == "https", None)


class BraintreeReference(paypact.Driver, gateway="braintree", name="braintree"):
    """Drives `BraintreePayments` as a checkout does, and stands in for the shop's books."""

    integration: ClassVar[Callable[..., BraintreePayments]] = BraintreePayments

    def __init__(self, gateway: paypact.SimulatedGateway) -> None:
        self.payments = type(self).integration(gateway.credentials, gateway.url, gateway.merchant_account)
        self.prices: dict[str, paypact.Money] = {}  # of orders
        self.paid: dict[Any, paypact.Money] = {}  # what may still be refunded of a transaction
        self.answered: Counter[tuple[Any, ...]] = Counter()

    def sale(self, payment: paypact.Payment, *, hold: bool = False) -> paypact.Outcome:
        return self.pay(payment, hold=hold, payment_method_nonce=payment.token)

    def authorize(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.sale(payment, hold=True)

    def charge_stored(self, stored: Any, payment: paypact.Payment) -> paypact.Outcome:
        return self.pay(payment, payment_method_token=stored)

    def pay(self, payment: paypact.Payment, **source: Any) -> paypact.Outcome:
        self.prices[payment.reference] = money = payment.amount
        result = self.payments.pay(payment.reference, payment.attempt, money.minor, money.currency, **source)
        return self.booked(payment.reference, result)

    def lookup(self, reference: str) -> paypact.Outcome:
        return self.booked(reference, self.payments.find(reference))

    def booked(self, reference: str, result: Result) -> paypact.Outcome:
        if result.state == "approved" and reference in self.prices:
            self.paid.setdefault(result.id, self.prices[reference])
        return self.told(result)

    def verify(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.told(self.payments.verify(payment.token))

    def store(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.told(self.payments.store(payment.attempt, payment.token))

    def capture(self, transaction: Any, amount: paypact.Money | None = None) -> paypact.Outcome:
        outcome = self.move("capture", transaction, *((amount.minor, amount.currency) if amount else ()))
        if amount and isinstance(outcome, paypact.Approved):
            self.paid[transaction] = amount
        return outcome

    def refund(self, transaction: Any, amount: paypact.Money | None = None) -> paypact.Outcome:
        left = self.paid[transaction]
        wanted = amount or left
        outcome = self.move("refund", transaction, wanted.minor, wanted.currency)
        if isinstance(outcome, paypact.Approved):
            self.paid[transaction] = replace(left, minor=left.minor - wanted.minor)
        return outcome

    def void(self, transaction: Any) -> paypact.Outcome:
        return self.move("void", transaction)

    def move(self, operation: str, transaction: Any, *amount: Any) -> paypact.Outcome:
        """The books have a row and a key for each call, kept until its answer is certain: the next is another call."""
        row = (operation, transaction, *amount)
        key = "-".join(map(str, (*row, self.answered[row])))
        outcome = self.told(getattr(self.payments, operation)(transaction, key, *amount))
        if isinstance(outcome, paypact.Unknown):
            return paypact.Unknown(transaction)
        self.answered[row] += 1
        return outcome

    def told(self, result: Result) -> paypact.Outcome:
        match result.state:
            case "approved":
                return paypact.Approved(result.id)
            case "declined":
                return paypact.Declined(result.reason, result.id, result.final)
            case "pending":
                return paypact.Pending(result.id)
            case "refused":
                return paypact.Rejected(result.reason)
            case _:
                return paypact.Unknown(result.id)
