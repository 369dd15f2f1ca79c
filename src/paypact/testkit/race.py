"""Races: two things a shop does at once, in an order that is chosen and can be played again.

Each party runs in a thread of its own, one at a time; the turn may pass before and after each exchange. As long as one
of them told the truth and the books are right, the other may say that it does not know, is waiting, or was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from paypact.payments import ActionRequired, Approved, Money, Payment, Pending, Rejected, Unknown
from paypact.testkit.acknowledged import acknowledged, carry_out
from paypact.testkit.delivery import conclude, deliver, taken
from paypact.testkit.example import Example
from paypact.testkit.flow import follow, movement_arguments, settle_first
from paypact.testkit.judge import Verdict
from paypact.testkit.told import Told
from paypact.world.interleaving import Conductor, DeadlockError

Party: TypeAlias = Callable[[], Any]
LEAVES_OPEN: Final = (Pending, Unknown, Rejected)  # what the second of two may say


def double_submit(example: Example) -> None:
    """The shopper's double click reaches two workers."""
    payment = example.payment()
    operation = example.case.operation
    _race(example, [lambda: example.perform(operation, payment, payment)] * 2, payment)


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

    def webhooks() -> None:
        assert example.outbox is not None
        for event in events:
            if not taken(deliver(example, event)):
                example.outbox.waiting.append(event)

    _race(example, [lambda: example.perform("complete", payment, told.transaction, came), webhooks], payment)


def two_movements(example: Example) -> None:
    """Two clerks capture, void or refund the same payment in full: it moves once."""
    operation = example.case.operation
    before = {"capture": "authorize", "void": "authorize", "refund": "sale"}[operation]
    payment = example.payment()
    paid = follow(example, example.perform(before, payment, payment))
    authorization = example.standing(payment).authorization
    if not isinstance(paid.outcome, Approved) or authorization is None:
        return
    if operation == "refund":
        settle_first(example)
    asked = authorization.refundable if operation == "refund" else authorization.capturable
    money = Money(asked, payment.amount.currency)
    arguments = movement_arguments(example, operation, paid.transaction, money)
    tolds = _run(example, [lambda: example.perform(operation, payment, *arguments)] * 2)
    if tolds is None:
        return
    example.occurred["raced"] += 1
    made = example.movements(operation, payment)
    right = [told for told in tolds if isinstance(told.outcome, Approved)]
    if any(acknowledged(example.world)):  # then that is all that could be told
        right += [told for told in tolds if isinstance(told.outcome, Pending)]
        carry_out(example.world)
    crashed = next((told for told in tolds if told.crashed), None)
    moved = sum(
        m.amount for m in authorization.movements if m.kind == operation and m.state not in ("failed", "canceled")
    )
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
    conductor = Conductor([int(turn) for turn in example.case.schedule])

    def within(party: Party) -> Party:
        def run() -> Any:
            with example.driver.thread():
                return party()

        return run

    example.world.pause = conductor.point
    try:
        results = conductor.run([within(party) for party in parties])
    except DeadlockError as deadlock:
        example.problem(Verdict("broken", "race/deadlock/crash", f"deadlock: {deadlock}"), None, "interleaving")
        return None
    finally:
        example.world.pause = None
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
