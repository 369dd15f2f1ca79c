"""The reference integration: card payments at Braintree, through the vendor's official SDK.

`BraintreePayments` is there to be copied: it knows nothing of paypact. `BraintreeReference` is its driver.

Rules it keeps. Each press of Pay has one request key, so a repeated press is the same transaction. A transaction within
an error is a decline; an error without one is a refused request, and a card's fault only where it names the card.
Whatever else goes wrong leaves open whether money moved. What has not been settled cannot be refunded: all of it is
voided instead. The amount that was approved is read from the reply, never taken for granted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar, Literal
from xml.parsers.expat import ExpatError

import braintree
from braintree.exceptions.braintree_error import BraintreeError
from braintree.exceptions.not_found_error import NotFoundError

import paypact

TIMEOUT = 15  # seconds to connect and to wait for a reply; the longest way through a call is three of them

# Currencies of which the smallest coin is the unit. Source: https://github.com/activemerchant/active_merchant
WHOLE = {
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
}

STATUS = braintree.Transaction.Status
ERRORS = braintree.ErrorCodes.Transaction
CARD_ERRORS = braintree.ErrorCodes.CreditCard
HELD = {
    *(STATUS.Authorized, STATUS.SubmittedForSettlement, STATUS.SettlementPending),
    *(STATUS.Settling, STATUS.Settled, STATUS.SettlementConfirmed),
}
NO = {STATUS.ProcessorDeclined, STATUS.Failed}  # of the bank, or of the way to it: with a code
GONE = {
    *(STATUS.GatewayRejected, STATUS.Voided, STATUS.AuthorizationExpired),
    *(STATUS.SettlementDeclined, STATUS.SettlementFailed),
}
UNSETTLED = {STATUS.SubmittedForSettlement, STATUS.Voided}  # before a refund, and after one whose answer was lost
CARD = {  # validation errors that are about the card and not about the request
    *(ERRORS.PaymentMethodNonceCardTypeIsNotAccepted, CARD_ERRORS.PaymentMethodNonceCardTypeIsNotAccepted),
    *(CARD_ERRORS.CreditCardTypeIsNotAccepted, CARD_ERRORS.NumberIsInvalid, CARD_ERRORS.ExpirationDateIsInvalid),
    *(CARD_ERRORS.CvvIsRequired, CARD_ERRORS.CvvIsInvalid),
}
# The first request under this key is not answered yet, or its answer was lost.
IN_FLIGHT = {ERRORS.ApiRequestKeyIsInFlight, ERRORS.ApiRequestKeyServerError}

State = Literal["approved", "declined", "refused", "unknown"]


def decimal(minor: int, currency: str) -> Decimal:
    """An amount of ISO 4217 minor units as Braintree writes it.

    Sources disagree about LAK (two digits by ISO, none by some): ask Braintree before you sell in it.
    """
    return Decimal(minor) if currency in WHOLE else Decimal(minor).scaleb(-2)


@dataclass(frozen=True)
class Result:
    """What became of a call. `refused`: the request was wrong.

    `id` is Braintree's of what was approved. `reason` is Braintree's code for a decline, its message for a refusal.
    `final`: the card must not be tried again.
    """

    state: State
    id: str | None = None
    reason: str = ""
    final: bool | None = None


class BraintreePayments:
    """Payments by nonces that Braintree's browser code made. Amounts are ISO 4217 minor units.

    Whatever moves money takes a key: the same key is the same movement, however often it is sent.
    """

    def __init__(self, credentials: Any, environment: braintree.Environment, account: Callable[[str], str]) -> None:
        self.account = account  # the merchant account of a currency
        self.gateway = braintree.BraintreeGateway(
            braintree.Configuration(
                environment=environment,
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

    def capture(self, transaction: str, key: str, amount: int, currency: str) -> Result:
        """Take held money; what is left of it is let go."""
        taken = decimal(amount, currency)
        return self._send(self.gateway.transaction.submit_for_settlement, transaction, taken, {"api_request_key": key})

    def void(self, transaction: str, key: str) -> Result:
        """Let held money go; what is submitted but not yet settled too. What is gone already is refused."""
        return self._send(self.gateway.transaction.void, transaction, {"api_request_key": key}, done={STATUS.Voided})

    def refund(self, transaction: str, key: str, amount: int, currency: str) -> Result:
        """Give `amount` back. Before it is settled only all of it can go back: then it is voided."""
        paid, wanted = self._fetch(transaction), decimal(amount, currency)
        if paid is None:
            return Result("unknown")
        if paid.status not in UNSETTLED:
            asked = {"amount": wanted, "api_request_key": key}
            return self._send(self.gateway.transaction.refund, transaction, asked)
        if paid.amount != wanted:
            return Result("refused", reason="it has not been settled yet: refund it tomorrow, or all of it now")
        return self.void(transaction, key)

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
        codes = {error.code for error in result.errors.deep_errors}
        if codes & CARD:
            return Result("declined", reason=min(codes & CARD))
        if codes & IN_FLIGHT:
            return Result("unknown")
        return Result("refused", reason=result.message)

    def _read(self, seen: Any, done: set[str] = HELD) -> Result:
        if isinstance(seen, braintree.Customer):
            return Result("approved", seen.payment_methods[0].token)
        if seen.status in done or seen.status == braintree.CreditCardVerification.Status.Verified:
            return Result("approved", seen.id)
        if seen.status in NO | GONE:
            code = seen.processor_response_code if seen.status in NO else seen.gateway_rejection_reason
            hard = getattr(seen, "processor_response_type", None) == braintree.ProcessorResponseTypes.HardDeclined
            return Result("declined", reason=code or seen.status, final=True if hard else None)
        return Result("unknown")


class BraintreeReference(paypact.Driver, gateway="braintree", name="braintree"):
    """Drives `BraintreePayments` as a checkout does, and stands in for the shop's books."""

    integration: ClassVar[Callable[..., BraintreePayments]] = BraintreePayments

    def __init__(self, gateway: paypact.SimulatedGateway) -> None:
        sandbox = braintree.Environment.Sandbox
        self.payments = type(self).integration(gateway.credentials, sandbox, gateway.merchant_account)
        self.keys: dict[tuple[Any, ...], str] = {}  # of captures, refunds and voids that are not answered yet
        self.rows = count()

    def sale(self, payment: paypact.Payment, *, hold: bool = False) -> paypact.Outcome:
        return self.pay(payment, hold=hold, payment_method_nonce=payment.token)

    def authorize(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.sale(payment, hold=True)

    def charge_stored(self, stored: Any, payment: paypact.Payment) -> paypact.Outcome:
        return self.pay(payment, payment_method_token=stored)

    def pay(self, payment: paypact.Payment, **source: Any) -> paypact.Outcome:
        press = (payment.reference, payment.attempt, payment.amount.minor, payment.amount.currency)
        return self.told(self.payments.pay(*press, **source))

    def lookup(self, reference: str) -> paypact.Outcome:
        return self.told(self.payments.find(reference))

    def verify(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.told(self.payments.verify(payment.token))

    def store(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.told(self.payments.store(payment.attempt, payment.token))

    def capture(self, transaction: Any, amount: paypact.Money) -> paypact.Outcome:
        return self.move("capture", transaction, amount.minor, amount.currency)

    def refund(self, transaction: Any, amount: paypact.Money) -> paypact.Outcome:
        return self.move("refund", transaction, amount.minor, amount.currency)

    def void(self, transaction: Any) -> paypact.Outcome:
        return self.move("void", transaction)

    def move(self, operation: str, transaction: Any, *amount: Any) -> paypact.Outcome:
        """The books have a row for each call, and its key is kept until the answer is certain: then it is another."""
        call = (operation, transaction, *amount)
        key = self.keys.setdefault(call, f"{operation}-{transaction}-{next(self.rows)}")
        outcome = self.told(getattr(self.payments, operation)(transaction, key, *amount))
        if not isinstance(outcome, paypact.Unknown):
            self.keys.pop(call, None)
        return outcome

    def told(self, result: Result) -> paypact.Outcome:
        match result.state:
            case "approved":
                return paypact.Approved(result.id)
            case "declined":
                return paypact.Declined(result.reason, final=result.final)
            case "refused":
                return paypact.Rejected(result.reason)
            case "unknown":
                return paypact.Unknown()
