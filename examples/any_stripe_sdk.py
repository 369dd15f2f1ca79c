"""One payment through the vendor's SDK, whichever version of the last years is installed: `stripe` 7 to 16.

What has moved in between is asked for and not taken for granted: objects are dictionaries or not, exceptions live in
`stripe.error` or at the top. In an environment of its own: `pip install paypact 'stripe==7.*'`, then
`paypact run examples/any_stripe_sdk.py`.
"""

from __future__ import annotations

from typing import Any

import stripe

import paypact
from paypact import ActionRequired, Approved, Declined, Outcome, Payment, Pending, Rejected, Unknown

errors: Any = stripe if hasattr(stripe, "CardError") else stripe.error


def field(held: Any, name: str) -> Any:
    """A field of an object, None where it has none: objects were dictionaries until 2026."""
    return held.get(name) if isinstance(held, dict) else getattr(held, name, None)


class AnySdk(paypact.Driver, gateway="stripe", name="any-sdk", currencies=["EUR", "USD", "JPY"]):
    @classmethod
    def start(cls, gateway: paypact.SimulatedGateway) -> None:
        stripe.api_key, stripe.api_base = gateway.credentials["secret_key"], gateway.url
        stripe.max_network_retries = 1
        client: Any = getattr(stripe, "RequestsClient", None) or stripe.http_client.RequestsClient
        stripe.default_http_client = client(timeout=15)

    def sale(self, payment: Payment) -> Outcome:
        return self.pay(payment, "automatic")

    def authorize(self, payment: Payment) -> Outcome:
        return self.pay(payment, "manual")

    def pay(self, payment: Payment, capture_method: Any) -> Outcome:
        try:
            made = stripe.PaymentIntent.create(
                amount=payment.amount.minor, currency=payment.amount.currency.lower(), capture_method=capture_method,
                payment_method=payment.token, confirm=True, return_url=payment.return_url,
                idempotency_key=payment.attempt,
            )  # fmt: skip
            if made.status in ("requires_action", "processing"):  # or so it was at the first press
                made = stripe.PaymentIntent.retrieve(made.id)
        except errors.CardError as no:
            return Declined(field(no.error, "decline_code") or no.code or "declined")
        except errors.InvalidRequestError as wrong:
            return Rejected(str(wrong))
        except errors.StripeError:
            return Unknown()
        return self.read(made)

    def complete(self, transaction: Any, authentication: paypact.Authentication) -> Outcome:
        try:
            return self.read(stripe.PaymentIntent.retrieve(transaction))
        except errors.StripeError:
            return Unknown(transaction)

    def read(self, made: Any) -> Outcome:
        match made.status:
            case "succeeded" | "requires_capture":
                return Approved(made.id)
            case "requires_action":
                redirect = field(made.next_action, "redirect_to_url")
                return ActionRequired(made.id, field(redirect, "url"), made.client_secret)
            case "processing":
                return Pending(made.id)
            case "requires_payment_method" | "canceled":
                error = field(made, "last_payment_error")
                return Declined(field(error, "decline_code") or field(error, "code") or "canceled", made.id)
            case _:
                return Unknown(made.id)
