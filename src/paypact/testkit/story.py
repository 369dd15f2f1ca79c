"""Story: what happened in an example, moment by moment: what the shop was asked, what it told, what the books held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from paypact.currencies import major
from paypact.payments import Money, Payment
from paypact.report.model import Step
from paypact.testkit.judge import said
from paypact.testkit.oracle import STANDING_SAID
from paypact.world.books import Authorization

MOVED = ("authorized", "paid", "undone", "disputed", "twice")  # standings in which there is an amount to tell


@dataclass(frozen=True, slots=True)
class Sums:
    """What an order's books hold, in minor units: held on cards, charged, given back; and how many charges."""

    held: int = 0
    charged: int = 0
    returned: int = 0
    charges: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """`told` None: nothing was asked of the shop, something happened. `exchanges`: how many had been made by then."""

    call: str
    told: object
    standing: str
    sums: Sums
    currency: str
    exchanges: int
    asked: Money | None = None  # how much a call was about, where that was said


def sums(authorizations: Iterable[Authorization]) -> Sums:
    """The books of one order, added up."""
    every = list(authorizations)
    return Sums(
        sum(each.capturable for each in every),
        sum(each.captured for each in every),
        sum(each.refunded + each.total("chargeback") for each in every),
        sum(each.captured > 0 for each in every),
    )


def steps(story: Sequence[Moment], parted: int | None) -> Iterator[Step]:
    """The story as a reader sees it; at moment `parted` shop and books are no longer of one mind."""
    for place, moment in enumerate(story):
        yield Step(
            call=f"{moment.call} {major(moment.asked.minor, moment.asked.currency)}" if moment.asked else moment.call,
            told=_told(moment.told),
            ledger=_books(moment),
            parted=place == parted,
            exchanges=moment.exchanges,
        )


def paid(found: Sums, payment: Payment) -> str:
    """What an order cost its shopper in the end, beside its price."""
    currency, price = payment.amount.currency, payment.amount.minor
    net = found.charged - found.returned
    if net == price > 0 and found.charges == 1:
        said = f"{major(net, currency)}, the price of the order"
    elif net:
        times = f", in {found.charges} charges" if found.charges > 1 else ""
        said = f"{major(net, currency)}{times}, for an order of {major(price, currency)}"
    else:
        said = (
            "nothing" if not found.charged else f"nothing in the end, {major(found.charged, currency)} were given back"
        )
    return f"{said}; {major(found.held, currency)} are held on the card" if found.held else said


def _told(told: object) -> str:
    if told is None:
        return ""
    return f"crashed with {said(told)}" if isinstance(told, BaseException) else said(told)


def _books(moment: Moment) -> str:
    amounts = moment.sums
    sums_ = ((amounts.held, "held"), (amounts.charged, "charged"), (amounts.returned, "given back"))
    parts = [(major(minor, moment.currency), word) for minor, word in sums_ if minor]
    shown = parts[0][0] if len(parts) == 1 else ", ".join(f"{amount} {word}" for amount, word in parts)
    words = STANDING_SAID[moment.standing]
    return f"{words}: {shown}" if shown and moment.standing in MOVED else words


def parting(story: Sequence[Moment], outcome: object, fallback: int) -> int | None:
    """The moment at which `outcome` was told, the last such; else the `fallback`, where there is one."""
    for place in range(len(story) - 1, -1, -1):
        if outcome is not None and story[place].told is outcome:
            return place
    return fallback if 0 <= fallback < len(story) else None
