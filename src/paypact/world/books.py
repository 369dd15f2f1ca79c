"""What stands in the books: purchases, authorizations, movements, and the journal of what happened to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from paypact.cards.card import Card
from paypact.payments import Money
from paypact.world.ledger_tables import HOLDING, LIVE, MOVED, Kind


class Purchase(msgspec.Struct, eq=False):
    """What the shopper wants to buy: it may outlive several declined cards. `data` is the simulator's own."""

    id: int
    price: Money
    reference: str
    attempt: str | None = None  # the press of Pay within which it was created; None where nobody pressed
    data: Any = None
    state: str = "open"
    authorizations: list[Authorization] = []


class Authorization(msgspec.Struct, eq=False):
    """One card and one answer of its issuer. `amount` and `approved` in minor units of the purchase's currency."""

    id: int
    purchase: Purchase
    card: Card
    amount: int
    automatic: bool  # captured as soon as it is approved
    captures: str  # once, full or many: the gateway's terms unless the request asked otherwise
    attempt: str | None = None  # the press of Pay within which the card was presented
    data: Any = None
    state: str = "created"
    reason: str = ""
    approved: int = 0
    answer: Any = None  # the issuer's last Answer
    movements: list[Movement] = []

    def total(self, kind: Kind, states: frozenset[str] = MOVED) -> int:
        """The sum of this authorization's movements of one kind in the given states, in minor units."""
        return sum(m.amount for m in self.movements if m.kind == kind and m.state in states)

    @property
    def captured(self) -> int:
        return self.total("capture")

    @property
    def refunded(self) -> int:
        return self.total("refund")

    @property
    def undone(self) -> int:
        """What a void gave back after it had been captured, in minor units."""
        return self.total("capture", frozenset({"undone"}))

    @property
    def capturable(self) -> int:
        return max(0, self.approved - self.total("capture", LIVE)) if self.state == "authorized" else 0

    @property
    def refundable(self) -> int:
        return self.captured - self.total("refund", LIVE)


class Movement(msgspec.Struct, eq=False):
    """A capture, refund, void or chargeback. `amount` in minor units; a void has none, it releases what is left."""

    id: int
    kind: Kind
    authorization: Authorization
    amount: int
    final: bool = True  # a capture after which the rest is released
    of: Movement | None = None  # the capture a refund belongs to, where the gateway says so
    requested_by: Any = None
    with_approval: bool = False  # the capture that a sale is: nobody asked for it by itself
    fate: Any = None  # what the acquirer decided when it was requested
    data: Any = None
    state: str = "requested"
    reason: str = ""


Subject: TypeAlias = Purchase | Authorization | Movement


class Entry(msgspec.Struct, frozen=True):
    """One line of the journal. `before` is the subject's state before the event, None when it was made."""

    at: float
    exchange: Any
    subject: Subject
    before: str | None
    event: str
    amount: int


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A card the gateway refused in its card-error class before any authorization was made."""

    exchange: Any
    card: Card
    reason: str


def live(authorization: Authorization) -> bool:
    """Whether this authorization holds or has taken the cardholder's money and not wholly given it back."""
    if authorization.state not in HOLDING:
        return False
    if authorization.state == "authorized":
        return True
    return authorization.captured > authorization.refunded  # what else is requested can no longer be captured
