"""Amounts by name: what a price looks like in a currency, in ISO 4217 minor units."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from paypact.currencies import exponent
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
    """The named amount, moved into the driver's declared bounds and above the gateway's minimum."""
    digits = exponent(currency)
    facts = target.gateway.facts.currencies
    least = facts.minimums.get(currency, 0)
    if word == "least":
        minor = least or 10**digits
    else:
        whole, hundredths = _MAJOR[word]
        minor = whole * 10**digits + hundredths * 10**digits // 100
    # a price of 10.90 is small change in some currencies: keep well above what the gateway takes at least
    while minor < least:
        minor *= 10
    low, high = _bounds(target, currency)
    minor = min(max(minor, low), high)
    step = 10 ** max(0, digits - 2)  # thousandths that no gateway can write are a case of their own
    return Money(minor - minor % step, currency)


def exponent_class(currency: object) -> str:
    """The class of a currency for covering: how many minor digits it has."""
    return f"{exponent(str(currency))} digits"


def _bounds(target: Target, currency: str) -> tuple[int, int]:
    declared = target.scope.amounts
    pair = declared.get(currency) if isinstance(declared, Mapping) else declared
    return pair or (1, 99_999_999)
