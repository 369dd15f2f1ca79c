"""Leaks: where a text shows a card number, a security code, a key or a client secret, in whatever spelling.

A security code is three digits that stand anywhere by accident, so what is found here of a card is a suspicion: it is a
leak only if the same line shows the other card's, too, in a run that differs in nothing else.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from paypact.cards.card import Card
from paypact.payments import ActionRequired
from paypact.testkit.example import Example
from paypact.world.http import Response
from paypact.world.redaction import HIDDEN

NUMBER, CODE, KEY, CLIENT = "card number", "security code", "secret key", "client secret"
OF_A_CARD: Final = (NUMBER, CODE)

_BIN, _LAST = 8, 4  # digits that may be shown: the issuer's at the beginning, two fewer of a short number; the last
_PIECE: Final = 9  # digits in a row of a card number that are more than may be shown of it
_LONG: Final = 16  # digits of a number that is not short
_GAP = r"(?:[ .\-+]|%20|%2D)?"
_ENCRYPTED = r"(?<!test_)"  # a number that stands in for what the vendor's browser code has encrypted
_MASKED = re.compile(r"(\d{0,19})[ -]?(?:[*xX•●·#…][ -]?){2,}(\d{0,19})")  # signs that people mask with
_DIGITS = re.compile(rf"\d{{{_PIECE},}}")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_CLIENT_SECRET = re.compile(rb'"client_?secret"\s*:\s*"([^"\\]+)"', re.IGNORECASE)
_SHORTEST: Final = 8  # of a key: shorter ones are words that also mean something else


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of one example, by value."""

    cards: tuple[Card, ...]
    keys: tuple[str, ...]
    clients: tuple[str, ...] = ()

    def but(self, what: str) -> Secrets:
        """All but those of one kind."""
        return Secrets(self.cards, () if what == KEY else self.keys, () if what == CLIENT else self.clients)

    def of_cards(self) -> Secrets:
        """Those of cards alone."""
        return Secrets(self.cards, ())


@dataclass(frozen=True, slots=True)
class Shown:
    """One secret in a text, and where."""

    what: str
    start: int
    end: int


def secrets_of(example: Example) -> Secrets:
    """What must not come out of this example: its shoppers' cards, the shop's keys, secrets that replies carried."""
    told = [each.outcome for each in example.history if isinstance(each.outcome, ActionRequired)]
    clients = {outcome.client_secret for outcome in told if outcome.client_secret}
    for exchange in example.exchanges:
        if isinstance(exchange.reply, Response):
            clients |= {found.decode("utf-8", "replace") for found in _CLIENT_SECRET.findall(exchange.raw)}
    cards = {payment.card.key: payment.card for payment in example.payments}
    credentials = example.world.gateway.simulator.credentials()
    return Secrets(tuple(cards.values()), tuple(_keys(credentials)), tuple(sorted(clients)))


def find(text: str, secrets: Secrets) -> list[Shown]:
    """Every secret that a text shows: spelled in groups, in part, or encoded as base64 too."""
    shown = [Shown(what, *found.span()) for what, pattern in _patterns(secrets) for found in pattern.finditer(text)]
    shown += _in_part(text, secrets.cards)
    for token in _ENCODED.finditer(text):
        inner = _decoded(token[0])
        if inner:
            whats = {what for what, pattern in _patterns(secrets) if pattern.search(inner)}
            shown += [Shown(what, *token.span()) for what in sorted(whats)]
    return sorted(shown, key=lambda each: (each.start, -each.end))


def masked(text: str, shown: Iterable[Shown]) -> str:
    """The text without what it shows."""
    parts, done = [], 0
    for each in shown:
        if each.start >= done:
            parts += [text[done : each.start], HIDDEN]
        done = max(done, each.end)
    return "".join([*parts, text[done:]])


def _keys(credentials: Mapping[str, str]) -> Iterator[str]:
    """The credentials that are secret, by their names: keys, secrets and passwords, but those a browser may see."""
    for name, value in credentials.items():
        if (
            any(word in name for word in ("key", "secret", "password"))
            and not name.startswith("publi")
            and len(value) >= _SHORTEST
        ):
            yield value


@lru_cache(maxsize=64)
def _patterns(secrets: Secrets) -> tuple[tuple[str, re.Pattern[str]], ...]:
    by_kind = {
        NUMBER: [_ENCRYPTED + _GAP.join(card.number) for card in secrets.cards if card.number],
        CODE: [rf"(?<![A-Za-z0-9.]){_ENCRYPTED}{card.cvc}(?![A-Za-z0-9]|[.,]\d)" for card in secrets.cards if card.cvc],
        KEY: _spellings(secrets.keys),
        CLIENT: _spellings(secrets.clients),
    }
    return tuple((what, re.compile("|".join(patterns))) for what, patterns in by_kind.items() if patterns)


def _spellings(values: Iterable[str]) -> list[str]:
    return [re.escape(spelling) for value in values for spelling in dict.fromkeys((value, quote(value, safe="")))]


def _in_part(text: str, cards: Iterable[Card]) -> Iterator[Shown]:
    """More of a number than its first six or eight digits and its last four."""
    for number in filter(None, (card.number for card in cards)):
        for run in _DIGITS.finditer(text):
            if run[0] in number and run[0] != number:
                yield Shown(NUMBER, *run.span())
        most = _BIN if len(number) >= _LONG else _BIN - 2
        for found in _MASKED.finditer(text):
            head, tail = found[1], found[2]
            if number.startswith(head) and number.endswith(tail) and (len(head) > most or len(tail) > _LAST):
                yield Shown(NUMBER, *found.span())


def _decoded(token: str) -> str:
    plain = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""
