"""The reference integration: card payments at Adyen, through the vendor's official SDK.

`AdyenPayments` is there to be copied: it knows nothing of paypact. `AdyenReference` is its driver.

Rules it keeps. Each press of Pay has one idempotency key, so a repeated press is the same payment. A decline comes with
status 200, and only a result code says that there is one; a request that Adyen found wrong is a rejection; whatever
else goes wrong leaves open whether money moved. A modification is only taken note of: it is never told as done. Of what
the browser brings back nothing is believed: it is handed to Adyen, which says how it ended. No reply field is read that
is not needed, and none that an account may have switched off is taken for granted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar, Literal

import Adyen  # type: ignore[import-untyped]  # the SDK has no annotations that it announces
import requests
from Adyen.services.checkout import AdyenCheckoutApi  # type: ignore[import-untyped]  # as above

import paypact

TIMEOUT = (4.0, 20.0)  # seconds to connect and to wait for a reply
VERSION = "v72"

# Adyen's unit is the minor unit of ISO 4217, but for these. Source: docs.adyen.com: currency codes
TIMES = {"CLP": 100, "ISK": 100}  # no minor unit by ISO, two digits at Adyen
UNITS = {"CVE": 100, "IDR": 100}  # two digits by ISO, no minor unit at Adyen

# Refusals after which this card must not be tried again. Source: docs.adyen.com: refusal reasons
FINAL = {"5", "23", "26"}
NATIVE = {"threeDSRequestData": {"nativeThreeDS": "preferred"}}  # 3-D Secure within the page, where the bank can
FIELDS = ("redirectResult", "threeDSResult")  # what the shopper comes back with from either

State = Literal["approved", "declined", "action", "pending", "refused", "unknown"]


class InexactAmountError(ValueError):
    """An amount that has no exact form in Adyen's unit."""


def adyen_amount(minor: int, currency: str) -> dict[str, Any]:
    """An amount of ISO 4217 minor units as Adyen wants it.

    Raises:
        InexactAmountError: it would have to be rounded.
    """
    if minor % UNITS.get(currency, 1):
        raise InexactAmountError(f"Adyen cannot charge {minor} {currency} (minor units) exactly")
    return {"value": minor * TIMES.get(currency, 1) // UNITS.get(currency, 1), "currency": currency}


@dataclass(frozen=True)
class Result:
    """What became of a call. `refused`: the request was wrong; `action`: the shopper has to act.

    `id` is Adyen's reference of a payment that is approved or pending. `reason` is Adyen's word for a decline, its
    message for a refusal. `final`: the card must not be tried again. `action` is what the component needs for the
    shopper to act. `stored` is the id of the card that was kept.
    """

    state: State
    id: str | None = None
    reason: str = ""
    final: bool | None = None
    action: Mapping[str, Any] | None = None
    stored: str | None = None


class Transport:
    """The SDK's transport, but for one thing: it does not take the key to wherever a redirect leads."""

    user_agent = "shop (Adyen's SDK for Python)"

    def __init__(self) -> None:
        self.session = requests.Session()

    def request(self, method: str, url: str, *, json: Any, xapikey: str, headers: dict[str, str]) -> tuple[Any, ...]:
        own = {**headers, "x-api-key": xapikey}
        reply = self.session.request(method, url, json=json, headers=own, timeout=TIMEOUT, allow_redirects=False)
        return reply.text, json, reply.status_code, reply.headers


class AdyenPayments:
    """Payments by cards that Adyen's component enciphered. Amounts are ISO 4217 minor units.

    Whatever moves money takes a key of at most 64 characters: the same key is the same movement, however often sent.
    `base_url` is where Adyen's test environment is.
    """

    def __init__(self, key: str, merchant: str, base_url: str) -> None:
        client: Any = Adyen.AdyenClient(xapikey=key)
        client.http_client, client.http_init = Transport(), True
        self.close: Callable[[], None] = client.http_client.session.close
        checkout = AdyenCheckoutApi(client)
        self.merchant, self.payments, self.changes = merchant, checkout.payments_api, checkout.modifications_api
        self.payments.baseUrl = self.changes.baseUrl = f"{base_url}/{VERSION}"

    def pay(
        self, order: str, key: str, amount: int, currency: str, method: Mapping[str, Any], back: str, **more: Any
    ) -> Result:
        """Pay with what the component gave for a card (`paymentMethod` of its state data), or with a stored card.

        Nothing is taken for an amount of 0: the bank says whether the card is good. `back` is where the shopper returns
        to after 3-D Secure; `more` are further fields of a payment.
        """
        request = {"amount": adyen_amount(amount, currency), "reference": order, "paymentMethod": dict(method)}
        whose = {"merchantAccount": self.merchant, "returnUrl": back, "authenticationData": NATIVE}
        return self._send(self.payments.payments, key, {**request, **whose, **more})

    def finish(self, came_back: Mapping[str, str]) -> Result:
        """What became of a payment after the shopper acted; `came_back` are the parameters of the return page."""
        details = {name: came_back[name] for name in FIELDS if name in came_back}
        if not details:
            return Result("pending")
        key = hashlib.sha256(repr(details).encode()).hexdigest()
        return self._send(self.payments.payments_details, key, {"details": details})

    def capture(self, psp: str, key: str, amount: int, currency: str) -> Result:
        """Ask for held money; what is left of it is let go."""
        return self._ask(self.changes.capture_authorised_payment, key, psp, {"amount": adyen_amount(amount, currency)})

    def refund(self, psp: str, key: str, amount: int, currency: str) -> Result:
        """Ask for money to be given back."""
        return self._ask(self.changes.refund_captured_payment, key, psp, {"amount": adyen_amount(amount, currency)})

    def void(self, psp: str, key: str) -> Result:
        """Ask for held money to be let go."""
        return self._ask(self.changes.cancel_authorised_payment_by_psp_reference, key, psp, {})

    def _ask(self, call: Callable[..., Any], key: str, psp: str, request: dict[str, Any]) -> Result:
        return self._send(call, key, {**request, "merchantAccount": self.merchant}, psp)

    def _send(self, call: Callable[..., Any], key: str, request: dict[str, Any], *psp: str) -> Result:
        try:
            reply = call(request, *psp, idempotency_key=key).message
        except (Adyen.AdyenAPIUnprocessableEntity, Adyen.AdyenAPIValidationError) as error:
            return self._refused(error)
        except (Adyen.AdyenError, requests.RequestException, ValueError):
            return Result("unknown")  # no reply, 401, 429, 5xx: it may have worked
        if psp:
            return Result("pending" if reply.get("status") == "received" else "unknown")
        return self._read(reply)

    def _refused(self, error: Any) -> Result:
        if not error.error_code or error.headers.get("transient-error") == "true":
            return Result("unknown")  # a page of something in between, or an earlier try that is still under way
        return Result("refused", reason=f"{error}")

    def _read(self, reply: dict[str, Any]) -> Result:
        psp, more = reply.get("pspReference"), reply.get("additionalData") or {}
        match reply.get("resultCode"):
            case "Authorised":
                return Result("approved", psp, stored=more.get("tokenization.storedPaymentMethodId"))
            case "Pending" | "Received":
                return Result("pending", psp)
            case "RedirectShopper" | "IdentifyShopper" | "ChallengeShopper":
                return Result("action", action=reply["action"])
            case "Refused" | "Cancelled" | "Error" as word:
                final = True if reply.get("refusalReasonCode") in FINAL else None
                return Result("declined", reason=reply.get("refusalReason") or word, final=final)
            case _:  # a word that Adyen has added since, or one that only comes by an agreement, or no answer at all
                return Result("unknown")


class AdyenReference(paypact.Driver, gateway="adyen", name="adyen"):
    """Drives `AdyenPayments` as a checkout does, and stands in for the shop's books."""

    integration: ClassVar[Callable[[str, str, str], AdyenPayments]] = AdyenPayments

    def __init__(self, gateway: paypact.SimulatedGateway) -> None:
        own = gateway.credentials
        self.payments = type(self).integration(own["api_key"], own["merchant_account"], gateway.url)
        self.keys: dict[tuple[Any, ...], str] = {}  # of captures, refunds and voids that are not answered yet
        self.rows = count()

    def close(self) -> None:
        self.payments.close()

    def sale(self, payment: paypact.Payment, **more: Any) -> paypact.Outcome:
        return self.pay(payment, payment.amount.minor, **more)

    def authorize(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.sale(payment, additionalData={"manualCapture": "true"})

    def verify(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.pay(payment, 0)

    def store(self, payment: paypact.Payment) -> paypact.Outcome:
        return self.pay(payment, 0, storePaymentMethod=True, recurringProcessingModel="CardOnFile")

    def charge_stored(self, transaction: Any, payment: paypact.Payment) -> paypact.Outcome:
        again = {"shopperInteraction": "ContAuth", "recurringProcessingModel": "CardOnFile"}
        return self.sale(payment, method={"storedPaymentMethodId": transaction}, **again)

    def pay(self, payment: paypact.Payment, minor: int, **more: Any) -> paypact.Outcome:
        press = (payment.reference, payment.attempt, minor, payment.amount.currency)
        given = {
            "method": payment.browser["paymentMethod"],
            "browserInfo": payment.browser["browserInfo"],
            "origin": payment.browser["origin"],
            "shopperReference": hashlib.sha256(payment.customer.email.encode()).hexdigest(),
            "shopperEmail": payment.customer.email,
            "shopperIP": payment.customer.ip,
        }
        return self.told(self.payments.pay, *press, back=payment.return_url, **{**given, **more})

    def complete(self, transaction: Any, authentication: paypact.Authentication) -> paypact.Outcome:
        return self.told(self.payments.finish, authentication.params)

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
                return paypact.Declined(result.reason, final=result.final)
            case "action":
                action = result.action or {}
                return paypact.ActionRequired(None, action.get("url"), action.get("token"))
            case "pending":
                return paypact.Pending(result.id)
            case "refused":
                return paypact.Rejected(result.reason)
            case "unknown":
                return paypact.Unknown()
