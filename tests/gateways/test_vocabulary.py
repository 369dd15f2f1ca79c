"""What follows from a gateway's facts: its unit of money, its words for cards, its test cards."""

from __future__ import annotations

import pytest

from paypact import Card
from paypact.gateways.facts import About, CurrencyFacts, Facts, SchemeFact
from paypact.gateways.facts import TestCard as PublishedCard
from paypact.gateways.vocabulary import Vocabulary
from paypact.world.ledger_tables import Terms

FACTS = Facts(
    gateway=About(source="made up", title="Tin", url="https://tin.test", hosts=("tin.test",), docs=""),
    ledger=Terms(source="made up"),
    schemes={
        "visa": SchemeFact(source="", standing="accepted", brand="VISA"),
        "jcb": SchemeFact(source="", standing="accepted", brand="J", network="jcb-net"),
        "maestro": SchemeFact(source="", standing="routed", brand="MC", network="mc-net"),
        "mir": SchemeFact(source="", standing="refused", brand="?", code="card_product_unsupported"),
    },
    declines={},
    errors={},
    refusals={},
    currencies=CurrencyFacts(source="", accepted=("EUR", "ISK", "MGA"), exponents={"ISK": 2, "MGA": 0, "EUR": 2}),
    test_cards=(
        PublishedCard(source="", number="4242424242424242", scheme="visa", token="tok_visa"),
        PublishedCard(source="", number="4242424242424242", scheme="visa", token="tok_us"),
        PublishedCard(source="", number="4000000000000002", scheme="visa"),
    ),
)
WORDS = Vocabulary(FACTS)


def card(*networks: str, network: str | None = None) -> Card:
    return Card(
        "4242424242424242", 12, 2030, "123", "J", networks[0] if networks else "visa", networks, network=network
    )


@pytest.mark.parametrize(
    ("currency", "wire", "minor"), [("EUR", 1099, 1099), ("ISK", 500, 5), ("MGA", 12, 1200), ("JPY", 100, 100)]
)
def test_units(currency: str, wire: int, minor: int) -> None:
    """Amounts cross between ISO 4217 and the gateway's unit, there and back."""
    assert (WORDS.minor(wire, currency), WORDS.wire(minor, currency)) == (minor, wire)


@pytest.mark.parametrize(
    ("networks", "refusal", "brand", "available"),
    [
        (("visa",), None, "VISA", ["VISA"]),
        (("jcb",), None, "J", ["jcb-net"]),
        (("maestro", "jcb"), None, "J", ["jcb-net", "mc-net"]),
        (("mir", "visa"), None, "VISA", ["VISA"]),
        (("mir",), "card_product_unsupported", "unknown", ["unknown"]),
        (("in_no_list",), "card_product_unsupported", "unknown", ["unknown"]),
        ((), None, "unknown", ["unknown"]),
    ],
)
def test_words_for_cards(networks: tuple[str, ...], refusal: str | None, brand: str, available: list[str]) -> None:
    """A card is taken where one of its networks is, and shown by the international one."""
    one = card(*networks)
    assert (WORDS.refusal(one), WORDS.brand(one), WORDS.networks(one)) == (refusal, brand, available)


@pytest.mark.parametrize(("chosen", "word"), [(None, None), ("jcb", "jcb-net"), ("visa", "VISA")])
def test_chosen_network(chosen: str | None, word: str | None) -> None:
    """The shopper's choice is told in the gateway's word."""
    assert WORDS.chosen(card("jcb", "visa", network=chosen)) == word


def test_test_cards() -> None:
    """Published cards are found by number, the first of several, and by name."""
    assert WORDS.numbers["4242424242424242"].token == "tok_visa"
    assert set(WORDS.tokens) == {"tok_visa", "tok_us"}
