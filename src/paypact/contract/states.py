"""Provider states that a simulator sets up by itself: what must be true at the gateway before a request makes sense.

docs/contracts.md has all states of contracts, their parameters and the values they give. Those about earlier requests
of the same contract are carried out by whoever verifies it, over the wire; what is left to the gateway stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from paypact.cards import classify, scheme
from paypact.cards.card import Card
from paypact.errors import PaypactError
from paypact.naming import near
from paypact.payments import Address, Customer, Item, Money, Payment
from paypact.world import answers
from paypact.world.simulator import Simulator
from paypact.world.world import World

METHOD: Final = "a payment method"
EARLIER: Final = "an earlier call"
ACTED: Final = "the shopper acted"

EXPIRY: Final = (3, 2030)  # of every card; where a vendor publishes one date for all its test cards, it is this one
CODE: Final = "7373"  # security codes begin with it

RETURN_URL: Final = "https://shop.example/return"
_SECRET: Final = re.compile(r"key|secret|token|password|hook", re.IGNORECASE)
_SHOPPER: Final = Customer(
    "Jenny Rosen",
    "jenny@shop.example",
    None,
    Address("Main Street 1", None, "Dublin", None, "D02 AF30", "IE"),
    "en-IE",
    "203.0.113.7",
)


class StateError(PaypactError):
    """A provider state that cannot be set up: its name or a parameter is unknown, or the gateway has no such thing."""


def set_up(world: World, name: str, params: Mapping[str, Any]) -> dict[str, str]:
    """Make a state true in `world`; the values that later requests speak of.

    Raises:
        StateError: it cannot be.
    """
    found = STATES.get(name)
    if found is None:
        raise StateError(f"provider state {name!r} is unknown{near(name, STATES)} (known: {'; '.join(STATES)})")
    known, carry_out = found
    for key, value in params.items():
        if key not in known:
            raise StateError(f"provider state {name!r}: parameter {key!r} is unknown (known: {', '.join(known)})")
        if not isinstance(value, str):
            raise StateError(f"provider state {name!r}: {key} {value!r} is no text")
    return carry_out(world, params)


def _payment_method(world: World, params: Mapping[str, str]) -> dict[str, str]:
    card = card_of(world, params.get("number", ""), params.get("card", ""))
    said = params.get("answer", "")
    if said:
        try:
            world.issuer.answers(card, answers.parse(said))
        except PaypactError as error:
            raise StateError(f"provider state {METHOD!r}: {error}") from None
    token = world.simulator.tokenize(card)
    return {**account_values(world.simulator), **({"token": token} if token else {})}


def account_values(simulator: Simulator) -> dict[str, str]:
    """What requests say of an account: credentials that are no secrets, and merchant accounts by currency."""
    shown = {name: value for name, value in simulator.credentials().items() if not _SECRET.search(name)}
    accounts = {f"merchant_account_{currency.lower()}": id_ for currency, id_ in simulator.accounts().items()}
    return {**accounts, **shown}


STATES: Final[Mapping[str, tuple[tuple[str, ...], Callable[[World, Mapping[str, str]], dict[str, str]]]]] = (
    MappingProxyType({METHOD: (("card", "number", "answer"), _payment_method)})
)


def card_of(world: World, number: str = "", of: str = "") -> Card:
    """A card that exists, with a number that the vendor publishes; none given: the first that is simply approved.

    `of` is its scheme, where the number alone does not tell. A number that the vendor does not publish is issued.

    Raises:
        StateError: it is no number of any card scheme, or the gateway publishes none that is approved.
    """
    tests = world.gateway.facts.test_cards
    plain = (one.number for one in tests if one.answers == ("approve",) and not one.unconfirmed)
    number = number or next((one for one in plain if not of or classify(one) == of), "")
    published = next((one for one in tests if one.number == number), None)
    named = of or (published.scheme if published is not None else classify(number) or "")
    if not number or not named:
        raise StateError(
            f"a card {number[:6]}… is of no card scheme: name a number that the vendor publishes for tests"
            if number
            else f"{world.gateway.facts.gateway.title} publishes no test number of {of or 'any scheme'}: name a number"
        )
    code = CODE[: scheme(named).cvc.length] or None
    card = Card(number, *EXPIRY, code, _SHOPPER.name, named, (named,))
    if published is None:
        world.issuer.issue(card)
    return card


def payment_with(world: World, card: Card) -> Payment:
    """A payment of a made-up shopper with this card, for what a simulator asks of one outside any suite."""
    money = Money(1099, world.gateway.facts.currencies.accepted[0])
    return Payment(
        reference="order-1",
        attempt="order-1-1",
        amount=money,
        card=card,
        token=world.simulator.tokenize(card),
        customer=_SHOPPER,
        items=(Item("Tea", 1, money),),
        description="Order order-1",
        return_url=RETURN_URL,
        browser=world.simulator.browser(card),
    )
