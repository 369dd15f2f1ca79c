"""Payments, set-ups, refunds and errors: they hold one another."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paypact.gateways.stripe.wire.cards import BillingDetails, Customer, PaymentMethod
from paypact.gateways.stripe.wire.charges import Destination, MethodDetails, Outcome
from paypact.gateways.stripe.wire.words import TYPE, Object, Standing, Words
from paypact.world.wire import UNSEEN_WORD, UNSET, Arm, Maybe, Open, State, documented, like, never

_ACTIONS = "SDK stripe 16.1.0, NextAction.type: any text, of which five are named as examples"
_ISSUERS = "SDK stripe 16.1.0, StripeError: decline_code and advice_code are there if the issuer provides one"
_DECLINES = "docs.stripe.com/changelog, 2022-11-15: new decline codes; SDK 16.1.0 types them as free text"
_REFUNDS = (
    "the vendor's description: requires_action is among a refund's statuses on 2023-09-12, and was not on 2022-04-12"
)


class BalanceTransaction(Object):
    """What a charge or a refund moved on the merchant's balance; `net` is what is left of `amount` after `fee`."""

    id: Annotated[str, like("txn_")]
    object: str = "balance_transaction"
    amount: int
    available_on: int
    balance_type: Open = "payments"
    created: int
    currency: str
    description: str | None
    exchange_rate: float | None = None
    fee: int = 0
    fee_details: list[Any]
    net: int
    reporting_category: Open
    source: str | None
    status: Standing = "available"
    type: Open


class Charge(Object):
    id: Annotated[str, like("ch_")]
    object: str = "charge"
    amount: int
    amount_captured: int
    amount_refunded: int
    application: None = None
    application_fee: None = None
    application_fee_amount: int | None = None
    balance_transaction: Annotated[str | BalanceTransaction | None, like("txn_")]
    billing_details: BillingDetails
    calculated_statement_descriptor: str | None
    captured: bool
    created: int
    currency: str
    customer: Annotated[str | Customer | None, never("as in the PaymentIntent", "null")]
    description: str | None
    disputed: bool
    failure_balance_transaction: str | BalanceTransaction | None = None
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


class Refund(Object):
    id: Annotated[str, like("re_")]
    object: str = "refund"
    amount: int
    balance_transaction: Annotated[str | BalanceTransaction | None, like("txn_")]
    charge: Annotated[str | Charge | None, never("a card refund has its charge", "null")]
    created: int
    currency: str
    customer: str | None
    customer_account: str | None = None
    destination_details: Maybe[Destination]
    failure_balance_transaction: Maybe[str | BalanceTransaction]
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


class RedirectToUrl(Object):
    return_url: str | None
    url: Annotated[str | None, never("there is somewhere to go", "null")]


class NextAction(Object):
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm(
            "unheard-of",
            {"type": UNSEEN_WORD, "redirect_to_url": UNSET, "use_stripe_sdk": UNSET, UNSEEN_WORD: {}},
            documented(_ACTIONS, "arm"),
            state=True,
        ),
    )
    redirect_to_url: Annotated[Maybe[RedirectToUrl], never("type is redirect_to_url", "absent")] = UNSET
    type: Annotated[Open, TYPE]
    use_stripe_sdk: Annotated[Maybe[dict[str, Any]], never("type is use_stripe_sdk", "absent")] = UNSET


class AutomaticMethods(Object):
    allow_redirects: Maybe[Open]
    enabled: bool


class Processing(Object):
    card: Maybe[dict[str, Any]]
    type: Open = "card"


class PaymentIntent(Object):
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


class PublicIntent(Object):
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


class SetupIntent(Object):
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


class ApiError(Object):
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


class ErrorBody(Object):
    error: ApiError
