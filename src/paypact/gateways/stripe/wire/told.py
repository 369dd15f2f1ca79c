"""What happened of its own: disputes, and events as they are listed; and pages of what was searched for."""

from __future__ import annotations

from typing import Annotated, Any

from paypact.gateways.stripe.wire.payments import Charge, PaymentIntent
from paypact.gateways.stripe.wire.words import Object, Standing, Words
from paypact.world.wire import Maybe, Open, like, never

_OURS = "the charge was made by a PaymentIntent"


class DisputeEvidence(Object):
    due_by: int | None
    has_evidence: bool = False
    past_due: bool = False
    submission_count: int = 0


class DisputedCard(Object):
    brand: Open
    case_type: Open = "chargeback"
    network_reason_code: str | None = None


class DisputedMethod(Object):
    card: Maybe[DisputedCard]
    type: Open = "card"


class Dispute(Object):
    """What a cardholder's bank takes back."""

    id: Annotated[str, like("du_")]
    object: str = "dispute"
    amount: int
    balance_transactions: list[Any]
    charge: Annotated[str | Charge, never("a dispute is about a charge", "null")]
    created: int
    currency: str
    enhanced_eligibility_types: list[str]
    evidence: dict[str, Any]
    evidence_details: DisputeEvidence
    is_charge_refundable: bool = False
    livemode: bool = False
    metadata: Words
    payment_intent: Annotated[str | PaymentIntent | None, never(_OURS, "null")]
    payment_method_details: Maybe[DisputedMethod]
    reason: Open
    status: Standing


class EventData(Object):
    object: dict[str, Any]
    previous_attributes: Maybe[dict[str, Any]]


class EventRequest(Object):
    id: str | None
    idempotency_key: str | None


class Event(Object):
    id: Annotated[str, like("evt_")]
    object: str = "event"
    api_version: str | None
    created: int
    data: EventData
    livemode: bool = False
    pending_webhooks: int
    request: EventRequest | None
    type: Open


class Merchant(Object):
    """The account itself."""

    id: Annotated[str, like("acct_")]
    object: str = "account"
    business_profile: None = None
    business_type: Open | None = None
    capabilities: Maybe[dict[str, str]]
    charges_enabled: Maybe[bool] = True
    country: Maybe[str] = "US"
    created: Maybe[int]
    default_currency: Maybe[str] = "usd"
    details_submitted: Maybe[bool] = True
    email: str | None = None
    metadata: Maybe[Words]
    payouts_enabled: Maybe[bool] = True
    settings: None = None
    type: Maybe[Open] = "standard"


class Found(Object):
    """A page of a search."""

    object: str = "search_result"
    data: Annotated[list[Any], never("what is found is listed", "empty")]
    has_more: bool
    next_page: str | None
    url: str
