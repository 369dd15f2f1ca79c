"""The redactor: everything that is printed, recorded on disk or published passes through it.

It knows the secrets and cards of a run by value, and others by their shape. Ids of the gateway, the last four digits of
a card and the prefixes of keys stay, because a reader needs them to follow a story and nobody can use them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote

from paypact.cards.card import Card

HIDDEN = "***"

_SHORTEST_SECRET = 6  # shorter ones are words that also mean something else
_PREFIX = 10  # a vendor's prefix of a key, as in `sk_test_`, ends within so many characters

_LUHN_LENGTHS = range(13, 20)
_GAP = r"(?:[ \-+]|%20)?"  # card numbers are written in groups; + and %20 are how a form spells a space

_HIDDEN_HEADERS = re.compile(r"authorization|cookie|api-?key|secret|token|password", re.IGNORECASE)

# The shapes of secrets, each with what is left of it. The order matters: a client secret begins with an id that stays.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(\b[a-z]+_[A-Za-z0-9]+_secret_)[A-Za-z0-9]+"), r"\1" + HIDDEN),
    (re.compile(r"(\b[a-z]{2,6}_(?:test|live)_)[A-Za-z0-9_]{6,}"), r"\1" + HIDDEN),
    (re.compile(r"(\bwhsec_)[A-Za-z0-9+/=_-]{6,}"), r"\1" + HIDDEN),
    (re.compile(r"(\b(?i:bearer|basic|token) +)(?=[^\s,'\"]*[0-9=+/])[A-Za-z0-9+/=._~-]{8,}"), r"\1" + HIDDEN),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), HIDDEN),
    (re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END|\Z)", re.DOTALL), r"\1" + HIDDEN + r"\2"),
)

# A security code is three or four digits, which appear by accident anywhere: it is known by the field it stands in.
# Between name and value stand quotes, brackets (%5D in a form), and a colon, an equals sign or the end of an XML tag.
_CODE = re.compile(
    r"((?:cvc2?|cvv2?|security[_ ]?code|verification_?(?:value|code)|card_?code|\b(?:cvn|cvd|csc|cid))"
    r"(?:%5D|[\"'\]\\])*\s*(?:=>|[:=>])\s*(?:\\?[\"'])?(?:test_)?)\d{3,4}(?![\d.])",
    re.IGNORECASE,
)

# Numbers that begin with 1 are times far more often than cards; those of the run are known by value.
_NUMBER = re.compile(rf"(?:(?<=test_)|(?<![A-Za-z0-9_.]))[2-9](?:{_GAP}\d){{12,18}}(?![0-9A-Za-z_]|\.\d)")


class Redactor:
    """Hides these secrets and cards, and whatever looks like a secret or a card number."""

    def __init__(self, secrets: Iterable[str] = (), cards: Iterable[Card] = ()) -> None:
        known = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        spellings = {spelling: _mask(secret) for secret in known for spelling in (secret, quote(secret, safe=""))}
        self._secrets = spellings
        self._secret = _any(sorted(map(re.escape, spellings), key=len, reverse=True))
        numbers = sorted({card.number for card in cards if card.number}, key=len, reverse=True)
        self._card = _any(rf"(?<!\d){_GAP.join(number)}(?!\d)" for number in numbers)

    def text(self, text: str) -> str:
        """`text` without secrets, card numbers and security codes."""
        if self._secret is not None:
            text = self._secret.sub(lambda found: self._secrets[found[0]], text)
        for shape, left in _SHAPES:
            text = shape.sub(left, text)
        if self._card is not None:
            text = self._card.sub(lambda found: _mask_number(found[0]), text)
        text = _NUMBER.sub(lambda found: _mask_number(found[0]) if _is_card(found[0]) else found[0], text)
        return _CODE.sub(r"\1" + HIDDEN, text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers whose values may be shown; of those that authenticate, the scheme alone stays."""
        return {
            name: _mask_header(value) if _HIDDEN_HEADERS.search(name) else self.text(value)
            for name, value in headers.items()
        }

    def body(self, body: bytes, content_type: str = "", limit: int = 2_000) -> str:
        """A body to read: JSON indented, a form one field a line, at most `limit` characters; binary only counted."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return f"({len(body)} bytes of {content_type or 'binary data'})"
        shown = self.text(_pretty(text, content_type.lower()))
        return shown if len(shown) <= limit else f"{shown[:limit]}… ({len(shown) - limit} characters more)"


def _pretty(text: str, content_type: str) -> str:
    if "x-www-form-urlencoded" in content_type:
        return "\n".join(f"{name} = {value}" for name, value in parse_qsl(text, keep_blank_values=True))
    if "json" in content_type or text[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except ValueError:
            return text  # cut on the way, or not JSON after all
    return text


def _any(patterns: Iterable[str]) -> re.Pattern[str] | None:
    pattern = "|".join(patterns)
    return re.compile(pattern) if pattern else None


def _mask(secret: str) -> str:
    return secret[: secret.rfind("_", 0, _PREFIX) + 1] + HIDDEN


def _mask_header(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if space and scheme.isalpha() else HIDDEN


def _mask_number(number: str) -> str:
    return HIDDEN + re.sub(r"%20|\D", "", number)[-4:]


def _is_card(number: str) -> bool:
    digits = [int(digit) for digit in re.sub(r"%20|\D", "", number)]
    if len(digits) not in _LUHN_LENGTHS:
        return False
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
