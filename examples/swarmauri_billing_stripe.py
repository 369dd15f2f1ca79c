"""swarmauri_billing_stripe, as it is on the package index: one card payment, its capture, cancellation and refund.

In an environment of its own: `pip install paypact swarmauri_billing_stripe`, then
`paypact run examples/swarmauri_billing_stripe.py`.
"""

from __future__ import annotations

import stripe
from swarmauri_base.billing import PaymentIntentRequest
from swarmauri_billing_stripe import StripeBillingProvider

from paypact import Approved, Declined, Driver, Outcome, Payment, Rejected, SimulatedGateway, Unknown


class Swarmauri(Driver, gateway="stripe", currencies=["USD", "EUR", "JPY"]):
    def __init__(self, gateway: SimulatedGateway) -> None:
        stripe.api_base = gateway.url
        self.provider = StripeBillingProvider(api_key=gateway.credentials["secret_key"])

    def pay(self, payment: Payment, *, capture: bool) -> Outcome:
        request = PaymentIntentRequest(
            amount_minor=payment.amount.minor, currency=payment.amount.currency, payment_method_id=payment.token,
            confirm=True, capture=capture, idempotency_key=payment.attempt,
        )  # fmt: skip
        try:
            made = self.provider.create_payment_intent(request)
        except stripe.CardError as error:
            return Declined(error.code or "declined")
        except stripe.InvalidRequestError as error:
            return Rejected(str(error))
        except stripe.StripeError:
            return Unknown()
        served = made.status in ("succeeded", "requires_capture")
        return Approved(made.id) if served else Declined(str(made.status), made.id)

    def sale(self, payment: Payment) -> Outcome:
        return self.pay(payment, capture=True)

    def authorize(self, payment: Payment) -> Outcome:
        return self.pay(payment, capture=False)
