"""Cards made from the catalogue: the same arguments always make the same card, at the edges of each range first.

The ranges are live. A card from here belongs inside the simulated world and must never leave the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paypact.cards.card import Card, Funding
from paypact.cards.catalogue import Range, Scheme, claimant, luhn_digit, scheme
from paypact.cards.kinds import EDGES, Edge, axes, kinds
from paypact.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection


def build(
    scheme_id: str,
    *,
    kind: str | None = None,
    range: int = 0,
    edge: Edge = "low",
    length: int | None = None,
    luhn: bool | None = None,
    funding: Funding | None = None,
    expiry: bool = True,
    cvc: bool = True,
    digits: int = 0,
    exp_month: int = 12,
    exp_year: int = 2034,
    holder: str = "Test Cardholder",
    network: str | None = None,
    wallet: str | None = None,
) -> Card:
    """The card of a scheme that these arguments describe; each one left out is the plainest.

    `edge` takes the lowest or the highest number of the range, or one inside it; numbers that belong to a more specific
    range of another scheme are stepped over, inwards. `range` counts the ranges that have numbers of that length and
    kind, and starts over at their end. `luhn` asks for a check digit that is right, or for one that is wrong. `digits`
    has no meaning: it sets the security code and, inside a range, the account. A co-badged card carries a number of its
    own scheme where that lies within the carrier's ranges, else one of the carrier's. `wallet` is short for that
    `kind`; `network` is the shopper's choice, and brings the co-badge that it needs.

    Raises:
        UsageError: the scheme, or one of the values, does not exist; the message lists what does.
    """
    card = scheme(scheme_id)
    if kind is None:
        kind = wallet or (f"cobadge:{network}" if network in card.cobadge else next(iter(kinds(scheme_id))))
    _one_of(kind, "kind", kinds(scheme_id), card)
    chosen = kinds(scheme_id)[kind]
    carrier = scheme(chosen.carrier) if chosen.carrier else card
    networks = (card.id,) if carrier is card else (card.id, carrier.id)
    _one_of(edge, "edge", EDGES, card)
    _one_of(range, "range", axes(scheme_id)["range"], card)
    _one_of(length, "length", (None, *card.lengths), card)
    _one_of(funding, "funding", (None, *card.funding), card)
    _one_of(network, "network", (None, *networks), card)

    within, long = _range(_pool(card, carrier), range, length)
    body = _body(within, edge, long - 1, digits, networks)
    right = card.luhn != "none" if luhn is None else luhn
    number = body + _last_digit(body, edge, right=right)
    code = _security_code(carrier, digits) if cvc and not chosen.wallet else None
    return Card(
        number="" if chosen.wallet else number,
        exp_month=exp_month if expiry else None,
        exp_year=exp_year if expiry else None,
        cvc=code,
        holder=holder,
        scheme=card.id,
        networks=networks if chosen.named else (),
        network=network or chosen.network,
        wallet=chosen.wallet,
        funding=funding or card.funding[0],
        tail=number[-4:] if chosen.wallet else "",
    )


def _one_of(value: Any, what: str, allowed: Collection[Any], card: Scheme) -> None:
    if value in allowed:
        return
    listed = ", ".join(str(each) for each in allowed if each is not None)
    raise UsageError(f"a card of scheme {card.id!r} has no {what} {value!r}; it has {listed}")


def _pool(card: Scheme, carrier: Scheme) -> tuple[Range, ...]:
    """The ranges of a card's number: its own; for a co-badge those within the carrier's, else the carrier's."""
    if carrier is card:
        return card.ranges
    shared = tuple(own for own in card.ranges if any(_covers(wide, own) for wide in carrier.ranges))
    return shared or carrier.ranges


def _covers(wide: Range, narrow: Range) -> bool:
    return wide.width <= narrow.width and wide.holds(narrow.low) and wide.holds(narrow.high)


def _range(pool: tuple[Range, ...], place: int, length: int | None) -> tuple[Range, int]:
    """The range at that place and the length of its numbers: the one wished for where this kind of card has it."""
    fitting = tuple(each for each in pool if length in each.lengths) or pool
    found = fitting[place % len(fitting)]
    return found, length if length in found.lengths else found.lengths[0]


def _body(within: Range, edge: Edge, length: int, digits: int, owners: Collection[str]) -> str:
    """A number without its check digit, `length` digits long, that no other scheme than the owners claims."""
    scale = 10 ** (length - within.width)
    low, high = int(within.low) * scale, (int(within.high) + 1) * scale - 1
    middle = int(within.low) + (within.span // 2 + digits) % (within.span + 1)
    inside = middle * scale + (scale // 2 + digits) % scale
    start = {"low": low, "high": high, "inside": inside}[edge]
    for step in (-1,) if edge == "high" else (1, -1):
        at = start
        while low <= at <= high:
            claim, owner = _claim(at)
            if owner in owners:
                return str(at)
            size = 10 ** (length - claim.width)
            at = (int(claim.high) + 1) * size if step > 0 else int(claim.low) * size - 1
    raise UsageError(f"range {within.low}-{within.high} of {' and '.join(owners)} belongs to other schemes altogether")


def _claim(body: int) -> tuple[Range, str]:
    claim = claimant(str(body)[:8])
    assert claim is not None  # at least the range that the number was made from claims it
    return claim


def _last_digit(body: str, edge: Edge, *, right: bool) -> str:
    """The check digit, or the lowest (at the high edge the highest) digit that is not it."""
    check = luhn_digit(body)
    if right:
        return check
    return next(each for each in ("98" if edge == "high" else "01") if each != check)


def _security_code(carrier: Scheme, digits: int) -> str | None:
    length = carrier.cvc.length
    return f"{(int('1234'[:length]) + digits) % 10**length:0{length}}" if length else None
