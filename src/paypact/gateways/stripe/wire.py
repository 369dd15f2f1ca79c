"""Stripe's replies in API version 2026-10-28.endive, as declarations.

A nullable field is always sent, null included: live replies have every one of them, though the vendor's description
leaves them out of `required`. What is left out altogether is `Maybe`. Fields that are constant here are defaults.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paypact.world.wire import UNSEEN_WORD, UNSET, Arm, Maybe, Open, State, Wire, documented, like, never

_GROWS = "docs.stripe.com/upgrades: new properties in replies are a backward-compatible change"
_OPEN = (
    "SDK stripe 16.1.0, README, Open and Closed Enums: words typed `Literal[...] | str` are added in old versions too"
)
_BRANDS = (
    "the vendor's description: card brands gained eftpos_au between 2022-04-12 and 2023-09-12, later link (SDK 16.1.0)"
)
_COUNTRY = (
    "dj-stripe/dj-stripe#628, dmjio/stripe#19, pointfreeco/pointfreeco#677: cards of banks that Stripe cannot place"
)
_ACTIONS = "SDK stripe 16.1.0, NextAction.type: any text, of which five are named as examples"
_ISSUERS = "SDK stripe 16.1.0, StripeError: decline_code and advice_code are there if the issuer provides one"
_DISPLAYED = "docs.stripe.com/api: card.display_brand may grow"
_DECLINES = "docs.stripe.com/changelog, 2022-11-15: new decline codes; SDK 16.1.0 types them as free text"
_REFUNDS = (
    "the vendor's description: requires_action is among a refund's statuses on 2023-09-12, and was not on 2022-04-12"
)
_METHODS = (
    "docs.stripe.com/payments/checkout/payment-methods: types of methods are turned on in the Dashboard, by Stripe too"
)
_NEXT_YEARS = Arm("unheard-of", {"type": UNSEEN_WORD, "card": UNSET, UNSEEN_WORD: {}}, documented(_METHODS, "arm"))
_LINK = documented("docs.stripe.com/payments/link: a shopper of a card integration may pay with Link", "arm")

Brand = Annotated[Open, documented(_BRANDS, "unseen")]
Standing = Annotated[State, documented(_OPEN, "unseen")]
_TYPE = never("another type brings its own object: an arm", "unseen")
Words = dict[str, str]


class _Object(Wire):
    grows: ClassVar[str] = _GROWS


class Address(_Object):
    city: str | None = None
    country: str | None = None
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    state: str | None = None


class BillingDetails(_Object):
    address: Address | None
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    tax_id: str | None = None


class Checks(_Object):
    address_line1_check: Open | None = None
    address_postal_code_check: Open | None = None
    cvc_check: Open | None = None


class Networks(_Object):
    available: Annotated[list[Brand], never("a card has at least its own network", "empty")]
    preferred: Open | None = None


class Wallet(_Object):
    dynamic_last4: str | None
    type: Open
    apple_pay: Maybe[dict[str, Any]] = UNSET
    google_pay: Maybe[dict[str, Any]] = UNSET
    samsung_pay: Maybe[dict[str, Any]] = UNSET
    link: Maybe[dict[str, Any]] = UNSET


class Supported(_Object):
    supported: bool = True


class MethodCard(_Object):
    """`payment_method.card`: brand, funding, last4 and expiry are typed as always present."""

    brand: Brand
    checks: Checks | None
    country: Annotated[str | None, documented(_COUNTRY, "null")]
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


class PaymentMethod(_Object):
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm(
            "link",
            {"type": "link", "card": UNSET, "link": {"email": "jenny@example.com", "persistent_token": None}},
            _LINK,
        ),
        _NEXT_YEARS,
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
    type: Annotated[Open, _TYPE] = "card"


class ThreeDSecure(_Object):
    authentication_flow: Open | None = "challenge"
    electronic_commerce_indicator: Open | None = "05"
    exemption_indicator: Open | None = None
    result: Open | None = "authenticated"
    result_reason: Open | None = None
    transaction_id: str | None
    version: Open | None = "2.2.0"


class Status(_Object):
    status: Open


class Overcapture(_Object):
    maximum_amount_capturable: int
    status: Open = "unavailable"


class Used(_Object):
    used: bool


class ChargeCard(_Object):
    """`payment_method_details.card`: here nearly everything is optional by type."""

    amount_authorized: int | None
    authorization_code: Annotated[str | None, never("the issuer gave one", "null")]
    brand: Annotated[Open | None, documented(_BRANDS, "unseen")]
    capture_before: Maybe[int]
    checks: Checks | None
    country: Annotated[str | None, documented(_COUNTRY, "null")]
    exp_month: int
    exp_year: int
    extended_authorization: Status | None
    fingerprint: Maybe[str | None]
    funding: Open | None
    incremental_authorization: Status | None
    installments: None = None
    last4: str | None
    mandate: str | None = None
    multicapture: Status | None
    network: Annotated[Open | None, documented(_BRANDS, "unseen")]
    network_token: Used | None
    network_transaction_id: str | None
    overcapture: Overcapture | None
    regulated_status: Open | None = "unregulated"
    three_d_secure: ThreeDSecure | None
    transaction_link_id: str | None = None
    wallet: Wallet | None


class MethodDetails(_Object):
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm("link", {"type": "link", "card": UNSET, "link": {"country": "US", "funding_source_group": "card"}}, _LINK),
        _NEXT_YEARS,
    )
    card: Annotated[Maybe[ChargeCard], never("type is card", "absent")]
    type: Annotated[Open, _TYPE] = "card"


class Outcome(_Object):
    advice_code: Open | None
    network_advice_code: str | None = None
    network_decline_code: str | None = None
    network_status: Open | None
    reason: Open | None
    risk_level: Open
    risk_score: Maybe[int]
    seller_message: str | None
    type: Open


class Charge(_Object):
    id: Annotated[str, like("ch_")]
    object: str = "charge"
    amount: int
    amount_captured: int
    amount_refunded: int
    application: None = None
    application_fee: None = None
    application_fee_amount: int | None = None
    balance_transaction: Annotated[str | None, like("txn_")]
    billing_details: BillingDetails
    calculated_statement_descriptor: str | None
    captured: bool
    created: int
    currency: str
    customer: Annotated[str | Customer | None, never("as in the PaymentIntent", "null")]
    description: str | None
    disputed: bool
    failure_balance_transaction: str | None = None
    failure_code: Annotated[Open | None, never("set on a failed charge", "null")]
    failure_message: str | None
    fraud_details: dict[str, Any] | None
    livemode: bool = False
    metadata: Words
    on_behalf_of: None = None
    outcome: Outcome | None
    paid: bool
    payment_intent: Annotated[str | PaymentIntent | None, never("made by a PaymentIntent", "null")]
    payment_method: Annotated[str | None, never("made with a PaymentMethod", "null")]
    payment_method_details: Annotated[MethodDetails | None, never("made with a PaymentMethod", "null")]
    radar_options: Maybe[dict[str, Any]]
    receipt_email: str | None
    receipt_number: str | None = None
    receipt_url: str | None
    refunded: bool
    review: None = None
    shipping: dict[str, Any] | None
    source: None = None
    source_transfer: None = None
    statement_descriptor: str | None = None
    statement_descriptor_suffix: str | None
    status: Standing
    transfer_data: None = None
    transfer_group: str | None


class RedirectToUrl(_Object):
    return_url: str | None
    url: Annotated[str | None, never("there is somewhere to go", "null")]


class NextAction(_Object):
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm(
            "unheard-of",
            {"type": UNSEEN_WORD, "redirect_to_url": UNSET, "use_stripe_sdk": UNSET, UNSEEN_WORD: {}},
            documented(_ACTIONS, "arm"),
            state=True,
        ),
    )
    redirect_to_url: Annotated[Maybe[RedirectToUrl], never("type is redirect_to_url", "absent")] = UNSET
    type: Annotated[Open, _TYPE]
    use_stripe_sdk: Annotated[Maybe[dict[str, Any]], never("type is use_stripe_sdk", "absent")] = UNSET


class AutomaticMethods(_Object):
    allow_redirects: Maybe[Open]
    enabled: bool


class Processing(_Object):
    card: Maybe[dict[str, Any]]
    type: Open = "card"


class PaymentIntent(_Object):
    id: Annotated[str, like("pi_")]
    object: str = "payment_intent"
    allowed_payment_method_types: list[str] | None = None
    amount: int
    amount_capturable: int
    amount_details: Maybe[dict[str, Any]]
    amount_received: int
    application: None = None
    application_fee_amount: int | None = None
    automatic_payment_methods: AutomaticMethods | None
    canceled_at: int | None
    cancellation_reason: Open | None
    capture_method: Open
    client_secret: Annotated[str | None, never("sent to a secret key", "null")]
    confirmation_method: Open
    created: int
    currency: str
    customer: Annotated[str | Customer | None, never("as the request said", "null")]
    customer_account: str | None = None
    description: str | None
    excluded_payment_method_types: list[str] | None = None
    last_payment_error: Annotated[LastError | None, never("the last attempt failed", "null")]
    latest_charge: Annotated[str | Charge | None, never("an attempt was answered", "null")]
    livemode: bool = False
    metadata: Words
    next_action: Annotated[NextAction | None, never("the shopper has to act", "null")]
    on_behalf_of: None = None
    payment_method: Annotated[str | PaymentMethod | None, never("as the request said", "null")]
    payment_method_configuration_details: None = None
    payment_method_options: dict[str, Any] | None
    payment_method_types: Annotated[list[str], never("cards are on", "empty")]
    processing: Processing | None
    receipt_email: str | None
    review: None = None
    setup_future_usage: Open | None
    shipping: dict[str, Any] | None
    source: None = None
    statement_descriptor: str | None = None
    statement_descriptor_suffix: str | None
    status: Standing
    transfer_data: None = None
    transfer_group: str | None


class PublicIntent(_Object):
    """What a publishable key sees of a PaymentIntent."""

    id: Annotated[str, like("pi_")]
    object: str = "payment_intent"
    amount: int
    amount_details: Maybe[dict[str, Any]]
    automatic_payment_methods: AutomaticMethods | None
    canceled_at: int | None
    cancellation_reason: Open | None
    capture_method: Open
    client_secret: str | None
    confirmation_method: Open
    created: int
    currency: str
    description: str | None
    last_payment_error: LastError | None
    livemode: bool = False
    next_action: NextAction | None
    payment_method: str | PaymentMethod | None
    payment_method_types: list[str]
    processing: Processing | None
    receipt_email: str | None
    setup_future_usage: Open | None
    shipping: dict[str, Any] | None
    source: None = None
    status: Standing


class SetupIntent(_Object):
    id: Annotated[str, like("seti_")]
    object: str = "setup_intent"
    application: None = None
    automatic_payment_methods: AutomaticMethods | None
    cancellation_reason: Open | None
    client_secret: Annotated[str | None, never("sent to a secret key", "null")]
    created: int
    customer: Annotated[str | Customer | None, never("as the request said", "null")]
    customer_account: str | None = None
    description: str | None
    excluded_payment_method_types: list[str] | None = None
    flow_directions: list[str] | None = None
    last_setup_error: Annotated[LastError | None, never("the last attempt failed", "null")]
    latest_attempt: Annotated[str | None, like("setatt_")]
    livemode: bool = False
    mandate: str | None = None
    metadata: Words | None
    next_action: Annotated[NextAction | None, never("the shopper has to act", "null")]
    on_behalf_of: None = None
    payment_method: Annotated[str | PaymentMethod | None, never("as the request said", "null")]
    payment_method_configuration_details: None = None
    payment_method_options: dict[str, Any] | None
    payment_method_types: Annotated[list[str], never("cards are on", "empty")]
    single_use_mandate: str | None = None
    status: Standing
    usage: Open


class DestinationCard(_Object):
    reference: Maybe[str] = UNSET
    reference_status: Maybe[Open] = UNSET
    reference_type: Maybe[Open] = UNSET
    type: Open


class Destination(_Object):
    card: Maybe[DestinationCard]
    type: Open = "card"


class Refund(_Object):
    id: Annotated[str, like("re_")]
    object: str = "refund"
    amount: int
    balance_transaction: Annotated[str | None, like("txn_")]
    charge: Annotated[str | Charge | None, never("a card refund has its charge", "null")]
    created: int
    currency: str
    customer: str | None
    customer_account: str | None = None
    destination_details: Maybe[Destination]
    failure_balance_transaction: Maybe[str]
    failure_reason: Maybe[Open]
    metadata: Words | None
    payment_intent: Annotated[str | PaymentIntent | None, never("the charge was made by a PaymentIntent", "null")]
    payment_method: str | PaymentMethod | None
    pending_reason: Maybe[Open]
    reason: Annotated[Open | None, never("as the request said", "null")]
    receipt_number: str | None = None
    source_transfer_reversal: None = None
    status: Annotated[State | None, never("a card refund has a status", "null"), documented(_REFUNDS, "unseen")]
    transfer_reversal: None = None


class InvoiceSettings(_Object):
    custom_fields: None = None
    default_payment_method: str | PaymentMethod | None = None
    footer: str | None = None
    rendering_options: None = None


class Customer(_Object):
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


class Deleted(_Object):
    id: str
    object: str
    deleted: bool = True


class Page(_Object):
    object: str = "list"
    data: Annotated[list[Any], never("what exists is listed", "empty")]
    has_more: bool
    url: str


class ApiError(_Object):
    """An error. Its subclasses say what a situation guarantees."""

    type: str
    code: Maybe[Open] = UNSET
    doc_url: Maybe[str] = UNSET
    message: Maybe[str] = UNSET
    param: Maybe[str] = UNSET
    payment_intent: Maybe[PaymentIntent | PublicIntent] = UNSET
    setup_intent: Maybe[SetupIntent] = UNSET
    request_log_url: Maybe[str] = UNSET


class StateError(ApiError):
    """The request does not fit the state of an intent, which comes along."""

    code: Annotated[Maybe[Open], never("pasted replies have it", "absent")] = UNSET
    payment_intent: Annotated[Maybe[PaymentIntent | PublicIntent], never("pasted replies have it", "absent")] = UNSET


class CardError(ApiError):
    """No, said of a card. After an authorization the intent comes along, and the charge where one was made."""

    advice_code: Annotated[Maybe[Open], documented(_ISSUERS, "absent")] = UNSET
    charge: Annotated[Maybe[str], like("ch_"), never("docs.stripe.com/testing/use-cases names it", "absent")] = UNSET
    code: Annotated[Maybe[Open], never("docs.stripe.com/testing/use-cases names it", "absent")] = UNSET
    decline_code: Annotated[
        Maybe[Open],
        documented(_ISSUERS, "absent"),
        documented(_DECLINES, "unseen"),
    ] = UNSET
    message: Annotated[Maybe[str], never("docs.stripe.com/testing/use-cases names it", "absent")] = UNSET
    network_decline_code: Maybe[str] = UNSET
    payment_intent: Annotated[Maybe[PaymentIntent | PublicIntent], never("pasted replies have it", "absent")] = UNSET
    payment_method: Maybe[PaymentMethod] = UNSET
    setup_intent: Annotated[Maybe[SetupIntent], never("as for payments", "absent")] = UNSET


class LastError(CardError):
    """What an intent remembers of its last attempt."""

    payment_method: Annotated[Maybe[PaymentMethod], never("pasted replies have it", "absent")] = UNSET


class ErrorBody(_Object):
    error: ApiError
