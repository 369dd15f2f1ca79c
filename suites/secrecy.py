"""No card number, security code, key or client secret comes out: not in logs, not in texts, not on the way.

Judged by difference: what shows one card's secrets must show the other's in a run that differs in nothing but the card.
Ids of the gateway and the last four digits of a card are no secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from paypact.cards.reasons import reasons
from paypact.hosts import door
from paypact.report.model import Cause
from paypact.testkit import Axis, Case, Example, Exploration, Target, Told, leaks, promise, sinks
from paypact.testkit.blame import Place, driver_code, of_packages
from paypact.testkit.explore import NotCoveredError
from paypact.testkit.flow import PAYING
from paypact.testkit.judge import Verdict
from paypact.testkit.leaks import CODE, Secrets
from paypact.testkit.outlets import Leak, leaks_of
from paypact.testkit.watching import (
    CONNECTION,
    EDGE,
    Senders,
    answers,
    faults,
    most_exchanges,
    operations,
    play,
    watched,
    within,
)
from paypact.world.http import Response
from paypact.world.recording import Exchange

APPROVED, DECLINED, CHALLENGED, ERRORS, LOST = "approved", "declined", "challenged", "errors", "connection"
TRANSIT = "in-transit"
ELSEWHERE: Final = "payments.elsewhere.example"  # a name that nobody can have
SHOWN: Final = 160  # characters of a leaking text
STEP: Final = 4_177  # from one card's digits to the next: no digit of its security code stays

SAID: Final = {
    "log": "{call} writes the {what} to the log ({about})",
    "stdout": "{call} prints the {what}",
    "stderr": "{call} writes the {what} to standard error",
    "warning": "{call} warns with the {what}",
    "exception": "{call} raises an exception that shows the {what}",
    "outcome": "{call} answers with the {what} in {about}",
    "address": "{call} puts the {what} into the address of a request",
    "header": "{call} puts the {what} into the header {about} of a request",
    "field": "{call} puts the {what} into {about}, which the gateway shows to whoever may look at the payment",
}


def each_circumstance(target: Target) -> Iterator[str]:
    """A cell a circumstance under which texts are written."""
    repertoire = target.gateway.facts.ledger.answers
    yield APPROVED
    if "decline" in repertoire:
        yield DECLINED
    if "challenge" in repertoire:
        yield CHALLENGED
    yield ERRORS
    yield LOST
    yield TRANSIT


@promise("secrecy", order=10, cost=20, needs=PAYING, cells=each_circumstance)
def no_secret_comes_out(run: Exploration) -> None:
    target = run.target
    if run.key == TRANSIT and target.served:
        raise NotCoveredError(
            'with host="http" nobody sees whether the client checks certificates and follows redirects'
        )
    axes = {
        "edge": Axis(("inside",)),  # where the digits of a card differ from case to case
        "operation": Axis(operations(target)),
        "answer": Axis(_answers(target, run.key), lambda answer: str(answer).partition(":")[0]),
        "scheme": Axis.listed(target.schemes),
        "currency": Axis.listed(target.currencies),
    }
    if run.key in (ERRORS, LOST):
        words = [(f"error:{word}", "before") for word in target.gateway.facts.errors]
        kinds = (*words, *EDGE) if run.key == ERRORS else CONNECTION
        axes["fault"] = Axis(tuple(faults(run, kinds)), lambda fault: str(fault).rpartition(" ")[0])
    if run.key == CHALLENGED:
        axes["shopper"] = Axis(("passed", "failed", "abandoned"))
    if run.key == TRANSIT:
        axes["redirect"] = Axis((0, *range(1, most_exchanges(run) + 1)))
        run.explore(axes, _watch_the_way, condition="call seen")
        return
    struck = run.key in (ERRORS, LOST)
    packages = target.gateway.facts.gateway.sdk
    run.explore(
        axes,
        _listen_in,
        condition="fault struck" if struck else "operation heard",
        listen=lambda: sinks.listening(packages),
        review=_compare,
    )


def _answers(target: Target, key: str) -> tuple[str, ...]:
    repertoire, declines = target.gateway.facts.ledger.answers, target.gateway.facts.declines
    if key == DECLINED:
        return tuple(f"decline:{word}" for word in reasons() if word in declines)
    if key == CHALLENGED:
        return ("challenge", *(["challenge>decline:refused_unspecified"] if "decline" in repertoire else []))
    if key == APPROVED:
        return ("approve", *(word for word in ("defer", "hold", "partial") if word in repertoire))
    return answers(target)


# --- what is written --------------------------------------------------------------------------------------------------


def _listen_in(example: Example) -> None:
    play(example)
    example.occurred["operation heard"] += len(example.history)


def _compare(example: Example, again: Callable[[Case], Example]) -> None:
    """Every leak of the example; what shows a card must show another card, too."""
    others: list[dict[tuple[object, ...], set[str]]] = []

    def shows(number: int, leak: Leak, what: str) -> bool:
        """Whether the same line shows the same of another card, the `number`th."""
        if len(others) <= number:
            other = again(example.case.but({"digits": (example.case.digits + (number + 1) * STEP) % 10_000}))
            example.occurred["compared with another card"] += 1
            others.append({})
            for each in leaks_of(other):
                others[number].setdefault(each.key, set()).update(each.whats)
        return what in others[number].get(leak.key, ())

    for leak in leaks_of(example):
        runs = range(2 if leak.whats == (CODE,) else 1)  # a few digits alone may meet by chance even so
        whats = tuple(
            what for what in leak.whats if what not in leaks.OF_A_CARD or all(shows(run, leak, what) for run in runs)
        )
        if whats:
            _blame(example, replace(leak, whats=whats))


def _blame(example: Example, leak: Leak) -> None:
    piece = leak.piece
    what = " and the ".join(leak.whats)
    call = "the making of the driver" if piece.call == "__init__" else leak.told.operation if leak.told else piece.call
    said = SAID[piece.sink].format(call=call, what=what, about=piece.about)
    text = " ".join(leak.text.split())
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    word, cause = ("advice", "sdk") if piece.library else ("exposed", _writer(example, piece.place))
    clause = f"secrecy/{piece.sink}/{piece.about}" if piece.sink == "outcome" else f"secrecy/{piece.sink}"
    example.observe(Verdict(word, clause, f"{said}: {text}"), leak.told, piece.place, cause)  # type: ignore[arg-type]


def _writer(example: Example, place: Place | None) -> Cause:
    """The driver itself, where it writes and is no integration."""
    mine = driver_code(type(example.driver))
    sends = any(exchange.place is not None and exchange.place[0] in mine for exchange in example.exchanges)
    return "driver" if place is not None and place[0] in mine and not sends else "integration"


# --- what is sent -----------------------------------------------------------------------------------------------------


def _watch_the_way(example: Example) -> None:
    case, seen = example.case, 0

    def redirected(exchange: Exchange, response: Response) -> Response:
        nonlocal seen
        seen += exchange.operation == case.operation
        if exchange.operation != case.operation or seen != case.redirect:
            return response
        path = exchange.request.url.partition(exchange.request.host)[2]
        return replace(response, status=307, headers={**response.headers, "location": f"https://{ELSEWHERE}{path}"})

    if case.redirect:
        example.world.vary = redirected
    with watched(example) as senders:
        with door.answering_for(ELSEWHERE, example.world):
            play(example)
        for told in example.history:
            for exchange in within(example, told):
                example.occurred["call seen"] += 1
                _check_the_way(example, told, exchange, senders)


def _check_the_way(example: Example, told: Told, exchange: Exchange, senders: Senders) -> None:
    request = exchange.request
    call = f"{told.operation} sends {request.method} {request.path}"
    if urlsplit(request.url).hostname == ELSEWHERE:
        whats = _carried(exchange, leaks.secrets_of(example))
        if whats:
            said = f"{call} on to the host that a redirect names, with the {' and the '.join(whats)} in it"
            sdk = of_packages(senders.library(exchange), example.target.gateway.facts.gateway.sdk)
            verdict = Verdict("advice" if sdk else "exposed", "secrecy/redirect", said)
            example.observe(verdict, told, exchange.place, "sdk" if sdk else "integration")
    elif exchange.client.get("verify") is False:
        said = f"{call} without checking the gateway's certificate: anybody in between can read and answer it"
        example.observe(Verdict("exposed", "secrecy/certificate", said), told, exchange.place)
    elif request.url.startswith("http:") and exchange.client.get("library"):
        said = f"{call} over plain HTTP: anybody in between can read and answer it"
        example.observe(Verdict("exposed", "secrecy/plain-http", said), told, exchange.place)


def _carried(exchange: Exchange, secrets: Secrets) -> list[str]:
    request = exchange.request
    texts = [request.url, request.body.decode("utf-8", "replace"), *request.headers.values()]
    shown: list[Any] = [each for text in texts for each in leaks.find(text, secrets)]
    return list(dict.fromkeys(each.what for each in shown if each.what != CODE))
