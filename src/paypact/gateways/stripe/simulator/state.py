"""What a simulated account remembers beside the ledger: what requests said of its objects. Money is never kept here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from paypact.cards.card import Card
from paypact.gateways.facts import TestCard


@dataclass(slots=True, eq=False)
class Method:
    """A PaymentMethod. `spent`: it was used without a customer, or detached, and may not be used again."""

    id: str
    card: Card
    created: int
    billing: dict[str, Any]
    metadata: dict[str, str]
    test: TestCard | None = None  # the published test card it holds
    customer: str | None = None
    spent: bool = False
    preferred: str | None = None  # a network of a co-badged card
    allow_redisplay: str = "unspecified"
    cvc_check: str | None = None
    authenticated: bool = False  # a SetupIntent, or a payment that saved it, passed a challenge


@dataclass(slots=True, eq=False)
class Intent:
    """What requests said of a PaymentIntent or SetupIntent; its status is a function of its purchase's ledger entries."""

    id: str
    secret: str
    created: int
    kind: str  # payment or setup
    params: dict[str, Any]  # as last sent, in wire units
    amount: int
    currency: str
    capture_method: str
    confirmation_method: str
    automatic: dict[str, Any] | None
    metadata: dict[str, str]
    options: dict[str, Any]  # payment_method_options[card]
    method: Method | None = None  # waits for a confirmation; afterwards it is on the authorization
    customer: str | None = None
    return_url: str | None = None
    forgiven: int = 0  # authorizations before the last update: their error is no longer shown
    canceled_at: int | None = None
    cancellation_reason: str | None = None


@dataclass(slots=True, eq=False)
class Attempt:
    """One confirmation: what is known of an authorization beside its ledger entries."""

    id: str  # ch_ or setatt_
    created: int
    method: Method
    network: str | None
    off_session: bool
    sdk: bool  # the challenge is for the vendor's own browser code
    authenticated: bool = False
    metadata: dict[str, str] = field(default_factory=dict)
    description: str | None = None


@dataclass(slots=True, eq=False)
class Repayment:
    """What a request said of a refund."""

    id: str
    created: int
    reason: str | None
    metadata: dict[str, str]
    pending: bool = False


@dataclass(slots=True, eq=False)
class Person:
    """A Customer."""

    id: str
    created: int
    params: dict[str, Any]
    metadata: dict[str, str]
    deleted: bool = False
