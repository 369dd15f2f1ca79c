"""Braintree's replies, as declarations. Amounts are decimal texts; a field without a value is sent with `nil`.

What the SDK cannot do without is never left out or null here: it would fail before an integration sees anything.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from paypact.world.wire import UNSET, Maybe, Open, State, Wire, documented, like, never

_BRANDS = "SDK braintree: CreditCard.CardType gained Electron, Elo, Hiper, Hipercard between 3.20.0 and 4.0.0"
_STATUS = "SDK braintree 3.20.0: Transaction.Status.Unrecognized is its word for a status of a later day"
_REJECTIONS = "SDK braintree: GatewayRejectionReason gained risk_threshold, excessive_retry after 4.0.0"
_CODES = (
    "developer.paypal.com/braintree/docs/reference/general/processor-responses: codes from 2109 on are any new decline"
)
_SDK = "the SDK converts it while it reads the reply"

Id = Annotated[str, like("")]
Brand = Annotated[Open, documented(_BRANDS, "unseen")]
Standing = Annotated[State, documented(_STATUS, "unseen")]
Code = Annotated[Open | None, documented(_CODES, "unseen"), never("an answer of the processor has one", "null")]
Check = Open | None
_T = TypeVar("_T")
Stored = Annotated[Maybe[_T], never("a stored card has it; the SDK reads it", "absent", "null", "empty")]


class Address(Wire):
    """Of a transaction; the SDK's own names."""

    company: str | None = None
    country_code_alpha2: str | None = None
    country_code_alpha3: str | None = None
    country_code_numeric: str | None = None
    country_name: str | None = None
    extended_address: str | None = None
    first_name: str | None = None
    id: str | None = None
    last_name: str | None = None
    locality: str | None = None
    phone_number: str | None = None
    postal_code: str | None = None
    region: str | None = None
    street_address: str | None = None


class Indicators(Wire):
    """What every card has. What kind of card it is: Yes, No or Unknown each, as texts."""

    business: Open = "Unknown"
    commercial: Open = "Unknown"
    consumer: Open = "Unknown"
    corporate: Open = "Unknown"
    country_of_issuance: Open = "Unknown"
    debit: Open = "Unknown"
    durbin_regulated: Open = "Unknown"
    healthcare: Open = "Unknown"
    issuing_bank: Open = "Unknown"
    payroll: Open = "Unknown"
    prepaid: Open = "Unknown"
    prepaid_reloadable: Open = "Unknown"
    product_id: Open = "Unknown"
    purchase: Open = "Unknown"
    # Of stored cards alone.
    created_at: Stored[datetime] = UNSET
    customer_id: Stored[str] = UNSET
    default: Stored[bool] = UNSET
    expired: Stored[bool] = UNSET
    subscriptions: Stored[list[Any]] = UNSET
    updated_at: Stored[datetime] = UNSET
    verifications: Stored[list[Any]] = UNSET


class CreditCard(Indicators):
    """`credit_card` of a transaction or verification. It is there for wallets too, then without content."""

    account_type: Open | None = None
    bin: str | None
    card_type: Brand | None
    cardholder_name: str | None
    customer_location: Open | None
    expiration_month: str | None
    expiration_year: str | None
    global_id: str | None = None
    image_url: str = "https://assets.braintreegateway.com/payment_method_logo/unknown.png?environment=sandbox"
    last_4: str | None
    token: Annotated[str | None, never("a stored card has one", "null")] = None
    unique_number_identifier: str | None = None
    venmo_sdk: bool = False


class WalletCard(Indicators):
    bin: str | None = None
    cardholder_name: str | None
    expiration_month: str
    expiration_year: str
    global_id: str | None = None
    image_url: str = "https://assets.braintreegateway.com/payment_method_logo/unknown.png?environment=sandbox"
    token: Annotated[str | None, never("a stored card has one", "null")] = None


class ApplePayCard(WalletCard):
    card_type: Brand
    last_4: str
    payment_instrument_name: str


class AndroidPayCard(WalletCard):
    """Google Pay. It has no card_type and no last_4: the SDK reads those of the virtual card."""

    google_transaction_id: str | None = None
    is_network_tokenized: bool = True
    source_card_last_4: str
    source_card_type: Brand
    source_description: str
    virtual_card_last_4: str
    virtual_card_type: Brand


class StatusEvent(Wire):
    amount: str
    status: Open
    timestamp: datetime
    transaction_source: Open | None = "api"
    user: str | None


class ThreeDSecureInfo(Wire):
    acs_transaction_id: str | None = None
    cavv: str | None
    ds_transaction_id: str | None
    eci_flag: Open | None
    enrolled: Open
    liability_shift_possible: bool
    liability_shifted: bool
    status: Open
    three_d_secure_authentication_id: str | None
    three_d_secure_version: Open | None
    xid: str | None = None


class RiskData(Wire):
    decision: Open | None
    decision_reasons: list[str]
    device_data_captured: bool
    fraud_service_provider: Open | None
    id: str
    transaction_risk_score: str | None = None


class AuthorizationAdjustment(Wire):
    amount: str
    processor_response_code: Open
    processor_response_text: str
    processor_response_type: Open
    success: bool
    timestamp: datetime


class CustomerDetails(Wire):
    """`customer` of a transaction."""

    company: str | None = None
    email: str | None = None
    fax: str | None = None
    first_name: str | None = None
    global_id: str | None = None
    id: str | None = None
    last_name: str | None = None
    phone: str | None = None
    website: str | None = None


class Answered(Wire):
    """What processor and network said: of a transaction and of a verification."""

    avs_error_response_code: Check
    avs_postal_code_response_code: Check
    avs_street_address_response_code: Check
    created_at: datetime
    currency_iso_code: str
    cvv_response_code: Check
    gateway_rejection_reason: Annotated[Open | None, documented(_REJECTIONS, "unseen")]
    global_id: str
    id: Id
    merchant_account_id: str
    network_response_code: str | None
    network_response_text: str | None
    network_transaction_id: str | None
    processor_response_code: Code
    processor_response_text: str | None
    processor_response_type: Open | None
    status: Standing
    updated_at: datetime


class Transaction(Answered):
    acquirer_reference_number: str | None = None
    add_ons: list[Any]
    additional_processor_response: str | None
    amount: str
    android_pay_card: Maybe[AndroidPayCard] = UNSET
    apple_pay: Maybe[ApplePayCard] = UNSET
    authorization_adjustments: list[AuthorizationAdjustment]
    authorization_expires_at: datetime | None
    authorized_transaction_global_id: str | None = None
    authorized_transaction_id: str | None
    billing: Address
    channel: str | None = None
    credit_card: Annotated[CreditCard, never(_SDK, "null")]
    custom_fields: str = ""
    customer: CustomerDetails
    debit_network: Open | None = None
    descriptor: dict[str, str | None]
    discount_amount: str | None = None
    discounts: list[Any]
    disbursement_details: dict[str, Any]
    disputes: list[Dispute]
    escrow_status: str | None = None
    foreign_retailer: bool = False
    master_merchant_account_id: str | None = None
    order_id: str | None
    partial_settlement_transaction_global_ids: list[str]
    partial_settlement_transaction_ids: list[str]
    payment_instrument_type: Open
    plan_id: str | None = None
    processed_with_network_token: bool
    processor_authorization_code: str | None
    processor_settlement_response_code: str
    processor_settlement_response_text: str
    product_sku: str | None = None
    purchase_order_number: str | None = None
    recurring: bool = False
    refund_global_ids: list[str]
    refund_ids: list[str]
    refunded_transaction_global_id: str | None = None
    refunded_transaction_id: str | None
    response_emv_data: str | None = None
    retrieval_reference_number: str = "1234567"
    retried: bool = False
    risk_data: Maybe[RiskData]
    sca_exemption_requested: str | None = None
    service_fee_amount: str | None = None
    settlement_batch_id: str | None
    shipments: list[Any]
    shipping: Address
    shipping_amount: str | None = None
    ships_from_postal_code: str | None = None
    status_history: list[StatusEvent]
    sub_merchant_account_id: str | None = None
    subscription_id: str | None = None
    tax_amount: str | None = None
    tax_exempt: bool = False
    three_d_secure_info: ThreeDSecureInfo | None
    type: str
    voice_referral_number: str | None = None


class Verification(Answered):
    amount: str
    billing: Address
    country_of_issuance: Maybe[str] = UNSET
    credit_card: Annotated[CreditCard, never(_SDK, "null")]
    risk_data: Maybe[RiskData] = UNSET
    three_d_secure_info: Maybe[ThreeDSecureInfo | None] = UNSET


class DisputedTransaction(Wire):
    amount: str
    created_at: datetime
    id: str
    installment_count: int | None = None
    order_id: str | None
    payment_instrument_subtype: Open
    purchase_order_number: str | None = None


class Dispute(Wire):
    amount: str
    amount_disputed: str
    amount_won: str
    case_number: str
    created_at: datetime
    currency_iso_code: str
    date_opened: date
    date_won: date | None = None
    evidence: list[Any]
    global_id: str
    id: str
    kind: Open = "chargeback"
    merchant_account_id: str
    original_dispute_id: str | None = None
    processor_comments: str | None = None
    reason: Open = "fraud"
    reason_code: str = "83"
    reason_description: str | None = None
    received_date: date
    reference_number: str | None = None
    reply_by_date: date
    status: Open = "open"
    transaction: DisputedTransaction
    updated_at: datetime


class Customer(CustomerDetails):
    """A stored customer."""

    addresses: Annotated[list[Any], never(_SDK, "null")]
    android_pay_cards: Annotated[list[AndroidPayCard], never("a stored card is listed", "absent", "null", "empty")]
    apple_pay_cards: Annotated[list[ApplePayCard], never("a stored card is listed", "absent", "null", "empty")]
    created_at: datetime
    credit_cards: Annotated[list[CreditCard], never("a stored card is listed", "absent", "null", "empty")]
    custom_fields: str = ""
    merchant_id: str
    updated_at: datetime


class Error(Wire):
    """One validation error. `attribute` is `base` where it is about the object as a whole."""

    attribute: str
    code: Open
    message: str


class ApiErrorResponse(Wire):
    """A refusal, or what became of a request that was carried out and answered no."""

    errors: dict[str, Any]
    message: str
    params: dict[str, Any]
    transaction: Maybe[Transaction] = UNSET
    verification: Maybe[Verification] = UNSET


class DeclinedTransaction(ApiErrorResponse):
    """The transaction exists, and the answer was no."""

    transaction: Transaction


class FailedVerification(ApiErrorResponse):
    """The verification exists, and the answer was no."""

    verification: Verification
