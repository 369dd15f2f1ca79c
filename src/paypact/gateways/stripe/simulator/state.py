"""What requests said of an account's objects. Money and states are never kept here: those are the ledger's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from paypact.cards.card import Card
from paypact.gateways.facts import TestCard


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

    @property
    def manual(self) -> bool:
        """Whether a confirmation only holds the money. What is said of cards goes before what is said of all."""
        return self.kind == "payment" and self.options.get("capture_method", self.capture_method) == "manual"

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
class Person:
    """A Customer."""

    id: str
    created: int
    metadata: dict[str, str]
    params: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
