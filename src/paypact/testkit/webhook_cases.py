"""Cases of webhooks: the flows in which a gateway sends them, as values of a case, and the axes on which cases differ.

Where a driver makes no payments, the same flows are carried out elsewhere: then all of them are possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from paypact.testkit.case import Axis, Case, PlanAxis, Value
from paypact.testkit.flow import settles
from paypact.testkit.plan import STEPS, steps
from paypact.testkit.target import Target
from paypact.testkit.webhooks import PAYING

NO: Final = "decline:refused_unspecified"
DAY: Final = "a day passes"
_ORDER: Final = re.compile(r"(answer lost |lost )?\d+|\d+( \d+)+")
_DIFFER: Final = ("answer", "shopper", "fate", "deliver", "seal", "fault", "times", "buyer", "scheme", "currency")


class FlowAxis(PlanAxis):
    """Plans that are tried as they are listed: a part of one may be no flow at all."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, (list, tuple)) and tuple(value) in self.values

    def simpler(self, value: Value) -> Iterator[Value]:
        yield from self.values[: self.values.index(value)]


class DeliveryAxis(Axis):
    """Ways in which webhooks arrive; a replay may name any order, also one that only another night came upon."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and (value in self.values or _ORDER.fullmatch(value) is not None)


def axes(cases: Sequence[Case], *, sealed: bool) -> dict[str, Axis]:
    """The axes on which these cases differ; `sealed`: none is signed as the gateway signs by itself."""
    plans = tuple(dict.fromkeys(case.plan for case in cases))
    found: dict[str, Axis] = {"plan": FlowAxis(plans, lambda _: "plan", words=tuple(STEPS))}
    for name in _DIFFER:
        plainest = getattr(cases[0] if name in ("scheme", "currency") else Case(), name)
        values = dict.fromkeys([plainest, *(getattr(case, name) for case in cases)])
        if name == "seal" and sealed:
            values.pop(plainest)
        found[name] = (DeliveryAxis if name == "deliver" else Axis)(tuple(values))
    return found


def plainest(target: Target, *, elsewhere: bool) -> dict[str, Any]:
    """One payment that is approved."""
    return {"plan": (next(word for word in PAYING if elsewhere or target.offers(word)),)}


def answered(target: Target, plain: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same payment declined, and challenged."""
    yield {**plain, "answer": NO}
    if "challenge" in target.gateway.facts.ledger.answers:
        yield {**plain, "answer": "challenge"}


def others(target: Target, plain: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One payment by each other operation that the driver offers."""
    yield from ({"plan": (word,)} for word in PAYING if (word,) != plain["plan"] and target.offers(word))


def undecided(target: Target, plain: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same payment with a challenge that is not passed, and with an answer that comes later."""
    repertoire = target.gateway.facts.ledger.answers
    if "challenge" in repertoire:
        yield from ({**plain, "answer": "challenge", "shopper": word} for word in ("failed", "abandoned"))
    if "defer" in repertoire:
        yield from ({**plain, "answer": answer} for answer in ("defer", f"defer>{NO}"))


def lives(target: Target, *, elsewhere: bool) -> Iterator[dict[str, Any]]:
    """What is done with a payment afterwards; then what becomes of a capture or refund that fails."""
    for plan in _plans(target):
        if elsewhere or _offered(target, plan):
            yield {"plan": plan}
    before = (DAY, DAY) if settles(target) else ()
    moved = {"capture": [("sale",), ("authorize", "capture")], "refund": [("sale", *before, "refund")]}
    for fate in target.gateway.facts.ledger.failures:
        for plan in moved.get(fate.partition("-")[0] if "-" in fate else "", ()):
            if elsewhere or _offered(target, plan):
                yield {"plan": (*plan, DAY), "fate": fate}


def _offered(target: Target, plan: Sequence[str]) -> bool:
    return target.offers(*(operation for word in plan if (operation := STEPS[word][0])))


def _plans(target: Target) -> Iterator[tuple[str, ...]]:
    possible = steps(target)
    yield from (("sale", "refund"), ("authorize",), ("authorize", "capture"), ("authorize", "void"))
    if settles(target):
        yield from (("sale", DAY), ("sale", DAY, "refund", DAY))
    yield from (("sale", word) for word in ("refund half", "the cardholder disputes") if word in possible)
    yield from (("authorize", word) for word in ("capture half", "the hold expires") if word in possible)
