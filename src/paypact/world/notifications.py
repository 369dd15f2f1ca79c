"""Notifications: what the gateway tells the shop by webhook, drawn from the ledger's journal while somebody listens.

An event is rendered once, when it happens: it shows the state as of then, however late it is delivered. Signing happens
on delivery, because a redelivery may be signed anew, and because suites forge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from paypact.payments import Notification
from paypact.world.books import Entry

if TYPE_CHECKING:
    from paypact.world.simulator import Simulator

WEBHOOK_URL: Final = "https://shop.example/webhooks/payments"
REDELIVERY: Final = 3600.0  # seconds until an event that was not taken is sent again


@dataclass(frozen=True, slots=True)
class Event:
    """One thing the gateway tells. `type` is the gateway's word; `body` the bytes before any signature.

    `order` is the reference of the purchase it is about, where the gateway knows one. `tree` is what it says as data,
    of which some is declared.
    """

    id: str
    type: str
    at: float
    body: bytes
    order: str = ""
    tree: Any = None


@dataclass(frozen=True, slots=True)
class Seal:
    """How a notification is signed. The plain seal is the gateway's own, now; others are forgeries or a rotation.

    `secret`: sign with this instead of the shop's secret. `age`: seconds by which the signature is too old. `also`: a
    second secret whose signature stands beside the first, as while secrets are rotated; `also_first`: before it.
    `altered`: the body was changed after signing. `unsigned`: no signature at all.
    """

    secret: str | None = None
    age: float = 0.0
    also: str | None = None
    also_first: bool = False
    altered: bool = False
    unsigned: bool = False

    def secrets(self, own: str) -> list[str]:
        """The secrets that sign, in order, where the shop's is `own`; none where nobody signs."""
        both = [] if self.unsigned else [self.secret or own, *([self.also] if self.also else [])]
        return both[::-1] if self.also_first else both


GENUINE: Final = Seal()


@dataclass
class Outbox:
    """The events of one world, in the order in which they happened. `waiting` are those not yet taken by the shop."""

    simulator: Simulator
    version: str | None = None  # the API version of the endpoint; None: the newest
    happened: list[Event] = field(default_factory=list)
    waiting: list[Event] = field(default_factory=list)
    change: Callable[[Event], Event] | None = None  # what is done to an event before it is signed

    def hear(self, entry: Entry) -> None:
        """Draw what the gateway tells of one line of the journal."""
        for event in self.simulator.notify(entry, self.version):
            self.happened.append(event)
            self.waiting.append(event)

    def sealed(self, event: Event, seal: Seal = GENUINE) -> Notification:
        """The event as it reaches the shop."""
        return self.simulator.deliver(self.change(event) if self.change else event, seal)
