"""Amounts by name: like prices in every currency, inside what the driver declares and the gateway can write."""

from __future__ import annotations

from dataclasses import replace
from types import new_class
from typing import Any

import msgspec
import pytest

from paypact import Unknown
from paypact.driver import Driver
from paypact.gateways.facts import CurrencyFacts
from paypact.payments import Money
from paypact.testkit import amounts
from paypact.testkit.target import Target, targets

CURRENCIES = CurrencyFacts(
    source="made up",
    accepted=("EUR", "JPY", "KWD", "ISK", "CLF"),
    exponents={"ISK": 2, "CLF": 2},
    multiples={"KWD": 10, "ISK": 100},
    minimums={"EUR": 50, "JPY": 50, "ISK": 20_000},
)


def shop(**keywords: Any) -> Target:
    """A column of the toy gateway, with the currencies above."""
    sale = {"sale": lambda driver, payment: Unknown()}
    driver: type[Driver] = new_class(
        "Shop", (Driver,), {"gateway": "tin", **keywords}, lambda space: space.update(sale)
    )
    (target,) = targets(driver)
    facts = msgspec.structs.replace(target.gateway.facts, currencies=CURRENCIES)
    vars(target)["gateway"] = replace(target.gateway, facts=facts)
    return target


NAMED = [  # currency, word, minor units
    ("EUR", "usual", 1090),
    ("EUR", "round", 2000),
    ("EUR", "odd", 123_457),
    ("EUR", "large", 432_100),
    ("EUR", "least", 50),
    ("JPY", "usual", 100),  # ten yen are below the gateway's minimum
    ("JPY", "odd", 1234),
    ("JPY", "least", 50),
    ("KWD", "usual", 10_900),
    ("KWD", "odd", 1_234_570),
    ("KWD", "least", 1000),
    ("ISK", "usual", 1000),
    ("ISK", "least", 200),  # the gateway writes 20000, which is 200 krona
    ("CLF", "usual", 109_000),
    ("CLF", "least", 10_000),
]


@pytest.mark.parametrize(("currency", "word", "minor"), NAMED, ids=[f"{row[1]} {row[0]}" for row in NAMED])
def test_a_word_is_a_like_price_everywhere(currency: str, word: str, minor: int) -> None:
    """In ISO 4217 minor units, above the gateway's minimum, and such that the gateway can write it exactly."""
    assert amounts.amount(shop(), currency, word) == Money(minor, currency)


SCOPED: list[tuple[Any, str, str, int]] = [
    ((5000, 6000), "EUR", "usual", 5000),
    ((5000, 6000), "EUR", "large", 6000),
    ({"EUR": (1, 1000)}, "EUR", "usual", 1000),
    ({"EUR": (1, 1000)}, "JPY", "odd", 1234),
    ((10_905, 20_000), "KWD", "usual", 10_910),
    ((1, 10_905), "KWD", "odd", 10_900),
]


@pytest.mark.parametrize(("declared", "currency", "word", "minor"), SCOPED)
def test_amounts_stay_in_the_declared_scope(declared: Any, currency: str, word: str, minor: int) -> None:
    """The nearest amount inside the bounds, rounded to what the gateway can write without leaving them."""
    target = shop(amounts=declared)
    money = amounts.amount(target, currency, word)

    assert money == Money(minor, currency)
    assert not amounts.outside(target, money)


STEPS = [("EUR", 1), ("JPY", 1), ("KWD", 10), ("ISK", 1), ("CLF", 100)]


@pytest.mark.parametrize(("currency", "step"), STEPS, ids=[row[0] for row in STEPS])
def test_the_smallest_step_of_a_gateway(currency: str, step: int) -> None:
    """In ISO 4217 minor units: a multiple on the wire, in the wire's own number of digits."""
    assert amounts.step(CURRENCIES, currency) == step
    assert amounts.inexact(shop(), Money(step + 1, currency)) is (step > 1)


def test_currencies_are_of_classes_by_their_digits() -> None:
    """The covering array meets each number of digits; which currency spells it does not matter."""
    assert [amounts.exponent_class(each) for each in ("EUR", "JPY", "KWD", "CLF")] == [
        *("2 digits", "0 digits", "3 digits", "4 digits"),
    ]
