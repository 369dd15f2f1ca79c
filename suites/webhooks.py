"""Webhooks in any order, twice, early, late or never at first: the order ends right. Forged ones change nothing.

The true events of each flow, signed as the gateway signs, drawn from what truly happened. What is genuine but not the
shop's own is taken and changes nothing.
"""

from __future__ import annotations

import inspect
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from paypact.testkit import Axis, Case, Example, Exploration, PlanAxis, Target, forgery, promise, shoppers, webhooks
from paypact.testkit.blame import Place
from paypact.testkit.case import Value
from paypact.testkit.explore import NotCoveredError
from paypact.testkit.flow import settles
from paypact.testkit.plan import STEPS, steps
from paypact.world.network import EDGES

CELLS: Final[dict[str, tuple[Callable[[Example], None], str]]] = {  # key -> how it is played, what must have occurred
    "in-order": (webhooks.in_order, "webhook delivered"),
    "any-order": (webhooks.any_order, "webhooks reordered"),
    "early": (webhooks.before_the_reply, "webhook before the reply"),
    "late": (webhooks.late, "webhook late"),
    "forged": (forgery.forged, "forged webhook delivered"),
    "two-secrets": (webhooks.under_two_secrets, "webhook under two signatures"),
    "strangers": (webhooks.strangers, "stranger delivered"),
    "another-order": (webhooks.of_another_order, "webhook of another order"),
    "alphabets": (webhooks.in_other_alphabets, "webhook in another alphabet"),
    "elsewhere": (webhooks.elsewhere, "paid elsewhere"),
}
BY_THE_DRIVER: Final = ("early", "another-order")  # where the driver itself pays
TWICE: Final = "1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9"
FAULTS: Final = ("read-timeout before 1", "reset after 1", *(f"{edge} before 1" for edge in EDGES))
SAMPLE: Final = 8  # orders of a long flow
SAMPLE_AT_NIGHT: Final = 200
ORDER: Final = re.compile(r"(answer lost |lost )?\d+|\d+( \d+)+")
NO: Final = "decline:refused_unspecified"


class Flows(PlanAxis):
    """Plans that are tried as they are listed: a part of one may be no flow at all."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, (list, tuple)) and tuple(value) in self.values

    def simpler(self, value: Value) -> Iterator[Value]:
        yield from self.values[: self.values.index(value)]


class Deliveries(Axis):
    """Ways in which webhooks arrive; a replay may name any order, also one that only another night came upon."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and (value in self.values or ORDER.fullmatch(value) is not None)


def each_trouble(target: Target) -> Iterator[str]:
    """A cell for each way in which webhooks reach a shop; what is made elsewhere is all that some ever hear of."""
    for key in CELLS:
        if key == "elsewhere" or key in BY_THE_DRIVER:
            if webhooks.pays(target):
                yield key
        else:
            yield key


@promise("webhooks", order=7, cost=7, needs=("receive",), cells=each_trouble)
def orders_end_right_whatever_webhooks_do(run: Exploration) -> None:
    target = run.target
    play, condition = CELLS[run.key]
    if (
        run.key == "early"
        and _awaited(target, "receive")
        and not all(_awaited(target, each) for each in _paid_by(target))
    ):
        raise NotCoveredError("receive is asynchronous and what pays is not: nothing else runs while its call waits")
    if run.key == "early" and target.scope.host == "http":
        raise NotCoveredError("the driver reaches a served gateway, whose replies are not held back")
    cases = list(_cases(run))
    if not cases:
        raise NotCoveredError("no flow of this driver makes the gateway send webhooks that could arrive so")
    plans = tuple(dict.fromkeys(case.plan for case in cases))
    names = ("answer", "shopper", "fate", "deliver", "seal", "fault", "times", "buyer", "scheme", "currency")
    axes: dict[str, Axis] = {"plan": Flows(plans, lambda _: "plan", words=tuple(STEPS))}
    for name in names:
        plainest = [getattr(cases[0], name)] if name in ("scheme", "currency") else [getattr(Case(), name)]
        values = dict.fromkeys([*plainest, *(getattr(case, name) for case in cases)])
        if name == "seal" and run.key in ("forged", "two-secrets"):
            values.pop("", None)
        axes[name] = (Deliveries if name == "deliver" else Axis)(tuple(values))
    run.explore(axes, lambda example: _play(example, play), condition=condition, cases=cases, at_random=False)


def _awaited(target: Target, operation: str) -> bool:
    return inspect.iscoroutinefunction(getattr(target.driver, operation, None))


def _paid_by(target: Target) -> Iterator[str]:
    return (each for each in webhooks.PAYING if target.offers(each))


def _play(example: Example, play: Callable[[Example], None]) -> None:
    """What is wrong with an order here is for the handler to put right, whoever spoke with the gateway last."""
    play(example)
    place = _handler(example)
    example.problems[:] = [each if each.told or each.place else replace(each, place=place) for each in example.problems]


def _handler(example: Example) -> Place | None:
    """Where the handler last spoke with the gateway, or else where it begins."""
    asked = [exchange for exchange in example.exchanges if exchange.operation in ("receive", "settle")]
    if asked and asked[-1].place is not None:
        return asked[-1].place
    code = getattr(inspect.unwrap(type(example.driver).receive), "__code__", None)  # type: ignore[attr-defined]  # offered
    return (code, code.co_firstlineno) if code else None


def _cases(run: Exploration) -> Iterator[Case]:
    """The situations of the cell in all its troubles, card schemes and currencies taking turns."""
    schemes, currencies = run.target.schemes, run.target.currencies
    for number, values in enumerate(_troubles(run)):
        scheme, currency = schemes[number % len(schemes)], currencies[number % len(currencies)]
        yield Case(scheme=scheme, currency=currency).but(values)


def _troubles(run: Exploration) -> Iterator[dict[str, Any]]:
    target, flows = run.target, list(_flows(run.target, run.key))
    match run.key:
        case "in-order":
            yield from ({**flow, "deliver": word} for flow in flows for word in ("", TWICE))
        case "any-order":
            most = SAMPLE if run.profile.deterministic else SAMPLE_AT_NIGHT
            chance = random.Random(run.profile.seed_of(run.cell.name))  # noqa: S311 - a sample, no secret
            for flow in flows:
                yield from ({**flow, "deliver": order} for order in webhooks.orders(_sent(run, flow), most, chance))
        case "late":
            for place, flow in enumerate(flows):
                sent = _sent(run, flow)
                yield from ({**flow, "deliver": f"lost {number}"} for number in range(1, sent + 1))
                yield from ({**flow, "deliver": f"answer lost {number}"} for number in {1, sent} if sent)
                yield {**flow, "fault": FAULTS[place % len(FAULTS)], "times": 99}
                yield {**flow, "fault": FAULTS[(place + 1) % len(FAULTS)], "times": 1}
        case "forged":
            yield from ({**flow, "seal": word} for flow in flows for word in forgery.FORGED)
        case "two-secrets":
            yield from ({**flow, "seal": word} for flow in flows for word in webhooks.ROTATED)
        case "strangers":
            world = run.rehearsed(target.case(**flows[0]), webhooks.in_order).world
            known = list(world.simulator.strangers(target.scope.api_version))
            yield from ({**flows[0], "deliver": str(number)} for number in range(1, len(known) + 1))
        case "another-order":
            yield from ({**flow, "deliver": word} for flow in flows for word in ("", "9 8 7 6 5 4 3 2 1"))
        case "alphabets":
            for kind in ("name", "description"):
                yield from ({**flows[0], "buyer": buyer} for buyer in shoppers.words(target, kind))
        case _:
            yield from flows


def _sent(run: Exploration, flow: dict[str, Any]) -> int:
    """How many webhooks a flow sends."""
    outbox = run.rehearsed(run.target.case(**flow), webhooks.in_order).outbox
    return len(outbox.happened) if outbox else 0


def _flows(target: Target, key: str) -> Iterator[dict[str, Any]]:
    """The flows that the driver's operations and the gateway's repertoire allow, the plainest first."""
    elsewhere = key == "elsewhere" or not webhooks.pays(target)
    terms = target.gateway.facts.ledger
    first = next(word for word in webhooks.PAYING if elsewhere or target.offers(word))
    yield {"plan": (first,)}
    short = key in ("strangers", "alphabets")
    if short:
        return
    if not elsewhere:
        yield {"plan": (first,), "answer": NO}
        if "challenge" in terms.answers:
            yield {"plan": (first,), "answer": "challenge"}
        if key in ("forged", "another-order"):
            yield from ({"plan": (word,)} for word in webhooks.PAYING if word != first and target.offers(word))
            return
        if "challenge" in terms.answers:
            yield from ({"plan": (first,), "answer": "challenge", "shopper": word} for word in ("failed", "abandoned"))
        if "defer" in terms.answers:
            yield from ({"plan": (first,), "answer": answer} for answer in ("defer", f"defer>{NO}"))
    for plan in _plans(target):
        operations = [operation for operation in (STEPS[word][0] for word in plan) if operation]
        if elsewhere or target.offers(*operations):
            yield {"plan": plan}
    before = ("a day passes", "a day passes") if settles(target) else ()
    lives = {"capture": [("sale",), ("authorize", "capture")], "refund": [("sale", *before, "refund")]}
    for fate in terms.failures:
        for plan in lives.get(fate.partition("-")[0] if "-" in fate else "", ()):
            if elsewhere or target.offers(*(word for word in plan if word not in before)):
                yield {"plan": (*plan, "a day passes"), "fate": fate}


def _plans(target: Target) -> Iterator[tuple[str, ...]]:
    possible = steps(target)
    yield from (("sale", "refund"), ("authorize",), ("authorize", "capture"), ("authorize", "void"))
    if settles(target):
        yield from (("sale", "a day passes"), ("sale", "a day passes", "refund", "a day passes"))
    yield from (("sale", word) for word in ("refund half", "the cardholder disputes") if word in possible)
    yield from (("authorize", word) for word in ("capture half", "the hold expires") if word in possible)
