"""Stripe's replies in API version 2026-10-28.endive, as declarations; what older versions say otherwise is in `past`.

A nullable field is always sent, null included: live replies have every one of them, though the vendor's description
leaves them out of `required`. What is left out altogether is `Maybe`. Fields that are constant here are defaults.
"""

from __future__ import annotations

from paypact.gateways.stripe.wire.cards import (
    Address,
    BillingDetails,
    Checks,
    Customer,
    InvoiceSettings,
    MethodCard,
    Networks,
    PaymentMethod,
    Supported,
    Wallet,
)
from paypact.gateways.stripe.wire.charges import (
    ChargeCard,
    Destination,
    DestinationCard,
    MethodDetails,
    Outcome,
    Overcapture,
    Status,
    ThreeDSecure,
    Used,
)
from paypact.gateways.stripe.wire.payments import (
    ApiError,
    AutomaticMethods,
    CardError,
    Charge,
    ErrorBody,
    LastError,
    NextAction,
    PaymentIntent,
    Processing,
    PublicIntent,
    RedirectToUrl,
    Refund,
    SetupIntent,
    StateError,
)
from paypact.gateways.stripe.wire.words import Deleted, Object, Page

__all__ = [
    "Address",
    "ApiError",
    "AutomaticMethods",
    "BillingDetails",
    "CardError",
    "Charge",
    "ChargeCard",
    "Checks",
    "Customer",
    "Deleted",
    "Destination",
    "DestinationCard",
    "ErrorBody",
    "InvoiceSettings",
    "LastError",
    "MethodCard",
    "MethodDetails",
    "Networks",
    "NextAction",
    "Object",
    "Outcome",
    "Overcapture",
    "Page",
    "PaymentIntent",
    "PaymentMethod",
    "Processing",
    "PublicIntent",
    "RedirectToUrl",
    "Refund",
    "SetupIntent",
    "StateError",
    "Status",
    "Supported",
    "ThreeDSecure",
    "Used",
    "Wallet",
]
