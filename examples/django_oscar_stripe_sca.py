"""django-oscar-stripe-sca, as it is on the package index: Stripe's hosted page, captured when the shopper comes back.

Driven by its facade, and by the two lines of its success page that speak with Stripe; where these raise, django-oscar
tells the shopper that "no payment has been taken". In an environment of its own:
`pip install paypact django-oscar-stripe-sca`, then `paypact run examples/django_oscar_stripe_sca.py`.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import django
import oscar.defaults
import stripe
from django.conf import settings

from paypact import ActionRequired, Approved, Authentication, Declined, Driver, Outcome, Payment, SimulatedGateway
from paypact.currencies import major

settings.configure(
    INSTALLED_APPS=oscar.INSTALLED_APPS,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
    STRIPE_COMPRESS_TO_ONE_LINE_ITEM=False,
    STRIPE_USE_PRICES_API=True,
    STRIPE_PAYMENT_SUCCESS_URL="https://shop.example/checkout/preview-stripe/{0}/",
    STRIPE_PAYMENT_CANCEL_URL="https://shop.example/checkout/stripe-payment-cancel/{0}/",
    **{name: value for name, value in vars(oscar.defaults).items() if name.startswith("OSCAR_")},
)
django.setup()

from oscar_stripe_sca.facade import Facade  # noqa: E402 - it reads the settings when it is imported


def line(item: Any) -> Any:
    price, currency = major(item.price.minor, item.price.currency).split()
    prices = [(price, price, item.quantity)]
    product = SimpleNamespace(title=item.name)
    return SimpleNamespace(get_price_breakdown=lambda: prices, product=product, price_currency=currency)


class OscarStripeSca(Driver, gateway="stripe", currencies=["EUR", "USD", "JPY"]):
    def __init__(self, gateway: SimulatedGateway) -> None:
        settings.STRIPE_SECRET_KEY, stripe.api_base = gateway.credentials["secret_key"], gateway.url
        self.facade = Facade()

    def sale(self, payment: Payment) -> Outcome:
        basket = SimpleNamespace(
            id=payment.reference, grouped_voucher_discounts=[], all_lines=lambda: map(line, payment.items),
            is_shipping_required=lambda: False, freeze=lambda: None,
        )  # fmt: skip
        session = self.facade.begin(payment.customer.email, basket, None, None)
        return ActionRequired(session.payment_intent, url=session.url)

    def complete(self, transaction: Any, authentication: Authentication) -> Outcome:
        try:
            intent = self.facade.retrieve_payment_intent(transaction)
            intent.capture()
        except Exception as error:  # noqa: BLE001 - as django-oscar's page does
            return Declined(f"no payment has been taken ({type(error).__name__})", transaction)
        return Approved(transaction)
