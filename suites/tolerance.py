"""Whatever the gateway may leave out, null, add, extend or send in another shape is survived, the outcome stays true.

Each reply of each operation is varied one field at a time, then in all optional fields at once. An approved payment by
a brand or method that nobody has heard of is still an approved payment.
"""

from __future__ import annotations

from collections.abc import Iterator

from paypact.testkit import Axis, Case, Example, Exploration, Target, amounts, promise, replies, rewording, variation
from paypact.testkit import webhook_cases as flows
from paypact.testkit.explore import NotCoveredError
from paypact.testkit.flow import MOVEMENTS, PAYING
from paypact.testkit.variation import RECEIVE, Struck

DONE = ("authorized", "paid", "undone")  # standings in which the money moved, or was held


def each_operation(target: Target) -> Iterator[str]:
    """A cell an operation whose replies are varied, and one for the webhooks that a driver receives."""
    if any(map(target.offers, PAYING)):
        yield from replies.operations(target)
    if target.offers("receive"):
        yield RECEIVE


@promise("tolerance", order=4, cost=17, needs=(*PAYING, RECEIVE), cells=each_operation)
def every_legal_reply_is_survived(run: Exploration) -> None:
    target = run.target
    if run.key == RECEIVE:
        _hears(run)
        return
    situations = [target.case(operation=run.key, **values) for values in replies.situations(target, run.key)]
    cases = variation.cases(situations, lambda case: run.rehearsed(case, survive))
    run.explore(
        {
            **{name: Axis(_values(cases, name)) for name in ("operation", "answer", "shopper", "kind")},
            "variation": variation.VariationAxis.of(cases),
            "scheme": Axis.listed(target.schemes),
            "currency": Axis(target.currencies, amounts.exponent_class),
        },
        survive,
        condition="reply varied",
        cases=cases,
    )


def _hears(run: Exploration) -> None:
    """Whatever a webhook may be, it is survived."""
    cases = rewording.cases(run.target, lambda case: run.rehearsed(case, rewording.hear), quick=run.replaying)
    if not any(case.variation for case in cases) and not run.replaying:
        raise NotCoveredError("of this gateway's webhooks nothing is declared that may be otherwise")
    axes = flows.axes(cases, sealed=False)
    axes |= {"operation": Axis((RECEIVE,)), "variation": variation.VariationAxis.of(cases)}
    run.explore(axes, rewording.hear, condition="webhook varied", cases=cases, at_random=False)


def survive(example: Example) -> None:
    """The operation with its reply varied, and what the shopper and the shop do next."""
    replies.play(example)
    struck = example.varying.struck if example.varying is not None else None
    if struck is not None:
        example.occurred["reply varied"] += 1
        if struck.state:
            example.occurred[f"unknown state, {'moved' if _moved(example, struck) else 'not moved'}"] += 1


def _moved(example: Example, struck: Struck) -> bool:
    """Whether the operation had done what it was asked to do when its reply could not be read."""
    if example.case.operation in MOVEMENTS:
        return not struck.change.unmoved
    told = next(told for told in example.history if told.first < struck.number <= told.last)
    return next(moment.standing for moment in example.story if moment.told is told.outcome) in DONE


def _values(cases: list[Case], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(getattr(case, name) for case in cases))
