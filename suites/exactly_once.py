"""Whatever goes wrong on the way, however often the shopper presses: never two charges, never a charge told as none.

Faults strike before and after the gateway has booked, at each exchange of each operation; then the shopper does what
shoppers do, and by then it must be known. Without any fault, the same press twice is one charge, two orders are two.
"""

from __future__ import annotations

from collections.abc import Iterator

from paypact.testkit import Axis, Case, Example, Exploration, Target, amounts, promise
from paypact.testkit.flow import MOVEMENTS, look_up, move, pay, paying, press_twice, settles, two_orders
from paypact.world.network import BEFORE_ONLY, EDGES, FAILURES
from paypact.world.simulator import Simulator

TWICE = "pressed-twice"
ORDERS = "two-orders"
PAYING = ("sale", "authorize")


def each_operation(target: Target) -> Iterator[str]:
    """A cell an operation that moves money or finishes moving it, and two for what happens without any fault."""
    yield from (operation for operation in paying(target) if operation not in ("verify", "store"))
    if target.offers("complete") and "challenge" in target.gateway.facts.ledger.answers and _paying(target):
        yield "complete"
    yield from (operation for operation, before in MOVEMENTS.items() if target.offers(operation, before))
    yield TWICE
    yield ORDERS


@promise("exactly-once", order=3, cost=16, needs=PAYING, cells=each_operation)
def nothing_is_charged_twice_or_forgotten(run: Exploration) -> None:
    target = run.target
    axes = {
        "operation": Axis(_paying(target) if run.key in (TWICE, ORDERS, "complete") else (run.key,)),
        "answer": Axis(_answers(target, run.key)),
    }
    if run.key not in (TWICE, ORDERS):
        axes["fault"] = Axis(tuple(_faults(run)), lambda fault: str(fault).rpartition(" ")[0])
        axes["times"] = Axis((1, 3, 99))
    if run.key == "refund" and settles(target):
        axes["settled"] = Axis((True, False))
    axes["currency"] = Axis(target.currencies, amounts.exponent_class)
    axes["scheme"] = Axis.listed(target.schemes)
    play = {TWICE: press_twice, ORDERS: two_orders}.get(run.key, strike)
    condition = {TWICE: "pressed twice", ORDERS: "second order paid"}.get(run.key, "fault struck")
    run.explore(axes, lambda example: _play(example, run.key, play), condition=condition)


def strike(example: Example) -> None:
    """The flow with its fault, the natural retry, and a look at what the shop believes."""
    operation = example.case.operation
    if operation in MOVEMENTS:
        move(example, operation)
    else:
        pay(example, operation)
        look_up(example)
    example.occurred["fault struck"] += len(example.world.network.delivered)


def _play(example: Example, key: str, play: object) -> None:
    example.strikes_at = key if key == "complete" else example.case.operation
    play(example)  # type: ignore[operator]  # one of the three flows


def _paying(target: Target) -> tuple[str, ...]:
    return tuple(operation for operation in PAYING if target.offers(operation))


def _answers(target: Target, key: str) -> tuple[str, ...]:
    repertoire = target.gateway.facts.ledger.answers
    if key == "complete":
        return ("challenge",)
    if key in MOVEMENTS or "challenge" not in repertoire or not target.offers("complete"):
        return ("approve",)
    return ("approve", "challenge")


def _faults(run: Exploration) -> Iterator[str]:
    gateway = run.target.gateway
    own = {word: fact.status for word, fact in gateway.facts.errors.items() if fact.status >= 500}
    errors = [f"error:{word}" for word in own]
    if gateway.simulator.keep is not Simulator.keep:  # it has keys under which an error of its own stays
        errors += [f"stored:{word}" for word, status in own.items() if status == 500]
    lost = [(kind, "after") for kind in (*FAILURES, *EDGES, *errors) if kind not in BEFORE_ONLY]
    never = [(kind, "before") for kind in (*FAILURES, *EDGES, *errors)]
    answer = _answers(run.target, run.key)[-1]
    operation = _paying(run.target)[0] if run.key == "complete" else run.key
    plain = Case(operation=operation, answer=answer, scheme=run.target.schemes[0], currency=run.target.currencies[0])
    for place in range(1, run.rehearse_case(plain, strike, run.key) + 1):
        for kind, when in (*lost, *never):  # what was booked and lost is the likelier mistake
            yield f"{kind} {when} {place}"
