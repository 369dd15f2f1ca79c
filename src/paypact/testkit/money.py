"""Money by two witnesses: what the raw requests asked for, read by the vendor's table, and what the ledger booked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from paypact.currencies import exponent, major
from paypact.gateways.facts import Carrier, MoneyFacts
from paypact.payments import Approved, Money
from paypact.testkit.bodies import at, decoded
from paypact.testkit.example import Example
from paypact.testkit.explore import DefectError, NotCoveredError
from paypact.testkit.judge import Verdict
from paypact.testkit.told import Problem, Told, trigger_of
from paypact.world.books import Authorization, Movement, Purchase
from paypact.world.codecs import listed
from paypact.world.recording import Exchange

_DIGITS: Final = re.compile(r"-?[0-9]+")
WITHOUT_CHARGE: Final = ("verify", "store")  # of whatever amount the gateway's way to look at a card is


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount in major units, exactly, however it was written."""

    value: Decimal
    currency: str
    places: int  # behind the point, as it is shown

    @classmethod
    def of(cls, money: Money) -> Sum:
        places = exponent(money.currency)
        return cls(Decimal(money.minor).scaleb(-places), money.currency, places)

    def same(self, other: Sum) -> bool:
        return (self.value, self.currency) == (other.value, other.currency)

    def __str__(self) -> str:
        return f"{self.value:.{self.places}f} {self.currency}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one request asked for, by the vendor's table. `text` is the amount as it was written."""

    exchange: Exchange
    carrier: Carrier
    text: str
    sum: Sum | None  # None: not an amount at all
    account: str | None


def check(example: Example, asked: Mapping[int, Money]) -> None:
    """Both witnesses must agree with the payment; a difference is the cause of whatever else went wrong.

    `asked` is what a capture or refund was called for, by its place in the example's history.

    Raises:
        DefectError: the witnesses contradict each other, so that one of ours is wrong.
        NotCoveredError: there is no second witness at this gateway.
    """
    if example.target.gateway.facts.money is None:
        title = example.target.gateway.facts.gateway.title
        raise NotCoveredError(f"the facts of {title} have no table [money], which says where amounts stand in requests")
    found = next(_differences(example, asked), None)
    if found is not None:
        verdict, told = found
        example.problems[:] = [Problem(verdict, told, len(example.exchanges), trigger_of(example))]


def _differences(example: Example, asked: Mapping[int, Money]) -> Iterator[tuple[Verdict, Told]]:
    for place, told in enumerate(example.history):
        expected = asked.get(place, told.payment.amount)
        due = _due(told, place in asked)
        last = {reading.carrier.carries: reading for reading in _read(example, told)}  # an earlier one was corrected
        for kind, reading in last.items():
            if kind not in due:
                continue
            example.occurred["amount read on the wire"] += 1
            verdict = _wire(example, reading, expected, kind)
            if verdict is not None:
                yield verdict, told
            else:
                _agree(reading)
        if isinstance(told.outcome, Approved) and place in asked:
            claimed = told.outcome.amount
            if claimed is not None and claimed != expected:
                said = f"{told.operation} answered Approved for {major(claimed.minor, claimed.currency)}"
                said += f", but {Sum.of(expected)} were asked for"
                yield Verdict("broken", f"money/{told.operation}/claimed", said), told
    yield from _booked(example, asked)


def _booked(example: Example, asked: Mapping[int, Money]) -> Iterator[tuple[Verdict, Told]]:
    """What the ledger holds, whoever asked for it."""
    for purchase in example.world.ledger.purchases:
        mine = [told for told in example.history if told.payment.attempt == purchase.attempt] or example.history
        first = mine[0]
        if first.operation in WITHOUT_CHARGE:
            continue
        expected = first.payment.amount
        if purchase.price != expected and any(a.state != "voided" for a in purchase.authorizations):
            said = f"the payment is {Sum.of(expected)}, but the card was charged {Sum.of(purchase.price)}"
            yield Verdict("broken", "money/charge/booked", said), first
        for authorization in purchase.authorizations:
            for movement in authorization.movements:
                place = _asked_in(example, movement, asked)
                true = Money(movement.amount, purchase.price.currency)
                if place is not None and true != asked[place]:
                    said = f"{movement.kind} of {Sum.of(asked[place])} was called for, but {Sum.of(true)} were moved"
                    yield Verdict("broken", f"money/{movement.kind}/booked", said), example.history[place]


def _asked_in(example: Example, movement: Movement, asked: Mapping[int, Money]) -> int | None:
    """The call that asked for a movement, by its place in the history; None where it was none of `asked`."""
    for place in asked:
        told = example.history[place]
        if told.operation == movement.kind and movement.requested_by in example.exchanges[told.first : told.last]:
            return place
    return None


def _due(told: Told, moves: bool) -> tuple[str, ...]:
    """What a call may carry an amount for."""
    if moves:
        return (told.operation,)
    return () if told.operation in WITHOUT_CHARGE else ("charge", "capture")


def _wire(example: Example, reading: Reading, expected: Money, kind: str) -> Verdict | None:
    exchange, right = reading.exchange, Sum.of(expected)
    refused = exchange.kind == "refused"
    word, clause = ("wrong", f"money/{kind}/refused") if refused else ("broken", f"money/{kind}")
    where, what = reading.carrier.request, "the payment is" if kind == "charge" else f"the {kind} is of"
    if reading.sum is None:
        said = f"{what} {right}, but {where} asked for {reading.text!r}, which is no amount"
        return Verdict(word, f"{clause}/unreadable", said)
    if not reading.sum.same(right):
        differs = "currency" if reading.sum.currency != right.currency else "amount"
        return Verdict(word, f"{clause}/{differs}", f"{what} {right}, but {where} asked for {reading.sum}")
    account = example.world.gateway.simulator.accounts().get(expected.currency)
    if reading.account is not None and account is not None and reading.account != account:
        said = f"{where} names merchant account {reading.account!r}, but {account!r} settles {right.currency}"
        return Verdict(word, f"{clause}/account", said)
    return None


def _agree(reading: Reading) -> None:
    """What a request asked for, the ledger must have booked in the same exchange.

    A request that names no merchant account, where there are several, does not say in which currency: what was booked
    is then compared with the payment alone.

    Raises:
        DefectError: it has not.
    """
    kind = reading.carrier.carries
    if reading.carrier.account and not reading.carrier.currency and not reading.account:
        return
    for entry in reading.exchange.booked:
        subject, price = entry.subject, _price(entry.subject)
        opened = kind == "charge" and isinstance(subject, Purchase) and entry.event == "open"
        moved = isinstance(subject, Movement) and subject.kind == kind and entry.event == "request"
        if (opened or moved) and reading.sum is not None:
            booked = Sum.of(Money(entry.amount, price.currency))
            if not booked.same(reading.sum):
                raise DefectError(
                    f"{reading.exchange.request.path} asked for {reading.sum} by the table [money] of the facts, "
                    f"but the simulator booked {booked}: one of the two is wrong"
                )


def _price(subject: Purchase | Authorization | Movement) -> Money:
    if isinstance(subject, Movement):
        subject = subject.authorization
    return subject.price if isinstance(subject, Purchase) else subject.purchase.price


def _read(example: Example, told: Told) -> Iterator[Reading]:
    facts = example.target.gateway.facts.money
    if facts is None:
        return
    for exchange in example.exchanges[told.first : told.last]:
        carrier = _carrier(facts, f"{exchange.request.method} {exchange.request.path}")
        if carrier is None or exchange.kind == "not simulated":
            continue
        body = decoded(exchange.request)
        written, first = _written(body, carrier)
        if written in (None, ""):  # in full, or no change of an amount
            continue
        currency = at(first, carrier.currency) if carrier.currency else told.payment.amount.currency
        account = at(body, carrier.account) if carrier.account else None
        read = _sum(facts, str(written), str(currency or "").upper())
        yield Reading(exchange, carrier, str(written), read, account)


def _written(body: Any, carrier: Carrier) -> tuple[Any, Any]:
    """The amount as it was written, None where there is none; and where its currency stands: the body or an item."""
    if not carrier.items:
        return at(body, carrier.amount), body
    items = listed(at(body, carrier.items)) or []
    each = [(at(item, carrier.amount), at(item, carrier.times) if carrier.times else None) for item in items]
    odd = next((price for price, _ in each if price is None or not _DIGITS.fullmatch(str(price))), None)
    if not each or odd is not None:
        return odd, items[0] if items else body
    return sum(int(price) * int(times or 1) for price, times in each), items[0]


def _sum(facts: MoneyFacts, text: str, currency: str) -> Sum | None:
    """An amount in the vendor's writing; None where it is none."""
    if facts.form == "units" and not _DIGITS.fullmatch(text):
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    places = facts.decimals.get(currency, 2)
    return Sum(value.scaleb(-places) if facts.form == "units" else value, currency, places)


@cache
def _patterns(requests: tuple[Carrier, ...]) -> tuple[tuple[re.Pattern[str], Carrier], ...]:
    return tuple((re.compile(re.escape(each.request).replace(r"\{\}", "[^/]+")), each) for each in requests)


def _carrier(facts: MoneyFacts, request: str) -> Carrier | None:
    return next((carrier for pattern, carrier in _patterns(facts.requests) if pattern.fullmatch(request)), None)
