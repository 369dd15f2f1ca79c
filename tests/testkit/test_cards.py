"""Cards of a case: which one it spells, what may differ between two, and what the gateway got instead."""

from __future__ import annotations

from dataclasses import replace
from types import new_class
from typing import Any

import pytest

from paypact import Unknown
from paypact.cards import Card, build
from paypact.cards.kinds import axes as card_axes
from paypact.driver import Driver
from paypact.payments import Address, Customer, Money, Payment
from paypact.testkit import cards
from paypact.testkit.case import Case
from paypact.testkit.target import Target, targets

SHOPPER = Customer(
    "Test Cardholder", "t@example.com", None, Address("1 Road", None, "Town", None, None, "US"), "en", ""
)


def shop(**keywords: Any) -> Target:
    """A column of the toy gateway."""
    sale = {"sale": lambda driver, payment: Unknown()}
    return targets(new_class("Shop", (Driver,), {"gateway": "tin", **keywords}, lambda space: space.update(sale)))[0]


SPELLED: list[tuple[Case, Card]] = [
    (Case(), build("visa")),
    (Case(scheme="jcb", edge="high", length=19), build("jcb", edge="high", length=19)),
    (Case(scheme="amex", length=19, kind="cobadge:visa"), build("amex")),
    (Case(scheme="amex", range=1), build("amex", range=1)),
    (Case(cvc=False, funding="debit", digits=7), build("visa", cvc=True, funding="debit", digits=7)),
    (Case(month=2, year=2028), build("visa", exp_month=2, exp_year=2028)),
]


@pytest.mark.parametrize(("case", "card"), SPELLED, ids=[f"{row[0].scheme}-{n}" for n, row in enumerate(SPELLED)])
def test_a_case_spells_a_card(case: Case, card: Card) -> None:
    """What cards of the scheme do not have is the usual instead, so that a case survives another scheme."""
    assert cards.card(case) == card


def test_another_card_is_another_card() -> None:
    """A shopper's further cards are unlike the case's own and each other, and the same every time."""
    target = shop()
    mine = cards.card(Case(edge="inside"))
    others = [cards.another(target, Case(edge="inside"), place) for place in (1, 2, 3)]

    assert len({card.key for card in (mine, *others)}) == 4
    assert others[0] == cards.another(target, Case(edge="inside"), 1)
    assert {card.scheme for card in others} == {"visa"}


def test_cards_differ_as_far_as_the_gateway_takes_them() -> None:
    """Kinds of card that this gateway or driver does not take are left out; at least one is left."""
    every, taken = card_axes("visa")["kind"], cards.axes(shop(), "visa")["kind"].values

    assert len(every) > len(taken)
    assert taken == ("plain",), "the toy gateway knows no wallet, and no scheme that shares a card with Visa"
    assert all(axis.values for scheme in ("jcb", "mir") for axis in cards.axes(shop(), scheme).values())


def test_values_of_a_card_are_of_classes() -> None:
    """The usual length, shorter and longer ones; the first range and the further ones."""
    axes = cards.axes(shop(), "visa")

    assert axes["length"].classes() == {"usual": [16], "shorter": [13], "longer": [18, 19]}
    assert list(cards.axes(shop(), "mastercard")["range"].classes()) == ["first", "further"]


def paying(card: Card) -> Payment:
    """A payment by that card."""
    return Payment("o-1", "o-1-1", Money(1, "EUR"), card, "", SHOPPER, (), "", "https://shop.example/")


MINE = build("jcb", length=19)
WALLET = replace(MINE, number="", wallet="apple_pay", tail="0004")
CHOSEN = replace(MINE, network="jcb")
DIFFERENCES = {  # what the gateway received, what the shopper has, what is said
    "the same": (MINE, [MINE], ""),
    "one of several": (MINE, [build("visa"), MINE], ""),
    "without a code": (replace(MINE, cvc=None), [MINE], ""),
    "another name on it": (replace(MINE, holder="S. Else"), [MINE], ""),
    "cut to sixteen digits": (
        replace(MINE, number=MINE.number[:16]),
        [MINE],
        "its number has 16 digits, the shopper's has 19",
    ),
    "another number": (build("jcb", length=19, edge="high"), [MINE], "its number is another one"),
    "the month before the year": (
        replace(MINE, exp_month=1),
        [MINE],
        "its exp_month is 1, the shopper's is 12",
    ),
    "two digits of the year": (replace(MINE, exp_year=34), [MINE], "its exp_year is 34, the shopper's is 2034"),
    "another code": (replace(MINE, cvc="999"), [MINE], "its security code is not the one the shopper typed"),
    "another network": (
        replace(MINE, network="visa"),
        [CHOSEN],
        "it asks for network visa, the shopper chose jcb",
    ),
    "the network dropped": (MINE, [CHOSEN], "it asks for no network, the shopper chose jcb"),
    "a network where none was chosen": (CHOSEN, [MINE], ""),
    "another wallet": (
        replace(WALLET, tail="0005"),
        [WALLET],
        f"{replace(WALLET, tail='0005')!r} instead of {WALLET!r}",
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_how_a_received_card_differs(name: str) -> None:
    """What the gateway got instead is said without its number."""
    received, owned, said = DIFFERENCES[name]

    assert cards.difference(received, [paying(card) for card in owned]) == said
