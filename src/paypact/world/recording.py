"""The recording: every exchange of one world, raw and unrendered; redaction and printing happen only on failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any, Literal, TypeAlias

import msgspec

from paypact.world.books import Entry
from paypact.world.http import Failure, Request, Response
from paypact.world.network import Fault

Locate: TypeAlias = Callable[[], "tuple[CodeType, int] | None"]
Kind: TypeAlias = Literal["simulated", "refused", "not simulated"]


class Exchange(msgspec.Struct, eq=False):
    """One request and what came of it."""

    number: int
    operation: str  # empty: outside any operation (start, settle, the shopper's browser)
    attempt: str | None  # the payment attempt being operated on
    request: Request
    at: float
    place: tuple[CodeType, int] | None = None  # the team's code and line that sent it
    kind: Kind = "simulated"
    note: str = ""  # the rule of a refusal, or what is not simulated
    response: Response | None = None  # what the gateway answered, also when the reply was lost
    reply: Response | Failure | None = None  # what reached the client
    client: Mapping[str, Any] = msgspec.field(default_factory=dict)  # its settings as a host saw them: timeouts, verify
    raw: bytes = b""  # the rendered body
    fault: Fault | None = None
    failure: Failure | None = None
    unmodelled: tuple[str, ...] = ()
    booked: list[Entry] = []

    @property
    def events(self) -> list[str]:
        """What this exchange booked, as words of the ledger."""
        return [entry.event for entry in self.booked]

    @property
    def refused(self) -> bool:
        """Whether the client was told that its request was not carried out."""
        return isinstance(self.reply, Response) and 400 <= self.reply.status < 500


class EndlessError(BaseException):
    """An operation that makes one call after the other and does not come to an end.

    No Exception, because what catches those may be the very loop that never ends.
    """


class Recording:
    """Numbers exchanges and keeps them in order. `locate` finds the team's line on the calling stack.

    `most` is how many exchanges there may be; None: any number. One more raises EndlessError at whoever sends it.
    """

    def __init__(self, locate: Locate | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self.locate = locate
        self.most: int | None = None

    def begin(self, request: Request, operation: str, attempt: str | None, at: float) -> Exchange:
        if self.most is not None and len(self.exchanges) >= self.most:
            raise EndlessError(f"{operation} makes one call after the other and was stopped: it does not end")
        exchange = Exchange(len(self.exchanges) + 1, operation, attempt, request, at)
        if self.locate is not None:
            exchange.place = self.locate()
        self.exchanges.append(exchange)
        return exchange

    def not_simulated(self) -> list[str]:
        """What the vendor documents and this world does not model, as met so far."""
        return sorted({e.note for e in self.exchanges if e.kind == "not simulated"})
