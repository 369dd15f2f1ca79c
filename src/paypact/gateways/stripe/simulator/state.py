"""What requests said of an account's objects. Money and states are never kept here: those are the ledger's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from paypact.cards.card import Card
from paypact.gateways.facts import TestCard
from paypact.payments import Customer


@dataclass(slots=True, eq=False)
class Method:
    """A PaymentMethod. `spent`: it was used without a customer, or detached, and may not be used again."""

    id: str
    created: int
    card: Card
    billing: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    allow_redisplay: str = "unspecified"
    preferred: str | None = None  # a network of a co-badged card
    test: TestCard | None = None  # the published test card it holds
    customer: str | None = None
    spent: bool = False
    authenticated: bool = False  # a set-up, or a payment that saved it, passed a challenge


@dataclass(slots=True, eq=False)
class Session:
    """A Checkout Session: a hosted page for one intent, which the vendor shows only when the shopper has used it."""

    id: str
    created: int
    params: dict[str, Any]  # as they were sent
    metadata: dict[str, str]
    expires_at: int
    eager: bool  # made by a caller of a version in which the intent was shown from the beginning
    buyer: Customer | None = None  # who has typed their data on the page
    completed: bool = False  # the shopper was led on


@dataclass(slots=True, eq=False)
class Intent:
    """A PaymentIntent or SetupIntent; its status is a function of its purchase's ledger entries."""

    kind: str  # payment or setup
    id: str
    secret: str
    created: int
    show: Callable[[Any, Any], Any]  # account, purchase -> the object as it is now
    params: dict[str, Any]  # texts that come back as they were sent
    metadata: dict[str, str]
    options: dict[str, Any]  # payment_method_options[card]
    automatic: dict[str, Any] | None  # automatic_payment_methods
    types: list[str]  # payment_method_types
    customer: str | None
    return_url: str | None
    amount: int = 0  # on the wire
    currency: str = "usd"
    capture_method: str = "automatic"
    confirmation_method: str = "automatic"
    method: Method | None = None  # waits for a confirmation; afterwards it is on the authorization
    forgiven: int = 0  # authorizations before the last update: their error is no longer shown
    canceled_at: int | None = None
    cancellation_reason: str | None = None
    session: Session | None = None  # the hosted page it belongs to
    increments: int = 0  # how often more was asked of the bank

    @property
    def manual(self) -> bool:
        """Whether a confirmation only holds the money. What is said of cards goes before what is said of all."""
        return self.kind == "payment" and self.options.get("capture_method", self.capture_method) == "manual"

    @property
    def only_cards(self) -> bool:
        """Whether the shop listed cards, and nothing else, as what it takes."""
        return self.automatic is None and (self.params.get("allowed_payment_method_types") or self.types) == ["card"]

    @property
    def incremental(self) -> bool:
        """Whether more may be held later: asked for with the first request."""
        return self.manual and self.options.get("request_incremental_authorization") == "if_available"

    @property
    def saves(self) -> bool:
        """Whether a yes makes the card the customer's."""
        usage = self.options.get("setup_future_usage") or self.params.get("setup_future_usage")
        return self.customer is not None and (self.kind == "setup" or usage in ("on_session", "off_session"))


@dataclass(slots=True, eq=False)
class Attempt:
    """One confirmation: what is known of an authorization beside its ledger entries."""

    id: str  # ch_ or setatt_
    created: int
    method: Method
    network: str | None
    sdk: bool  # the challenge is for the vendor's own browser code
    metadata: dict[str, str]
    description: str | None
    authenticated: bool = False
    answered: float = 0.0


@dataclass(slots=True, eq=False)
class Repayment:
    """A Refund."""

    id: str
    created: int
    reason: str | None
    metadata: dict[str, str]


@dataclass(slots=True, eq=False)
class Complaint:
    """A Dispute."""

    id: str
    created: int
    reason: str


@dataclass(slots=True, eq=False)
class Person:
    """A Customer."""

    id: str
    created: int
    metadata: dict[str, str]
    params: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
