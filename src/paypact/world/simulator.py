"""Simulator: what a gateway folder implements. A mapping from requests onto the ledger and back; it does no I/O."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from paypact.cards.card import Card
from paypact.payments import Payment
from paypact.world.http import Request, Response

if TYPE_CHECKING:
    from paypact.gateways.facts import Facts
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

    def keep(self, request: Request, response: Response) -> None:
        """Keep `response` for repetitions of `request`, where the gateway has idempotency keys that do."""

    def tokenize(self, card: Card) -> str:
        """The gateway's token for a card, as the vendor's browser code would have made it; empty where there is none."""
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
