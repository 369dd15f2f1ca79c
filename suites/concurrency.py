"""Two at once: a double submit, a webhook racing the return page, capture racing capture. One charge, the right order.

Interleavings are not drawn but enumerated, by rising number of preemptions: every order with up to two of them is
tried, so that the first failure is the simplest one. A lock that holds the other back is a fine answer, a deadlock is
not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from paypact.testkit import Axis, Case, Example, Exploration, Target, promise
from paypact.testkit.explore import NotCoveredError
from paypact.testkit.flow import BUYING, MOVEMENTS, buying, moving
from paypact.testkit.meanwhile import another_pays, lines
from paypact.testkit.race import (
    double_submit,
    two_movements,
    two_shoppers,
    two_webhooks,
    webhook_and_copy,
    webhook_and_return,
)
from paypact.testkit.webhooks import in_order, pays
from paypact.world.interleaving import schedules

RACES: Final[dict[str, Callable[[Example], None]]] = {
    "double-submit": double_submit,
    "two-shoppers": two_shoppers,
    "webhook-and-return": webhook_and_return,
    "webhook-and-webhook": two_webhooks,
    "webhook-and-copy": webhook_and_copy,
    **{f"{operation}-and-{operation}": two_movements for operation in MOVEMENTS},
}
WEBHOOKS: Final = {"webhook-and-webhook": 2, "webhook-and-copy": 1}  # how many a payment has to send
PRESSES: Final = ("double-submit", "two-shoppers")
LIVES: Final = (("sale",), ("authorize",), ("authorize", "capture"), ("sale", "refund"))
BETWEEN: Final = "shared-state"
PREEMPTIONS: Final = 2
INDEPENDENT: Final = {
    "two-shoppers": 1
}  # what each keeps of its own is lost as soon as the other comes in between once
MOST: Final = 100  # orders or lines a cell: the last ones, with most preemptions, are left out, and the notes say so


def each_race(target: Target) -> Iterator[str]:
    """A cell a race that the driver's operations allow."""
    if buying(target):
        yield from PRESSES
        if not target.asynchronous:  # between two awaits no other task comes in
            yield BETWEEN
    if target.offers("receive") and target.challenges and _paying(target):
        yield "webhook-and-return"
    if target.offers("receive"):
        yield "webhook-and-webhook"
        yield "webhook-and-copy"
    yield from (f"{each}-and-{each}" for each in moving(target))


@promise("concurrency", order=8, cost=9, needs=(*BUYING, "receive"), cells=each_race)
def two_at_once_are_one(run: Exploration) -> None:
    target = run.target
    operations = _operations(run)
    if target.served:
        raise NotCoveredError("the driver reaches a served gateway: its exchanges cannot be held back one by one")
    if run.key == BETWEEN:
        _interrupted_anywhere(run)
        return
    answer = "challenge" if run.key == "webhook-and-return" else "approve"
    play = RACES[run.key]
    plan = _plan(run, WEBHOOKS[run.key]) if run.key in WEBHOOKS else ()
    plain = target.case(operation=operations[0], answer=answer, plan=plan)
    longest = max(2, _handled(run, plain, play) if plan else run.longest(plain, play))
    most = INDEPENDENT.get(run.key, PREEMPTIONS)
    orders = list(schedules((1 + 2 * longest, 1 + 2 * longest), most))
    if len(orders) > MOST:
        run.notes.append(f"{len(orders) - MOST} of {len(orders)} orders with up to {most} preemptions were left out")
    answers = (answer,) if answer == "challenge" or not target.offers("complete") else ("approve", "challenge")
    axes = {
        "schedule": Axis(tuple(orders[:MOST])),
        "operation": Axis(operations),
        "plan": Axis((plan,)),
        "answer": Axis(answers if run.key in PRESSES else (answer,)),
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


def _interrupted_anywhere(run: Exploration) -> None:
    """Another shopper comes in between at each line of the team's that a payment comes by."""
    target = run.target
    plain = target.case(operation=buying(target)[0])
    places: dict[str, str] = {}  # the line, the first operation that comes by it
    for operation in buying(target):
        for line in lines(target, plain.but({"operation": operation})):
            places.setdefault(line, operation)
    cases = [plain.but({"operation": operation, "interrupted": line}) for line, operation in places.items()]
    if len(cases) > MOST:
        run.notes.append(f"{len(cases) - MOST} of {len(cases)} lines were left out")
    if not cases:
        raise NotCoveredError(
            "no line of the team's own lies between its driver and the SDK: there is nothing to interrupt"
        )
    axes = {
        "interrupted": Axis.own(tuple(places)),
        "operation": Axis(buying(target)),
        "scheme": Axis(target.schemes[:1]),
        "currency": Axis(target.currencies[:1]),
    }
    run.explore(axes, another_pays, condition="interrupted", cases=cases[:MOST], at_random=False)


def _plan(run: Exploration, least: int) -> tuple[str, ...]:
    """The plainest life of a payment in which the gateway sends so many webhooks."""
    for plan in LIVES:
        if pays(run.target) and not run.target.offers(*plan):
            continue
        outbox = run.rehearsed(run.target.case(plan=plan), in_order).outbox
        if outbox is not None and len(outbox.happened) >= least:
            return plan
    raise NotCoveredError(f"no payment that the driver can make has the gateway send {least} webhooks")


def _handled(run: Exploration, plain: Case, play: Callable[[Example], None]) -> int:
    """How many exchanges the shop's handlers make."""
    return sum(exchange.operation == "receive" for exchange in run.rehearsed(plain, play).exchanges)


def _operations(run: Exploration) -> tuple[str, ...]:
    target = run.target
    if run.key in PRESSES:
        return buying(target)
    if run.key == "webhook-and-return":
        return _paying(target)
    if run.key in WEBHOOKS:
        return _paying(target)[:1] or ("sale",)  # where the driver makes none, one is made elsewhere
    return (run.key.partition("-")[0],)


def _paying(target: Target) -> tuple[str, ...]:
    return tuple(operation for operation in buying(target) if operation != "charge_stored")
