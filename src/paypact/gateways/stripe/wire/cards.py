"""PaymentMethods and customers: a card as Stripe knows it, and whose it is."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paypact.gateways.stripe.wire.words import COUNTRY, LINK, NEXT_YEARS, TYPE, Brand, Object, Words
from paypact.world.wire import UNSET, Arm, Maybe, Open, documented, like, never

_DISPLAYED = "docs.stripe.com/api: card.display_brand may grow"


class Address(Object):
    city: str | None = None
    country: str | None = None
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    state: str | None = None


class BillingDetails(Object):
    address: Address | None
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    tax_id: str | None = None


class Checks(Object):
    address_line1_check: Open | None = None
    address_postal_code_check: Open | None = None
    cvc_check: Open | None = None


class Networks(Object):
    available: Annotated[list[Brand], never("a card has at least its own network", "empty")]
    preferred: Open | None = None


class Wallet(Object):
    dynamic_last4: str | None
    type: Open
    apple_pay: Maybe[dict[str, Any]] = UNSET
    google_pay: Maybe[dict[str, Any]] = UNSET
    samsung_pay: Maybe[dict[str, Any]] = UNSET
    link: Maybe[dict[str, Any]] = UNSET


class Supported(Object):
    supported: bool = True


class MethodCard(Object):
    """`payment_method.card`: brand, funding, last4 and expiry are typed as always present."""

    brand: Brand
    checks: Checks | None
    country: Annotated[str | None, documented(COUNTRY, "null")]
    display_brand: Annotated[Open | None, documented(_DISPLAYED, "unseen")]
    exp_month: int
    exp_year: int
    fingerprint: Maybe[str | None]
    funding: Open
    last4: str
    networks: Networks | None
    wallet: Wallet | None
    generated_from: None = None
    regulated_status: Open | None = "unregulated"
    three_d_secure_usage: Supported | None


class PaymentMethod(Object):
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm(
            "link",
            {"type": "link", "card": UNSET, "link": {"email": "jenny@example.com", "persistent_token": None}},
            LINK,
        ),
        NEXT_YEARS,
    )
    id: Annotated[str, like("pm_")]
    object: str = "payment_method"
    allow_redisplay: Maybe[Open] = "unspecified"
    billing_details: BillingDetails
    card: Annotated[Maybe[MethodCard], never("type is card", "absent")]
    created: int
    customer: Annotated[str | Customer | None, never("set as long as it is attached", "null")]
    customer_account: str | None = None
    livemode: bool = False
    metadata: Words | None
    type: Annotated[Open, TYPE] = "card"


class InvoiceSettings(Object):
    custom_fields: None = None
    default_payment_method: str | PaymentMethod | None = None
    footer: str | None = None
    rendering_options: None = None


class Customer(Object):
    id: Annotated[str, like("cus_")]
    object: str = "customer"
    address: Address | None
    balance: Maybe[int] = 0
    created: int
    currency: str | None = None
    customer_account: str | None = None
    default_source: str | None = None
    delinquent: bool | None = False
    description: str | None
    discount: None = None
    email: str | None
    invoice_prefix: str | None
    invoice_settings: Maybe[InvoiceSettings]
    livemode: bool = False
    metadata: Maybe[Words]
    name: str | None
    next_invoice_sequence: Maybe[int] = 1
    phone: str | None
    preferred_locales: list[str] | None
    shipping: dict[str, Any] | None
    tax_exempt: Open | None = "none"
    test_clock: str | None = None
