"""Two at once: a double submit, a webhook racing the return page, capture racing capture. One charge, the right order.

Interleavings are not drawn but enumerated, by rising number of preemptions: every order with up to two of them is
tried, so that the first failure is the simplest one. A lock that holds the other back is a fine answer, a deadlock is
not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Final

from paypact.testkit import Axis, Case, Example, Exploration, Target, promise
from paypact.testkit.explore import NotCoveredError
from paypact.testkit.flow import MOVEMENTS
from paypact.testkit.race import double_submit, two_movements, webhook_and_return
from paypact.world.interleaving import schedules

RACES: Final[dict[str, Callable[[Example], None]]] = {
    "double-submit": double_submit,
    "webhook-and-return": webhook_and_return,
    **{f"{operation}-and-{operation}": two_movements for operation in MOVEMENTS},
}
PREEMPTIONS: Final = 2
MOST: Final = 100  # orders a cell: those with most preemptions of long flows are left out, and the notes say so


def each_race(target: Target) -> Iterator[str]:
    """A cell a race that the driver's operations allow."""
    yield "double-submit"
    if target.offers("receive", "complete") and "challenge" in target.gateway.facts.ledger.answers:
        yield "webhook-and-return"
    yield from (f"{each}-and-{each}" for each, before in MOVEMENTS.items() if target.offers(each, before))


@promise("concurrency", order=8, cost=7, needs=("sale", "authorize"), cells=each_race)
def two_at_once_are_one(run: Exploration) -> None:
    target = run.target
    operations = _operations(run)
    if any(inspect.iscoroutinefunction(getattr(target.driver, each)) for each in operations):
        raise NotCoveredError(
            "the driver is asynchronous: one event loop runs its tasks, and they are not interleaved here"
        )
    if target.scope.host == "http":
        raise NotCoveredError("the driver reaches a served gateway: its exchanges cannot be held back one by one")
    answer = "challenge" if run.key == "webhook-and-return" else "approve"
    play = RACES[run.key]
    plain = Case(operation=operations[0], answer=answer, scheme=target.schemes[0], currency=target.currencies[0])
    longest = max(2, run.longest(plain, play))
    orders = list(schedules((1 + 2 * longest, 1 + 2 * longest), PREEMPTIONS))
    if len(orders) > MOST:
        run.notes.append(
            f"{len(orders) - MOST} of {len(orders)} orders with up to {PREEMPTIONS} preemptions were left out"
        )
    answers = (answer,) if answer == "challenge" or not target.offers("complete") else ("approve", "challenge")
    axes = {
        "schedule": Axis(tuple(orders[:MOST])),
        "operation": Axis(operations),
        "answer": Axis(answers if run.key == "double-submit" else (answer,)),
        "scheme": Axis(target.schemes[:1]),
        "currency": Axis(target.currencies[:1]),
    }
    cases = [
        plain.but({"schedule": schedule, "operation": operation, "answer": each})
        for each in axes["answer"].values
        for operation in operations
        for schedule in axes["schedule"].values
    ]
    run.explore(axes, play, condition="raced", cases=cases, at_random=False)


def _operations(run: Exploration) -> tuple[str, ...]:
    if run.key not in ("double-submit", "webhook-and-return"):
        return (run.key.partition("-")[0],)
    return tuple(operation for operation in ("sale", "authorize") if run.target.offers(operation))
