"""What counts as showing a secret, and what does not."""

from __future__ import annotations

import base64

import pytest

from paypact.cards.card import Card
from paypact.testkit.leaks import Secrets, find, masked

KEY = "key_" + "4eC39HqLyjWDarjtT1zdp7dc"
CARD = Card("4242424242424242", 12, 2034, "831", "Test Cardholder", "visa", ("visa",))
AMEX = Card("378282246310005", 12, 2034, "8317", "Test Cardholder", "amex", ("amex",))
SECRETS = Secrets((CARD, AMEX), (KEY,), ("pi_1_secret_x7",))


def encoded(text: str) -> str:
    """As it stands in a header or a link."""
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("card 4242424242424242.", "card ***."),
        ("card 4242 4242 4242 4242", "card ***"),
        ("card=4242-4242-4242-4242", "card=***"),
        ("?c=4242%204242%204242%204242", "?c=***"),
        ("3782 822463 10005", "***"),
        ("424242424****4242", "***"),
        ("4242424242xxxx42", "***"),
        ("**** **** 42424242", "***"),
        ("42424242424242", "***"),
        ("378282246****0005", "***"),
        ("cvc=831", "cvc=***"),
        ("{'cvc': '8317'}", "{'cvc': '***'}"),
        (f"Bearer {KEY}", "Bearer ***"),
        (f"Basic {encoded(KEY + ':')}", "Basic ***"),
        (f"?state={encoded('n=4242424242424242')}", "?state=***"),
        ("pi_1_secret_x7", "***"),
        ("number 4242424242424242 and code 831", "number *** and code ***"),
    ],
)
def test_secrets_are_found_and_masked(text: str, shown: str) -> None:
    """A number in any grouping or in too great a part, a code, a key, a client secret, or their base64."""
    assert masked(text, find(text, SECRETS)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "4242",
        "**** **** **** 4242",
        "424242******4242",
        "42424242****4242",
        "378282*****0005",
        "378282",
        "took 8310 ms, 18.831,5",
        "test_4242424242424242 test_831",
        "key_4eC39H***",
        "pi_1 pm_831a ch_2",
        "5555555555554444",
        encoded("an innocent text"),
    ],
)
def test_what_is_no_secret_is_not_found(text: str) -> None:
    """First and last digits, other numbers, ids, what the vendor's browser code has encrypted, and hints of a key."""
    assert masked(text, find(text, SECRETS)) == text
