"""Plans: a payment's whole life as a sequence of steps, legal and illegal, each judged against the books.

A step acts on the newest payment, or on the one before where the plan goes back to it. What the rules do not allow must
be refused and move nothing; what is asked again after its goal was reached may be answered either way.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from paypact.payments import ActionRequired, Approved, Money, Payment
from paypact.testkit import amounts, checks
from paypact.testkit.acknowledged import carry_out
from paypact.testkit.delivery import conclude, deliver_all, judge_orders
from paypact.testkit.example import Example
from paypact.testkit.flow import MOST_PRESSES, PAYING, follow, movement_arguments, paying, prepare
from paypact.testkit.target import Target
from paypact.world.books import Authorization
from paypact.world.ledger import Obstacle
from paypact.world.network import Fault

DAY: Final = 86_400.0
HALF: Final = 50  # per cent
BEFORE: Final = "the order before"  # the steps that follow act on it
# word -> (operation, per cent; 0: all that is left, said by leaving the amount out). A share is one of the whole while
# so much is left: two halves are as much each, and what a key is made of has to tell them apart. Then it is one of
# what is left.
STEPS: Final = {
    "rest": ("", 0),
    "authorize": ("authorize", 0),
    "sale": ("sale", 0),
    "charge_stored": ("charge_stored", 0),  # of a card that is stored first
    "capture": ("capture", 0),
    "capture half": ("capture", HALF),
    "capture too much": ("capture", 150),
    "refund": ("refund", 0),
    "refund half": ("refund", HALF),
    "refund too much": ("refund", 150),
    "void": ("void", 0),
    "a day passes": ("", 0),
    "the hold expires": ("", 0),
    "the cardholder disputes": ("", 0),
    BEFORE: ("", 0),
}

FAULTS: Final = {  # word -> what strikes within the step that follows; the shop's next try finds the network healed
    "the next reply is lost": "read-timeout after 1",
    "the next call is lost": "reset before 1",
    "a proxy answers next": "html-502 after 1",
}


def steps(target: Target) -> tuple[str, ...]:
    """The steps that make sense for a driver, the plainest first."""
    terms = target.gateway.facts.ledger
    out = {"the hold expires"} if not terms.expires else set()
    if "chargeback" not in terms.failures:
        out.add("the cardholder disputes")
    return tuple(_offered(target, out))


def _offered(target: Target, out: set[str]) -> Iterator[str]:
    for word, (operation, share) in STEPS.items():
        if word in out or (operation and not _possible(target, operation)):
            continue
        if share and not takes_amount(target, operation):
            continue
        yield word


def _possible(target: Target, operation: str) -> bool:
    return operation in paying(target) if operation in PAYING else target.offers(operation)


def beginnings(target: Target) -> tuple[str, ...]:
    """The steps with which a driver's plans begin: a hold, a sale; a stored card where that is the only way to pay."""
    possible = tuple(paying(target))
    found = tuple(word for word in ("authorize", "sale") if word in possible)
    return found or tuple(word for word in ("charge_stored",) if word in possible)


def takes_amount(target: Target, operation: str) -> bool:
    """Whether the driver's capture or refund takes an amount."""
    parameters = list(inspect.signature(getattr(target.driver, operation)).parameters)
    return len(parameters) > 2  # self, transaction, amount


@dataclass
class Life:
    """One payment's way through a plan: what it was answered, and what to hand back for the next step."""

    example: Example
    payment: Payment | None = None
    transaction: Any = None
    captured: Any = None  # the newest capture's transaction: what a refund is asked of
    before: tuple[Any, ...] = ()  # the same three of the order before

    @property
    def authorization(self) -> Authorization | None:
        return self.example.standing(self.payment).authorization if self.payment else None


def play_plan(example: Example) -> None:
    """Play the case's plan; after the last step everything is delivered, settled and judged."""
    live(example)
    conclude(example)


def live(example: Example) -> Life:
    """Play the steps of the case's plan."""
    life = Life(example)
    script_fate(example)
    for word in example.case.plan:
        if any(problem.verdict.severity != "advice" for problem in example.problems):
            break  # the first step where shop and ledger part says what is wrong; later ones only follow from it
        if word in FAULTS:
            example.world.network.arm(Fault.parse(FAULTS[word]))
            continue
        operation, share = STEPS[word]
        if operation in PAYING:
            _pay(life, operation)
        elif operation and life.payment is not None:
            _move(life, operation, share)
        elif word in EVENTS:
            EVENTS[word](life)
    return life


def script_fate(example: Example) -> None:
    """What becomes of the plan's first capture or refund, as the case says."""
    if example.case.fate:
        kind, _, word = example.case.fate.partition("-")
        example.world.acquirer.fates(kind, word)  # type: ignore[arg-type]  # a kind, by the repertoire it was drawn from


def _price(example: Example) -> Money | None:
    """Of a second order: where the plan goes back to the first, another, in a currency that is written otherwise."""
    target, currency = example.target, example.case.currency
    if BEFORE not in example.case.plan:
        return None
    kind = amounts.exponent_class(currency)
    unlike = (each for each in target.currencies if amounts.exponent_class(each) != kind)
    return amounts.amount(target, next(unlike, currency), "round")


def _pay(life: Life, operation: str) -> None:
    example = life.example
    prepared = prepare(example, operation, example.another_order(_price(example)) if life.payment else None)
    if prepared is None:
        return
    payment, arguments = prepared
    told = follow(example, example.perform(operation, payment, *arguments))
    if isinstance(told.outcome, (Approved, ActionRequired)):
        life.before = (life.payment, life.transaction, life.captured)
        life.payment, life.transaction, life.captured = told.payment, told.transaction, None
        example.occurred["payment made"] += 1


def _move(life: Life, operation: str, share: int) -> None:
    example, payment, authorization = life.example, life.payment, life.authorization
    assert payment is not None
    if authorization is None:
        return
    carry_out(example.world)  # the shop hears of what became of one before it asks for the next
    left = authorization.refundable if operation == "refund" else authorization.capturable
    whole = left or authorization.approved
    part = (authorization.captured if operation == "refund" else authorization.approved) * share // 100
    asked = left if not share else part if 0 < part <= left else max(1, whole * share // 100)
    earlier = any(each.kind == operation and each.state == "requested" for each in authorization.movements)
    goal = {"reached": _reached(operation, authorization), "under_way": earlier and not left}
    transaction = life.captured if operation == "refund" and life.captured is not None else life.transaction
    money = Money(asked or whole, payment.amount.currency)
    arguments = (transaction, money) if share else movement_arguments(example, operation, transaction, money)
    if money in arguments:
        asked = money.minor  # it is named, also where nothing is left
    existing = example.movements(operation, payment)
    booking = 0 if operation == "void" else asked
    allowed = checks.allowed(example.target, example.world.ledger, operation, authorization, booking)
    told = example.perform(operation, payment, *arguments)
    verdict = example.judge_movement(told, asked, existing, **goal, allowed=allowed)
    for press in range(1, MOST_PRESSES):
        if verdict.word != "ask":
            break
        example.world.network.heal()
        told = example.perform(operation, payment, *arguments)
        last = press == MOST_PRESSES - 1
        verdict = example.judge_movement(told, asked, existing, **goal, last_word=last)
    if operation == "capture" and isinstance(told.outcome, Approved) and told.transaction is not None:
        life.captured = told.transaction
    example.occurred["allowed" if example.movements(operation, payment) > existing else "refused"] += 1
    deliver_all(example)
    judge_orders(example, payment)


def _reached(operation: str, authorization: Authorization) -> bool:
    if operation == "void":
        return authorization.state in ("voided", "expired", "declined", "rejected")
    if operation == "refund":
        return bool(authorization.captured or authorization.state == "voided") and authorization.refundable == 0
    return authorization.state == "completed"


def _a_day_passes(life: Life) -> None:
    carry_out(life.example.world)
    with life.example.world.outside():
        life.example.world.clock.advance(DAY)  # after what was acknowledged: some failures come a day later
    life.example.happened("a day passes", None)
    deliver_all(life.example)


def _the_hold_expires(life: Life) -> None:
    with life.example.world.outside():
        life.example.world.clock.advance(life.example.world.ledger.terms.expires + DAY)
    life.example.happened("the hold expires", None)
    deliver_all(life.example)
    judge_orders(life.example)


def _the_cardholder_disputes(life: Life) -> None:
    authorization = life.authorization
    if authorization is None or not authorization.captured:
        return
    terms = life.example.world.ledger.terms
    with life.example.world.outside():
        life.example.world.clock.advance(terms.cutoff + terms.settling)  # until it stands on a statement
    try:
        life.example.world.ledger.request("chargeback", authorization)
    except Obstacle:
        return
    life.example.happened("the cardholder disputes", None)
    life.example.occurred["disputed"] += 1
    deliver_all(life.example)
    judge_orders(life.example)


def _the_order_before(life: Life) -> None:
    if life.before and life.before[0] is not None:
        now = (life.payment, life.transaction, life.captured)
        (life.payment, life.transaction, life.captured), life.before = life.before, now


EVENTS: Final[dict[str, Callable[[Life], None]]] = {
    "a day passes": _a_day_passes,
    "the hold expires": _the_hold_expires,
    "the cardholder disputes": _the_cardholder_disputes,
    BEFORE: _the_order_before,
}
