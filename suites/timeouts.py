"""Every call has a timeout, the waiting has an end, what must not be repeated is not, and Retry-After is heeded.

Nobody is judged here for what was told: only for how long was waited and for what was sent again. Waiting costs no real
time; it is read off the virtual clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from paypact.cards.reasons import reasons
from paypact.payments import Approved
from paypact.report.model import Cause
from paypact.testkit import Axis, Example, Exploration, Target, Told, promise
from paypact.testkit.blame import Place, of_packages
from paypact.testkit.explore import NotCoveredError
from paypact.testkit.flow import MOVEMENTS, PAYING, paying
from paypact.testkit.judge import Verdict
from paypact.testkit.watching import (
    CONNECTION,
    EDGE,
    Senders,
    answers,
    duration,
    faults,
    note_real_waits,
    operations,
    play,
    shape,
    watched,
    within,
)
from paypact.world.http import Response
from paypact.world.issuer import DEFERRED
from paypact.world.network import RETRY_AFTER
from paypact.world.recording import EndlessError, Exchange

EVERY_CALL, STALLED, UNDECIDED = "every-call", "stalled", "undecided"
DECLINES, WRONG, WAIT = "final-declines", "wrong-requests", "asked-to-wait"

BUDGET: Final = 60.0  # seconds for which common web servers and proxies let one page take
PATIENCE: Final = 600.0  # seconds that nobody waits: no server, no worker, no shopper
STRIKES: Final = 99  # stalled calls in a row: who makes them all would have made more
SLACK: Final = 0.001  # seconds by which a clock may be rounded

# The classes of 4xx that say "later", or that the card was declined. All others say that the request itself is wrong.
MAY_REPEAT: Final = (402, 408, 409, 425, 429)
TOO_MANY: Final = 429


def each_question(target: Target) -> Iterator[str]:
    """A cell a question."""
    yield EVERY_CALL
    yield STALLED
    if _later(target):
        yield UNDECIDED
    if any(_final_declines(target)):
        yield DECLINES
    yield WRONG
    if any(_rate_limits(target)):
        yield WAIT


@promise("timeouts", order=9, cost=15, needs=PAYING, cells=each_question)
def waiting_has_an_end(run: Exploration) -> None:
    target = run.target
    if target.served and run.key in (EVERY_CALL, STALLED, UNDECIDED, WAIT):
        raise NotCoveredError('with host="http" nobody sees the timeouts of the client, nor how long it waits')
    doing = {
        EVERY_CALL: (_has_timeouts, "call seen", faults(run, (*EDGE, *CONNECTION)), 1),
        STALLED: (_comes_to_an_end, "stalled", faults(run, STALLS), STRIKES),
        UNDECIDED: (_leaves_open, "left undecided", (), 1),
        DECLINES: (_takes_no, "declined for good", (), 1),
        WRONG: (_takes_wrong, "refused as wrong", _refusals(target), 1),
        WAIT: (_waits, "asked to wait", faults(run, ((f"wait:{word}", "before") for word in _rate_limits(target))), 1),
    }
    look, condition, struck, times = doing[run.key]
    axes = {
        "operation": Axis(tuple(paying(target)) if run.key == UNDECIDED else operations(target)),
        "fault": Axis(tuple(struck) if run.key in (STALLED, WAIT) else ("", *struck), lambda fault: str(fault)[:-2]),
        "times": Axis((times, 3) if run.key == WAIT else (times,)),
        "answer": Axis(_answers(target, run.key), _kind),
        "amount": Axis(("usual", "above") if run.key == WRONG else ("usual",)),
        "scheme": Axis.listed(target.schemes),
        "currency": Axis.listed(target.currencies),
    }
    run.explore(axes, lambda example: _watch(example, look), condition=condition, review=note_real_waits(run))


def _watch(example: Example, look: Callable[[Example, Senders], None]) -> None:
    with watched(example) as senders:
        play(example)
        if example.case.amount != "usual" or example.case.operation in MOVEMENTS:
            _move_again(example)
        look(example, senders)


# --- every call has a timeout ----------------------------------------------------------------------------------------


def _has_timeouts(example: Example, senders: Senders) -> None:
    for told in example.history:
        for exchange in within(example, told):
            client = exchange.client
            if not client.get("library"):
                continue
            example.occurred["call seen"] += 1
            lacking = [phase for phase in ("connect", "read") if client[f"{phase}_timeout"] is None]
            if lacking:
                _blame(
                    example, told, exchange.place, "none/" + "-".join(lacking),
                    f"{told.operation} sends {_line(exchange)} through {client['library']} without a timeout to "
                    f"{' or to '.join(lacking)}: one stalled call keeps its worker for ever",
                )  # fmt: skip
                break


# --- the waiting has an end ------------------------------------------------------------------------------------------

STALLS: Final = (("read-timeout", "before"), ("read-timeout", "after"), ("connect-timeout", "before"))


def _comes_to_an_end(example: Example, senders: Senders) -> None:
    for told in example.history:
        stalled = [exchange for exchange in within(example, told) if exchange.failure is not None]
        if not stalled:
            continue
        example.occurred["stalled"] += 1
        if any(exchange.client["read_timeout"] is None for exchange in stalled):
            continue  # how long that would take nobody knows; a missing timeout is found where calls are looked at
        waited = f"{told.operation} waits {duration(told.waited)}"
        if len(stalled) >= STRIKES or isinstance(told.outcome, EndlessError):
            said = f"{waited} for answers that do not come, in {len(stalled)} calls, and would go on: nothing ends it"
            _blame(example, told, senders.loop(stalled[0], stalled[-1]), "endless", said)
        elif told.waited > PATIENCE:
            said = (
                f"{waited} when calls are stalled, {len(stalled)} of them: longer than any web server or shopper does"
            )
            _blame(example, told, None, "beyond", said)
        elif told.waited > BUDGET:
            said = (
                f"{waited} when calls are stalled, {len(stalled)} of them: most web servers give up after {BUDGET:g} s"
            )
            _blame(example, told, None, "budget", said, word="advice")


def _leaves_open(example: Example, senders: Senders) -> None:
    """A bank may take days: whoever asks again and again keeps the shopper and a worker meanwhile."""
    for told in example.history:
        asked = within(example, told)
        if told.operation != example.case.operation or not {"defer", "hold"} & {
            *chain(*(each.events for each in asked))
        }:
            continue
        example.occurred["left undecided"] += 1
        waited = (
            f"{told.operation} waits {duration(told.waited)} for a bank that has not decided yet, in {len(asked)} calls"
        )
        if isinstance(told.outcome, EndlessError) or told.waited >= DEFERRED:
            said = f"{waited}: it ends only with the bank's decision, which may take days"
            _blame(example, told, senders.loop(asked[-2], asked[-1]), "undecided", said)
        elif told.waited > BUDGET:
            said = f"{waited}: most web servers give up after {BUDGET:g} s"
            _blame(example, told, senders.loop(asked[-2], asked[-1]), "undecided/budget", said, word="advice")


# --- what must not be repeated ---------------------------------------------------------------------------------------


def _takes_no(example: Example, senders: Senders) -> None:
    for told in example.history:
        sent = within(example, told)
        no = next((place for place, exchange in enumerate(sent) if {"decline", "reject"} & {*exchange.events}), None)
        if no is None:
            continue
        example.occurred["declined for good"] += 1
        again = [each for each in sent[no + 1 :] if "present" in each.events or _same_call(sent[no], each)]
        if again:
            reason = example.case.answer.rpartition(":")[2]
            said = (
                f"{told.operation} presents the card again ({_line(again[0])}) after it was declined for good: {reason}"
            )
            _blame_repetition(example, senders, told, (sent[no], again[0]), "declined/repeated", said)


def _takes_wrong(example: Example, senders: Senders) -> None:
    for told in example.history:
        sent = within(example, told)
        wrong = next((place for place, exchange in enumerate(sent) if _says_wrong(exchange)), None)
        if wrong is None:
            continue
        example.occurred["refused as wrong"] += 1
        first = sent[wrong]
        again = [
            each for each in sent[wrong + 1 :] if _same_call(first, each) and each.request.body == first.request.body
        ]
        if again:
            assert isinstance(first.reply, Response)
            said = (
                f"{told.operation} sends {_line(first)} {len(again)} more time{'s' if len(again) > 1 else ''}, "
                f"unchanged, after it was refused as wrong ({first.reply.status})"
            )
            _blame_repetition(example, senders, told, (first, again[0]), "refused/repeated", said)


def _same_call(one: Exchange, other: Exchange) -> bool:
    return one.request.method != "GET" and shape(one) == shape(other)


def _says_wrong(exchange: Exchange) -> bool:
    reply = exchange.reply
    return isinstance(reply, Response) and 400 <= reply.status < 500 and reply.status not in MAY_REPEAT


def _move_again(example: Example) -> None:
    """A second capture, void or refund of everything: the gateway has to refuse it."""
    done = [told for told in example.history if told.operation == example.case.operation]
    if done and isinstance(done[-1].outcome, Approved) and done[-1].operation in MOVEMENTS:
        example.perform(done[-1].operation, done[-1].payment, *done[-1].arguments)


# --- Retry-After -----------------------------------------------------------------------------------------------------


def _waits(example: Example, senders: Senders) -> None:
    for told in example.history:
        sent = within(example, told)
        for place, exchange in enumerate(sent):
            if exchange.fault is None:
                continue
            example.occurred["asked to wait"] += 1
            again = next((each for each in sent[place + 1 :] if shape(each) == shape(exchange)), None)
            if again is None or again.at >= exchange.at + RETRY_AFTER - SLACK:
                continue
            said = (
                f"{told.operation} repeats {_line(exchange)} after {again.at - exchange.at:.1f} s, "
                f"but the gateway's Retry-After asked for {RETRY_AFTER} s"
            )
            _blame_repetition(example, senders, told, (exchange, again), "retry-after", said)
            return


# --- who did it ------------------------------------------------------------------------------------------------------


def _blame_repetition(
    example: Example, senders: Senders, told: Told, pair: tuple[Exchange, Exchange], what: str, said: str
) -> None:
    """What a library repeats of its own accord is advice, and the SDK's cause where it is the SDK."""
    place = senders.loop(*pair)
    if not senders.repeated(*pair):
        _blame(example, told, place, what, said)
    elif of_packages(senders.library(pair[1]), example.target.gateway.facts.gateway.sdk):
        _blame(example, told, place, what, said, "advice", "sdk")
    else:
        _blame(example, told, place, what, said, "advice")


def _blame(
    example: Example,
    told: Told,
    place: Place | None,
    what: str,
    said: str,
    word: str = "wrong",
    cause: Cause = "integration",
) -> None:
    """`place` None: the call as a whole is one finding, wherever in it the waiting is done."""
    example.observe(Verdict(word, f"timeouts/{what}", said), told, place, cause)


def _line(exchange: Exchange) -> str:
    return f"{exchange.request.method} {exchange.request.path}"


# --- axes ------------------------------------------------------------------------------------------------------------


def _answers(target: Target, key: str) -> tuple[str, ...]:
    match key:
        case "undecided":
            return _later(target)
        case "final-declines":
            return tuple(_final_declines(target))
        case _:
            return answers(target)


def _later(target: Target) -> tuple[str, ...]:
    return tuple(word for word in ("defer", "hold") if word in target.gateway.facts.ledger.answers)


def _final_declines(target: Target) -> Iterator[str]:
    if "decline" in target.gateway.facts.ledger.answers:
        declines = target.gateway.facts.declines
        yield from (f"decline:{word}" for word, reason in reasons().items() if reason.final and word in declines)


def _rate_limits(target: Target) -> Iterator[str]:
    yield from (word for word, fact in target.gateway.facts.errors.items() if fact.status == TOO_MANY)


def _refusals(target: Target) -> Iterator[str]:
    """Errors that no repetition cures."""
    for word, fact in target.gateway.facts.errors.items():
        if 400 <= fact.status < 500 and fact.status not in MAY_REPEAT:
            yield f"error:{word} before 1"


def _kind(answer: object) -> str:
    return str(answer).partition(":")[0]
