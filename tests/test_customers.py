"""Shoppers of many languages: the same one for the same seed, and nobody who exists."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from paypact.customers import LOCALES, customer
from paypact.errors import UsageError
from paypact.payments import Customer

SEEDS = range(25)


def shoppers(locale: str) -> list[Customer]:
    return [customer(locale, seed) for seed in SEEDS]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_shopper_is_complete_and_unreal(locale: str) -> None:
    """Everybody has a name, a street, a town and a country of the locale; mail and IP addresses are reserved ones."""
    for shopper in shoppers(locale):
        address = shopper.address
        assert all(text.strip() and "\n" not in text for text in (shopper.name, address.line1, address.city))
        assert all(text is None or text.strip() for text in (address.line2, address.region, address.postcode))
        assert (locale, locale[-2:]) == (shopper.locale, address.country)
        assert shopper.email.rpartition("@")[2] in {"example.com", "example.net", "example.org"}
        assert shopper.email.isascii()
        assert ip_address(shopper.ip) in ip_network("203.0.113.0/24")
        assert shopper.phone is None or 6 <= len(shopper.phone) <= 20


def test_a_seed_is_a_shopper() -> None:
    """The same seed gives the same shopper, whoever was asked for before; others give others."""
    first = customer("de-DE", 1)
    customer("ja-JP", 1)
    customer.cache_clear()

    assert customer("de-DE", 1) == first
    assert len({shopper.name for shopper in shoppers("de-DE")}) > 20


@pytest.mark.parametrize(
    ("locale", "lowest", "highest"),
    [
        ("el-GR", "Ͱ", "Ͽ"),
        ("ru-RU", "Ѐ", "ӿ"),
        ("he-IL", "֐", "׿"),
        ("hi-IN", "ऀ", "ॿ"),
        ("th-TH", "฀", "๿"),
        ("ko-KR", "가", "힣"),
        ("zh-CN", "一", "鿿"),
    ],
)
def test_names_are_in_their_own_script(locale: str, lowest: str, highest: str) -> None:
    """Names outside Latin are written in the alphabet of their language."""
    assert all(any(lowest <= letter <= highest for letter in shopper.name) for shopper in shoppers(locale))


def test_what_breaks_code_is_there() -> None:
    """One-word names, names with apostrophes and letters beyond Latin-1, addresses without postcode or region."""
    everybody = [shopper for locale in LOCALES for shopper in shoppers(locale)]

    assert any(" " not in shopper.name for shopper in shoppers("ta-IN"))
    assert any("'" in shopper.name for shopper in everybody)
    assert any(ord(letter) > 255 for shopper in shoppers("pl-PL") for letter in shopper.name)
    assert all(shopper.address.postcode is None for shopper in shoppers("tw-GH"))
    assert {None} < {shopper.address.region for shopper in everybody}
    assert {None} < {shopper.phone for shopper in everybody}
    assert {None} < {shopper.address.line2 for shopper in everybody}


def test_unknown_locale() -> None:
    """An unknown locale is answered with the nearest one and all others."""
    with pytest.raises(UsageError) as caught:
        customer("de_DE", 1)

    assert str(caught.value) == (f"unknown locale 'de_DE'; did you mean 'de-DE'? (known: {', '.join(LOCALES)})")
    assert len(LOCALES) >= 12
    assert LOCALES[0] == "en-US"
