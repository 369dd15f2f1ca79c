"""Nothing secret survives the redactor, in any spelling, and everything else does."""

from __future__ import annotations

import json

import pytest

from paypact.cards.card import Card
from paypact.world.redaction import Redactor

VISA = "4242424242424242"
MASTERCARD = "5555555555554444"
NO_LUHN = MASTERCARD[:-1] + "5"  # a card of the run that fails the check digit
KEY = "sk_test_51Hk3R9x"
LIVE = "rk_test_abcdefgh12345678".replace("test", "live")
PEM = "RSA PRIVATE KEY"
HMAC = "aGVsbG8/d29ybGQ="
PASSWORD = "correct horse"


def card(number: str) -> Card:
    return Card(number, 12, 2030, "737", "Ada", "visa", ("visa",))


REDACTOR = Redactor([KEY, HMAC, PASSWORD, "EUR"], [card(VISA), card(NO_LUHN)])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"key {KEY}!", "key sk_test_***!"),
        (f"hmac={HMAC}", "hmac=***"),
        ("hmac=aGVsbG8%2Fd29ybGQ%3D", "hmac=***"),
        (f"password {PASSWORD} in EUR", "password *** in EUR"),
        ("sk_test_another12345", "sk_test_***"),
        (f"{LIVE}.", "rk_live_***."),
        ("whsec_abcdef+123456=", "whsec_***"),
        ("pi_3Nx_secret_Zt81", "pi_3Nx_secret_***"),
        ("Authorization: Bearer abc123def456", "Authorization: Bearer ***"),
        ("authorization: basic c2tfdGVzdDo=", "authorization: basic ***"),
        ("a token eyJhbGciOi.eyJzdWIi.c2ln here", "a token *** here"),
        (
            f"-----BEGIN {PEM}-----\nMIIE\n-----END {PEM}-----",
            f"-----BEGIN {PEM}-----***-----END {PEM}-----",
        ),
        (VISA, "***4242"),
        ("4242 4242 4242 4242", "***4242"),
        ("4242-4242-4242-4242", "***4242"),
        ("number=4242+4242%204242-4242&exp=12", "number=***4242&exp=12"),
        (f'{{"number": "{VISA}", "cvc": "737"}}', '{"number": "***4242", "cvc": "***"}'),
        (f"x{VISA}x", "x***4242x"),
        (NO_LUHN, "***4445"),
        (MASTERCARD, "***4444"),
        (f"test_{MASTERCARD}", "test_***4444"),
        ("<number>378282246310005</number>", "<number>***0005</number>"),
        ("card%5Bcvc%5D=737", "card%5Bcvc%5D=***"),
        ("card[cvc]=737", "card[cvc]=***"),
        ("Card(cvc='737')", "Card(cvc='***')"),
        ("<cvv>7373</cvv>", "<cvv>***</cvv>"),
        ('"encryptedSecurityCode": "test_737"', '"encryptedSecurityCode": "test_***"'),
        ('{\\"cvc\\":\\"737\\"}', '{\\"cvc\\":\\"***\\"}'),
        ("cvc: 737, Security Code: 7373", "cvc: ***, Security Code: ***"),
    ],
)
def test_secrets_are_hidden(text: str, shown: str) -> None:
    """Keys, client secrets, card numbers and security codes go, in every spelling that a log or a wire has."""
    assert REDACTOR.text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "pm_1NxYzKLkdIwHu7ixX pi_000000000000000000004242 cus_O9 ch_4242424242424241",
        "ends in 4242, expires 12/2030, 737 items",
        "4242424242424241",  # the check digit is wrong, and nobody in this run has it
        "at 2026-06-17 12:00:00, in 1781697600.4242424, or 1781697600009 milliseconds",
        '"cvc_check": "pass", "amount": 1999',
        "Basic authentication failed; the token expired",
        "https://api.example.test/v1/payments?limit=100",
    ],
)
def test_the_rest_stays(text: str) -> None:
    """Ids, last fours, dates, amounts and prose are not touched."""
    assert REDACTOR.text(text) == text


def test_headers_that_authenticate_keep_their_scheme_alone() -> None:
    """Authorization, cookies and keys are hidden whatever their value looks like; the rest is read like text."""
    headers = {
        "authorization": "Bearer x",
        "X-API-Key": "short",
        "Set-Cookie": "id=1",
        "Idempotency-Key": "order-1",
        "x-note": KEY,
    }
    assert REDACTOR.headers(headers) == {
        "authorization": "Bearer ***",
        "X-API-Key": "***",
        "Set-Cookie": "***",
        "Idempotency-Key": "order-1",
        "x-note": "sk_test_***",
    }


@pytest.mark.parametrize(
    ("body", "content_type", "shown"),
    [
        (json.dumps({"id": "pi_1", "cvc": 737}).encode(), "application/json", '{\n  "id": "pi_1",\n  "cvc": ***\n}'),
        (b'{"cut": "of', "application/json", '{"cut": "of'),
        (
            b"amount=10&card%5Bnumber%5D=4242+4242+4242+4242",
            "application/x-www-form-urlencoded",
            "amount = 10\ncard[number] = ***4242",
        ),
        (b"<cvv>737</cvv>", "text/xml", "<cvv>***</cvv>"),
        (b"\xff\xfe\xfd", "image/png", "(3 bytes of image/png)"),
        (b"", "", ""),
        (b"a" * 2_010, "text/plain", "a" * 2_000 + "… (10 characters more)"),
    ],
    ids=["json", "cut json", "form", "xml", "binary", "empty", "long"],
)
def test_bodies_are_made_readable_and_safe(body: bytes, content_type: str, shown: str) -> None:
    """A body is laid out by its content type, redacted, and only then shortened."""
    assert REDACTOR.body(body, content_type) == shown


def test_without_secrets_shapes_are_hidden_all_the_same() -> None:
    """A redactor that was told nothing still knows what secrets look like."""
    assert Redactor().text(f"{VISA} sk_test_abcdef") == "***4242 sk_test_***"
