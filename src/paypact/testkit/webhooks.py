"""Webhooks as they reach real shops: in any order, twice, early, late, forged, under two secrets, not the shop's own.

Each function plays one example of one such trouble. What is waiting is held back while the flow is played, and then let
through as the case says; the order is judged when all of it has arrived and the shop has settled.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from math import factorial
from typing import Final

from paypact.testkit import neighbour
from paypact.testkit.blame import Place
from paypact.testkit.delivery import bring, conclude, deliver_all, judge_orders, order_now, settle, shown, taken
from paypact.testkit.early import early
from paypact.testkit.example import Example
from paypact.testkit.flow import follow
from paypact.testkit.judge import Verdict
from paypact.testkit.plan import EVENTS, STEPS, Life, live, script_fate
from paypact.testkit.target import Target
from paypact.world.http import NotSimulatedError
from paypact.world.network import Fault
from paypact.world.notifications import REDELIVERY, Event, Seal

FORGER: Final = "5e" * 32  # a secret that is not the shop's; hexadecimal, because some gateways take nothing else
ROTATED: Final = {"new and old": Seal(also=FORGER), "old and new": Seal(also=FORGER, also_first=True)}
PAYING: Final = ("sale", "authorize")
ALL_OF: Final = 4  # events of which every order is tried; of more, a sample


# --- flows ------------------------------------------------------------------------------------------------------------


def pays(target: Target) -> bool:
    """Whether the driver makes payments; one that only receives hears of those made elsewhere."""
    return any(target.offers(each) for each in PAYING)


def play(example: Example) -> None:
    """The case's plan: by the driver, or, where it makes no payments, at another till of the same merchant."""
    if pays(example.target):
        live(example)
    else:
        at_another_till(example)


def at_another_till(example: Example) -> None:
    """The case's plan, carried out without the integration."""
    payment = example.payment()
    script_fate(example)
    for word in example.case.plan:
        operation, _ = STEPS[word]
        if not operation:
            if word in EVENTS:
                EVENTS[word](Life(example, payment))
            continue
        with example.world.outside(payment):
            if not example.world.simulator.elsewhere(payment, operation):
                return
        example.happened(f"{operation} at another till", None, payment)
        example.occurred["paid elsewhere"] += 1
        deliver_all(example)


def in_order(example: Example) -> None:
    """Each webhook as soon as it is sent; or, where the case says so, each of them twice."""
    if example.case.deliver:
        any_order(example)
        return
    play(example)
    conclude(example)


def any_order(example: Example) -> None:
    """Webhooks in the case's order, when all of them have been sent."""
    _withhold(example, play)
    assert example.outbox is not None
    waiting = example.outbox.waiting
    example.outbox.waiting = arranged(waiting, example.case.deliver)
    example.occurred["webhooks reordered"] += example.outbox.waiting != waiting
    conclude(example)


def before_the_reply(example: Example) -> None:
    """Each webhook before the integration hears the reply to the call that caused it."""
    example.withheld = True
    with early(example):
        play(example)
    example.withheld = False
    conclude(example)


def late(example: Example) -> None:
    """A webhook, or the shop's answer to it, is lost; or the gateway cannot be reached while the handler runs."""
    _withhold(example, play)
    outbox, case = example.outbox, example.case
    assert outbox is not None
    if case.fault:
        example.world.network.arm(Fault.parse(case.fault, case.times))
        deliver_all(example)
        example.world.network.heal()
        example.occurred["fault struck a handler"] += len(example.world.network.delivered)
    what, _, number = case.deliver.rpartition(" ")
    if number.isdecimal() and 0 < int(number) <= len(outbox.waiting):
        lost = outbox.waiting[int(number) - 1]
        if what == "lost":
            outbox.waiting.remove(lost)
        deliver_all(example)
        with example.world.outside():
            example.world.clock.advance(REDELIVERY)
        outbox.waiting.append(lost)
        example.occurred["webhook late"] += 1
    conclude(example)


def under_two_secrets(example: Example) -> None:
    """While the shop's secret is being changed, webhooks are signed with both."""
    example.seal = ROTATED[example.case.seal]
    try:
        play(example)
        conclude(example)
    except NotSimulatedError:
        return  # this gateway signs with one secret only
    example.occurred["webhook under two signatures"] += example.occurred["webhook delivered"]


def of_another_order(example: Example) -> None:
    """Two orders of one shopper: what is told of one changes nothing of the other."""
    first, operation = example.payment(), example.case.plan[0]
    example.withheld = True
    example.judge(example.perform(operation, first, first))  # nobody goes on with it
    second = example.another_order()
    told = follow(example, example.perform(operation, second, second))
    example.withheld = False
    assert example.outbox is not None
    example.outbox.waiting = arranged(example.outbox.waiting, example.case.deliver)
    deliver_all(example)
    example.rest()
    deliver_all(example)
    for payment in (first, told.payment):
        judge_orders(example, payment)
    example.occurred["webhook of another order"] += 1


def elsewhere(example: Example) -> None:
    """Payments that the shop never made: it may be surprised, but must not fall over."""
    _withhold(example, at_another_till)
    deliver_all(example, refused_is="advice")
    example.rest()
    deliver_all(example, refused_is="advice")


# --- strangers --------------------------------------------------------------------------------------------------------


def strangers(example: Example) -> None:
    """One genuine webhook that is not about the shop's payments, before it has any and after."""
    known = neighbour.strangers(example)
    number = int(example.case.deliver or 1)
    if number > len(known):
        return
    event = known[number - 1]
    example.occurred["stranger delivered"] += 1
    example.payment()
    _meet(example, event)
    if example.problems:
        return
    example.payments.clear()
    play(example)
    conclude(example)
    before = order_now(example)
    _meet(example, event)
    after = order_now(example)
    if before != after:
        sentence = f"{event.type}, which is not about this order, made it {shown(after)}; it was {shown(before)}"
        example.problem(Verdict("broken", "stranger/changed", sentence), None, "delivery")


def in_other_alphabets(example: Example) -> None:
    """A shopper whose name or order is not written in ASCII, and strangers like that."""
    play(example)
    conclude(example)
    assert example.outbox is not None
    foreign = [event for event in example.outbox.happened if _foreign(event)]
    for event in neighbour.strangers(example):
        if _foreign(event) and not event.order:
            foreign.append(event)
            _meet(example, event, "is genuine, though not written in ASCII,")
    example.occurred["webhook in another alphabet"] += len(foreign)


def _foreign(event: Event) -> bool:
    return not event.body.isascii() or b"\\u" in event.body


def _meet(example: Example, event: Event, what: str = "is not for the shop,") -> None:
    """Deliver a stranger: 2xx, or it comes again for days."""
    assert example.outbox is not None
    answer = bring(example, event.type, example.outbox.sealed(event))
    settle(example)
    if isinstance(answer, BaseException):
        example.tell("receive", event.type, answer)
    elif not taken(answer):
        word = "advice" if event.order else "wrong"  # a shop may wait for a payment that it is about to hear of
        sentence = f"{event.type} {what} and was answered {answer}: it will come again and again"
        example.problem(Verdict(word, "stranger/refused", sentence), None, "delivery")


# --- orders of delivery -----------------------------------------------------------------------------------------------


def arranged(waiting: Sequence[Event], order: str) -> list[Event]:
    """Webhooks in an order such as `3 1 2 3`: by number, perhaps twice; those it does not name follow as they were."""
    numbers = [int(number) - 1 for number in order.split()]
    named = [waiting[number] for number in numbers if number < len(waiting)]
    return named + [event for number, event in enumerate(waiting) if number not in numbers]


def orders(count: int, most: int, chance: random.Random) -> Iterator[str]:
    """Orders of so many webhooks, the nearly sorted first; the first to arrive comes once more at the end.

    All of them up to `ALL_OF` webhooks; of more, a sample of `most`.
    """
    if count <= ALL_OF:
        every = sorted(permutations(range(1, count + 1)), key=_disorder)
        yield from (spelled(order) for order in every[1:])
        return
    straight = tuple(range(1, count + 1))
    sample = [tuple(range(count, 0, -1)), (count, *range(1, count))]  # backwards; the last one first
    while len(sample) < min(most, factorial(count) - 1):
        order = tuple(chance.sample(straight, count))
        if order != straight and order not in sample:
            sample.append(order)
    yield from (spelled(order) for order in sorted(sample, key=_disorder))


def spelled(order: Sequence[int]) -> str:
    """An order as cases spell it, its first webhook delivered once more at the end."""
    return " ".join(map(str, (*order, order[0])))


def _disorder(order: Sequence[int]) -> int:
    return sum(one > other for place, one in enumerate(order) for other in order[place:])


# --- inside -----------------------------------------------------------------------------------------------------------


def _withhold(example: Example, flow: Callable[[Example], None]) -> None:
    """Play a flow to its rest while webhooks wait."""
    example.withheld = True
    flow(example)
    example.rest()
    example.withheld = False


def blame_handler(example: Example, play: Callable[[Example], None]) -> None:
    """Play: what is wrong with an order then is for the handler to put right, whoever spoke with the gateway last."""
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
