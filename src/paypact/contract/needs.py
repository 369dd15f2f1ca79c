"""Needs: what one integration needs of every reply, in every state, found by playing and taking replies apart."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import msgspec

from paypact.contract.ablation import Ablation, Found
from paypact.contract.memory import Memory
from paypact.contract.model import IntegrationNeeds, Need, ReplyNeeds
from paypact.contract.paths import dotted, last
from paypact.contract.rehearsal import LATER, Ablating, At, Performance, Situation, is_id, perform
from paypact.contract.trace import Source, Symbols, Trace, trace
from paypact.testkit import replies
from paypact.testkit.story import Moment
from paypact.testkit.target import Target
from paypact.testkit.told import Told
from paypact.world.notifications import Event
from paypact.world.recording import Exchange
from paypact.world.redaction import Redactor
from paypact.world.variations import Variation, variations, varied

LISTENING: Final = "receive"  # the operation within which a webhook is taken
UNSTEADY: Final = "two plays of the same payment went different ways, so that nothing can be told"


@dataclass(frozen=True)
class Staged:
    """A situation played several times: as it is, in another world, at another time, and by another shopper."""

    target: Target
    situation: Situation
    usual: Performance
    twin: Performance
    later: Performance
    stranger: Performance
    _told: dict[int, bool] = field(default_factory=dict, compare=False)

    @cached_property
    def volatile(self) -> tuple[At, ...]:
        """Where ids stand, and other texts that no two worlds have in common."""
        there, kept = dict(self.twin.told()), self.usual.kept
        every = list(self.usual.told())
        return tuple(at for at, value in every if at[0] == 0 or value != there.get(at) or is_id(kept.get(at[0]), at[1]))

    @cached_property
    def symbols(self) -> Symbols:
        return self.symbols_of(self.usual)

    def symbols_of(self, performance: Performance, moments: int | None = None) -> Symbols:
        """The texts of that play's world at the places where no two worlds have the same."""
        known: dict[str, Source] = {}
        calls: dict[int, tuple[str, int]] = {}
        for (number, path), value in performance.at(self.volatile, moments):
            if value not in known:
                if number not in calls:
                    calls[number] = _call(performance, number)
                known[value] = Source(*calls[number], path, number)
        return Symbols(known)

    def trace_of(self, performance: Performance, moments: int | None = None) -> Trace:
        """What happened in a play, until its story had so many moments; None: in all of it."""
        return trace(performance.example, self.symbols_of(performance, moments), moments)

    @cached_property
    def trace(self) -> Trace:
        return self.trace_of(self.usual)

    def departed(self, performance: Performance) -> bool:
        """Whether a play that is under way has gone another way than usual.

        It is looked into where the shop was not called, or did not answer, as it does usually: that is cheaply told.
        """
        usual, story = self.usual.example.story, performance.example.story
        moments = len(story)
        if moments <= len(usual) and _kind(story[-1]) == _kind(usual[moments - 1]):
            return False
        return self._telling(moments) and not self.trace_of(performance, moments).starts(self.trace)

    def _telling(self, moments: int) -> bool:
        """Whether a trace reads by then as it will in the end: of all values in it one knows what they are."""
        if moments not in self._told:
            plays = (self.usual, self.twin)
            self._told[moments] = all(self.trace_of(one, moments).starts(self.trace_of(one)) for one in plays)
        return self._told[moments]

    @property
    def told(self) -> Told | None:
        """The first call of the operation."""
        operation = self.situation.case.operation
        return next((each for each in self.usual.example.history if each.operation == operation), None)

    def replied(self) -> list[Exchange]:
        """The exchanges of the first call of the operation that were answered with declared or plain data."""
        told = self.told
        if told is None:
            return []
        made = self.usual.example.exchanges[told.first : told.last]
        return [each for each in made if each.operation == told.operation and each.number in self.usual.kept]


@dataclass(frozen=True)
class Observed:
    """One reply, or one webhook, with what of it is needed."""

    staged: Staged
    place: int  # which reply to the call, from 1; 0: a webhook
    found: Found
    exchange: Exchange | None = None
    event: Event | None = None
    reply: Any = None  # the whole reply, as plain data


def _kind(moment: Moment) -> tuple[str, type, int]:
    return moment.call, type(moment.told), moment.exchanges


def _call(performance: Performance, number: int) -> tuple[str, int]:
    """The operation of an exchange, and which of the replies to that call its is, from 1."""
    if number == 0:
        return "", 0
    exchanges = performance.example.exchanges
    exchange = exchanges[number - 1]
    call = next(
        (told for told in performance.example.history if told.first < number <= told.last),
        None,
    )
    first = call.first if call is not None and call.operation == exchange.operation else 0
    return exchange.operation, sum(each.operation == exchange.operation for each in exchanges[first:number])


def situations(target: Target) -> Iterator[Situation]:
    """Every state from which an operation replies; from the plainest, each thing that the shop can do next."""
    for operation in replies.operations(target):
        for values in replies.situations(target, operation):
            if "kind" not in values:
                ways = replies.followings(target, operation) or ("",)
                for following in ways if not values else ways[:1]:
                    yield Situation(target.case(operation=operation, **values), following)


def stage(target: Target, situation: Situation) -> Staged:
    """Play a situation as often as it takes to tell what in it is whose."""
    usual, twin = perform(target, situation), perform(target, situation)
    later, stranger = perform(target, situation, now=LATER), perform(target, situation, stranger=True)
    return Staged(target, situation, usual, twin, later, stranger)


def observe(staged: Staged, memory: Memory) -> Iterator[Observed]:
    """Take apart each reply to the first call of the situation's operation, and those to what webhooks made it ask."""
    yield from _take_apart(staged, staged.situation.case.operation, staged.replied(), memory)
    exchanges = staged.usual.example.exchanges
    asked = [each for each in exchanges if each.operation == LISTENING and each.number in staged.usual.kept]
    yield from _take_apart(staged, LISTENING, asked, memory)


def _take_apart(staged: Staged, operation: str, exchanges: list[Exchange], memory: Memory) -> Iterator[Observed]:
    target, situation = staged.target, staged.situation
    for place, exchange in enumerate(exchanges, 1):
        assert exchange.response is not None
        reply = staged.usual.reply(exchange.number)
        asked = request_name(staged.symbols, exchange)
        alike = staged.symbols.alike(f"{asked} {json.dumps(reply, default=str)}")
        key = alike if operation == LISTENING else (replace(situation, following=""), operation, place, alike)
        if operation == LISTENING and memory.knows(key):
            continue

        def play(changes: Collection[Variation], place: int = place) -> Trace:
            ablating = Ablating(operation, place, changes)
            return staged.trace_of(perform(target, situation, ablating, departed=staged.departed))

        possible = list(variations(exchange.response.body, everything=True))
        fields = {(asked,), *(each.path for each in possible)}
        found = Ablation(reply, possible, play, staged.trace, staged.symbols).found(memory.expected(key, fields))
        memory.keep(key, fields, found)
        yield Observed(staged, place, found, exchange, reply=reply)


def observe_webhooks(staged: Staged, memory: Memory) -> Iterator[Observed]:
    """Take apart each webhook of a type that was not seen before; only those whose body is JSON can be."""
    target, situation = staged.target, staged.situation
    outbox = staged.usual.example.outbox
    for event in outbox.happened if outbox is not None else ():
        tree = _json(event.body)
        if memory.knows(event.type) or not isinstance(tree, dict):
            continue

        def play(changes: Collection[Variation], name: str = event.type) -> Trace:
            change = _Changing(name, changes)
            return staged.trace_of(perform(target, situation, change=change, departed=staged.departed))

        possible = list(variations(tree, everything=True))
        fields = {each.path for each in possible}
        # most of a webhook is read by nobody, and much of it is as large as a reply: halves from the beginning
        expected = replace(memory.expected(event.type, fields), spare={*map(last, fields)} - {"type"})
        found = Ablation(tree, possible, play, staged.trace, staged.symbols).found(expected)
        memory.keep(event.type, fields, found)
        yield Observed(staged, 0, found, None, event, tree)


@dataclass
class _Changing:
    """Changes the first webhook of one type."""

    type: str
    changes: Collection[Variation]
    id: str = ""

    def __call__(self, event: Event) -> Event:
        if event.type != self.type or self.id not in ("", event.id):
            return event
        self.id = event.id
        return replace(event, body=json.dumps(varied(json.loads(event.body), self.changes)).encode())


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


@dataclass(frozen=True)
class Study:
    """Everything that was found about one integration."""

    target: Target
    observed: tuple[Observed, ...]
    notes: tuple[str, ...]
    seconds: float

    def result(self) -> IntegrationNeeds:
        """As it is printed and written."""
        scope = self.target.scope
        merged: dict[tuple[Any, ...], ReplyNeeds] = {}
        for each in self.observed:
            made = _described(each)
            after = each.staged.situation if made.operation == LISTENING else None
            key = (made.operation, made.answer, made.shopper, made.reply, made.request, after)
            before = merged.get(key)
            merged[key] = made if before is None else _both(before, made)
        return IntegrationNeeds(
            integration=self.target.name,
            gateway=scope.gateway,
            replies=tuple(merged.values()),
            notes=self.notes,
            seconds=round(self.seconds, 3),
        )


def study(target: Target) -> Study:
    """Find all needs of one integration.

    Raises:
        PaypactError: the driver cannot be made or started.
    """
    began = time.perf_counter()
    observed: list[Observed] = []
    notes: list[str] = []
    replied, told = Memory(), Memory()
    for situation in situations(target):
        staged = stage(target, situation)
        name = ", ".join(filter(None, situation.key))
        missing = staged.usual.example.world.recording.not_simulated()
        if missing:
            notes.append(f"{name}: {missing[0]} is not simulated")
        elif staged.trace.departs(staged.trace_of(staged.twin)):
            notes.append(f"{name}: {UNSTEADY}")
        else:
            observed += observe(staged, replied)
            observed += observe_webhooks(staged, told)
    return Study(target, tuple(observed), tuple(notes), time.perf_counter() - began)


def _described(observed: Observed) -> ReplyNeeds:
    case, exchange = observed.staged.situation.case, observed.exchange
    example = observed.staged.usual.example
    secrets = observed.staged.target.gateway.simulator.credentials().values()
    redactor = Redactor(secrets, [payment.card for payment in example.payments])
    return ReplyNeeds(
        operation=exchange.operation if exchange is not None else LISTENING,
        answer=case.answer,
        shopper=case.shopper if case.operation == "complete" else "",
        reply=observed.place or 1,
        request=request_name(observed.staged.symbols, exchange) if exchange is not None else _type(observed),
        status=exchange.response.status if exchange is not None and exchange.response is not None else 0,
        needs=tuple(_redacted(need, redactor) for need in observed.found.needs.values()),
        unneeded=tuple(map(dotted, observed.found.unneeded)),
        together=observed.found.together,
    )


def _redacted(need: Need, redactor: Redactor) -> Need:
    """What happens instead may quote what the integration said, and that may be anything."""
    said = {name: redactor.text(getattr(need, name)) for name in ("without", "null", "other")}
    return msgspec.structs.replace(need, **said)


def _type(observed: Observed) -> str:
    return observed.event.type if observed.event is not None else ""


def _both(before: ReplyNeeds, also: ReplyNeeds) -> ReplyNeeds:
    """What is needed of the same reply when the shop goes on in one way or in another."""
    needs = {need.field: need for need in (*also.needs, *before.needs)}
    unneeded = [name for name in before.unneeded if name in also.unneeded or not _above(name, needs)]
    kept = tuple(name for name in unneeded if name not in needs)
    ordered = tuple(needs[name] for name in dict.fromkeys([*(n.field for n in before.needs), *needs]))
    return msgspec.structs.replace(before, needs=ordered, unneeded=kept, together=before.together and also.together)


def _above(name: str, needs: Mapping[str, Any]) -> bool:
    return any(field == name or field.startswith(f"{name}.") for field in needs)


def request_name(known: Symbols, exchange: Exchange) -> str:
    """Method and path of a request, with `{}` for ids."""
    path = "".join(part if isinstance(part, str) else "{}" for part in known.parts(exchange.request.path))
    return f"{exchange.request.method} {path}"
