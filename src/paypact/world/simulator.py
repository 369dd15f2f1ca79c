"""Simulator: what a gateway folder implements. A mapping from requests onto the ledger and back; it does no I/O."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from paypact.cards.card import Card
from paypact.payments import Notification, Payment
from paypact.world.http import NotSimulatedError, Request, Response

if TYPE_CHECKING:
    from paypact.gateways.facts import Facts
    from paypact.world.books import Entry, Purchase
    from paypact.world.notifications import Event, Seal
    from paypact.world.world import World


class Simulator(ABC):
    """One gateway in one world. Made afresh for every example, so building one must cost microseconds."""

    facts: ClassVar[Facts]  # set when the gateway's folder is loaded

    def __init__(self, world: World) -> None:
        self.world = world
        self.ledger = world.ledger

    @classmethod
    @abstractmethod
    def credentials(cls) -> Mapping[str, str]:
        """Test credentials, made at run time, the same for a whole run (and in every worker of it)."""

    @classmethod
    def accounts(cls) -> Mapping[str, str]:
        """Merchant accounts by currency, `{"*": account}` where one account settles all; empty where there is none."""
        return {}

    @abstractmethod
    def handle(self, request: Request) -> Response:
        """Carry out one request. This is the commit: what it books has happened, whatever becomes of the reply.

        Raises:
            NotSimulatedError: the vendor documents it and this simulator does not model it.
        """

    @abstractmethod
    def render(self, response: Response) -> bytes:
        """The bytes of a response's body, in the gateway's format."""

    @abstractmethod
    def error(self, word: str) -> Response:
        """The gateway's reply for one word of its `[errors]` facts (authentication, rate_limit, server_error, ...)."""

    def keep(self, request: Request, response: Response) -> None:  # noqa: B027 - a gateway without keys keeps nothing
        """Keep `response` for repetitions of `request`, where the gateway has idempotency keys that do."""

    def notify(self, entry: Entry, version: str | None) -> Iterable[Event]:
        """What the gateway tells by webhook of one line of the journal, as of now, in an API version; None: the newest.

        Called only while somebody listens, after each event of the ledger; must not change anything.
        """
        return ()

    def deliver(self, event: Event, seal: Seal) -> Notification:
        """An event as it reaches the shop: address, headers, body, signed as `seal` says.

        Raises:
            NotSimulatedError: the gateway has no webhooks here, or cannot be sealed so.
        """
        raise NotSimulatedError(f"{self.facts.gateway.title} webhooks")

    def strangers(self, version: str | None) -> Iterable[Event]:
        """Genuine events that are not about any purchase of the shop: other products, types nobody has heard of.

        `order` is set in those about a payment like the shop's own, made by another shop of the same merchant.
        """
        return ()

    def forgeries(self, purchase: Purchase, version: str | None) -> Iterable[Event]:
        """Events that a forger would write of a purchase, claiming what is not so; must not change anything.

        Of an unpaid purchase they say that it is paid, of a paid one that it was refunded.
        """
        return ()

    def elsewhere(self, payment: Payment, operation: str) -> bool:
        """The shopper pays, or the merchant captures, voids or refunds, without the integration: at another till.

        `operation` is sale or authorize, then capture, void or refund. False where this gateway does not simulate it.
        """
        return False

    def tokenize(self, card: Card) -> str:
        """The gateway's token for a card, as the vendor's browser code would make it; empty where there is none."""
        return ""

    def browser(self, card: Card) -> Mapping[str, Any]:
        """What the vendor's browser component posts to the shop for this card."""
        return {}

    def visit(self, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
        """The shopper goes to `place` (a URL or a client secret), presents the card if none was, and acts.

        `result` is passed, failed or abandoned. Returns the parameters that come back to `return_url`;
        None where the place leads nowhere.
        """
        return None

    def comes_back_to(self, place: str) -> str:
        """Where the shopper's browser goes from `place` afterwards: the shop's own URL; empty where nobody said one."""
        return ""
