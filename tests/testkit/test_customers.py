"""Shoppers of every kind: the reference serves them all, each assumption about them is caught and said."""

from __future__ import annotations

from typing import Any

import pytest

from paypact.payments import Money
from paypact.testkit import Case, amounts, checks, shoppers
from paypact.testkit.playing import playing
from paypact.testkit.target import Target, targets

pytestmark = pytest.mark.usefixtures("zinc")

ABSENT = "no authorization of this card exists"
REFUSED = f"but {ABSENT}: a plain, valid payment was refused; the shopper's"
ESCAPED = "Early Bird - Saturday &amp; Sunday"
FLAWS = [  # driver, cell, severity, what went wrong, whose it was
    (
        *("TwoNamesZinc", "names", "crash"),
        f"sale crashed with ValueError: not enough values to unpack (expected 2, got 1); {ABSENT}; the shopper's",
        "name: one word ('Cardholder')",
    ),
    (
        *("TwoNamesZinc", "at-the-limits", "belief"),
        f"sale answered Rejected (name is too long), {REFUSED}",
        "name at the limit (40 characters)",
    ),
    (
        *("LatinZinc", "names", "belief"),
        r"the name reached the gateway mangled: POST /charges holds 'Test Dâ\x80\x99Cardholder'; the shopper's",
        "name: curly apostrophe ('Test D\u2019Cardholder')",
    ),
    (
        *("EscapedZinc", "titles", "belief"),
        f"the title of the goods reached the gateway mangled: POST /charges holds {ESCAPED!r}; the shopper's",
        "title: ampersand ('Early Bird - Saturday & Sunday')",
    ),
    (
        *("PostcodesZinc", "addresses", "crash"),
        f"sale crashed with AttributeError: 'NoneType' object has no attribute 'replace'; {ABSENT}; the shopper's",
        "address: no postcode, Hong Kong (1 Harbour Road, Flat 12/F, Wan Chai, Hong Kong Island, HK)",
    ),
    (
        *("EverythingZinc", "baskets", "belief"),
        f"sale answered Rejected (description is too long), {REFUSED}",
        "basket: 100 lines (100 lines, 100 pieces)",
    ),
    (
        *("UncaughtZinc", "beyond-the-limits", "crash"),
        f"sale crashed with RefusedError: name is too long; {ABSENT}; the shopper's",
        "name beyond the limit (41 characters)",
    ),
]


@pytest.mark.parametrize(
    ("name", "cell", "severity", "what", "whose"), FLAWS, ids=[f"{name}-{cell}" for name, cell, *_ in FLAWS]
)
def test_flaw_is_caught_and_said(run: Any, name: str, cell: str, severity: str, what: str, whose: str) -> None:
    """A shopper who is not served is a finding that names what is special about them."""
    from zinc import flawed

    result = run(getattr(flawed, name), "customers", cell)[cell]

    assert result.state == "broken"
    assert (severity, f"{what} {whose}") in [(finding.severity, finding.sentence) for finding in result.findings]


def test_reference_is_silent(run: Any) -> None:
    """A correct integration serves every shopper, tells the truth beyond the limits, and each kind has been tried."""
    from zinc.integration import ZincShop

    (target,) = targets(ZincShop)

    results = run(ZincShop, "customers")

    assert {key: result.state for key, result in results.items() if result.state != "kept"} == {}
    assert len(results) == 9
    assert set(results["names"].covered["buyer"]) == set(shoppers.words(target, "name"))


def zinc(**scope: Any) -> Target:
    from zinc.integration import ZincShop

    class Scoped(ZincShop, **scope):
        pass

    (target,) = targets(Scoped)
    return target


KINDS = ("name", "address", "contact", "title", "description", "basket", "language", "at the limit", "beyond")


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_dresses_a_shopper(kind: str) -> None:
    """Each word gives another payment than the plain one, whose lines add up, too long only where it says so."""
    target, money = zinc(), Money(432_100, "EUR")
    plain = shoppers.dressed(target, Case(), money)

    for word in shoppers.words(target, kind):
        case = Case(buyer=word, currency="EUR", amount="large")
        dressed = shoppers.dressed(target, case, money)
        with playing(target, case) as example:
            payment = example.payment()
        assert dressed != plain, word
        assert sum(item.quantity * item.price.minor for item in dressed[1]) == money.minor, word
        assert word.partition(": ")[2].removeprefix("endless ").partition(" beyond")[0] in shoppers.shown(
            target, payment, word
        )
        if kind in ("at the limit", "beyond"):
            assert bool(shoppers.too_long(target.gateway.facts, payment)) == (kind == "beyond"), word


def test_shoppers_live_where_the_driver_sells() -> None:
    """With declared countries the plain shopper and all others live there."""
    target = zinc(countries=["DE", "AT"])

    plain = shoppers.dressed(target, Case(), Money(100, "EUR"))[0]

    assert plain.address.country == "DE"
    assert shoppers.words(target, "address") == ("address: no house number", "address: house number with a slash")
    assert "language: de-DE" in shoppers.words(target, "language")
    assert "language: fr-FR" not in shoppers.words(target, "language")


@pytest.mark.parametrize(("country", "city"), [("IE", "Dingle"), ("MX", None), ("LI", "Test")])
def test_a_plain_shopper_of_any_country(country: str, city: str | None) -> None:
    """A country from the table of addresses, one that only made-up shoppers have, and one that neither has."""
    address = shoppers.dressed(zinc(countries=[country]), Case(), Money(100, "EUR"))[0].address

    assert (address.country, address.city if city else None) == (country, city)


EXCUSES = [  # scope, changes to a plain case, whether the payment itself is at fault
    ({}, {}, False),
    ({}, {"buyer": "beyond: name"}, True),
    ({}, {"buyer": "at the limit: name"}, False),
    ({"countries": ["DE"]}, {}, False),
    ({"countries": ["DE"]}, {"buyer": "address: no postcode, Hong Kong"}, True),
    ({"amounts": (100, 500)}, {}, False),
    ({}, {"amount": "below"}, True),
    ({}, {"currency": "HUF", "amount": amounts.INEXACT}, True),
    ({"currencies": ["EUR"]}, {"currency": "JPY"}, True),
]


@pytest.mark.parametrize(("scope", "changes", "excused"), EXCUSES, ids=[f"{row[0]}{row[1]}" for row in EXCUSES])
def test_what_excuses_a_rejection(scope: dict[str, Any], changes: dict[str, Any], excused: bool) -> None:
    """Rejected is right for what is beyond the vendor's limits or the declared scope, and for nothing else."""
    target = zinc(**scope)

    with playing(target, Case(currency="EUR").but(changes)) as example:
        payment = example.payment()

    assert checks.excused(target, payment) == excused


def test_a_long_answer_is_shortened(run: Any) -> None:
    """A gateway that repeats what it found too long does not fill the report with it."""
    from zinc.integration import RefusedError, ZincShop

    class Repeats(ZincShop):
        def guarded(self, call: Any, *arguments: Any) -> Any:
            try:
                return call(*arguments)
            except RefusedError:
                raise RefusedError("x" * 5_000) from None

    (finding,) = run(Repeats, "customers", "beyond-the-limits")["beyond-the-limits"].findings

    assert len(finding.sentence) < 600
    assert finding.sentence.startswith("sale crashed with RefusedError: xxx")
    assert finding.sentence.endswith(f"{ABSENT}; the shopper's name beyond the limit (41 characters)")
