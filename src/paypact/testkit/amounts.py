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

_MOST: Final = 99_999_999  # where nobody says

# Major units, so that the same word is a like price everywhere; `odd` has each digit significant that a currency has.
_MAJOR: Final[Mapping[str, tuple[int, int]]] = {
    "usual": (10, 90),  # whole and hundredths: 10.90
    "round": (20, 0),
    "odd": (1234, 57),
    "large": (4321, 0),
}
WORDS: Final = (*_MAJOR, "least")

# Where conversion through floats goes wrong, in minor units, from there upwards: a truncated product is one unit below
# `short` amounts (0.29 * 100 is 28.99...), one rounded up goes one above `over` ones, `wide` ones need over 24 bits.
_TRAPS: Final[Mapping[str, int]] = {
    **{f"short from {start}": start for start in (29, 115, 820, 1_990, 6_410, 102_400)},
    **{f"over from {start}": start for start in (7, 110, 2_230)},
    "wide": 2**24 + 1,
}
TRICKY: Final = (*_TRAPS, "most")
INEXACT: Final = "inexact"  # at gateways that write this currency in greater steps than ISO 4217 does
OUTSIDE: Final = ("below", "above")  # of what the gateway charges at all


@cache
def amount(target: Target, currency: str, word: str) -> Money:
    """The named amount, moved into the driver's declared bounds and to a multiple of the gateway's smallest step."""
    digits = exponent(currency)
    least, most = smallest(target, currency), largest(target, currency)
    unit = step(target.gateway.facts.currencies, currency)
    if word in OUTSIDE:
        return Money(least - unit if word == "below" else most + unit, currency)
    if word == INEXACT:
        return Money(amount(target, currency, "usual").minor + 1, currency)
    if word == "least":
        minor = least
    elif word == "most":
        minor = most
    elif word in _TRAPS:
        minor = _trap(word, digits, max(least, _TRAPS[word]), unit)
    else:
        whole, hundredths = _MAJOR[word]
        minor = whole * 10**digits + hundredths * 10**digits // 100
        while minor < least:  # a price of 10.90 is small change in some currencies
            minor *= 10
    low, high = _bounds(target, currency)
    minor = min(max(minor, low), high, most)
    written = minor - minor % unit
    return Money(max(written if written >= low else written + unit, unit), currency)


def outside(target: Target, money: Money) -> bool:
    """Whether the driver does not declare this amount, or the gateway does not charge it, or not exactly."""
    low, high = _bounds(target, money.currency)
    within = max(low, smallest(target, money.currency, 1)) <= money.minor <= min(high, largest(target, money.currency))
    return not within or inexact(target, money)


def inexact(target: Target, money: Money) -> bool:
    """Whether the gateway can only write this amount rounded."""
    return money.minor % step(target.gateway.facts.currencies, money.currency) != 0


def part(target: Target, money: Money) -> Money:
    """About a third of an amount, with a trap for conversions through floats; all of it where it is the least."""
    unit = step(target.gateway.facts.currencies, money.currency)
    found = _trap("short", exponent(money.currency), max(money.minor // 3, unit), unit)
    return Money(min(found, money.minor), money.currency)


def _trap(word: str, digits: int, start: int, unit: int) -> int:
    """The first amount from `start` on that such a conversion gets wrong; `start` itself where there is none near."""
    scale = 10**digits
    start += -start % unit
    for minor in range(start, start + 1_000 * unit, unit):
        product = minor / scale * scale
        if int(product) < minor if word.startswith("short") else math.ceil(product) > minor:
            return minor
    return start


def step(facts: CurrencyFacts, currency: str) -> int:
    """The smallest difference, in ISO 4217 minor units, between two amounts that the gateway can write exactly."""
    shift = facts.exponents.get(currency, exponent(currency)) - exponent(currency)
    multiple = facts.multiples.get(currency, 1)
    return multiple * 10**-shift if shift < 0 else multiple // math.gcd(multiple, 10**shift)


def smallest(target: Target, currency: str, otherwise: int | None = None) -> int:
    """The least charge, in ISO 4217 minor units: the gateway's minimum where it has one, else one major unit."""
    facts = target.gateway.facts.currencies
    shift = facts.exponents.get(currency, exponent(currency)) - exponent(currency)
    if currency not in facts.minimums:
        return int(10 ** exponent(currency)) if otherwise is None else otherwise
    minimum = facts.minimums[currency]
    return int(minimum * 10**-shift if shift < 0 else -(-minimum // 10**shift))


def largest(target: Target, currency: str) -> int:
    """The greatest charge, in ISO 4217 minor units: the gateway's maximum (`amount` in its limits, in its units)."""
    facts = target.gateway.facts
    shift = facts.currencies.exponents.get(currency, exponent(currency)) - exponent(currency)
    most = int(facts.limits.get("amount", _MOST)) // facts.currencies.multiples.get(currency, 1)
    most *= facts.currencies.multiples.get(currency, 1)
    return most * 10**-shift if shift < 0 else int(most // 10**shift)


def exponent_class(currency: object) -> str:
    """The class of a currency for covering: how many minor digits it has."""
    return f"{exponent(str(currency))} digits"


def _bounds(target: Target, currency: str) -> tuple[int, int]:
    declared = target.scope.amounts
    pair = declared.get(currency) if isinstance(declared, Mapping) else declared
    return pair or (1, _MOST)
