"""The ledger's three state machines and what limits a movement: tables and terms, no code that runs them.

Every state has a row, so that a table shows at a glance where something ends. A wire status is a function of
(purchase, last authorization, its movements): no gateway needs a state of its own.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

Machine: TypeAlias = dict[str, dict[str, str]]

PURCHASE: Final[Machine] = {
    "open": {"cancel": "canceled", "lapse": "expired"},
    "canceled": {},
    "expired": {},
}

AUTHORIZATION: Final[Machine] = {  # one card, one answer of its issuer
    "created": {
        "challenge": "challenged",
        "defer": "pending",
        "hold": "held",
        "approve": "authorized",
        "decline": "declined",
        "reject": "rejected",
        "cancel": "voided",
    },
    "challenged": {
        "challenge": "challenged",
        "authenticate": "created",
        "fail": "declined",
        "cancel": "voided",
        "lapse": "expired",
    },
    "pending": {
        "hold": "held",
        "approve": "authorized",
        "decline": "declined",
        "reject": "rejected",
        "cancel": "voided",
        "lapse": "expired",
    },
    "held": {"release": "authorized", "reject": "rejected", "void": "voided", "lapse": "expired"},  # in review
    "authorized": {"adjust": "authorized", "complete": "completed", "void": "voided", "lapse": "expired"},
    "completed": {"reopen": "authorized", "void": "voided", "lapse": "expired"},  # nothing left to capture
    "declined": {},  # by the issuer
    "rejected": {},  # by the gateway
    "voided": {},  # by the merchant
    "expired": {},  # by time
}

MOVEMENT: Final[Machine] = {  # capture, refund, void, chargeback
    "requested": {"book": "booked", "fail": "failed", "cancel": "canceled"},  # acknowledged, not carried out
    "booked": {"close": "settling", "fail": "failed", "cancel": "undone"},  # the money counts as moved
    "settling": {"settle": "settled", "fail": "failed"},
    "settled": {"fail": "failed"},  # a refund that the issuer sends back
    "failed": {},
    "canceled": {},  # before anything was moved
    "undone": {},  # by a void: the money went back
}

MOVED: Final = frozenset({"booked", "settling", "settled"})
LIVE: Final = frozenset({"requested"}) | MOVED
HOLDING: Final = frozenset({"authorized", "completed"})  # the cardholder's money is held or taken

Kind: TypeAlias = Literal["capture", "refund", "void", "chargeback"]


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one gateway's ledger can do: the `[ledger]` table of its facts. Durations are seconds."""

    source: str
    captures: Literal["once", "full", "many"] = "once"  # per authorization; "many" may also be asked for per request
    overcapture: int = 0  # per cent above the authorized amount
    acknowledges: tuple[Literal["sale", "capture", "refund", "void"], ...] = ()  # carried out later, told by webhook
    delay: float = 0.0  # between acknowledging and booking
    obstacles: Literal["when asked", "when booked"] = "when asked"  # when an acknowledged movement is held to the rules
    void_until: Literal["never", "captured", "settling"] = "captured"
    refund_from: Literal["booked", "settling", "settled"] = "booked"
    cutoff: float = 0.0  # booked captures start settling; 0: at once and unseen
    settling: float = 0.0  # from settling to settled
    expires: float = 0.0  # of an authorization; 0: never
    failed_capture: Literal["reopens", "ends"] = "reopens"  # whether one that fails late leaves the hold behind
    challenges: Literal["asked", "beforehand"] = "asked"  # beforehand: in the browser, before there is a token
    answers: tuple[str, ...] = ("approve", "decline")  # what its issuers can say, as events of AUTHORIZATION
    failures: tuple[str, ...] = ()  # of movements: `<kind>-<word of acquirer.FATES>`, and `chargeback`

    def __post_init__(self) -> None:
        if self.refund_from != "booked" and not (self.cutoff or self.settling):
            raise ValueError(f"refund_from = {self.refund_from!r} needs cutoff or settling: else no capture gets there")
