"""Whatever goes wrong on the way, however often the shopper presses: never two charges, never a charge told as none.

Faults strike before and after the gateway has booked, at each exchange of each operation; then the shopper does what
shoppers do, and by then it must be known. Without any fault, the same press twice is one charge, two orders are two.
And who finds out late finds out without charging: a gateway does not keep its keys for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from paypact.testkit import Axis, Example, Exploration, Target, amounts, promise
from paypact.testkit.example import FOR_GOOD
from paypact.testkit.flow import (
    BUYING,
    MOVEMENTS,
    PAYING,
    busy_day,
    buying,
    key_forgotten,
    look_up,
    move,
    moving,
    pay,
    paying,
    press_twice,
    settles,
)
from paypact.testkit.orders import two_orders
from paypact.world.network import BEFORE_ONLY, EDGES, FAILURES
from paypact.world.simulator import Simulator

TWICE = "pressed-twice"
ORDERS = "two-orders"
FORGOTTEN = "key-forgotten"
BUSY = "busy-day"
TROUBLES: Final = {  # cells of no one operation -> how they are played, what must have occurred
    TWICE: (press_twice, "pressed twice"),
    ORDERS: (two_orders, "second order paid"),
    FORGOTTEN: (key_forgotten, "key forgotten"),
    BUSY: (busy_day, "looked up on a busy day"),
}
LOST: Final = ("", "read-timeout booking approve", "read-timeout before 1")  # on a busy day


def each_operation(target: Target) -> Iterator[str]:
    """A cell an operation, two for what happens without any fault, one for a shop that is late to find out."""
    yield from paying(target)
    if target.challenges and _first(target):
        yield "complete"
    yield from moving(target)
    if buying(target):
        yield TWICE
        yield ORDERS
    if _first(target) in BUYING and (target.offers("lookup") or target.offers("order")):
        yield FORGOTTEN
    if target.offers("lookup") and _first(target) in BUYING:
        yield BUSY


@promise("exactly-once", order=3, cost=20, needs=PAYING, cells=each_operation)
def nothing_is_charged_twice_or_forgotten(run: Exploration) -> None:
    target = run.target
    operations = buying(target) if run.key in TROUBLES else (_first(target),) if run.key == "complete" else (run.key,)
    if run.key in (FORGOTTEN, BUSY):
        operations = operations[:1]
    axes = {"operation": Axis(operations), "answer": Axis(_answers(target, run.key))}
    if run.key == ORDERS:
        axes["retry"] = Axis(("another card", "same card"))
    if run.key not in (TWICE, ORDERS):
        axes["fault"] = Axis(
            LOST if run.key == BUSY else tuple(_faults(run)), lambda fault: str(fault).rpartition(" ")[0]
        )
        axes["times"] = Axis((99,) if run.key in (FORGOTTEN, BUSY) else (1, 3, 99))
    if run.key == "refund" and settles(target):
        axes["settled"] = Axis((True, False))
    axes["currency"] = Axis(target.currencies, amounts.exponent_class)
    axes["scheme"] = Axis.listed(target.schemes)
    play, condition = TROUBLES.get(run.key, (strike, "fault struck"))
    cases = [target.case(operation=operations[0], fault=fault, times=99) for fault in LOST] if run.key == BUSY else None
    run.explore(
        axes,
        lambda example: _play(example, run.key, play),
        condition=condition,
        cases=cases,
        at_random=cases is None,
    )
    if run.occurred[FOR_GOOD] and not (target.offers("lookup") or target.offers("order")):
        run.notes.append(f"{FOR_GOOD} stays unknown: the driver has neither lookup nor order to find out with")


def strike(example: Example) -> None:
    """The flow with its fault, the natural retry, and a look at what the shop believes."""
    operation = example.case.operation
    if operation in MOVEMENTS:
        move(example, operation)
    else:
        pay(example, operation)
        if operation in BUYING:
            look_up(example)
    example.occurred["fault struck"] += len(example.world.network.delivered)


def _play(example: Example, key: str, play: Callable[[Example], None]) -> None:
    example.strikes_at = key if key == "complete" else example.case.operation
    play(example)


def _first(target: Target) -> str:
    """The plainest operation that begins a payment."""
    return next(paying(target), "")


def _answers(target: Target, key: str) -> tuple[str, ...]:
    if key == "complete":
        return ("challenge",)
    if key in (*MOVEMENTS, FORGOTTEN, BUSY) or not target.challenges:
        return ("approve",)
    return ("approve", "challenge")


def _faults(run: Exploration) -> Iterator[str]:
    """Before and after each exchange, and on the one that books the money; lost ones first: the likelier mistake."""
    gateway = run.target.gateway
    own = {word: fact.status for word, fact in gateway.facts.errors.items() if fact.status >= 500}
    errors = [f"error:{word}" for word in own]
    if gateway.simulator.keep is not Simulator.keep:  # it has keys under which an error of its own stays
        errors += [f"stored:{word}" for word, status in own.items() if status == 500]
    lost = [kind for kind in (*FAILURES, *EDGES, *errors) if kind not in BEFORE_ONLY]
    lost += [f"error:{word}" for word, fact in gateway.facts.errors.items() if fact.repetition]
    operation = _first(run.target) if run.key in (*TROUBLES, "complete") else run.key
    struck = operation if run.key in TROUBLES else run.key
    cases = [run.target.case(operation=operation, answer=answer) for answer in _answers(run.target, run.key)]
    for place in range(1, max(run.longest(case, strike, struck) for case in cases) + 1):
        yield from (f"{kind} after {place}" for kind in lost)
        if run.key != FORGOTTEN:
            yield from (f"{kind} before {place}" for kind in (*FAILURES, *EDGES, *errors))
    yield from (f"{kind} booking {'book' if run.key in MOVEMENTS else 'approve'}" for kind in lost)
