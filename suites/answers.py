"""Every issuer answer in the gateway's repertoire becomes the right outcome, and each of its error classes is survived.

A decline is told as a decline, with its reason and never as final when it is not; what is not decided yet is not told
as decided; an error that says nothing about the card is never told as the card's.
"""

from __future__ import annotations

from collections.abc import Iterator

from paypact.cards.reasons import reasons
from paypact.testkit import Axis, Example, Exploration, Target, amounts, promise
from paypact.testkit.case import BORROWS, CLAIMS
from paypact.testkit.flow import MOVEMENTS, PAYING, look_up, move, moving, pay, paying
from paypact.testkit.orders import borrow, charge_later
from paypact.testkit.watching import CONNECTION, EDGE
from paypact.world.simulator import Simulator

BEFOREHAND = ("passed", "failed")  # of those asked before there is a token, who leaves never reaches the shop
DECLINES = ("soft", "hard", "fraud", "auth", "data", "tech")


def each_answer(target: Target) -> Iterator[str]:
    """A cell a class of declines, one for each other kind of answer, one for errors and one for lost connections.

    What only a gateway says, by rules of its own, is `rejected`: its bank was not asked, or was overruled.
    """
    facts = target.gateway.facts
    repertoire = facts.ledger.answers
    yield "approved"
    yield from (kind for kind in DECLINES if "decline" in repertoire and _words(target, kind))
    if "reject" in repertoire and _own_words(target):
        yield "rejected"
    for key, word in (("challenged", "challenge"), ("pending", "defer"), ("review", "hold"), ("partial", "partial")):
        if word in repertoire:
            yield key
    yield "errors"
    yield "connection"


@promise("answers", order=2, cost=11, needs=PAYING, cells=each_answer)
def every_answer_becomes_the_right_outcome(run: Exploration) -> None:
    target = run.target
    before = target.gateway.facts.ledger.challenges == "beforehand"
    begin = tuple(paying(target))
    axes = {"operation": Axis(begin), "answer": Axis(_answers(target, run.key), _kind_of_answer)}
    if run.key in ("errors", "connection"):
        axes["operation"] = Axis((*begin, *moving(target)))
        axes["fault"] = Axis(tuple(_faults(run)), _kind_of_fault)
        axes["times"] = Axis((1, 99))
        if target.challenges:
            axes["answer"] = Axis(("approve", "challenge"))
    if run.key == "challenged":
        axes["shopper"] = Axis(BEFOREHAND if before else (*BEFOREHAND, *_others(target)))
    if run.key == "soft":
        axes["retry"] = Axis(("another card", "same card"))
    axes["scheme"] = Axis.listed(target.schemes)
    axes["currency"] = Axis(target.currencies, amounts.exponent_class)
    conditions = {
        "challenged": "challenge shown" if before or target.offers("complete") else "operation judged",
        "errors": "fault struck",
        "connection": "fault struck",
    }
    run.explore(axes, answer, condition=conditions.get(run.key, "operation judged"))


def answer(example: Example) -> None:
    """One payment with this answer, followed to its end, then looked up."""
    operation = example.case.operation
    if operation in MOVEMENTS:
        move(example, operation)
    else:
        told = (borrow if example.case.shopper == BORROWS else pay)(example, operation)
        if operation == "store" and not example.case.fault:
            charge_later(example, told)
        if operation not in ("verify", "store"):
            look_up(example)
    example.occurred["operation judged"] += 1
    example.occurred["fault struck"] += len(example.world.network.delivered)


def _others(target: Target) -> Iterator[str]:
    """What else a shopper does with a challenge; a success can be claimed where more than a secret tells of it.

    And it can be borrowed: of another order, which the same shopper did pay.
    """
    yield from ("abandoned", "comes back twice")
    if target.gateway.simulator.claimed is not Simulator.claimed:
        yield CLAIMS
        yield BORROWS


def _words(target: Target, kind: str) -> tuple[str, ...]:
    declines = target.gateway.facts.declines
    return tuple(word for word, reason in reasons().items() if reason.kind == kind and word in declines)


def _own_words(target: Target) -> tuple[str, ...]:
    """The gateway's words for fraud that no bank has a code for."""
    known = reasons()
    return tuple(word for word in _words(target, "fraud") if not known[word].iso)


def _answers(target: Target, key: str) -> tuple[str, ...]:
    repertoire = target.gateway.facts.ledger.answers
    match key:
        case "challenged":
            behind = ["challenge"]
            if "decline" in repertoire:
                behind += ["challenge>decline:insufficient_funds", "challenge>decline:refused_unspecified"]
            return tuple(behind)
        case "rejected":
            plain = tuple(f"reject:{word}" for word in _own_words(target))
            return plain + tuple(f"challenge>{word}" for word in plain[:1] if "challenge" in repertoire)
        case "pending":
            return ("defer", "defer>decline:insufficient_funds")
        case "review":
            return ("hold", "hold>reject:suspected_fraud")
        case "partial":
            return ("partial",)
        case "approved":
            return (
                "approve",
                "approve:cvc=no_match",
                "approve:cvc=unchecked",
                "approve:address=no_match",
                "approve:address=unavailable",
            )
        case "errors" | "connection":
            return ("approve",)
        case kind:
            return tuple(f"decline:{word}" for word in _words(target, kind))


def _faults(run: Exploration) -> Iterator[str]:
    """Each fault at each exchange the longest of the driver's operations makes, rehearsed."""
    words = [(f"error:{word}", "before") for word in run.target.gateway.facts.errors]
    kinds = CONNECTION if run.key == "connection" else (*words, *EDGE)
    for place in range(1, run.rehearse(answer) + 1):
        for kind, when in kinds:
            yield f"{kind} {when} {place}"


def _kind_of_answer(answer: object) -> str:
    return ">".join(part.partition(":")[0] for part in str(answer).split(">"))


def _kind_of_fault(fault: object) -> str:
    return str(fault).rsplit(" ", 1)[0]
