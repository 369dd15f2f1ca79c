"""Outlets: every text by which an example's integration lets something out, and the secrets that it shows.

Logs, prints and warnings are heard while the example is played (`sinks`). Exceptions, outcomes and requests are read
here when it is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from paypact.payments import ActionRequired
from paypact.testkit import leaks
from paypact.testkit.blame import team_place
from paypact.testkit.bodies import decoded, leaves
from paypact.testkit.example import Example
from paypact.testkit.leaks import KEY, Secrets
from paypact.testkit.sinks import Piece
from paypact.testkit.target import Target
from paypact.testkit.told import Told, WrongAnswerError
from paypact.testkit.watching import within

REFUSED: Final = 400  # the first status of those that may quote what was wrong
_DIGITS: Final = 3  # fewer are no security code
_LONG: Final = 9  # characters: shorter texts stand within longer ones by accident
# Headers that say who is asking are where keys belong.
AUTHENTICATING: Final = ("authorization", "proxy-authorization", "x-api-key", "api-key", "apikey")


@dataclass(frozen=True)
class Leak:
    """A piece of text that shows secrets, masked, and the call within which it came out, where that is known."""

    piece: Piece
    whats: tuple[str, ...]
    text: str
    told: Told | None

    @property
    def key(self) -> tuple[object, ...]:
        """What is the same in a run with another card."""
        return (self.piece.sink, self.piece.place, self.piece.call, self.piece.library)


def leaks_of(example: Example) -> Iterator[Leak]:
    """Each text that shows a secret of the example."""
    for piece, told, secrets in _pieces(example, leaks.secrets_of(example)):
        shown = leaks.find(piece.text, secrets)
        if shown:
            whats = tuple(dict.fromkeys(found.what for found in shown))
            yield Leak(piece, whats, leaks.masked(piece.text, shown), told)


def _pieces(example: Example, secrets: Secrets) -> Iterator[tuple[Piece, Told | None, Secrets]]:
    """Every text, the call it belongs to, and the secrets that have no business in it."""
    for piece in example.heard:
        yield piece, next((told for told in example.history if told.operation == piece.call), None), secrets
    for told in example.history:
        for piece in (*_raised(example, told), *_answered(example, told)):
            yield piece, told, secrets
        for piece, known in _sent(example, told, secrets):
            yield piece, told, known
        for piece in _told_back(example, told):
            yield piece, told, secrets.of_cards()


def _raised(example: Example, told: Told) -> Iterator[Piece]:
    """The texts of an exception that left the driver, and of those that led to it."""
    error = told.outcome
    if not isinstance(error, BaseException) or isinstance(error, WrongAnswerError):
        return
    place = team_place(error, type(example.driver))
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        notes = getattr(each, "__notes__", [])
        library = "" if each is error else _package(type(each), example.target)
        yield Piece("exception", " ".join((f"{type(each).__name__}: {each}", *notes)), place, told.operation, library)
        waiting += [each.__cause__, each.__context__]


def _answered(example: Example, told: Told) -> Iterator[Piece]:
    """An outcome as it would be logged. The shopper's own address and secret are there to be handed on."""
    outcome = told.outcome
    if isinstance(outcome, BaseException):
        return
    if isinstance(outcome, ActionRequired):
        outcome = replace(outcome, url=None)
    library = _package(type(told.transaction), example.target)
    yield Piece("outcome", repr(outcome), None, told.operation, library, type(outcome).__name__)


def _sent(example: Example, told: Told, secrets: Secrets) -> Iterator[tuple[Piece, Secrets]]:
    """Addresses and headers of a call's requests; what authenticates may hold a key."""
    for exchange in within(example, told):
        request, place = exchange.request, exchange.place
        yield Piece("address", f"{request.method} {request.url}", place, told.operation), secrets
        for name, value in request.headers.items():
            known = secrets.but(KEY) if name in AUTHENTICATING else secrets
            if name != "authorization":
                yield Piece("header", value, place, told.operation, about=name), known


def _told_back(example: Example, told: Told) -> Iterator[Piece]:
    """Texts of a request that the gateway says again: whoever may look at a payment, or hears of it, reads them.

    No gateway says a card number or security code of its own accord: it stands in a field that is not for one.
    """
    for exchange in within(example, told):
        if exchange.response is None or exchange.response.status >= REFUSED:
            continue
        for place, text in leaves(decoded(exchange.request)):
            if sum(map(str.isdigit, text)) >= _DIGITS and any(each.encode() in exchange.raw for each in _spelled(text)):
                yield Piece("field", text, exchange.place, told.operation, about=place)


def _spelled(text: str) -> tuple[str, ...]:
    """How a text stands in JSON or XML, where it would stand within another by accident."""
    return (text,) if len(text) >= _LONG else (f'"{text}"', f">{text}<")


def _package(kind: type, target: Target) -> str:
    top = kind.__module__.partition(".")[0]
    return top if top in target.gateway.facts.gateway.sdk else ""
