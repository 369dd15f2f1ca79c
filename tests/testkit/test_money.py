"""Amounts on the wire by two witnesses: the reference is silent, each wrong conversion is caught and said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from paypact import gateways
from paypact.currencies import exponent
from paypact.gateways.facts import CurrencyFacts, MoneyFacts
from paypact.payments import Money
from paypact.testkit import amounts, bodies, money
from paypact.testkit.target import targets
from paypact.world.http import Request

pytestmark = pytest.mark.usefixtures("zinc")

OTHER_ACCOUNT = "POST /charges names merchant account 'zinc-eur', but 'zinc-jpy' settles JPY"
FLAWS = [  # driver, cell, severity, sentence
    ("HundredfoldZinc", "two-decimals", "money", "the payment is 10.90 EUR, but POST /charges asked for 1090.00 EUR"),
    ("HundredfoldZinc", "outside-limits", "money", "the payment is 0.49 EUR, but POST /charges asked for 49.00 EUR"),
    ("ShortZinc", "two-decimals", "money", "the payment is 0.57 EUR, but POST /charges asked for 0.56 EUR"),
    ("ShortZinc", "two-decimals", "money", "the refund is of 4.02 EUR, but POST /charges/{}/refund asked for 4.01 EUR"),
    ("RoundedZinc", "no-exact-form", "money", "the payment is 10.01 HUF, but POST /charges asked for 10 HUF"),
    ("RoundedZinc", "no-exact-form", "money", "the refund is of 4.01 HUF, but POST /charges/{}/refund asked for 4 HUF"),
    ("OneAccountZinc", "no-decimals", "money", OTHER_ACCOUNT),
    ("OneCurrencyZinc", "three-decimals", "money", "the payment is 10.900 KWD, but POST /charges asked for 109.00 EUR"),
    ("PartIsAllZinc", "two-decimals", "money", "capture of 4.02 EUR was called for, but 10.90 EUR were moved"),
    ("ClaimsZinc", "two-decimals", "money", "refund answered Approved for 5.45 EUR, but 10.90 EUR were asked for"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "cell", "severity", "sentence"), FLAWS, ids=[f"{row[0]}-{row[3].split()[1]}" for row in FLAWS]
)
def test_flaw_is_caught_and_said(run: Any, name: str, cell: str, severity: str, sentence: str) -> None:
    """A wrong amount, currency or account is a finding that names both sides."""
    from zinc import flawed

    result = run(getattr(flawed, name), "money", cell)[cell]

    assert result.state == "broken"
    assert (severity, sentence) in [(finding.severity, finding.sentence) for finding in result.findings]


def test_reference_is_silent(run: Any) -> None:
    """A correct integration keeps the promise in every cell, and each of the gateway's currencies has been tried."""
    from zinc.integration import ZincShop

    results = run(ZincShop, "money")

    assert {key: result.state for key, result in results.items()} == dict.fromkeys(
        (
            *("no-decimals", "two-decimals", "three-decimals", "fewer-decimals-at-gateway"),
            *("no-exact-form", "outside-limits"),
        ),
        "kept",
    )
    tried = {currency for result in results.values() for currency in result.covered["currency"]}
    assert tried == {"EUR", "USD", "JPY", "HUF", "KWD"}


def test_shrinks_to_the_plainest(run: Any) -> None:
    """What is not part of the flaw is plain in the smallest case, and told as such."""
    from zinc import flawed

    (finding,) = run(flawed.PartIsAllZinc, "money", "two-decimals")["two-decimals"].findings

    assert finding.case == {"operation": "capture", "part": "part"}
    assert finding.explained["part"] == "only part, part, then the rest"
    assert finding.explained["currency"] == "any"


def test_witnesses_that_contradict_each_other_are_our_defect(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A simulator that books something else accuses nobody: the cell is a defect that says where the two differ."""
    from zinc.integration import ZincShop

    monkeypatch.setattr("zinc.simulator.Zinc.minor", lambda *_: 7)

    (result,) = run(ZincShop, "money", "no-decimals").values()

    assert (result.state, result.findings) == ("defect", ())
    assert result.why == (
        "/charges asked for 10 JPY by the table [money] of the facts, but the simulator booked 7 JPY: "
        "one of the two is wrong"
    )


def test_without_a_second_witness_nothing_is_covered(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway whose facts say nothing about amounts on the wire shows as not covered, with the reason."""
    from zinc.integration import ZincShop

    gateway = gateways.load("zinc")
    silent = replace(gateway, facts=msgspec.structs.replace(gateway.facts, money=None))
    monkeypatch.setattr("paypact.testkit.target.load", lambda _: silent)

    (result,) = run(ZincShop, "money", "two-decimals").values()

    assert (result.state, result.why) == (
        "not covered",
        "the facts of Zinc have no table [money], which says where amounts stand in requests",
    )


READINGS = [  # form, currency, text, major units
    ("units", "USD", "1090", "10.90"),
    ("units", "JPY", "1090", "1090"),
    ("units", "KWD", "1090", "1.090"),
    ("units", "USD", "1090.0", None),
    ("units", "USD", "10,90", None),
    ("decimal", "USD", "10.9", "10.9"),
    ("decimal", "USD", "10,90", None),
]


@pytest.mark.parametrize(("form", "currency", "text", "expected"), READINGS)
def test_reading(form: Any, currency: str, text: str, expected: str | None) -> None:
    """An amount is read by the vendor's table alone; what is no amount is told as such."""
    facts = MoneyFacts(form=form, decimals={"JPY": 0, "KWD": 3}, requests=(), source="made up")

    read = money._sum(facts, text, currency)

    assert (read and read.value) == (expected and Decimal(expected))


BODIES = [  # content type, body, place, value
    ("application/json; charset=utf-8", b'{"units": [{"amount": {"value": "1"}}]}', "units.0.amount.value", "1"),
    ("application/x-www-form-urlencoded", b"units[0][amount]=1", "units.0.amount", "1"),
    ("application/json", b'{"amount": 1}', "amount.value", None),
    ("application/json", b'{"units": []}', "units.0", None),
    ("application/json", b"{", "amount", None),
    ("text/plain", b"amount=1", "amount", None),
    ("", b"", "amount", None),
]


@pytest.mark.parametrize(("kind", "body", "place", "value"), BODIES)
def test_places_in_a_body(kind: str, body: bytes, place: str, value: str | None) -> None:
    """A place is a path through members and items, in any format; where nothing stands there is nothing."""
    request = Request("POST", "https://api.zinc.example/charges", {"content-type": kind}, body)

    assert bodies.at(bodies.decoded(request), place) == value


@pytest.mark.parametrize("name", [name for name in gateways.names() if gateways.load(name).facts.money])
def test_the_two_tables_of_a_gateway_agree(name: str) -> None:
    """The witness's decimals and the simulator's exponents are separate tables, and say the same of every currency."""
    facts = gateways.load(name).facts
    assert facts.money is not None

    differ = {
        currency: (facts.money.decimals.get(currency, 2), facts.currencies.exponents.get(currency, exponent(currency)))
        for currency in facts.currencies.accepted
        if facts.money.decimals.get(currency, 2) != facts.currencies.exponents.get(currency, exponent(currency))
    }

    assert differ == {}


@pytest.mark.parametrize("currency", ["EUR", "JPY", "HUF", "KWD"])
@pytest.mark.parametrize("word", [*amounts.WORDS, *amounts.TRICKY])
def test_tricky_amounts_are_payable(currency: str, word: str) -> None:
    """Every amount of a case lies within the gateway's limits and has an exact form there."""
    from zinc.integration import ZincShop

    (target,) = targets(ZincShop)

    assert not amounts.outside(target, amounts.amount(target, currency, word))


def test_traps_are_traps() -> None:
    """The amounts made to expose conversions through floats do: cut, they are a cent short; rounded up, too much."""
    from zinc.integration import ZincShop

    (target,) = targets(ZincShop)
    short = [amounts.amount(target, "USD", word).minor for word in amounts.TRICKY if word.startswith("short")]
    over = [amounts.amount(target, "USD", word).minor for word in amounts.TRICKY if word.startswith("over")]

    assert [int(minor / 100 * 100) - minor for minor in short] == [-1] * len(short)
    assert all(minor / 100 * 100 > minor for minor in over)


OUTSIDE = [  # currency, word, minor units
    ("EUR", "below", 49),
    ("EUR", "above", 10_000_000),
    ("HUF", amounts.INEXACT, 1_001),
]


@pytest.mark.parametrize(("currency", "word", "minor"), OUTSIDE)
def test_amounts_that_the_gateway_does_not_charge(currency: str, word: str, minor: int) -> None:
    """A case can spell amounts just outside of what a gateway charges, and one it cannot write."""
    from zinc.integration import ZincShop

    (target,) = targets(ZincShop)

    assert amounts.amount(target, currency, word) == Money(minor, currency)
    assert amounts.outside(target, Money(minor, currency))


def test_exponents_beyond_iso_need_facts() -> None:
    """A gateway that counts in smaller units than ISO 4217 writes every amount, one with greater ones does not."""
    facts = CurrencyFacts(accepted=(), exponents={"ISK": 2, "HUF": 0}, multiples={"KWD": 10}, source="made up")

    assert [amounts.step(facts, currency) for currency in ("ISK", "HUF", "KWD", "EUR")] == [1, 100, 10, 1]
