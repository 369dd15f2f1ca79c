"""What may differ between two cards of one scheme, as tables: suites draw from them, a covering array lists them."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

from paypact.cards.catalogue import Scheme, scheme, wallets

if TYPE_CHECKING:
    from collections.abc import Mapping

Edge: TypeAlias = Literal["low", "high", "inside"]
EDGES: tuple[Edge, ...] = get_args(Edge)


class Kind(NamedTuple):
    """What a card is apart from its number: plain, carrying another scheme's number, or held in a wallet."""

    carrier: str | None = None  # the scheme whose number a co-badged card carries
    network: str | None = None  # the shopper's choice
    wallet: str | None = None
    named: bool = True  # False: the wallet does not say which scheme is underneath


@cache
def kinds(scheme_id: str) -> Mapping[str, Kind]:
    """The kinds of card a scheme has, the plainest first.

    `plain`; `cobadge:visa` where the shopper chose no network and `cobadge:visa/visa`, `cobadge:visa/elo` where one was
    chosen; the name of each wallet that holds such cards; `link:unnamed` for a wallet that need not name the scheme.
    """
    card = scheme(scheme_id)
    plain = {"plain": Kind()} if card.ranges else {}
    cobadged = {}
    for carrier in card.cobadge:
        cobadged[f"cobadge:{carrier}"] = Kind(carrier)
        for network in (scheme_id, carrier):
            cobadged[f"cobadge:{carrier}/{network}"] = Kind(carrier, network)
    found = cobadged | plain if card.usually_cobadged else plain | cobadged
    # In a wallet too, a scheme without numbers of its own lives on those of a carrier.
    home = None if card.ranges else card.cobadge[0]
    for wallet in card.wallets:
        found[wallet] = Kind(home, wallet=wallet)
        if wallets()[wallet].unnamed:
            found[f"{wallet}:unnamed"] = Kind(home, wallet=wallet, named=False)
    return MappingProxyType(found)


@cache
def axes(scheme_id: str) -> Mapping[str, tuple[Any, ...]]:
    """All that may differ between two cards of a scheme: keyword of `build` to its values, the plainest first.

    Any value of one axis goes with any of another. Axes with a single value are listed too.
    """
    card = scheme(scheme_id)
    return MappingProxyType(
        {
            "kind": tuple(kinds(scheme_id)),
            "range": tuple(range(_range_count(card))),
            "edge": EDGES,
            "length": card.lengths,
            "luhn": {"required": (True,), "unknown": (True,), "none": (False, True)}.get(card.luhn, (True, False)),
            "funding": card.funding,
            "expiry": (True,) if card.expiry == "always" else (True, False),
            "cvc": {"required": (True,), "none": (False,)}.get(card.cvc.presence, (True, False)),
        }
    )


def _range_count(card: Scheme) -> int:
    """How many ranges are worth telling apart; a scheme that has none is known by its carriers' alone."""
    return len(card.ranges) or max(len(scheme(carrier).ranges) for carrier in card.cobadge)
