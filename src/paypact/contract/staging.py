"""Staging: one situation played as often as it takes to tell what in it is whose, and what happens in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from paypact.contract.rehearsal import LATER, At, Performance, Situation, is_id, perform
from paypact.contract.trace import Source, Symbols, Trace, said, trace
from paypact.payments import Order
from paypact.testkit import replies
from paypact.testkit.story import Moment
from paypact.testkit.target import Target
from paypact.testkit.told import Told
from paypact.world.recording import Exchange

LISTENING: Final = "receive"  # the operation within which a webhook is taken


@dataclass(frozen=True)
class Staged:
    """A situation played twice, as it is and in another world; at another time and by another shopper when asked."""

    target: Target
    situation: Situation
    usual: Performance
    twin: Performance
    _told: dict[int, bool] = field(default_factory=dict, compare=False)

    @cached_property
    def later(self) -> Performance:
        """The same at another time."""
        return perform(self.target, self.situation, now=LATER)

    @cached_property
    def stranger(self) -> Performance:
        """Another shopper's, who pays for something else."""
        return perform(self.target, self.situation, stranger=True)

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
        if not self._telling(moments):
            return False
        found = self.trace_of(performance, moments)
        if found.starts(self.trace):
            return False
        performance.parted = found
        return True

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


def _kind(moment: Moment) -> tuple[str, type, int, str | int]:
    """What is the same at a moment of two plays that went one way; of an outcome, with its ids, only its length."""
    text = str(moment.told) if isinstance(moment.told, Order | int) else len(said(moment.told))
    return moment.call, type(moment.told), moment.exchanges, text


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
    return Staged(target, situation, perform(target, situation), perform(target, situation))


def request_name(known: Symbols, exchange: Exchange) -> str:
    """Method and path of a request, with `{}` for ids."""
    path = "".join(part if isinstance(part, str) else "{}" for part in known.parts(exchange.request.path))
    return f"{exchange.request.method} {path}"
