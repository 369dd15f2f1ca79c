"""ISO 4217 exponents: how many digits stand behind the decimal point. Source: ISO 4217 list one (2026-01-01)."""

from __future__ import annotations

from typing import Final

_EXPONENTS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_BY_CURRENCY: Final = {currency: digits for digits, row in _EXPONENTS.items() for currency in row.split()}


def exponent(currency: str) -> int:
    """The number of minor digits of a currency (upper case); two unless ISO 4217 says otherwise."""
    return _BY_CURRENCY.get(currency, 2)


def major(minor: int, currency: str) -> str:
    """An amount as people write it: `10.90 EUR` for 1090 minor units, `1099 JPY` for 1099."""
    digits = exponent(currency)
    sign, text = ("-" if minor < 0 else ""), str(abs(minor)).rjust(digits + 1, "0")
    whole = text if digits == 0 else f"{text[:-digits]}.{text[-digits:]}"
    return f"{sign}{whole} {currency}"
