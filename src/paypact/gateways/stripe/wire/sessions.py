"""Checkout Sessions, the vendor's hosted page: the session, what is bought on it, who bought it."""

from __future__ import annotations

from typing import Annotated, Any

from paypact.gateways.stripe.wire.cards import Address, Customer
from paypact.gateways.stripe.wire.payments import PaymentIntent, SetupIntent
from paypact.gateways.stripe.wire.words import Object, Page, Standing, Words
from paypact.world.wire import Maybe, Open, like, never

_PAYS = "a session of mode payment has it"


class Price(Object):
    """What `price_data` was made into."""

    id: Annotated[str, like("price_")]
    object: str = "price"
    active: bool = False
    billing_scheme: Open = "per_unit"
    created: int
    currency: str
    custom_unit_amount: None = None
    livemode: bool = False
    lookup_key: str | None = None
    metadata: Words
    nickname: str | None = None
    product: Annotated[str, like("prod_")]
    recurring: None = None
    tax_behavior: Open | None = "unspecified"
    tiers_mode: None = None
    transform_quantity: None = None
    type: Open = "one_time"
    unit_amount: Annotated[int | None, never("as the request said", "null")]
    unit_amount_decimal: str | None


class LineItem(Object):
    id: Annotated[str, like("li_")]
    object: str = "item"
    amount_discount: int = 0
    amount_subtotal: int
    amount_tax: int = 0
    amount_total: int
    currency: str
    description: str
    metadata: Words | None = None
    price: Price | None
    quantity: int | None


class Buyer(Object):
    """`customer_details`: what the shopper typed on the page."""

    address: Address | None
    business_name: str | None = None
    email: Annotated[str | None, never("the page asks for it", "null")]
    individual_name: str | None = None
    name: str | None
    phone: str | None
    tax_exempt: Open | None = "none"
    tax_ids: list[Any] | None


class Totals(Object):
    amount_discount: int = 0
    amount_shipping: int | None = 0
    amount_tax: int = 0


class Enabled(Object):
    enabled: bool = False


class Tax(Object):
    enabled: bool = False
    liability: None = None
    provider: str | None = None
    status: Open | None = None


class Texts(Object):
    after_submit: None = None
    shipping_address: None = None
    submit: None = None
    terms_of_service_acceptance: None = None


class Session(Object):
    id: Annotated[str, like("cs_test_")]
    object: str = "checkout.session"
    adaptive_pricing: Enabled | None
    after_expiration: None = None
    allow_promotion_codes: bool | None = None
    amount_subtotal: Annotated[int | None, never(_PAYS, "null")]
    amount_total: Annotated[int | None, never(_PAYS, "null")]
    automatic_tax: Tax
    billing_address_collection: Open | None
    cancel_url: str | None
    client_reference_id: Annotated[str | None, never("as the request said", "null")]
    client_secret: str | None = None
    collected_information: dict[str, Any] | None = None
    consent: None = None
    consent_collection: None = None
    created: int
    currency: Annotated[str | None, never(_PAYS, "null")]
    currency_conversion: None = None
    custom_fields: list[Any]
    custom_text: Texts
    customer: Annotated[str | Customer | None, never("as the request said", "null")]
    customer_account: str | None = None
    customer_creation: Open | None
    customer_details: Buyer | None
    customer_email: str | None
    discounts: list[Any] | None
    expires_at: int
    invoice: str | None = None
    invoice_creation: dict[str, Any] | None
    line_items: Maybe[Page]
    livemode: bool = False
    locale: Open | None
    metadata: Annotated[Words | None, never("as the request said", "null")]
    mode: Open
    origin_context: Open | None = None
    payment_intent: Annotated[str | PaymentIntent | None, never("the shopper has paid", "null")]
    payment_link: str | None = None
    payment_method_collection: Open | None
    payment_method_configuration_details: None = None
    payment_method_options: dict[str, Any] | None
    payment_method_types: Annotated[list[str], never("cards are on", "empty")]
    payment_status: Standing
    permissions: None = None
    phone_number_collection: Maybe[Enabled]
    recovered_from: str | None = None
    saved_payment_method_options: dict[str, Any] | None = None
    setup_intent: Annotated[str | SetupIntent | None, never("the shopper has set it up", "null")]
    shipping_address_collection: None = None
    shipping_cost: None = None
    shipping_options: list[Any]
    status: Annotated[Standing | None, never("only sessions of 2021 and before have none", "null")]
    submit_type: Open | None
    subscription: str | None = None
    success_url: str | None
    total_details: Totals | None
    ui_mode: Open | None
    url: Annotated[str | None, never("an open session has it", "null")]
    wallet_options: None = None
