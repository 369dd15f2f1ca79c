"""Every card type in scope is served: no crash, the card reaches the gateway unchanged, the outcome is the truth.

A card type out of scope does no harm: no crash, no untruth, no money unless the outcome says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from paypact.testkit import Axis, Example, Exploration, Target, amounts, cards, promise
from paypact.testkit.flow import MOVEMENTS, PAYING, look_up, move, moving, pay, paying

OUTSIDE = "out-of-scope"
UNCONFIRMED = "unconfirmed"


def each_scheme(target: Target) -> Iterator[str]:
    """A cell a scheme in scope, one for all that are not, and one for those of which no source says what happens."""
    yield from target.schemes
    yield from (key for key in (OUTSIDE, UNCONFIRMED) if _outside(target, key))


@promise("card-types", order=1, cost=11, needs=PAYING, cells=each_scheme)
def every_card_type_is_served(run: Exploration) -> None:
    target = run.target
    outside = _outside(target, run.key)
    schemes = outside or (run.key,)
    standings = {target.gateway.facts.schemes[scheme].standing for scheme in schemes}
    if standings == {"unconfirmed"}:
        run.advice_only = f"no source confirms what the gateway does with {run.key} cards"
    axes = {
        "scheme": Axis.listed(schemes),
        **cards.axes(target, schemes[0]),
        "operation": Axis(tuple(_operations(target))),
        "currency": Axis(target.currencies, amounts.exponent_class),
        "amount": Axis(amounts.WORDS),
        "answer": Axis(_answers(target)),
    }
    if outside:  # the axes of one scheme's cards mean nothing to the next
        axes = {name: axis for name, axis in axes.items() if name not in cards.AXES}
    run.explore(axes, serve, wider={} if outside else {"scheme": target.schemes})


def serve(example: Example) -> None:
    """One payment by this card, followed to its end, and what the shop does with it next."""
    operation = example.case.operation
    if operation in MOVEMENTS:
        move(example, operation)
    else:
        pay(example, "sale" if operation == "lookup" else operation)
    if operation == "lookup":
        look_up(example)


def _operations(target: Target) -> Iterator[str]:
    yield from paying(target)
    yield from moving(target)
    if target.offers("lookup", "sale"):
        yield "lookup"


def _answers(target: Target) -> tuple[str, ...]:
    repertoire = target.gateway.facts.ledger.answers
    return tuple(
        answer
        for answer, word in (
            ("approve", "approve"),
            ("decline:refused_unspecified", "decline"),
            ("challenge", "challenge"),
        )
        if word in repertoire
    )


def _outside(target: Target, key: str) -> tuple[str, ...]:
    """The schemes of a cell that is not one scheme's own."""
    if key not in (OUTSIDE, UNCONFIRMED):
        return ()
    facts = target.gateway.facts.schemes
    beyond = [scheme for scheme in facts if scheme not in target.schemes]
    return tuple(scheme for scheme in beyond if (facts[scheme].standing == "unconfirmed") == (key == UNCONFIRMED))
