"""Trace: what an integration did and said in one example, in a form in which two plays of the same case are equal.

Ids, tokens and times differ from one world to the next. They are told by playing the same case twice, and written as
the place where they first stood: `<sale 1 id>` is the `id` of the first reply to `sale`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal
from urllib.parse import unquote_plus

from paypact.contract.paths import Path, dotted
from paypact.payments import OUTCOMES, Order
from paypact.testkit.example import Example
from paypact.world.recording import Exchange

SHORTEST: Final = 4  # characters of a value that is recognised wherever it stands
CRASH: Final = "crash with "  # an outcome that begins so is an exception
_TEXT: Final = (str, int, float, bool, type(None))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value of one world comes from: a reply to an operation, the card's token, or the shopper's way back."""

    operation: str  # empty: no reply
    reply: int  # which of the replies to that call, from 1
    path: Path
    exchange: int = 0  # its number in the example; 0: no exchange

    def __str__(self) -> str:
        return f"<{' '.join(filter(None, (self.operation, str(self.reply or ''), dotted(self.path))))}>"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the integration did or said."""

    kind: Literal["request", "outcome", "webhook", "order"]
    who: str  # the operation
    text: str  # canonical
    exchange: int = 0  # of a request


@dataclass(frozen=True, slots=True)
class Trace:
    """All steps of one example, in order."""

    steps: tuple[Step, ...]

    def starts(self, other: Trace) -> bool:
        """Whether the other one begins like this one."""
        return all(map(_alike, self.steps, other.steps)) and len(self.steps) <= len(other.steps)

    def departs(self, other: Trace) -> tuple[Step | None, Step | None] | None:
        """The first steps in which two traces differ; None where they do not."""
        for mine, its in zip(self.steps, other.steps, strict=False):
            if not _alike(mine, its):
                return mine, its
        if len(self.steps) == len(other.steps):
            return None
        longer = max((self.steps, other.steps), key=len)
        extra = longer[min(len(self.steps), len(other.steps))]
        return (extra, None) if longer is self.steps else (None, extra)


def _alike(one: Step, other: Step) -> bool:
    return (one.kind, one.who, one.text) == (other.kind, other.who, other.text)


class Symbols:
    """The values of one world, and the sources they are written as."""

    def __init__(self, known: Mapping[str, Source]) -> None:
        self.known = {value: source for value, source in known.items() if len(value) >= SHORTEST}
        self._longest = sorted(self.known, key=len, reverse=True)

    def canonical(self, text: str) -> str:
        """`text` with each value of this world as its source."""
        return "".join(map(str, self.parts(text)))

    def alike(self, text: str) -> str:
        """`text` with each value of this world blotted out, whichever it is."""
        return "".join(part if isinstance(part, str) else "*" for part in self.parts(text))

    def parts(self, text: str) -> Iterator[str | Source]:
        """`text` cut where values of this world stand in it; of two at one place the longer one."""
        inside = [value for value in self._longest if value in text]  # few of many, and quickly told
        at = 0
        while inside:
            found = {value: text.find(value, at) for value in inside}
            inside = [value for value in inside if found[value] >= 0]
            if inside:
                value = min(inside, key=found.__getitem__)
                if found[value] > at:
                    yield text[at : found[value]]
                yield self.known[value]
                at = found[value] + len(value)
        if at < len(text):
            yield text[at:]


def trace(example: Example, symbols: Symbols, moments: int | None = None) -> Trace:
    """What happened in an example until its story had so many moments; None: until it was over."""
    return Trace(tuple(_steps(example, symbols, moments)))


def _steps(example: Example, symbols: Symbols, moments: int | None) -> Iterator[Step]:
    waiting = [exchange for exchange in example.exchanges if exchange.operation]
    for moment in example.story[:moments]:
        while waiting and waiting[0].number <= moment.exchanges:
            yield _request(waiting.pop(0), symbols)
        if isinstance(moment.told, Order):
            yield Step("order", moment.call, str(moment.told))
        elif moment.call.startswith("webhook "):
            yield Step("webhook", moment.call.removeprefix("webhook "), str(moment.told))
        elif moment.told is not None:
            yield Step("outcome", moment.call, symbols.canonical(said(moment.told)))
    for exchange in waiting if moments is None else ():
        yield _request(exchange, symbols)


def _request(exchange: Exchange, symbols: Symbols) -> Step:
    request = exchange.request
    url = request.url.partition("://")[2].partition("/")[2]
    body = (
        unquote_plus(request.body.decode("utf-8", "replace"))
        if _is_form(request.headers)
        else request.body.decode("utf-8", "replace")
    )
    text = symbols.canonical(f"{request.method} /{unquote_plus(url)}\n{body}")
    return Step("request", exchange.operation, text, exchange.number)


def _is_form(headers: Mapping[str, str]) -> bool:
    return "x-www-form-urlencoded" in headers.get("content-type", "")


def said(outcome: object) -> str:
    """An outcome as text; of a transaction only what can be compared: text and numbers."""
    if isinstance(outcome, BaseException):
        return f"{CRASH}{type(outcome).__name__}: {outcome}"
    if not isinstance(outcome, OUTCOMES):
        return repr(outcome)
    known = {each.name: getattr(outcome, each.name) for each in fields(outcome)}
    shown = {
        name: value if name != "transaction" or isinstance(value, _TEXT) else type(value).__name__
        for name, value in known.items()
        if value is not None
    }
    inside = ", ".join(f"{name}={json.dumps(value, default=str, ensure_ascii=False)}" for name, value in shown.items())
    return f"{type(outcome).__name__}({inside})"
