"""Cards built from the catalogue: right at every edge, the same ones every time."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from paypact.cards import Card, axes, build, classify, scheme, schemes
from paypact.cards.catalogue import luhn_valid
from paypact.errors import UsageError


def every(name: str, *varied: str) -> list[tuple[dict[str, Any], Card]]:
    """Each combination of these axes of a scheme, with its card."""
    table = axes(name)
    rows = (dict(zip(varied, values, strict=True)) for values in product(*(table[axis] for axis in varied)))
    return [(row, build(name, **row)) for row in rows]


each_scheme = pytest.mark.parametrize("name", schemes())


@each_scheme
def test_every_number_belongs_to_its_scheme(name: str) -> None:
    """Over all ranges, edges, lengths, check digits and kinds, no number lands in another scheme's range."""
    for row, card in every(name, "kind", "range", "edge", "length", "luhn"):
        if card.wallet:
            assert card.number == ""
        elif row["kind"] == "plain":
            assert name == classify(card.number), row
        else:
            assert classify(card.number) in card.networks, row


@each_scheme
def test_every_number_is_well_formed(name: str) -> None:
    """The length is the one asked for, and the check digit right or wrong as asked."""
    for row, card in every(name, "kind", "range", "edge", "length", "luhn"):
        if not card.wallet:
            assert len(card.number) == row["length"] or "cobadge" in row["kind"], row
            assert row["luhn"] is luhn_valid(card.number), row


@each_scheme
def test_every_edge_is_within_its_range(name: str) -> None:
    """The low edge is the lowest of the three, the high edge the highest, and all begin within one range."""
    ranges = scheme(name).ranges
    for place, length in product(range(len(ranges)), scheme(name).lengths):
        low, high, inside = (
            build(name, kind="plain", range=place, edge=each, length=length).number
            for each in ("low", "high", "inside")
        )
        assert low < inside < high
        assert [each for each in ranges if each.holds(low) and each.holds(high) and length in each.lengths]


@pytest.mark.parametrize(
    ("arguments", "prefix", "filler"),
    [
        pytest.param({"scheme_id": "visa"}, "4", "0", id="lowest-visa"),
        pytest.param({"scheme_id": "visa", "edge": "high", "length": 19}, "4", "9", id="highest-visa-of-19-digits"),
        pytest.param({"scheme_id": "mastercard"}, "51", "0", id="lowest-of-51-55"),
        pytest.param({"scheme_id": "mastercard", "edge": "high"}, "55", "9", id="highest-of-51-55"),
        pytest.param({"scheme_id": "mastercard", "range": 1}, "2221", "0", id="lowest-of-the-2-series"),
        pytest.param(
            {"scheme_id": "mastercard", "range": 1, "edge": "high"}, "2720", "9", id="highest-of-the-2-series"
        ),
        pytest.param({"scheme_id": "amex", "range": 1}, "37", "0", id="lowest-37"),
        pytest.param({"scheme_id": "mir", "edge": "high"}, "2204", "9", id="highest-mir"),
    ],
)
def test_edges_are_exact(arguments: dict[str, Any], prefix: str, filler: str) -> None:
    """Between the prefix and the check digit, the lowest number has only zeros and the highest only nines."""
    number = build(**arguments).number

    assert number[:-1] == prefix.ljust(len(number) - 1, filler)


@pytest.mark.parametrize(
    ("arguments", "prefix"),
    [
        pytest.param({"scheme_id": "elo", "range": 7}, "506705", id="first-elo-after-alelo"),
        pytest.param({"scheme_id": "borica", "edge": "high"}, "220599", id="last-borica-after-paypak"),
    ],
)
def test_ranges_of_others_are_stepped_over(arguments: dict[str, Any], prefix: str) -> None:
    """Where a more specific range of another scheme holds the edge, the nearest number beyond it is taken."""
    assert prefix == build(**arguments).number[:6]


def test_the_same_arguments_make_the_same_card() -> None:
    """Nothing random is in a card; digits without meaning change the code, and inside a range the account."""
    assert build("visa", edge="inside", digits=7) == build("visa", edge="inside", digits=7)
    assert build("visa", edge="inside", digits=7).number != build("visa", edge="inside").number
    assert build("visa", digits=7).number == build("visa").number
    assert (build("visa").cvc, build("visa", digits=7).cvc, build("visa", digits=889).cvc) == ("123", "130", "012")


@pytest.mark.parametrize(
    ("arguments", "cvc"),
    [
        pytest.param({"scheme_id": "amex"}, "1234", id="four-digits"),
        pytest.param({"scheme_id": "bancontact"}, None, id="scheme-without"),
        pytest.param({"scheme_id": "bancontact", "kind": "cobadge:visa"}, "123", id="the-co-badge-has-one"),
        pytest.param({"scheme_id": "bc_card", "kind": "cobadge:amex"}, "1234", id="the-co-badge-has-four"),
        pytest.param({"scheme_id": "maestro", "cvc": False}, None, id="left-out"),
        pytest.param({"scheme_id": "visa", "wallet": "apple_pay"}, None, id="wallet"),
    ],
)
def test_security_code(arguments: dict[str, Any], cvc: str | None) -> None:
    """The code is as long as the scheme's, and None where a card shows none."""
    assert cvc == build(**arguments).cvc


@pytest.mark.parametrize(
    ("arguments", "networks", "network", "begins"),
    [
        pytest.param({"scheme_id": "visa"}, ("visa",), None, "4", id="plain"),
        pytest.param(
            {"scheme_id": "cartes_bancaires"}, ("cartes_bancaires", "visa"), None, "4", id="usually-co-badged"
        ),
        pytest.param(
            {"scheme_id": "cartes_bancaires", "kind": "plain"}, ("cartes_bancaires",), None, "5", id="alone-by-wish"
        ),
        pytest.param(
            {"scheme_id": "cartes_bancaires", "network": "mastercard"},
            ("cartes_bancaires", "mastercard"),
            "mastercard",
            "51",
            id="a-choice-brings-its-co-badge",
        ),
        pytest.param(
            {"scheme_id": "cartes_bancaires", "kind": "cobadge:visa/cartes_bancaires"},
            ("cartes_bancaires", "visa"),
            "cartes_bancaires",
            "4",
            id="local-network-chosen",
        ),
        pytest.param(
            {"scheme_id": "elo", "kind": "cobadge:discover"},
            ("elo", "discover"),
            None,
            "65",
            id="own-range",
        ),
        pytest.param({"scheme_id": "interac"}, ("interac", "visa"), None, "4", id="no-range-of-its-own"),
        pytest.param({"scheme_id": "visa", "wallet": "apple_pay"}, ("visa",), None, "", id="wallet"),
        pytest.param({"scheme_id": "interac", "wallet": "apple_pay"}, ("interac", "visa"), None, "", id="in-a-wallet"),
        pytest.param({"scheme_id": "visa", "kind": "link:unnamed"}, (), None, "", id="wallet-that-names-nothing"),
    ],
)
def test_networks(arguments: dict[str, Any], networks: tuple[str, ...], network: str | None, begins: str) -> None:
    """A co-badged card names both schemes, local one first, and carries a number that the carrier's network takes."""
    card = build(**arguments)

    assert (networks, network) == (card.networks, card.network)
    assert card.number.startswith(begins)


def test_a_length_that_a_kind_lacks_gives_way() -> None:
    """A co-badge has the lengths of its carrier: one that only the local scheme has gives the carrier's usual one."""
    assert len(build("napas", length=19).number) == 19
    assert len(build("napas", kind="cobadge:mastercard", length=19).number) == 16


def test_a_card_without_expiry() -> None:
    """Month and year are both there or both missing."""
    assert (build("visa").exp_month, build("visa").exp_year) == (12, 2034)
    assert (build("napas", expiry=False).exp_month, build("napas", expiry=False).exp_year) == (None, None)


def test_wallet_cards_differ_by_what_the_wallet_shows() -> None:
    """A wallet card hides its number, and its last four digits tell two of them apart."""
    one, other = (build("visa", wallet="google_pay", edge="inside", digits=each) for each in (1, 2))

    assert one.number == other.number == ""
    assert len(one.tail) == 4
    assert one.key != other.key


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"range": 2}, "a card of scheme 'mastercard' has no range 2; it has 0, 1", id="range"),
        pytest.param({"length": 15}, "a card of scheme 'mastercard' has no length 15; it has 16", id="length"),
        pytest.param(
            {"edge": "mid"}, "a card of scheme 'mastercard' has no edge 'mid'; it has low, high, inside", id="edge"
        ),
        pytest.param(
            {"funding": "voucher"},
            "a card of scheme 'mastercard' has no funding 'voucher'; it has credit, debit, prepaid, charge",
            id="funding",
        ),
        pytest.param(
            {"network": "elo"}, "a card of scheme 'mastercard' has no network 'elo'; it has mastercard", id="network"
        ),
        pytest.param(
            {"wallet": "paypal"},
            "a card of scheme 'mastercard' has no kind 'paypal'; it has plain, apple_pay, google_pay, "
            "samsung_pay, link, link:unnamed, network_token",
            id="wallet",
        ),
    ],
)
def test_what_does_not_exist_is_refused(arguments: dict[str, Any], message: str) -> None:
    """A value that no such card has is answered with those that it can have."""
    with pytest.raises(UsageError) as caught:
        build("mastercard", **arguments)

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("name", "axis", "values"),
    [
        pytest.param("visa", "length", (16, 13, 18, 19), id="usual-length-first"),
        pytest.param("mastercard", "range", (0, 1), id="each-range"),
        pytest.param("interac", "range", (0, 1), id="ranges-of-a-carrier"),
        pytest.param("visa", "luhn", (True,), id="luhn-binds"),
        pytest.param("unionpay", "luhn", (True, False), id="luhn-of-both-kinds"),
        pytest.param("naranja", "luhn", (False, True), id="luhn-does-not-bind"),
        pytest.param("maestro", "cvc", (True, False), id="code-may-be-missing"),
        pytest.param("girocard", "cvc", (False,), id="no-code"),
        pytest.param("unionpay", "expiry", (True, False), id="expiry-may-be-missing"),
        pytest.param("maestro", "funding", ("debit",), id="debit-only"),
        pytest.param(
            "dankort",
            "kind",
            ("plain", "cobadge:visa", "cobadge:visa/dankort", "cobadge:visa/visa", "apple_pay"),
            id="kinds",
        ),
        pytest.param("interac", "kind", ("cobadge:visa",), id="never-plain"),
    ],
)
def test_axes(name: str, axis: str, values: tuple[Any, ...]) -> None:
    """An axis lists what may differ between cards of the scheme, the plainest first."""
    assert values == axes(name)[axis][: len(values)]
