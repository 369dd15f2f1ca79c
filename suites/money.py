"""Amount, currency and merchant account on the wire are exact: every currency in scope, every exception of the gateway.

For charges, captures and refunds, in full and in part, with amounts at which conversions go wrong. What the gateway
cannot write exactly is refused and never rounded; what it does not charge is told truthfully.
"""

from __future__ import annotations

from collections.abc import Iterator

from paypact.currencies import exponent
from paypact.payments import Approved, Money
from paypact.testkit import Axis, Example, Exploration, Target, amounts, money, promise
from paypact.testkit.delivery import conclude
from paypact.testkit.flow import BUYING, MOVEMENTS, buying, follow, movement_arguments, moving, pay, settle_first
from paypact.testkit.told import Told

PLACES = ("no", "one", "two", "three", "four")
INEXACT = "no-exact-form"
LIMITS = "outside-limits"
UNCONFIRMED = "unconfirmed"
REST = "part, then the rest"
ROUGH = "part with no exact form"


def each_kind_of_currency(target: Target) -> Iterator[str]:
    """A cell a number of decimals, a kind of exception, and for what the gateway cannot or does not charge."""
    kinds = {_kind(target, currency) for currency in target.currencies}
    yield from (f"{word}-decimals" for word in PLACES if f"{word}-decimals" in kinds)
    yield from (key for key in ("more-decimals-at-gateway", "fewer-decimals-at-gateway", "in-steps") if key in kinds)
    yield from (key for key in (INEXACT, LIMITS) if _currencies(target, key))
    if UNCONFIRMED in kinds:
        yield UNCONFIRMED


@promise("money", order=6, cost=11, needs=BUYING, cells=each_kind_of_currency)
def amounts_are_exact(run: Exploration) -> None:
    target, key = run.target, run.key
    if key == UNCONFIRMED:
        run.advice_only = "no source confirms how the gateway writes these currencies"
    begin, movements = buying(target), tuple(each for each in moving(target) if each != "void")
    axes = {
        "operation": Axis((*begin, *movements) if key != LIMITS else begin),
        "currency": Axis.own(_currencies(target, key)),
        "amount": Axis.own(_amounts(key), lambda word: str(word).partition(" ")[0]),
        "part": Axis(_parts(key) if movements else ("all",)),
        "scheme": Axis.listed(target.schemes),
    }
    beyond = key in (INEXACT, LIMITS)
    if not beyond and target.challenges:
        axes["answer"] = Axis(("approve", "challenge"))
    condition = "amount outside judged" if beyond else "amount read on the wire"
    run.explore(axes, charge, condition=condition)


def charge(example: Example) -> None:
    """One payment, what is moved of it, and both witnesses of every amount."""
    case, target = example.case, example.target
    asked: dict[int, Money] = {}
    if case.operation in MOVEMENTS:
        payment = example.payment()
        paid = follow(example, example.perform(MOVEMENTS[case.operation], payment, payment))
        if isinstance(paid.outcome, Approved) and not example.problems:
            if case.operation == "refund":
                settle_first(example)
            _move(example, paid, asked)
        conclude(example)
    else:
        pay(example, case.operation)
    money.check(example, asked)
    price = example.payments[0].amount
    unfit = amounts.outside(target, price) or any(amounts.inexact(target, each) for each in asked.values())
    example.occurred["amount outside judged"] += unfit


def _move(example: Example, paid: Told, asked: dict[int, Money]) -> None:
    """Capture or refund in full, in part, or in two calls."""
    operation, part, target = example.case.operation, example.case.part, example.target
    left = _left(example, operation, paid)
    takes_amount = len(movement_arguments(example, operation, None, left)) > 1
    if part == "all" or not takes_amount:
        _call(example, operation, paid, None, asked)
        return
    amount = left if part == "in full" else amounts.part(target, left)
    if part == ROUGH:
        amount = Money(amount.minor + 1, amount.currency)
    first = _call(example, operation, paid, amount, asked)
    following = "refund" if operation == "capture" else operation
    if part == REST and isinstance(first.outcome, Approved) and target.offers(following) and not example.problems:
        if following == "refund":
            settle_first(example)
        _call(example, following, paid if following == operation else first, None, asked)


def _call(example: Example, operation: str, paid: Told, amount: Money | None, asked: dict[int, Money]) -> Told:
    """One call, for `amount` or (None) for all that is left."""
    left = _left(example, operation, paid)
    arguments = movement_arguments(example, operation, paid.transaction, left)
    if amount is not None:
        arguments = (paid.transaction, amount)
    before = example.movements(operation, paid.payment)
    asked[len(example.history)] = amount or left
    told = example.perform(operation, paid.payment, *arguments)
    example.judge_movement(told, (amount or left).minor, before)
    return told


def _left(example: Example, operation: str, paid: Told) -> Money:
    """What may still be captured or refunded of an approved payment."""
    authorization = example.standing(paid.payment).authorization
    assert authorization is not None
    left = authorization.refundable if operation == "refund" else authorization.capturable
    return Money(left, paid.payment.amount.currency)


def _kind(target: Target, currency: str) -> str:
    """The cell of a currency."""
    facts = target.gateway.facts.currencies
    if currency in facts.unconfirmed:
        return UNCONFIRMED
    digits = exponent(currency)
    shift = facts.exponents.get(currency, digits) - digits
    if shift:
        return "more-decimals-at-gateway" if shift > 0 else "fewer-decimals-at-gateway"
    return "in-steps" if amounts.step(facts, currency) > 1 else f"{PLACES[digits]}-decimals"


def _currencies(target: Target, key: str) -> tuple[str, ...]:
    facts = target.gateway.facts.currencies
    known = [currency for currency in target.currencies if currency not in facts.unconfirmed]
    match key:
        case "no-exact-form":
            return tuple(currency for currency in known if amounts.step(facts, currency) > 1)
        case "outside-limits":
            return tuple(currency for currency in known if currency in facts.minimums)
        case _:
            return tuple(currency for currency in target.currencies if _kind(target, currency) == key)


def _amounts(key: str) -> tuple[str, ...]:
    if key == INEXACT:
        return (amounts.INEXACT, "usual")
    return amounts.OUTSIDE if key == LIMITS else (*amounts.WORDS, *amounts.TRICKY)


def _parts(key: str) -> tuple[str, ...]:
    return {LIMITS: ("all",), INEXACT: (ROUGH,)}.get(key, ("all", "in full", "part", REST))
