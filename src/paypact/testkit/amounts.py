"""Amounts by name: what a price looks like in a currency, in ISO 4217 minor units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Final

from paypact.currencies import exponent
from paypact.gateways.facts import CurrencyFacts
from paypact.payments import Money
from paypact.testkit.target import Target

# Major units, so that the same word is a like price everywhere; `odd` has every digit significant that the currency allows.
_MAJOR: Final[Mapping[str, tuple[int, int]]] = {
    "usual": (10, 90),  # whole and hundredths: 10.90
    "round": (20, 0),
    "odd": (1234, 57),
    "large": (4321, 0),
}
WORDS: Final = (*_MAJOR, "least")


@cache
def amount(target: Target, currency: str, word: str) -> Money:
    """The named amount, moved into the driver's declared bounds and to a multiple of the gateway's smallest step."""
    digits = exponent(currency)
    least = smallest(target, currency)
    if word == "least":
        minor = least
    else:
        whole, hundredths = _MAJOR[word]
        minor = whole * 10**digits + hundredths * 10**digits // 100
        while minor < least:  # a price of 10.90 is small change in some currencies
            minor *= 10
    low, high = _bounds(target, currency)
    minor = min(max(minor, low), high)
    unit = step(target.gateway.facts.currencies, currency)
    return Money(max(minor - minor % unit, unit), currency)


def step(facts: CurrencyFacts, currency: str) -> int:
    """The smallest difference, in ISO 4217 minor units, between two amounts that the gateway can write exactly."""
    shift = facts.exponents.get(currency, exponent(currency)) - exponent(currency)
    multiple = facts.multiples.get(currency, 1)
    return multiple * 10**-shift if shift < 0 else multiple // math.gcd(multiple, 10**shift)


def smallest(target: Target, currency: str) -> int:
    """The least charge, in ISO 4217 minor units: the gateway's minimum where it has one, else one major unit."""
    facts = target.gateway.facts.currencies
    shift = facts.exponents.get(currency, exponent(currency)) - exponent(currency)
    if currency not in facts.minimums:
        return int(10 ** exponent(currency))
    minimum = facts.minimums[currency]
    return minimum * 10**-shift if shift < 0 else -(-minimum // 10**shift)


def exponent_class(currency: object) -> str:
    """The class of a currency for covering: how many minor digits it has."""
    return f"{exponent(str(currency))} digits"


def _bounds(target: Target, currency: str) -> tuple[int, int]:
    declared = target.scope.amounts
    pair = declared.get(currency) if isinstance(declared, Mapping) else declared
    return pair or (1, 99_999_999)
