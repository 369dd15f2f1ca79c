"""Simulator: what a gateway folder implements. A mapping from requests onto the ledger and back; it does no I/O."""

from __future__ import annotations

import importlib
import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from paypact.cards.card import Card
from paypact.payments import Notification, Payment
from paypact.world import answers
from paypact.world.codecs import encode_json
from paypact.world.http import NotSimulatedError, Request, Response
from paypact.world.issuer import Answer, reject

if TYPE_CHECKING:
    from paypact.gateways.facts import Facts
    from paypact.gateways.vocabulary import Vocabulary
    from paypact.world.books import Entry, Purchase
    from paypact.world.notifications import Event, Seal
    from paypact.world.world import World


_WORLDS = itertools.count(1)  # ids differ between worlds of one process: caches of SDKs and shops would mix them up


class Webhooks(Protocol):
    """A folder's module `webhooks`: what the methods of the same purpose answer, given the simulator first."""

    def drawn(self, simulator: Any, entry: Entry, version: str | None) -> Iterable[Event]: ...
    def reworded(self, event: Event, tree: Any) -> Event: ...  # called for events that have a tree
    def sealed(self, simulator: Any, event: Event, seal: Seal) -> Notification: ...
    def strangers(self, simulator: Any, version: str | None) -> Iterable[Event]: ...
    def forgeries(self, simulator: Any, purchase: Purchase, version: str | None) -> Iterable[Event]: ...


class Simulator(ABC):
    """One gateway in one world. Made afresh for every example, so building one must cost microseconds."""

    facts: ClassVar[Facts]  # these three are set when the gateway's folder is loaded
    words: ClassVar[Vocabulary]
    webhooks: ClassVar[str] = ""  # the module `webhooks` of the folder; empty where it has none

    def __init__(self, world: World) -> None:
        self.world = world
        self.ledger = world.ledger
        self.serial = next(_WORLDS)
        self.published: set[str] = set()  # test cards that behave as published, because no suite scripted them
        self._ids = itertools.count(1)

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
            Refusal: the vendor says no: its `response` is the reply.
            Obstacle: the ledger's rules forbid it: the reply is that of `refusal`.
            NotSimulatedError: the vendor documents it and this simulator does not model it.
        """

    def render(self, response: Response) -> bytes:
        """The bytes of a response's body, in the gateway's format: JSON, unless a subclass writes another."""
        if isinstance(response.body, bytes):
            return response.body
        response.headers.setdefault("content-type", "application/json")
        return encode_json(response.body)

    def error(self, word: str) -> Response:
        """The gateway's reply for one word of its `[errors]` facts (authentication, rate_limit, server_error, ...)."""
        fact = self.facts.errors[word]
        return Response(fact.status, fact.wire, dict(fact.headers), refused=word)

    def refusal(self, rule: str) -> Response:
        """The gateway's reply to what a rule forbids, by its `[refusals]` facts: `{rule}` in their texts is the rule.

        Also the reply where an `Obstacle` of the ledger leaves `handle`.
        """
        fact = self.facts.refusals.get(rule) or self.facts.refusals["*"]
        texts = {name: said.replace("{rule}", rule) for name, said in fact.wire.items() if isinstance(said, str)}
        return Response(fact.status, {**fact.wire, **texts}, refused=rule)

    def answer(self, card: Card) -> Answer:
        """What becomes of a card that is presented.

        A kind of card that is not taken is rejected, a published test card behaves as published unless a suite scripted
        it, and all others are answered by their issuer.
        """
        refused = self.words.refusal(card)
        if refused is not None:
            return reject(refused)
        test = self.words.numbers.get(card.number)
        if test is not None and self.world.issuer.issued(card.key) is None:
            self.published.add(card.key)
            self.world.issuer.answers(card, *map(answers.parse, test.answers))
        return self.world.issuer.answer(card)

    def scripted(self, card: Card) -> bool:
        """Whether a suite, and not the vendor's list of test cards, says what this card's issuer answers."""
        return self.world.issuer.issued(card.key) is not None and card.key not in self.published

    def month(self) -> tuple[int, int]:
        """The year and the month it is, in UTC."""
        today = datetime.fromtimestamp(self.world.clock.time(), UTC)
        return today.year, today.month

    def keyed(self, request: Request) -> bool:
        """Whether a request carries an idempotency key: only then can it be answered with a word for repetitions."""
        return "idempotency-key" in request.headers

    def keep(self, request: Request, response: Response) -> None:  # noqa: B027 - a gateway without keys keeps nothing
        """Keep `response` for repetitions of `request`, where the gateway has idempotency keys that do."""

    def notify(self, entry: Entry, version: str | None) -> Iterable[Event]:
        """What the gateway tells by webhook of one line of the journal, as of now, in an API version; None: the newest.

        Called only while somebody listens, after each event of the ledger; must not change anything.
        """
        return self._telling.drawn(self, entry, version) if self.webhooks else ()

    def deliver(self, event: Event, seal: Seal) -> Notification:
        """An event as it reaches the shop: address, headers, body, signed as `seal` says.

        Raises:
            NotSimulatedError: the gateway has no webhooks here, or cannot be sealed so.
        """
        if not self.webhooks:
            raise NotSimulatedError(f"{self.facts.gateway.title} webhooks")
        return self._telling.sealed(self, event, seal)

    def reworded(self, event: Event, tree: Any) -> Event:
        """An event that has a tree, saying this instead, which is plain data."""
        return self._telling.reworded(event, tree)

    def strangers(self, version: str | None) -> Iterable[Event]:
        """Genuine events that are not about a payment: other products of the account, types nobody has heard of.

        What they are about can be read at this simulator afterwards.
        """
        return self._telling.strangers(self, version) if self.webhooks else ()

    def forgeries(self, purchase: Purchase, version: str | None) -> Iterable[Event]:
        """Events that a forger would write of a purchase, claiming what is not so; must not change anything.

        Of an unpaid purchase they say that it is paid, of a paid one that it was refunded.
        """
        return self._telling.forgeries(self, purchase, version) if self.webhooks else ()

    @property
    def _telling(self) -> Webhooks:
        """Imported late: where nobody listens, nobody pays for it."""
        return cast("Webhooks", importlib.import_module(self.webhooks))

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

    def claimed(self, place: str) -> Mapping[str, str]:
        """What a shopper who paid nothing at `place` can write into the URL of the return page to look like a success.

        Only what is no secret of the gateway's: its words, and ids that the shopper's browser has seen.
        """
        return {}

    def comes_back_to(self, place: str) -> str:
        """Where the shopper's browser goes from `place` afterwards: the shop's own URL; empty where nobody said one."""
        return ""
