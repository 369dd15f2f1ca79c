"""Rehearsal: one case played with a card that the vendor publishes, its replies kept as they were before any change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final, TypeAlias

from paypact.cards import scheme
from paypact.cards.card import Card
from paypact.contract.paths import Path, leaves
from paypact.contract.states import CODE, EXPIRY, account_values
from paypact.contract.trace import Trace
from paypact.errors import PaypactError
from paypact.gateways.facts import Facts, TestCard
from paypact.hosts import guarded
from paypact.payments import ActionRequired, Address, Authentication, Customer, Money, Payment
from paypact.testkit import cards, replies
from paypact.testkit.case import Case
from paypact.testkit.example import Example
from paypact.testkit.playing import playing
from paypact.testkit.story import Moment, Sums
from paypact.testkit.target import Target
from paypact.testkit.told import Told
from paypact.world.books import Entry
from paypact.world.clock import START
from paypact.world.http import Response
from paypact.world.notifications import Event, Outbox
from paypact.world.recording import Exchange
from paypact.world.variations import Variation, varied
from paypact.world.wire import Wire, fields, render

At: TypeAlias = tuple[int, Path]  # an exchange by its number, and a path in its reply
LATER: Final = START + 40 * 86_400.0 + 3_661.0  # another month, day, hour, minute and second
SAM: Final = Customer(
    "Sam Example",
    "sam@example.org",
    "+44 20 7946 0000",
    Address("2 High Street", "Flat 3", "London", None, "N1 9GU", "GB"),
    "en-GB",
    "203.0.113.9",
)


def published(facts: Facts, schemes: Iterable[str], answer: str = "approve") -> list[TestCard]:
    """The plain test cards that the vendor publishes, those made for this answer first, then in order of schemes."""
    order = list(schemes)
    plain = [each for each in facts.test_cards if each.scheme in order and not each.unconfirmed and each.number]
    made = [each for each in plain if answer != "approve" and each.answers == (answer,)]
    bare = [each for each in plain if each.answers == ("approve",) and not each.wire and not each.note]
    usual = [each for each in plain if each.answers == ("approve",) and each not in bare]
    return [each for group in (made, bare, usual) for each in sorted(group, key=lambda one: order.index(one.scheme))]


@dataclass(frozen=True, slots=True)
class Visit:
    """The shopper followed a challenge: after how many exchanges, where to (one of these places), and how it ended."""

    after: int
    places: tuple[str, ...]
    result: str


class Departed(Exception):
    """What is being played has gone another way: what comes next does not matter."""


class Rehearsed(Example):
    """An example whose cards the vendor publishes; its order has the same name in every play."""

    stranger = False  # another shopper buys something else with another card
    going_back: tuple[Authentication, ...] = ()
    visits: tuple[Visit, ...] = ()
    known: tuple[tuple[int, int], ...] = ()  # at each moment of the story: how many payments, and how many ways back
    departed: Callable[[], bool] | None = None  # asked at each moment; True ends the play

    def happened(self, call: str, told: object, payment: Payment | None = None, asked: Iterable[object] = ()) -> None:
        payment = payment or (self.payments[-1] if self.payments else None)
        if payment is not None:  # what the books hold by then is nobody's question here, and costs a tenth of a play
            self.story.append(Moment(call, told, "", Sums(), payment.amount.currency, len(self.exchanges)))
        self.known += ((len(self.payments), len(self.going_back)),) * (len(self.story) - len(self.known))
        if self.departed is not None and self.departed():
            raise Departed

    def card(self) -> Card:
        found = published(self.target.gateway.facts, self.target.schemes, self.case.answer)
        good = [each for each in found if each.answers == ("approve",)]
        if not found:
            return cards.card(self.case)
        return _typed(good[-1] if self.stranger and len({each.number for each in good}) > 1 else found[0])

    def other_card(self) -> Card:
        found = [each for each in published(self.target.gateway.facts, self.target.schemes) if each.answers]
        mine = {payment.card.number for payment in self.payments}
        unlike = [each for each in found if each.number not in mine and each.answers == ("approve",)]
        return self.world.issuer.issue(_typed(unlike[0])) if unlike else super().other_card()

    def reference(self) -> str:
        return "order-2" if self.stranger else "order-1"

    def _issue(self, reference: str, press: int, card: Card, money: Money) -> Payment:
        made = super()._issue(reference, press, card, money)
        if self.stranger and self.target.scope.countries is None:
            made = self.payments[-1] = replace(made, customer=SAM)
        return made

    def visit(self, told: Told, result: Any = "") -> Authentication | None:
        went = super().visit(told, result)
        if went is not None and isinstance(told.outcome, ActionRequired):
            self.going_back = (*self.going_back, went)
            places = tuple(filter(None, (told.outcome.url, told.outcome.client_secret)))
            self.visits = (*self.visits, Visit(len(self.exchanges), places, went.result))
        return went


def _typed(test: TestCard) -> Card:
    length = scheme(test.scheme).cvc.length
    code = CODE[:length] if length else None
    networks = tuple(test.wire.get("networks", (test.scheme,)))
    return Card(test.number, *EXPIRY, code, "Test Cardholder", test.scheme, networks)


@dataclass
class Ablating:
    """Changes replies, each by any number of variations; keeps all replies as they were before."""

    changes: Mapping[int, Collection[Variation]] = field(default_factory=dict)  # by the number of the exchange
    kept: dict[int, Any] = field(default_factory=dict)  # exchange number -> its reply, typed or plain

    def __call__(self, exchange: Exchange, response: Response) -> Response:
        if not isinstance(response.body, bytes):
            self.kept[exchange.number] = response.body
        if exchange.number not in self.changes:
            return response
        changed = varied(response.body, self.changes[exchange.number])
        return replace(response, body=changed, headers=dict(response.headers))


@dataclass
class Performance:
    """One play of a case."""

    example: Rehearsed
    kept: Mapping[int, Any]
    drawn: Mapping[str, int | None]  # webhook -> the exchange that brought it about; None: the shopper or time did
    parted: Trace | None = None  # what had happened when it went another way and was ended
    _plain: dict[int, Any] = field(default_factory=dict)

    def reply(self, number: int) -> Any:
        """The reply of an exchange as it was before any change, as plain data."""
        if number not in self._plain:
            self._plain[number] = render(self.kept[number])
        return self._plain[number]

    def told(self) -> Iterator[tuple[At, str]]:
        """Each text that came to the integration, and where it stood. Tokens and ways back are of exchange 0."""
        yield from self._tokens(None)
        for number in self.kept:
            yield from (((number, path), value) for path, value in leaves(self.reply(number)) if isinstance(value, str))
        yield from self._ways_back(None)

    def at(self, places: Iterable[At], moments: int | None = None) -> Iterator[tuple[At, str]]:
        """The texts at these places, in their order; of those that had come after so many moments, None: in the end."""
        example = self.example
        payments, ways = example.known[moments - 1] if moments else (None, None)
        made = example.story[moments - 1].exchanges if moments else len(example.exchanges)
        extra = {**dict(self._tokens(payments)), **dict(self._ways_back(ways))}
        for number, path in places:
            if number == 0:
                value = extra.get((number, path))
            else:
                value = reached(self.kept[number], path) if number in self.kept and number <= made else None
            if isinstance(value, str):
                yield (number, path), value

    def _tokens(self, payments: int | None) -> Iterator[tuple[At, str]]:
        yield from (
            ((0, ("account", key)), value) for key, value in account_values(self.example.world.simulator).items()
        )
        for place, payment in enumerate(self.example.payments[:payments]):
            if payment.token:
                yield (0, ("token", place)), payment.token

    def _ways_back(self, ways: int | None) -> Iterator[tuple[At, str]]:
        for place, went in enumerate(self.example.going_back[:ways]):
            yield from (((0, ("return", place, name)), value) for name, value in went.params.items())


def is_id(body: Any, path: Path) -> bool:
    """Whether what stands at a path of a typed reply is declared as an id."""
    holder = reached(body, path[:-1])
    return isinstance(holder, Wire) and any(each.name == path[-1] and each.like for each in fields(type(holder)))


@cache
def _attributes(cls: type[Wire]) -> Mapping[str | int, str]:
    return {each.name: each.attribute for each in fields(cls)}


def reached(body: Any, path: Path) -> Any:
    """What stands at a path of a typed or plain reply; None where nothing does."""
    for part in path:
        if isinstance(body, Wire):
            body = getattr(body, _attributes(type(body)).get(part, ""), None)
        elif isinstance(body, dict):
            body = body.get(part)
        elif isinstance(body, list | tuple) and isinstance(part, int) and part < len(body):
            body = body[part]
        else:
            return None
    return body


@dataclass(frozen=True)
class Situation:
    """A state from which an operation replies, and what the shop does next."""

    case: Case
    following: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        case = self.case
        return case.operation, case.answer, case.shopper if case.operation == "complete" else ""


def perform(
    target: Target,
    situation: Situation,
    ablating: Ablating | None = None,
    *,
    stranger: bool = False,
    now: float | None = None,
    change: Callable[[Event], Event] | None = None,
    departed: Callable[[Performance], bool] | None = None,
) -> Performance:
    """Play a case once. `change` is made to each webhook before it is signed.

    `departed` is asked at each moment whether the play has gone another way: then it ends there.

    Raises:
        PaypactError: the driver cannot be made, or a live-looking key was sent.
    """
    ablating = ablating or Ablating()
    case = situation.case.but({"amount": "odd", "currency": _another(target)}) if stranger else situation.case
    hosts = target.gateway.facts.gateway.hosts
    with guarded(hosts, ()), playing(target, case, Rehearsed, now=now) as example:
        assert isinstance(example, Rehearsed)
        example.stranger = stranger
        example.world.vary = ablating
        drawn: dict[str, int | None] = {}
        performance = Performance(example, ablating.kept, drawn)
        if departed is not None:
            example.departed = lambda: departed(performance)
        if example.outbox is not None:
            example.outbox.change = change
            example.world.ledger.listeners.append(_noting(example.outbox, drawn))
        try:
            replies.play(example, situation.following)
        except (PaypactError, Departed) as end:
            if isinstance(end, PaypactError):
                raise
        except Exception:  # the world stumbled over a value of another type that the integration handed on
            if not (ablating.changes or change):
                raise
    world = example.world
    if world.stop is not None:
        raise world.stop
    if world.defect is not None and not ablating.changes and change is None:
        raise world.defect
    return performance


def _noting(outbox: Outbox, drawn: dict[str, int | None]) -> Callable[[Entry], None]:
    """Notes for each webhook, just after it was drawn, which exchange brought it about."""

    def note(entry: Entry) -> None:
        for event in outbox.happened[len(drawn) :]:
            drawn[event.id] = entry.exchange.number if entry.exchange is not None else None

    return note


def _another(target: Target) -> str:
    return target.currencies[1 % len(target.currencies)]
