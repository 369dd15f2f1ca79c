"""A card is good to the last day of its month in the shop's zone, and an expired one is told truthfully.

Every month, the turns of the year and a leap February, the minutes around midnight, on both edges of the world's zones.
"""

from __future__ import annotations

from collections.abc import Iterator

from paypact.payments import Declined, Rejected
from paypact.testkit import Axis, Example, Exploration, Target, Told, dates, promise
from paypact.testkit.delivery import conclude
from paypact.testkit.flow import follow
from paypact.testkit.judge import Verdict, said
from paypact.world.issuer import decline

PAYING = ("sale", "authorize", "verify", "store")
EXPIRED = "expired"
REASON = "expired_card"
DAYS = {
    "last-day": ("last day",),
    "first-day": ("first day",),
    "second-day": ("second day",),
    "good-for-long": ("year before", "month before", "ten years before"),
    EXPIRED: ("year after", "month after", "second day after", "first day after"),
}
NAMED: dict[object, str] = {1: "January", 2: "February", 12: "December"}


def each_day(target: Target) -> Iterator[str]:
    """A cell for each day of the card's last month that matters, one for cards good for long, one for expired ones."""
    yield from (key for key in DAYS if key != EXPIRED or REASON in target.gateway.facts.declines)


@promise("expiry", order=7, cost=8, needs=PAYING, cells=each_day)
def a_card_is_good_to_the_last_day_of_its_month(run: Exploration) -> None:
    axes = {
        "operation": Axis(tuple(operation for operation in PAYING if run.target.offers(operation))),
        "today": Axis.own(DAYS[run.key], str),
        "hour": Axis(tuple(dates.HOURS)),
        "zone": Axis(dates.ZONES),
        "month": Axis.own(dates.MONTHS, lambda month: NAMED.get(month, "other")),
        "year": Axis.own(dates.YEARS, str),
        "scheme": Axis.listed(run.target.schemes),
        "currency": Axis(run.target.currencies[:1]),
    }
    condition = "expired card presented" if run.key == EXPIRED else "good card presented"
    run.explore(axes, present, condition=condition, plainly="operation")


def present(example: Example) -> None:
    """One payment by a card whose month is about to end, or over."""
    case = example.case
    here, utc = dates.over(case)
    payment = example.payment()
    if here and utc:
        example.world.issuer.answers(payment.card, decline(REASON))
        example.occurred["expired card presented"] += 1
    elif not here:
        example.occurred["good card presented"] += 1
    told = example.perform(case.operation, payment, payment)
    if (here or utc) and _refused_unasked(example, told):
        if not here:  # a shop that reckons by UTC: its last day has passed, the shopper's has not
            heard = f"{told.operation} answered {said(told.outcome)} on the card's last day, which by UTC had passed"
            example.problem(Verdict("advice", "expiry/zone", heard), told)
    else:
        follow(example, told)
    conclude(example)
    example.explain(f"it was {dates.shown(case)}, the card's last month is {case.month:02}/{case.year}")


def _refused_unasked(example: Example, told: Told) -> bool:
    """Whether the shop said no by itself, as it may to an expired card: nobody was asked and nobody was charged."""
    return isinstance(told.outcome, Declined | Rejected) and example.standing(told.payment).word == "untouched"
