"""Needs: what one integration needs of every reply, in every state, found by playing and taking replies apart."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Final, TypeAlias

import msgspec

from paypact.contract.ablation import Ablation, Change, Expected, Found
from paypact.contract.memory import Memory
from paypact.contract.model import IntegrationNeeds, Need, ReplyNeeds
from paypact.contract.paths import Path, dotted, last, leaves
from paypact.contract.rehearsal import Ablating, Situation, perform
from paypact.contract.staging import LISTENING, Staged, request_name, situations, stage
from paypact.contract.trace import Trace
from paypact.testkit.target import Target
from paypact.world.notifications import Event
from paypact.world.recording import Exchange
from paypact.world.redaction import Redactor
from paypact.world.variations import Variation, variations, varied

Findings: TypeAlias = Mapping[int, tuple[Found, ...]]  # a situation's number -> what was found of all that is in it
FEWEST: Final = 10  # stories that make a share: to start a process takes as long as to play a few of them
UNSTEADY: Final = "two plays of the same payment went different ways, so that nothing can be told"


@dataclass
class Observed:
    """One reply, or one webhook, with what of it is needed."""

    staged: Staged
    place: int  # which reply to the call, from 1; 0: a webhook
    found: Found
    exchange: Exchange | None = None
    event: Event | None = None
    reply: Any = None  # the whole reply, as plain data


@dataclass(frozen=True)
class _Subject:
    """A reply or a webhook that is to be taken apart, and what is expected of it."""

    observed: Observed
    memory: Memory
    key: Hashable
    possible: tuple[Variation, ...]
    traits: set[Path]  # fields and values, by which others are like it
    expected: Expected


def observe(subjects: Sequence[_Subject], staged: Staged) -> None:
    """Take a story apart: all of its subjects together."""

    def play(changes: Collection[Change]) -> Trace:
        replies: dict[int, list[Variation]] = {}
        webhooks: dict[str, list[Variation]] = {}
        for number, change in changes:
            observed = subjects[number].observed
            if observed.exchange is not None:
                replies.setdefault(observed.exchange.number, []).append(change)
            elif observed.event is not None:
                webhooks.setdefault(observed.event.type, []).append(change)
        changing = _Changing(webhooks) if webhooks else None
        played = perform(staged.target, staged.situation, Ablating(replies), change=changing, departed=staged.departed)
        return played.parted or staged.trace_of(played)

    replies = {number: (each.observed.reply, each.possible) for number, each in enumerate(subjects)}
    expected = Expected.of_all({number: each.expected for number, each in enumerate(subjects)})
    found = Ablation(replies, play, staged.trace, staged.symbols).found(expected)
    for number, each in enumerate(subjects):
        each.observed.found = found.of(number)
        each.memory.keep(each.key, each.traits, each.observed.found)


def _replies(staged: Staged, memory: Memory, heard: set[Hashable]) -> Iterator[_Subject]:
    """The replies to the first call of the operation, and those to what webhooks made the shop ask, if they are new."""
    operation, exchanges = staged.situation.case.operation, staged.usual.example.exchanges
    listening = [each for each in exchanges if each.operation == LISTENING and each.number in staged.usual.kept]
    for name, answered in ((operation, staged.replied()), (LISTENING, listening)):
        for place, exchange in enumerate(answered, 1):
            assert exchange.response is not None
            reply = staged.usual.reply(exchange.number)
            asked = request_name(staged.symbols, exchange)
            alike = staged.symbols.alike(f"{asked} {json.dumps(reply, default=str)}")
            key = alike if name == LISTENING else (replace(staged.situation, following=""), name, place, alike)
            if name == LISTENING and key in heard:
                continue
            heard.add(key)
            possible = tuple(variations(exchange.response.body, everything=True))
            fields = {each.path for each in possible}
            traits = {
                (asked,),
                *fields,
                *((*path, str(staged.symbols.alike(str(held)))) for path, held in leaves(reply)),
            }
            observed = Observed(staged, place, Found(), exchange, reply=reply)
            yield _Subject(observed, memory, key, possible, traits, memory.expected(key, fields, traits))


def _webhooks(staged: Staged, memory: Memory, heard: set[Hashable]) -> Iterator[_Subject]:
    """The first webhook of each type that is new; only those whose body is JSON can be taken apart."""
    outbox = staged.usual.example.outbox
    for event in outbox.happened if outbox is not None else ():
        tree = _json(event.body)
        if event.type in heard or not isinstance(tree, dict):
            continue
        heard.add(event.type)
        possible = tuple(variations(tree, everything=True))
        fields = {each.path for each in possible}
        # most of a webhook is read by nobody, and much of it is as large as a reply: halves from the beginning
        spare = {path for path in fields if last(path) != "type"}
        observed = Observed(staged, 0, Found(), None, event, tree)
        expected = replace(memory.expected(event.type, fields, fields), spare=spare)
        yield _Subject(observed, memory, event.type, possible, fields, expected)


@dataclass
class _Changing:
    """Changes the first webhook of each of these types."""

    changes: Mapping[str, Collection[Variation]]
    first: dict[str, str] = field(default_factory=dict)  # type -> the id of that webhook

    def __call__(self, event: Event) -> Event:
        if event.type not in self.changes or self.first.setdefault(event.type, event.id) != event.id:
            return event
        tree = varied(json.loads(event.body), self.changes[event.type])
        return replace(event, body=json.dumps(tree).encode())


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


def study(target: Target, mine: Collection[int] | None = None, others: Iterable[Findings] = ()) -> Study:
    """Find all needs of one integration.

    `mine` are the shares that are taken apart here, None: all; `others` what was found of the rest elsewhere, taken
    when the work here is done. An integration has always the same shares: what is found is the same, too.

    Raises:
        PaypactError: the driver cannot be made or started.
    """
    began = time.perf_counter()
    told = list(_told(target, range(shares(target)) if mine is None else mine))
    for number, found in (pair for findings in others for pair in findings.items()):
        for one, there in zip(told[number].observed, found, strict=True):
            one.found = there
    observed = tuple(one for each in told for one in each.observed)
    notes = tuple(each.note for each in told if each.note)
    return Study(target, observed, notes, time.perf_counter() - began)


def findings(target: Target, mine: Collection[int]) -> Findings:
    """What these shares of an integration come to.

    Raises:
        PaypactError: the driver cannot be made or started.
    """
    told = enumerate(_told(target, mine))
    return {number: tuple(one.found for one in each.observed) for number, each in told if each.mine}


def shares(target: Target) -> int:
    """How many parts the work on an integration has, each of which one process can do."""
    return max(1, len(stories(target)) // FEWEST)


def stories(target: Target) -> list[list[Situation]]:
    """The situations of an integration; those in which the shop goes on from the same reply together."""
    same = groupby(situations(target), key=lambda situation: replace(situation, following=""))
    return [list(group) for _, group in same]


@dataclass(frozen=True)
class _Told:
    """What there is to be said of one situation; of another's share only what has to be taken apart in it."""

    mine: bool
    observed: Sequence[Observed] = ()
    note: str = ""


def _told(target: Target, mine: Collection[int]) -> Iterator[_Told]:
    """Every situation in order. The shares take the stories by turns; each remembers what was found in it alone.

    A webhook, and what is asked after one, belong to the first story in which they come up, whosesoever that is. There,
    too, fields are dropped one by one that others drop together.
    """
    memories = [(Memory(), Memory()) for _ in range(shares(target))]  # of replies, and of webhooks
    heard: set[Hashable] = set()
    for number, story in enumerate(stories(target)):
        share = number % len(memories)
        replied, told = memories[share]
        for situation in story:
            staged = stage(target, situation)
            note = _amiss(staged)
            subjects = [] if note else [*_replies(staged, replied, heard), *_webhooks(staged, told, heard)]
            if share in mine and not note:
                observe(subjects, staged)
            tried = {each.path for subject in subjects if subject.memory is replied for each in subject.possible}
            for other, _ in memories[:share] + memories[share + 1 :]:
                other.tried(tried)
            yield _Told(share in mine, [each.observed for each in subjects], note)


def _amiss(staged: Staged) -> str:
    """Why nothing can be told of a situation; empty where it can."""
    name = ", ".join(filter(None, staged.situation.key))
    missing = staged.usual.example.world.recording.not_simulated()
    if missing:
        return f"{name}: {missing[0]} is not simulated"
    return f"{name}: {UNSTEADY}" if staged.trace.departs(staged.trace_of(staged.twin)) else ""


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
