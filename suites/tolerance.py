"""Whatever the gateway may leave out, null, add, extend or send in another shape is survived, the outcome stays true.

Each reply of each operation is varied one field at a time, then in all optional fields at once. An approved payment by
a brand or method that nobody has heard of is still an approved payment.
"""

from __future__ import annotations

from collections.abc import Iterator

from paypact.payments import Approved, Money
from paypact.testkit import Axis, Case, Example, Exploration, Target, Told, amounts, answers, cards, promise, variation
from paypact.testkit.delivery import conclude
from paypact.testkit.flow import MOVEMENTS, PAYING, follow, look_up, move, movement_arguments, pay, paying
from paypact.testkit.variation import Struck
from paypact.world.issuer import approve

NEXT = {"sale": ("refund",), "charge_stored": ("refund",), "authorize": ("capture", "void")}  # what a shop does next
LISTED = ("sale", "authorize")  # what a lookup speaks of
NO = "refused_unspecified"
DONE = ("authorized", "paid", "undone")  # standings in which the money moved, or was held


def each_operation(target: Target) -> Iterator[str]:
    """A cell an operation whose replies can be brought about."""
    yield from paying(target)
    if target.offers("complete") and "challenge" in target.gateway.facts.ledger.answers:
        yield "complete"
    yield from (operation for operation, before in MOVEMENTS.items() if target.offers(operation, before))
    if target.offers("lookup") and any(map(target.offers, LISTED)):
        yield "lookup"


@promise("tolerance", order=4, needs=PAYING, cells=each_operation)
def every_legal_reply_is_survived(run: Exploration) -> None:
    target = run.target
    plain = Case(operation=run.key, scheme=target.schemes[0], currency=target.currencies[0])
    situations = [plain.but(values) for values in _situations(target, run.key)]
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


def survive(example: Example) -> None:
    """The operation with its reply varied, and what the shopper and the shop do next."""
    operation, target = example.case.operation, example.target
    if operation in MOVEMENTS:
        move(example, operation)
    elif operation == "lookup":
        payment, listed = example.payment(), next(filter(target.offers, LISTED))
        example.judge(example.perform(listed, payment, payment))  # not followed: it is looked up as it stands
        look_up(example)
        conclude(example)
    elif operation == "charge_stored":
        _go_on(example, operation, _charge_stored(example))
    elif operation == "complete":
        pay(example, next(paying(target)))
    else:
        _go_on(example, operation, pay(example, operation))
    struck = example.varying.struck if example.varying is not None else None
    if struck is not None:
        example.occurred["reply varied"] += 1
        if struck.state:
            example.occurred[f"unknown state, {'moved' if _moved(example, struck) else 'not moved'}"] += 1


def _charge_stored(example: Example) -> Told:
    """A card is stored without trouble; the case's answer is given to the charge."""
    first = example.payment()
    script = answers.parse(example.case.answer, first.amount.minor)
    example.world.issuer.answers(first.card, approve(), script)
    stored = follow(example, example.perform("store", first, first))
    if not isinstance(stored.outcome, Approved):
        return stored
    later = example.later_order(first)
    told = follow(example, example.perform("charge_stored", later, stored.transaction, later))
    conclude(example)
    return told


def _go_on(example: Example, operation: str, paid: Told) -> None:
    """What the shop does next with an approved payment: what an earlier reply left out may be missed only now."""
    following = next(filter(example.target.offers, NEXT.get(operation, ())), None)
    authorization = example.standing(paid.payment).authorization
    if following is None or authorization is None or example.problems or not isinstance(paid.outcome, Approved):
        return
    asked = authorization.refundable if following == "refund" else authorization.capturable
    existing = example.movements(following, paid.payment)
    money = Money(asked, paid.payment.amount.currency)
    arguments = movement_arguments(example, following, paid.transaction, money)
    example.judge_movement(example.perform(following, paid.payment, *arguments), asked, existing)
    conclude(example)


def _moved(example: Example, struck: Struck) -> bool:
    """Whether the operation had done what it was asked to do when its reply could not be read."""
    if example.case.operation in MOVEMENTS:
        return not struck.change.unmoved
    told = next(told for told in example.history if told.first < struck.number <= told.last)
    return next(standing for _, outcome, standing in example.story if outcome is told.outcome) in DONE


def _values(cases: list[Case], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(getattr(case, name) for case in cases))


def _situations(target: Target, operation: str) -> Iterator[dict[str, str]]:
    """What differs between the states from which the operation replies, the plainest first."""
    facts = target.gateway.facts
    declines = "decline" in facts.ledger.answers and NO in facts.declines
    yield {"answer": "challenge"} if operation == "complete" else {}
    if operation in MOVEMENTS:
        return
    if operation == "complete":
        yield {"answer": "challenge", "shopper": "failed"}
    if declines:
        yield {"answer": f"challenge>decline:{NO}" if operation == "complete" else f"decline:{NO}"}
    if operation not in ("complete", "charge_stored"):
        for answer in ("challenge", "defer", "hold"):
            if answer in facts.ledger.answers:
                yield {"answer": answer}
        yield from ({"kind": str(kind)} for kind in cards.axes(target, target.schemes[0])["kind"].values[1:])
