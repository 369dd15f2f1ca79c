"""Charges: what an issuer answered, and of which card."""

from __future__ import annotations

from typing import Annotated, ClassVar

from paypact.gateways.stripe.wire.cards import Checks, Wallet
from paypact.gateways.stripe.wire.words import BRANDS, COUNTRY, LINK, NEXT_YEARS, TYPE, Object
from paypact.world.wire import UNSET, Arm, Maybe, Open, documented, never


class ThreeDSecure(Object):
    authentication_flow: Open | None = "challenge"
    electronic_commerce_indicator: Open | None = "05"
    exemption_indicator: Open | None = None
    result: Open | None = "authenticated"
    result_reason: Open | None = None
    transaction_id: str | None
    version: Open | None = "2.2.0"


class Status(Object):
    status: Open


class Overcapture(Object):
    maximum_amount_capturable: int
    status: Open = "unavailable"


class Used(Object):
    used: bool


class ChargeCard(Object):
    """`payment_method_details.card`: here nearly everything is optional by type."""

    amount_authorized: int | None
    authorization_code: Annotated[str | None, never("the issuer gave one", "null")]
    brand: Annotated[Open | None, documented(BRANDS, "unseen")]
    capture_before: Maybe[int]
    checks: Checks | None
    country: Annotated[str | None, documented(COUNTRY, "null")]
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
    network: Annotated[Open | None, documented(BRANDS, "unseen")]
    network_token: Used | None
    network_transaction_id: str | None
    overcapture: Overcapture | None
    regulated_status: Open | None = "unregulated"
    three_d_secure: ThreeDSecure | None
    transaction_link_id: str | None = None
    wallet: Wallet | None


class MethodDetails(Object):
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm("link", {"type": "link", "card": UNSET, "link": {"country": "US", "funding_source_group": "card"}}, LINK),
        NEXT_YEARS,
    )
    card: Annotated[Maybe[ChargeCard], never("type is card", "absent")]
    type: Annotated[Open, TYPE] = "card"


class CardDetails(MethodDetails):
    """Where the shop listed cards as the only way to pay."""

    arms: ClassVar[tuple[Arm, ...]] = ()
    type: str = "card"


class Outcome(Object):
    advice_code: Open | None
    network_advice_code: str | None = None
    network_decline_code: str | None = None
    network_status: Open | None
    reason: Open | None
    risk_level: Open
    risk_score: Maybe[int]
    seller_message: str | None
    type: Open


class DestinationCard(Object):
    reference: Maybe[str] = UNSET
    reference_status: Maybe[Open] = UNSET
    reference_type: Maybe[Open] = UNSET
    type: Open


class Destination(Object):
    card: Maybe[DestinationCard]
    type: Open = "card"
