"""How many minor digits a currency has, and how an amount is written."""

from __future__ import annotations

import pytest

from paypact.currencies import exponent, major

WRITTEN = [
    (1090, "EUR", 2, "10.90 EUR"),
    (5, "EUR", 2, "0.05 EUR"),
    (0, "EUR", 2, "0.00 EUR"),
    (-1090, "EUR", 2, "-10.90 EUR"),
    (-5, "EUR", 2, "-0.05 EUR"),
    (1090, "JPY", 0, "1090 JPY"),
    (0, "JPY", 0, "0 JPY"),
    (1090, "ISK", 0, "1090 ISK"),
    (1090, "UGX", 0, "1090 UGX"),
    (1090, "KWD", 3, "1.090 KWD"),
    (1, "KWD", 3, "0.001 KWD"),
    (10900, "CLF", 4, "1.0900 CLF"),
    (1090, "HUF", 2, "10.90 HUF"),
    (1090, "MGA", 2, "10.90 MGA"),
]


@pytest.mark.parametrize(("minor", "currency", "digits", "text"), WRITTEN, ids=[row[3] for row in WRITTEN])
def test_amounts_are_written_with_the_digits_of_their_currency(
    minor: int, currency: str, digits: int, text: str
) -> None:
    """ISO 4217 says how many digits follow the point; also where people or gateways round further."""
    assert exponent(currency) == digits
    assert major(minor, currency) == text
