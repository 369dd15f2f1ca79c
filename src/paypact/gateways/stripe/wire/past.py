"""What replies of older API versions say otherwise. Fields that were added since are sent to old callers too."""

from __future__ import annotations

from typing import Annotated, Any

from paypact.gateways.stripe.wire.cards import Customer
from paypact.gateways.stripe.wire.payments import Charge, PaymentIntent, Refund
from paypact.gateways.stripe.wire.words import Object
from paypact.world.wire import UNSET, Maybe, never


class Inlined(Object):
    """A list within an object."""

    object: str = "list"
    data: list[Any]
    has_more: bool = False
    total_count: int
    url: str


class Charges(Inlined):
    data: Annotated[list[Charge], never("what exists is listed", "empty")]


class Refunds(Inlined):
    data: Annotated[list[Refund], never("what exists is listed", "empty")]


class PastIntent(PaymentIntent):
    """Before 2025-03-31; with `charges` before 2022-11-15."""

    charges: Annotated[Maybe[Charges], never("sent in these versions", "absent")] = UNSET
    invoice: str | None = None


class PastCharge(Charge):
    """Before 2025-03-31; with `refunds` before 2022-11-15."""

    invoice: str | None = None
    refunds: Annotated[Maybe[Refunds], never("sent in these versions", "absent")] = UNSET


class PastCustomer(Customer):
    """Before 2020-08-27."""

    sources: Inlined
    subscriptions: Inlined
    tax_ids: Inlined
