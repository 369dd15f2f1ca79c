"""An example: what a driver told, and what is told about it."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import new_class
from typing import Any

import pytest
import requests

from paypact import ActionRequired, Approved, Money, Outcome, Payment, Pending, SimulatedGateway, Unknown
from paypact.driver import Driver
from paypact.errors import UsageError
from paypact.testkit.case import Case
from paypact.testkit.example import Example
from paypact.testkit.playing import playing
from paypact.testkit.target import Target, targets
from paypact.testkit.told import WrongAnswerError
from paypact.world.network import Fault

CASE = Case(currency="EUR")


def target(**operations: Callable[..., Any]) -> Target:
    """The column of a driver with these operations."""
    driver: type[Driver] = new_class("Shop", (Driver,), {"gateway": "tin"}, lambda space: space.update(operations))
    return targets(driver)[0]


@contextmanager
def sold(sale: Callable[..., Any], case: Case = CASE) -> Iterator[tuple[Example, Any]]:
    """A sale by this operation, and what was told."""
    with playing(target(sale=sale), case) as example:
        payment = example.payment()
        yield example, example.perform("sale", payment, payment)


def charge(payment: Payment, key: str = "tin-test") -> Any:
    """One charge at the toy gateway."""
    return requests.post(
        "https://api.tin.example/charges",
        json={
            "token": payment.token,
            "amount": payment.amount.minor,
            "currency": payment.amount.currency,
            "reference": payment.reference,
            "key": payment.attempt,
            "capture": True,
        },
        headers={"Authorization": key},
        timeout=10,
    ).json()


def test_what_a_driver_returns_is_told() -> None:
    """The outcome, the exchanges it took, and where the payment stood after it."""

    def sale(driver: Driver, payment: Payment) -> Outcome:
        return Approved(charge(payment)["id"])

    with sold(sale) as (example, told):
        assert (told.outcome, told.crashed, told.transaction) == (Approved("ch-2"), False, "ch-2")
        assert (told.first, told.last) == (0, 1)
        assert [(each.call, each.told, each.standing) for each in example.story] == [("sale", Approved("ch-2"), "paid")]
        assert example.occurred["sale called"] == 1
        assert example.judge(told).word == "ok"
        assert example.problems == []


def test_an_asynchronous_operation_is_waited_for_in_virtual_time() -> None:
    """A driver may wait for ten minutes without anybody noticing."""

    async def sale(driver: Driver, payment: Payment) -> Outcome:
        await asyncio.sleep(600)
        return Pending(time.time())

    began = time.perf_counter()
    with sold(sale) as (example, told):
        assert told.transaction - example.world.ledger.timers.time() == pytest.approx(0.0)
    assert time.perf_counter() - began < 60


@pytest.mark.parametrize("left", [KeyError("JCB"), SystemExit(3), asyncio.CancelledError()], ids=repr)
def test_whatever_leaves_a_driver_is_a_crash(left: BaseException) -> None:
    """An exception that leaves the driver would have been the shopper's error page; it never ends the run."""

    def sale(driver: Driver, payment: Payment) -> Outcome:
        raise left

    with sold(sale) as (example, told):
        assert told.crashed
        assert told.outcome is left
        assert example.judge(told).severity == "crash"


@pytest.mark.parametrize("left", [KeyboardInterrupt(), UsageError("no such account")], ids=repr)
def test_what_ends_the_run_is_no_crash(left: BaseException) -> None:
    """Somebody at the keyboard, or a mistake in using paypact, is nothing the integration did."""

    def sale(driver: Driver, payment: Payment) -> Outcome:
        raise left

    with pytest.raises(type(left)), sold(sale):
        pass


WAY_OUT = "which is no Outcome: return Approved, Declined, ActionRequired, Pending, Rejected or Unknown"


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (None, f"sale returned None, {WAY_OUT}"),
        ("paid", f"sale returned 'paid', {WAY_OUT}"),
        (Approved, f"sale returned <class 'paypact.payments.Approved'>, {WAY_OUT}"),
        (KeyError("id"), f"sale returned KeyError('id'), {WAY_OUT}"),
    ],
    ids=["nothing", "text", "a class", "an exception"],
)
def test_anything_but_an_outcome_is_a_wrong_answer(returned: object, said: str) -> None:
    """It is said what came back and what may; an exception that is returned has not been raised."""
    with sold(lambda driver, payment: returned) as (example, told):
        verdict = example.judge(told)

    assert isinstance(told.outcome, WrongAnswerError)
    assert (verdict.word, verdict.clause, verdict.sentence) == ("broken", "answer/sale/crash", said)


def test_unknown_is_excused_by_a_fault_until_the_last_word() -> None:
    """Not knowing after a lost reply is honest; still not knowing on a healed network is not."""
    with playing(target(sale=lambda driver, payment: Unknown()), CASE) as example:
        payment = example.payment()
        without = example.judge(example.perform("sale", payment, payment))
        example.world.network.delivered.append(Fault("reset", exchange=1))
        asked = example.judge(example.perform("sale", payment, payment))
        last = example.judge(example.perform("sale", payment, payment), last_word=True)

    assert [each.word for each in (without, asked, last)] == ["broken", "ask", "broken"]
    assert without.sentence == (
        "sale answered Unknown, but no authorization of this card exists; "
        "it stayed unknown although nothing went wrong on the way"
    )
    assert last.sentence == (
        "sale answered Unknown, but no authorization of this card exists; "
        "it stayed unknown even after the network had healed and the same call was made again"
    )
    assert [problem.trigger for problem in example.problems] == ["plain", "fault"]


def test_a_challenge_that_leads_nowhere_is_told() -> None:
    """The shopper at a dead link is a problem of the integration, in the words of what is missing."""
    with sold(lambda driver, payment: ActionRequired("t", url="https://tin.example/nowhere")) as (example, told):
        assert example.act(told) is None

    assert [problem.verdict.sentence for problem in example.problems] == [
        "sale: the url of ActionRequired is unknown to the gateway: the shopper has nowhere to go"
    ]


def test_chance_is_the_cases_and_comes_back() -> None:
    """A library that jitters its retries draws the same numbers for the same case; the caller's own go on as before."""
    before = random.getstate()
    drawn: list[Any] = []

    def sale(driver: Driver, payment: Payment) -> Outcome:
        drawn.append(random.getstate())
        return Unknown()

    for case in (CASE, CASE, CASE.but({"digits": 7})):
        with sold(sale, case):
            pass

    assert drawn[0] == drawn[1] != drawn[2]
    assert random.getstate() == before


def test_the_instance_is_made_for_the_example(tin: None) -> None:
    """A driver gets its gateway when it is made, on an empty ledger and on virtual time."""
    made: list[tuple[str, bool]] = []

    def make(driver: Driver, gateway: SimulatedGateway) -> None:
        made.append((gateway.url, time.time() > sys.maxsize))

    with playing(target(__init__=make, sale=lambda driver, payment: Unknown()), CASE) as example:
        assert example.world.ledger.journal == []

    assert made == [("https://api.tin.example", False)]


def test_prices_are_those_of_the_case() -> None:
    """The payment says what the case spells."""
    with playing(target(sale=lambda driver, payment: Unknown()), Case(currency="JPY", amount="round")) as example:
        payment = example.payment()

    assert (payment.amount, payment.card.scheme, payment.items[0].price) == (Money(20, "JPY"), "visa", Money(20, "JPY"))
