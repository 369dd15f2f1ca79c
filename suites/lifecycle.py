"""Any legal sequence of operations keeps the shop and the books equal; illegal ones are refused and move nothing.

A plan of up to twelve steps is played against one payment: captures and refunds in full, in part, too often and too
much, voids, expiry, disputes. After each step what was told is compared with what was moved.
"""

from __future__ import annotations

from collections.abc import Iterator

from paypact.testkit import Axis, Exploration, PlanAxis, Target, amounts, promise
from paypact.testkit.explore import NotCoveredError
from paypact.testkit.flow import MOVEMENTS, settles
from paypact.testkit.plan import BEFORE, FAULTS, HALF, STEPS, beginnings, play_plan, steps

BEGINNINGS = ("authorize", "sale", "charge_stored")


def each_beginning(target: Target) -> Iterator[str]:
    """A cell for lives that begin with a hold, one for sales, one for either under faults, one for late failures.

    They begin with a stored card where that is the only way to pay.
    """
    yield from beginnings(target)
    yield "faults"
    if _fates(target):
        yield "late"


@promise("lifecycle", order=6, cost=18, needs=tuple(MOVEMENTS), cells=each_beginning)
def the_books_stay_equal(run: Exploration) -> None:
    target = run.target
    words = steps(target)
    begun = (run.key,) if run.key in BEGINNINGS else beginnings(target)
    if not begun:
        raise NotCoveredError(
            f"the driver offers {' and '.join(each for each in MOVEMENTS if target.offers(each))}, but no payment "
            "to begin with: sale, authorize, or store with charge_stored"
        )
    moves = [word for word in words if word not in ("rest", BEFORE, *BEGINNINGS)]
    plans: list[tuple[str, ...]] = [(beginning,) for beginning in begun]
    plans += [(beginning, move) for beginning in begun for move in moves]
    if run.key == "faults":
        words += tuple(FAULTS)
        plans = [(fault, beginning) for beginning in begun for fault in FAULTS]
        plans += [(beginning, fault, move) for beginning in begun for move in moves for fault in FAULTS]
        parts = [move for move in moves if STEPS[move][1] == HALF]  # the second of two that are alike
        plans += [(beginning, move, fault, move) for beginning in begun for move in parts for fault in FAULTS]
    if run.key in BEGINNINGS:
        plans += [(run.key, move, then) for move in moves for then in moves]
        plans += [(run.key, move) * 2 for move in moves]  # the same of two orders
        plans += [(run.key, run.key, BEFORE, move) for move in moves]  # of two orders the first
        plans += [plan for plan in _given_back(target, run.key, moves) if plan not in plans]
    waiting = tuple(_waiting(target, begun)) if run.key == "late" else ()
    plans += waiting
    axes = {
        "plan": PlanAxis(
            tuple(plans), lambda plan: ", ".join(plan) if plan in waiting else "plan", shared=False, words=words
        ),
        "currency": Axis(target.currencies, amounts.exponent_class),
        "scheme": Axis.listed(target.schemes),
    }
    if run.key == "late":
        axes["fate"] = Axis(_fates(target))
    run.explore(axes, play_plan, condition="payment made")


def _taken(target: Target, beginning: str) -> tuple[str, ...]:
    """The plainest life in which money is taken; empty: none is."""
    if beginning != "authorize":
        return (beginning,)
    return (beginning, "capture") if target.offers("capture") else ()


def _given_back(target: Target, beginning: str, moves: list[str]) -> Iterator[tuple[str, ...]]:
    """Lives in which money is given back twice, as soon as it can be."""
    made, back = _taken(target, beginning), [move for move in moves if STEPS[move][0] == "refund"]
    if made:
        settled = ("a day passes",) * 2 if settles(target) else ()
        yield from ((*made, *settled, one, other) for one in back for other in back)


def _waiting(target: Target, begun: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Lives in which what was taken or given back has the time to fail: each is tried with each fate."""
    for beginning in begun:
        made = _taken(target, beginning)
        if not made:
            continue
        yield (*made, "a day passes")
        if target.offers("refund"):
            yield (*made, "a day passes", "refund", "a day passes")


def _fates(target: Target) -> tuple[str, ...]:
    """What can become of a movement that the driver can ask for, beyond being booked at once."""
    failures = target.gateway.facts.ledger.failures
    return tuple(each for each in failures if "-" in each and target.offers(each.partition("-")[0]))
