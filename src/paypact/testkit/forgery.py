"""Forged webhooks: from somebody who knows the address and what is on its way, but not the secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from paypact.payments import ActionRequired, Order
from paypact.testkit.delivery import bring, conclude, deliver_all, order_now, settle, shown, taken
from paypact.testkit.example import Example
from paypact.testkit.judge import Verdict, judge_order, said
from paypact.testkit.oracle import STANDING_SAID
from paypact.testkit.told import WrongAnswerError
from paypact.testkit.webhooks import FORGER, at_another_till, pays
from paypact.world.books import Purchase
from paypact.world.http import NotSimulatedError
from paypact.world.notifications import Event, Seal

STRANGER: Final = "203.0.113.66"  # RFC 5737: nobody's address
BEHIND_A_PROXY: Final = "behind a proxy"
STALE: Final = "stale"
FORGED: Final = {  # word -> how it is sealed, and how a finding calls it
    "unsigned": (Seal(unsigned=True), "a webhook without a signature"),
    BEHIND_A_PROXY: (Seal(unsigned=True), "an unsigned webhook whose headers name the gateway's address"),
    "wrong secret": (Seal(secret=FORGER), "a webhook signed with another secret"),
    "altered": (Seal(altered=True), "a webhook whose body was altered after it was signed"),
    # What is delivered late is signed anew: this was overheard, and kept for a day.
    STALE: (Seal(age=86_400.0), "a webhook whose signature is a day old"),
}


def forged(example: Example) -> None:
    """A forger overhears what is on its way, and tells lies about the payment; the genuine webhooks follow."""
    example.withheld = True
    told = None
    if pays(example.target):
        payment, operation = example.payment(), example.case.plan[0]
        told = example.perform(operation, payment, payment)
        example.judge(told)
    else:
        at_another_till(example)
    try:
        _forge(example, _lies(example))
        _overhear(example)
        _forge(example, _lies(example))
        if told is not None and isinstance(told.outcome, ActionRequired):
            example.withheld = True
            completed = example.act(told)
            if completed is not None:
                example.judge(completed)
            _overhear(example)
    except NotSimulatedError:
        return  # this gateway's webhooks cannot be forged so
    conclude(example)


def _overhear(example: Example) -> None:
    """The forger is faster than the gateway: with the same events, but without its signature."""
    assert example.outbox is not None
    _forge(example, example.outbox.waiting)
    example.withheld = False
    deliver_all(example)


def _lies(example: Example) -> list[Event]:
    if example.case.seal == STALE:
        return []  # no liar has a signature to keep
    version = example.target.scope.api_version
    purchases: list[Purchase] = example.world.ledger.purchases
    return [event for each in purchases for event in example.world.simulator.forgeries(each, version)]


def _forge(example: Example, events: Sequence[Event]) -> None:
    """Deliver forgeries; whoever believes one without asking the gateway is wrong, even if it happens to be true."""
    assert example.outbox is not None
    word, before, start = example.case.seal, order_now(example), len(example.exchanges)
    answers: list[tuple[Event, int | BaseException]] = []
    for event in events:
        genuine = example.outbox.sealed(event, FORGED[word][0])
        headers = dict(genuine.headers)
        if word == BEHIND_A_PROXY:
            claimed = genuine.remote_addr
            headers |= {"X-Forwarded-For": claimed, "X-Real-IP": claimed, "Forwarded": f"for={claimed}"}
        notification = replace(genuine, headers=headers, remote_addr=STRANGER)
        answers.append((event, bring(example, f"{event.type}, {word}", notification)))
        example.occurred["forged webhook delivered"] += 1
    settle(example)
    asked = any(exchange.operation in ("receive", "settle") for exchange in example.exchanges[start:])
    _judge_forged(example, answers, before, order_now(example), asked=asked)


def _judge_forged(
    example: Example,
    answers: Sequence[tuple[Event, int | BaseException]],
    before: Order | None,
    after: Order | None,
    *,
    asked: bool,
) -> None:
    what = FORGED[example.case.seal][1]
    if after != before and after is not None:
        payment = example.payments[-1]
        truth = judge_order(example.standing(payment), after, payment)
        said_ = f"{what} made the shop's order {shown(after)}; it was {shown(before)}"
        if truth.word != "ok":
            truly = STANDING_SAID[example.standing(payment).word]
            example.problem(Verdict("broken", "forged/changed", f"{said_}, and {truly}"), None, "delivery")
        elif not asked:
            example.problem(Verdict("wrong", "forged/believed", said_), None, "delivery")
        return
    for event, answer in answers:
        if isinstance(answer, WrongAnswerError):
            example.tell("receive", event.type, answer)
        elif isinstance(answer, BaseException) or answer >= 500:
            ended = f"crashed with {said(answer)}" if isinstance(answer, BaseException) else f"was answered {answer}"
            sentence = f"{what} {ended}: nothing changed, but a refusal is a 4xx"
            example.problem(Verdict("advice", "forged/failed", sentence), None, "delivery")
        elif taken(answer) and not asked:
            sentence = f"{what} was answered {answer}, as if it were genuine: {event.type}"
            example.problem(Verdict("wrong", "forged/taken", sentence), None, "delivery")
