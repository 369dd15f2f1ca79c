"""Races: two things a shop does at once, in an order that is chosen and can be played again.

Each party runs in a thread of its own, or in a task where the driver is asynchronous, one at a time; the turn may pass
before and after each exchange. As long as one of them told the truth and the books are right, the other may say that it
does not know, is waiting, or was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from paypact.payments import ActionRequired, Approved, Money, Payment, Pending, Rejected, Unknown
from paypact.testkit.acknowledged import acknowledged, carry_out
from paypact.testkit.amounts import amount
from paypact.testkit.delivery import conclude, deliver, delivering, judge_orders, taken
from paypact.testkit.example import Example
from paypact.testkit.flow import MOVEMENTS, asked_of, follow, movement_arguments, prepare, settle_first
from paypact.testkit.judge import Verdict
from paypact.testkit.told import Told
from paypact.testkit.webhooks import play
from paypact.world import clock
from paypact.world.interleaving import Conductor, DeadlockError
from paypact.world.notifications import Event
from paypact.world.taking_turns import TaskConductor

Party: TypeAlias = Callable[[], Any]  # what it gives is awaited where the driver is asynchronous
OTHER_PRICE: Final = "round"  # of the second shopper's order, as amounts are spelled
LEAVES_OPEN: Final = (Pending, Unknown, Rejected)  # what the second of two may say


def double_submit(example: Example) -> None:
    """The shopper's double click reaches two workers."""
    prepared = prepare(example, example.case.operation)
    if prepared is not None:
        payment, arguments = prepared
        _race(example, [_call(example, example.case.operation, payment, *arguments)] * 2, payment)


def two_shoppers(example: Example) -> None:
    """Two shoppers press Pay of their own orders at once: each pays their own price, with their own card."""
    orders = two_orders(example, example.case.currency)
    parties = [_call(example, example.case.operation, payment, *arguments) for payment, arguments in orders]
    results = _run(example, parties) if orders else None
    if results is not None:
        example.occurred["raced"] += 1
        judge_each(example, results)


def two_orders(example: Example, currency: str) -> list[tuple[Payment, tuple[Any, ...]]]:
    """Two shoppers' orders, each with what the case's operation is called with; empty where one could not be prepared.

    The second one has a price of its own, in this currency.
    """
    operation = example.case.operation
    first = prepare(example, operation)
    if first is None:
        return []
    other = example.another_order(amount(example.target, currency, OTHER_PRICE), example.case.answer)
    second = prepare(example, operation, other)
    return [] if second is None else [first, second]


def judge_each(example: Example, tolds: Sequence[Told]) -> None:
    """Follow what several shoppers were told to its end: each is told the truth, and each order ends right."""
    last = [follow(example, told) for told in tolds]
    conclude(example)
    for told in last:
        judge_orders(example, told.payment)


def webhook_and_return(example: Example) -> None:
    """The shopper comes back from the challenge while the webhook comes in."""
    payment = example.payment()
    operation = example.case.operation
    told = example.perform(operation, payment, payment)
    example.judge(told)
    if not isinstance(told.outcome, ActionRequired) or example.outbox is None:
        return
    came = example.visit(told)
    if came is None:
        return
    events, example.outbox.waiting = list(example.outbox.waiting), []
    back = _call(example, "complete", payment, told.transaction, came)
    _race(example, [back, _webhooks(example, events)], payment)


def two_webhooks(example: Example) -> None:
    """What the gateway tells of one payment comes in at two workers: every other webhook at each."""
    _race_webhooks(example, lambda events: (events[::2], events[1::2]))


def webhook_and_copy(example: Example) -> None:
    """Each webhook is delivered twice, at two workers at once."""
    _race_webhooks(example, lambda events: (events, list(events)))


def _race_webhooks(example: Example, deal: Callable[[list[Event]], tuple[list[Event], list[Event]]]) -> None:
    outbox = example.outbox
    assert outbox is not None
    example.withheld = True
    play(example)
    example.rest()
    example.withheld = False
    events, outbox.waiting = outbox.waiting, []
    hands = deal(events)
    if all(hands):
        if _run(example, [_webhooks(example, hand) for hand in hands]) is None:
            return
        example.occurred["raced"] += 1
    else:
        outbox.waiting = events
    conclude(example)


def _call(example: Example, operation: str, payment: Payment, *arguments: Any) -> Party:
    """A party that calls an operation: in a thread, or in a task."""
    perform: Callable[..., Any] = example.performing if example.target.asynchronous else example.perform
    return lambda: perform(operation, payment, *arguments)


def _webhooks(example: Example, events: Sequence[Event]) -> Party:
    """A party that delivers webhooks; what is not taken comes again later."""
    outbox = example.outbox
    assert outbox is not None

    def note(event: Event, answer: int | BaseException) -> None:
        if not taken(answer):
            outbox.waiting.append(event)

    def one_by_one() -> None:
        for event in events:
            note(event, deliver(example, event))

    async def in_a_task() -> None:
        for event in events:
            note(event, await delivering(example, event))

    return in_a_task if example.target.asynchronous else one_by_one


def two_movements(example: Example) -> None:
    """Two clerks capture, void or refund the same payment in full: it moves once."""
    operation = example.case.operation
    before = MOVEMENTS[operation]
    payment = example.payment()
    paid = follow(example, example.perform(before, payment, payment))
    authorization = example.standing(payment).authorization
    if not isinstance(paid.outcome, Approved) or authorization is None:
        return
    if operation == "refund":
        settle_first(example)
    asked = asked_of(authorization, operation)
    money = Money(asked, payment.amount.currency)
    arguments = movement_arguments(example, operation, paid.transaction, money)
    tolds = _run(example, [_call(example, operation, payment, *arguments)] * 2)
    if tolds is None:
        return
    example.occurred["raced"] += 1
    made = example.movements(operation, payment)
    right = [told for told in tolds if isinstance(told.outcome, Approved)]
    if any(acknowledged(example.world)):  # then that is all that could be told
        right += [told for told in tolds if isinstance(told.outcome, Pending)]
        carry_out(example.world)
    crashed = next((told for told in tolds if told.crashed), None)
    gone = ("failed", "canceled", "undone")
    moved = sum(m.amount for m in authorization.movements if m.kind == operation and m.state not in gone)
    if operation != "void" and moved > asked:
        said = f"two {operation}s of {asked} at once moved {moved} (minor units)"
        example.problem(Verdict("broken", f"race/{operation}/more", said), tolds[-1], "interleaving")
    elif crashed is not None:
        said = f"of two {operation}s at once, one crashed with {crashed.outcome!r}"
        example.problem(Verdict("broken", f"race/{operation}/crash", said), crashed, "interleaving")
    elif made and not right:
        said = f"of two {operation}s at once none was told as done, but the money was moved"
        example.problem(Verdict("broken", f"race/{operation}/denied", said), tolds[0], "interleaving")
    conclude(example)


def _race(example: Example, parties: Sequence[Party], payment: Payment) -> None:
    """Run the parties, follow what the shopper still has to do, and judge both answers against the books."""
    results = _run(example, parties)
    if results is None:
        return
    example.occurred["raced"] += 1
    tolds = [result for result in results if isinstance(result, Told)]
    waiting = next((told for told in tolds if isinstance(told.outcome, ActionRequired)), None)
    if waiting is not None:
        completed = example.act(waiting)
        if completed is not None:
            example.judge(completed)
    verdicts = [(told, example.verdict(told)) for told in tolds if not isinstance(told.outcome, ActionRequired)]
    true = waiting is not None or any(verdict.word == "ok" for _, verdict in verdicts)
    for told, verdict in verdicts:
        if verdict.word == "ok" or (true and isinstance(told.outcome, LEAVES_OPEN) and "/twice/" not in verdict.clause):
            continue
        example.problem(verdict, told, "interleaving")
        break
    conclude(example)


def _run(example: Example, parties: Sequence[Party]) -> list[Any] | None:
    """The parties' results in the case's order; None where they waited for each other for ever."""
    schedule = [int(turn) for turn in example.case.schedule]
    conduct = _as_tasks if example.target.asynchronous else _in_threads
    try:
        return outcomes(example, lambda: conduct(example, schedule, parties))
    finally:
        example.world.pause = example.world.interlude = None


def outcomes(example: Example, conduct: Callable[[], list[Any]]) -> list[Any] | None:
    """What conducted parties came to; None where they waited for each other for ever, which is a problem."""
    try:
        results = conduct()
    except DeadlockError as deadlock:
        example.problem(Verdict("broken", "race/deadlock/crash", f"deadlock: {deadlock}"), None, "interleaving")
        return None
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def _as_tasks(example: Example, schedule: Sequence[int], parties: Sequence[Party]) -> list[Any]:
    conductor = TaskConductor(schedule)
    example.world.interlude = conductor.point
    return clock.run(conductor.run(parties))


def _in_threads(example: Example, schedule: Sequence[int], parties: Sequence[Party]) -> list[Any]:
    conductor = Conductor(schedule)
    example.world.pause = conductor.point
    return conductor.run([in_a_thread(example, party) for party in parties])


def in_a_thread(example: Example, party: Party) -> Party:
    """A party with all that the driver needs around a thread of its own."""

    def run() -> Any:
        with example.driver.thread():
            return party()

    return run
