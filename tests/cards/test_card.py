"""A card can be printed, compared and looked up anywhere without giving its number away."""

from __future__ import annotations

import dataclasses
import logging
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis.vendor.pretty import pretty
from rich.pretty import pretty_repr

from paypact.cards import Card

NUMBER, CVC = "4242424242424242", "917"  # a published test number


def card(**changes: Any) -> Card:
    """A plain Visa with these changes."""
    return dataclasses.replace(Card(NUMBER, 3, 2031, CVC, "Ada Jo", "visa", ("visa",)), **changes)


def raised(shown: Card) -> str:
    return str(ValueError("declined", shown))


def logged(shown: Card) -> str:
    return logging.LogRecord("shop", logging.INFO, "", 0, "paying with %s or %r", (shown, shown), None).getMessage()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param({}, "Card(visa, 16 digits, ends 4242, expires 03/2031)", id="plain"),
        pytest.param({"exp_month": None, "exp_year": None}, "Card(visa, 16 digits, ends 4242)", id="no-expiry"),
        pytest.param(
            {"cvc": None}, "Card(visa, 16 digits, ends 4242, expires 03/2031, no security code)", id="no-security-code"
        ),
        pytest.param(
            {"scheme": "cartes_bancaires", "networks": ("cartes_bancaires", "visa"), "network": "visa"},
            "Card(cartes_bancaires, 16 digits, ends 4242, expires 03/2031, "
            "runs on cartes_bancaires or visa, network visa)",
            id="co-badge",
        ),
        pytest.param(
            {"number": "", "cvc": None, "wallet": "apple_pay", "tail": "4242", "funding": "debit"},
            "Card(visa, ends 4242, expires 03/2031, debit, in apple_pay)",
            id="wallet",
        ),
        pytest.param(
            {"number": "", "cvc": None, "wallet": "link", "networks": ()},
            "Card(visa, expires 03/2031, runs on an unnamed network, in link)",
            id="wallet-that-names-nothing",
        ),
        pytest.param({"number": "42424242424"}, "Card(visa, 11 digits, expires 03/2031)", id="too-short-for-last-four"),
    ],
)
def test_text_tells_all_but_the_secrets(changes: dict[str, Any], text: str) -> None:
    """The text of a card tells scheme, length, last four, expiry, network and wallet."""
    shown = card(**changes)

    assert text == repr(shown) == str(shown)


@pytest.mark.parametrize(
    "render",
    [repr, str, "{}".format, "{0!r:>90}".format, pretty, pretty_repr, raised, logged, lambda c: repr([c])],
    ids=["repr", "str", "format", "padded", "hypothesis", "rich", "exception", "log", "in-a-list"],
)
def test_no_text_shows_number_or_code(render: Callable[[Card], str]) -> None:
    """Whatever prints a card, its number and its security code stay out."""
    text = render(card())

    assert "ends 4242" in text
    assert NUMBER not in text
    assert CVC not in text


def test_a_failed_comparison_shows_no_number(pytester: pytest.Pytester) -> None:
    """A test runner explains a failed comparison of two cards without reading their fields."""
    pytester.makepyfile(
        f"""
        from paypact.cards import Card

        def test_equal():
            one = Card("{NUMBER}", 3, 2031, "{CVC}", "Ada Jo", "visa", ("visa",))
            other = Card("4000056655665556", 3, 2031, "918", "Ada Jo", "visa", ("visa",))
            assert one == other
        """
    )

    result = pytester.runpytest_inprocess("-vv", "-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)
    shown = [line for line in result.outlines if line.startswith("E")]
    assert any("ends 4242" in line for line in shown)
    assert not any(secret in line for line in shown for secret in (NUMBER, CVC, "4000056655665556"))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        pytest.param({"exp_year": 2035, "cvc": "001"}, True, id="reissued"),
        pytest.param({"networks": ("cartes_bancaires", "visa"), "network": "visa"}, True, id="another-network-chosen"),
        pytest.param({"number": "4000056655665556"}, False, id="another-number"),
        pytest.param({"number": "", "wallet": "apple_pay"}, False, id="moved-to-a-wallet"),
    ],
)
def test_key_recognises_the_card(changes: dict[str, Any], same: bool) -> None:
    """The key is the card's, not the payment's: what may change between two payments is no part of it."""
    assert same is (card().key == card(**changes).key)


@pytest.mark.parametrize(
    "changes",
    [{"tail": "5556"}, {"wallet": "google_pay"}, {"exp_year": 2032}, {"scheme": "amex"}, {"holder": "Bo Li"}],
    ids=["tail", "wallet", "expiry", "scheme", "holder"],
)
def test_key_tells_wallet_cards_apart(changes: dict[str, Any]) -> None:
    """A wallet card is known by what its wallet tells, the shopper's choice of network left out."""
    in_wallet = card(number="", cvc=None, wallet="apple_pay", tail="4242")

    assert in_wallet.key == dataclasses.replace(in_wallet, network="visa").key
    assert in_wallet.key != dataclasses.replace(in_wallet, **changes).key


def test_equal_cards_are_one_key_of_a_mapping() -> None:
    """Cards compare by all fields, hash alike when equal, and survive a copy."""
    assert card() == pickle.loads(pickle.dumps(card()))  # noqa: S301 - our own bytes
    assert len({card(), card(), card(cvc="001")}) == 2
    assert card() != "visa"


def test_parts_of_the_number() -> None:
    """The first six and last four digits come from the number, the last four of a wallet card from its wallet."""
    assert (card().bin, card().last4) == ("424242", "4242")
    assert (card(number="", tail="5556").bin, card(number="", tail="5556").last4) == ("", "5556")
