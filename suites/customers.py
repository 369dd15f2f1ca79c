"""Whoever a real shopper is, whatever they buy, however it is described: within the vendor's limits it is served.

Beyond them nobody is lied to and nothing crashes. What reaches the gateway of a shopper's data is what they typed.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, quote_plus

from paypact.payments import Payment
from paypact.testkit import Axis, Example, Exploration, Target, amounts, promise, shoppers
from paypact.testkit.bodies import decoded, texts
from paypact.testkit.flow import PAYING, pay, paying
from paypact.testkit.judge import Verdict

LONG = 240  # characters of what was told that a sentence has room for
KINDS = {
    "names": "name",
    "addresses": "address",
    "contacts": "contact",
    "languages": "language",
    "titles": "title",
    "descriptions": "description",
    "baskets": "basket",
    "at-the-limits": "at the limit",
    "beyond-the-limits": "beyond",
}


def each_kind_of_data(target: Target) -> Iterator[str]:
    """A cell for each part of what a shop knows of its shopper, and two for the vendor's limits of it."""
    yield from (key for key, kind in KINDS.items() if shoppers.words(target, kind))


@promise("customers", order=8, cost=7, needs=PAYING, cells=each_kind_of_data)
def every_shopper_is_served(run: Exploration) -> None:
    target = run.target
    axes = {
        "buyer": Axis.own(shoppers.words(target, KINDS[run.key])),
        "operation": Axis(tuple(paying(target))),
        "currency": Axis(target.currencies, amounts.exponent_class),
        "amount": Axis(("large",)),  # enough for a basket of many lines
        "scheme": Axis.listed(target.schemes),
    }
    condition = "data beyond the limits" if run.key == "beyond-the-limits" else "shopper paid"
    run.explore(axes, shop, condition=condition, plainly="operation")


def shop(example: Example) -> None:
    """One payment by this shopper, and what of the shopper's data reached the gateway."""
    buyer, target = example.case.buyer, example.target
    told = pay(example, example.case.operation)
    payment = example.payments[0]
    beyond = shoppers.too_long(target.gateway.facts, payment)
    example.occurred["data beyond the limits" if beyond else "shopper paid"] += 1
    mangled = _mangled(example, payment)
    if mangled is not None and not example.problems:
        example.problem(mangled, told)
    who = f"the shopper's {shoppers.shown(target, payment, buyer)}"
    example.problems[:] = [
        replace(each, verdict=replace(each.verdict, sentence=f"{_short(each.verdict.sentence)}; {who}"))
        for each in example.problems
    ]


def _mangled(example: Example, payment: Payment) -> Verdict | None:
    """A text of the shopper's that reached the gateway in another shape than it was typed in."""
    wrong = {form: field for field, value in _data(payment) for form in _shapes(value)}
    for exchange in example.exchanges:
        for text in texts(decoded(exchange.request)):
            form = next((form for form in wrong if form in text), None)
            if form is not None:
                where = f"{exchange.request.method} {exchange.request.path}"
                said = f"{wrong[form]} reached the gateway mangled: {where} holds {form!r}"
                return Verdict("wrong", f"customer/{wrong[form]}/mangled", said)
    return None


def _short(sentence: str) -> str:
    """Gateways repeat in their answers what they found too long."""
    return sentence if len(sentence) <= 2 * LONG else f"{sentence[:LONG]} ... {sentence[-LONG:]}"


def _data(payment: Payment) -> Iterator[tuple[str, str]]:
    customer = payment.customer
    yield "the name", customer.name
    yield "the e-mail address", customer.email
    yield "the description", payment.description
    yield "the title of the goods", payment.items[0].name
    for part in (customer.address.line1, customer.address.line2, customer.address.city, customer.address.region):
        yield "the address", part or ""


def _shapes(value: str) -> Iterator[str]:
    """What a text looks like when it was encoded once too often, or decoded as what it is not."""
    shapes = [html.escape(value), quote(value), quote_plus(value)]
    shapes += [value.encode().decode(wrong, "replace") for wrong in ("latin-1", "cp1252")]
    yield from (shape for shape in shapes if shape != value and not set(shape) <= set(value))
