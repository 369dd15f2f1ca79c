"""The catalogue: what it holds, to whom it gives a number, and what it says of a broken file."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from paypact.cards import Scheme, classify, scheme, schemes
from paypact.cards.catalogue import luhn_digit, luhn_valid, read, wallets
from paypact.errors import DataError, UsageError
from paypact.tables import load

CATALOGUE = files("paypact.fixtures") / "card_schemes.toml"


def each_scheme(found: list[Scheme]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("card", found, ids=[each.id for each in found])


# Published test numbers, one or more a scheme, and whose they are by their beginning.
PUBLISHED = {
    "4242424242424242": "visa",
    "4222222222222": "visa",
    "5555555555554444": "mastercard",
    "2223003122003222": "mastercard",
    "378282246310005": "amex",
    "6011111111111117": "discover",
    "3056930009020004": "diners",
    "36227206271667": "diners",
    "3566002020360505": "jcb",
    "6200000000000005": "unionpay",
    "6205500000000000004": "unionpay",
    "8171999927660000": "unionpay",
    "6771830999991239343": "maestro",
    "5061460410120223210": "verve",
    "2200770212727079": "mir",
    "6362970000457013": "elo",
    "6073849700004947": "rupay",
    "5062210000000009": "carnet",
    "5019717010103742": "dankort",
    "5895627823453005": "naranja",
    "6035227716427021": "cabal",
    "5078083000000002": "meeza",
    "9704198526191432198": "napas",
    "9490220006611406": "bc_card",
    "2205430000003002": "paypak",
    "135412345678911": "uatp",
}

# Published test numbers that the vendor sells as another scheme than their beginning says: which, and why.
READ_OTHERWISE = {
    "4000002500001001": ("visa", "a Cartes Bancaires co-badge carries a Visa number"),
    "5555552500001001": ("mastercard", "a Cartes Bancaires co-badge carries a Mastercard number"),
    "4000050360000001": ("visa", "an eftpos co-badge carries a Visa number"),
    "4506445006931933": ("visa", "Interac has no public range"),
    "6555900000604105": ("discover", "BC Card and DinaCard run on Discover"),
    "5066991111111118": ("alelo", "sold as Elo; Alelo owns these six digits within Elo's range"),
    "4001020000000009": ("visa", "sold as Visa Electron; its short list of prefixes lacks it"),
    "4013540682746260": ("vpay", "sold as Visa, of which V PAY is a product"),
    "5031433215406351": ("maestro", "sold as Mastercard, to which Maestro belongs"),
    "3636500000000260": ("diners", "a sandbox looks its JCB cards up instead of reading them"),
    "6759411100000008": ("maestro", "Maestro UK is retired"),
}


@pytest.mark.parametrize(("number", "owner"), PUBLISHED.items(), ids=PUBLISHED)
def test_published_numbers_have_their_owner(number: str, owner: str) -> None:
    """A vendor's test number belongs to the scheme that the vendor names."""
    assert owner == classify(number)


@pytest.mark.parametrize(("number", "read_as"), READ_OTHERWISE.items(), ids=READ_OTHERWISE)
def test_published_numbers_that_are_read_otherwise(number: str, read_as: tuple[str, str]) -> None:
    """Where a vendor's label and the beginning differ, the beginning decides, and the reason is known."""
    assert read_as[0] == classify(number)


@pytest.mark.parametrize(
    ("number", "owner"),
    [
        pytest.param("4", "visa", id="one-digit-is-enough"),
        pytest.param("6", "maestro", id="only-a-disputed-claim"),
        pytest.param("", None, id="empty"),
        pytest.param("7", None, id="nobody"),
        pytest.param("4242 4242", None, id="not-digits"),
        pytest.param("٤٢٤٢", None, id="digits-of-another-script"),
    ],
)
def test_beginnings_that_are_no_card_number(number: str, owner: str | None) -> None:
    """Any text can be asked for; what is no run of ASCII digits belongs to nobody."""
    assert owner == classify(number)


@pytest.mark.parametrize(
    ("prefix", "owner"),
    [
        pytest.param("401178", "elo", id="elo-within-visa"),
        pytest.param("457100", "dankort", id="dankort-within-visa"),
        pytest.param("506705", "elo", id="elo-beside-alelo"),
        pytest.param("506706", "alelo", id="alelo-within-elo"),
        pytest.param("650031", "elo", id="elo-within-discover"),
        pytest.param("652150", "rupay", id="rupay-within-discover"),
        pytest.param("624000", "unionpay", id="agreed-over-disputed"),
        pytest.param("357111", "lankapay", id="lankapay-within-jcb"),
        pytest.param("384100", "hipercard", id="hipercard-within-diners"),
        pytest.param("2204", "mir", id="last-of-mir"),
        pytest.param("220542", "borica", id="before-paypak"),
        pytest.param("220543", "paypak", id="paypak-within-borica"),
        pytest.param("2221", "mastercard", id="first-of-the-2-series"),
        pytest.param("2720", "mastercard", id="last-of-the-2-series"),
        pytest.param("2721", None, id="after-the-2-series"),
    ],
)
def test_the_more_specific_range_wins(prefix: str, owner: str | None) -> None:
    """The longest prefix wins, among equals the narrower span, and an agreed range over a disputed one."""
    assert owner == classify(prefix + "0" * (16 - len(prefix)))


def test_schemes_begin_with_the_plainest() -> None:
    """Shrinking goes towards the first, so the most common schemes lead; there are at least forty."""
    assert list(schemes())[:3] == ["visa", "mastercard", "amex"]
    assert len(schemes()) >= 40
    wanted = ["discover", "diners", "jcb", "unionpay", "maestro", "elo", "mir", "rupay", "verve", "cartes_bancaires"]
    assert set(wanted) <= set(schemes())


@each_scheme(list(schemes().values()))
def test_a_scheme_is_sound(card: Scheme) -> None:
    """Names point to what exists, ranges are spans of equally long prefixes, and doubt is marked."""
    sources = load(CATALOGUE, dict).get("sources", {})
    for each in (*card.ranges, *card.detected):
        assert each.sources
        assert set(each.sources) <= set(sources)
        assert set(each.lengths) <= set(card.lengths)
        assert len(each.low) == len(each.high)
        assert each.low <= each.high
    assert card.sources
    assert set(card.sources) <= set(sources)
    assert {*card.cobadge, *filter(None, [card.parent])} <= set(schemes())
    assert set(card.wallets) <= set(wallets())
    assert card.ranges or card.cobadge
    assert card.funding
    assert ("luhn" in card.unconfirmed) is (card.luhn in {"unknown", "variant"})
    assert "cvc" in card.unconfirmed or card.cvc.presence != "unknown"
    assert (card.cvc.length == 0) is (card.cvc.presence == "none")


def test_wallets_hold_schemes_that_exist() -> None:
    """Each wallet names schemes of the catalogue and where that was read."""
    for each in wallets().values():
        assert set(each.unconfirmed) <= set(each.schemes) <= set(schemes())
        assert each.sources


def test_no_source_is_left_over() -> None:
    """Each source that the file explains is used in it."""
    text = CATALOGUE.read_text("utf-8")

    assert [key for key in load(CATALOGUE, dict)["sources"] if not re.search(rf'sources = .*"{key}"', text)] == []


def test_unknown_scheme() -> None:
    """An unknown id is answered with the nearest one and all others."""
    listed = ", ".join(schemes())

    with pytest.raises(UsageError) as caught:
        scheme("Master Card")

    assert str(caught.value) == (f"unknown card scheme 'Master Card'; did you mean 'mastercard'? (known: {listed})")


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        pytest.param(
            'luhn = "required"',
            'luhn = "maybe"',
            "card_schemes.toml, scheme.visa.luhn: invalid enum value 'maybe'; "
            "allowed: required, none, partial, variant, unknown",
            id="unknown-word",
        ),
        pytest.param(
            "length = 3",
            "size = 3",
            "card_schemes.toml, scheme.visa.cvc: object contains unknown field `size`; "
            "allowed: length (required), presence (required), name",
            id="unknown-key",
        ),
        pytest.param(
            'name = "Visa"\n',
            "",
            "card_schemes.toml, scheme.visa: object missing required field `name`; allowed: name (required), "
            "lengths (required), luhn (required), cvc (required), expiry (required), funding (required), "
            "regions (required), status (required), confidence (required), sources (required), cobadge, "
            "usually_cobadged, parent, unconfirmed, note, build, detect",
            id="missing-key",
        ),
        pytest.param(
            "lengths = [16, 13,",
            'lengths = [16, "13",',
            "card_schemes.toml, scheme.visa.lengths.2: expected `int`, got `str`; "
            "allowed: a whole number (at least 8, at most 19)",
            id="wrong-type-in-a-list",
        ),
        pytest.param(
            'prefixes = ["4"]',
            'prefixes = ["4 to 5"]',
            "card_schemes.toml, scheme.visa.build.1.prefixes.1: expected `str` matching regex "
            r"'^\\d{1,8}(-\\d{1,8})?$'; allowed: text (pattern ^\d{1,8}(-\d{1,8})?$)",
            id="malformed-prefix",
        ),
        pytest.param(
            "[scheme.visa]",
            "[scheme.visa",
            "card_schemes.toml is not valid TOML: Expected ']' at the end of a table declaration "
            "(at line {line}, column 13)",
            id="no-toml",
        ),
    ],
)
def test_a_broken_catalogue_says_where(tmp_path: Path, written: str, instead: str, message: str) -> None:
    """A broken file gives one message with the file, the key and what may stand there."""
    broken = tmp_path / "card_schemes.toml"
    text = CATALOGUE.read_text("utf-8")
    assert written in text
    broken.write_text(text.replace(written, instead, 1), "utf-8")

    with pytest.raises(DataError) as caught:
        read(broken)

    assert str(caught.value) == message.replace("{line}", str(text[: text.index(written)].count("\n") + 1))


@pytest.mark.parametrize(
    ("number", "valid"),
    [("4242424242424242", True), ("4242424242424241", False), ("6222988812340000", False), ("", False), ("4a", False)],
    ids=["right", "wrong", "published-and-wrong", "empty", "not-digits"],
)
def test_luhn(number: str, valid: bool) -> None:
    """The check digit is the one that completes the number, and whatever is no number has none."""
    assert valid is luhn_valid(number)
    assert not valid or number[-1] == luhn_digit(number[:-1])
