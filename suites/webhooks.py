"""Webhooks in any order, twice, early, late or never at first: the order ends right. Forged ones change nothing.

The true events of each flow, signed as the gateway signs, drawn from what truly happened. What is genuine but not the
shop's own is taken and changes nothing.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator
from typing import Any, Final

from paypact.testkit import (
    Case,
    Example,
    Exploration,
    Target,
    forgery,
    neighbour,
    promise,
    shoppers,
    webhook_cases,
    webhooks,
)
from paypact.testkit.explore import NotCoveredError
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
OF_A_DRIVER_THAT_PAYS: Final = ("early", "another-order", "elsewhere")
TWICE: Final = "1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9"
FAULTS: Final = ("read-timeout before 1", "reset after 1", *(f"{edge} before 1" for edge in EDGES))
SAMPLE: Final = 8  # orders of a long flow
SAMPLE_AT_NIGHT: Final = 200


def each_trouble(target: Target) -> Iterator[str]:
    """A cell for each way in which webhooks reach a shop; three of them need a driver that makes payments itself."""
    yield from (key for key in CELLS if webhooks.pays(target) or key not in OF_A_DRIVER_THAT_PAYS)


@promise("webhooks", order=7, cost=7, needs=("receive",), cells=each_trouble)
def orders_end_right_whatever_webhooks_do(run: Exploration) -> None:
    if run.key == "early":
        _check_early(run.target)
    play, condition = CELLS[run.key]
    cases = list(_cases(run))
    if not cases:
        raise NotCoveredError("no flow of this driver makes the gateway send webhooks that could arrive so")
    run.explore(
        webhook_cases.axes(cases, sealed=run.key in ("forged", "two-secrets")),
        lambda example: webhooks.blame_handler(example, play),
        condition=condition,
        cases=cases,
        at_random=False,
    )


def _check_early(target: Target) -> None:
    """Raise where a webhook cannot come in while the call that caused it still waits."""
    if target.served:
        raise NotCoveredError("the driver reaches a served gateway, whose replies are not held back")
    paid = [operation for operation in webhooks.PAYING if target.offers(operation)]
    if _awaited(target, "receive") and not all(_awaited(target, operation) for operation in paid):
        raise NotCoveredError("receive is asynchronous and what pays is not: nothing else runs while its call waits")


def _awaited(target: Target, operation: str) -> bool:
    return inspect.iscoroutinefunction(getattr(target.driver, operation, None))


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
            known = neighbour.strangers(run.rehearsed(target.case(**flows[0]), webhooks.in_order))
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
    plain = webhook_cases.plainest(target, elsewhere=elsewhere)
    yield plain
    if key in ("strangers", "alphabets"):
        return
    if not elsewhere:
        yield from webhook_cases.answered(target, plain)
        if key in ("forged", "another-order"):
            yield from webhook_cases.others(target, plain)
            return
        yield from webhook_cases.undecided(target, plain)
    yield from webhook_cases.lives(target, elsewhere=elsewhere)
