"""The life of a driver class: started once, an instance an example, closed each time, stopped once; errors as told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import new_class
from typing import Any

import pytest

from paypact import Approved, Payment, SimulatedGateway
from paypact.driver import Driver
from paypact.errors import PaypactError, UsageError
from paypact.testkit import session
from paypact.testkit.case import Case
from paypact.testkit.playing import playing
from paypact.testkit.target import Target, targets

CASE = Case(currency="EUR")


@pytest.fixture(autouse=True)
def fresh(tin: None) -> Iterator[None]:
    """Each test starts its own drivers."""
    session.close_all()
    yield
    session.close_all()


class Life:
    """What happened to one driver class, step by step."""

    def __init__(self, failing: str = "", *, waiting: bool = False, **keywords: Any) -> None:
        self.steps: list[str] = []
        self.failing, self.waiting = failing, waiting
        life = self

        def step(name: str) -> Any:
            life.steps.append(name)
            if life.failing == name:
                raise KeyError("shop database")
            return later() if life.waiting else None

        async def later() -> None:
            life.steps.append("waited")

        def make(driver: Any, gateway: SimulatedGateway, **given: Any) -> None:
            driver.gateway = gateway
            life.steps.append(f"made{given or ''}")
            if life.failing == "constructor":
                raise ValueError("no key")

        space = {
            "__init__": make,
            "start": classmethod(lambda cls, gateway: step("start")),
            "stop": classmethod(lambda cls: step("stop")),
            "close": lambda driver: step("close"),
            "sale": lambda driver, payment: Approved("t"),
        }
        self.driver: type[Driver] = new_class(
            "Shop", (Driver,), {"gateway": "tin", **keywords}, lambda it: it.update(space)
        )
        self.targets = targets(self.driver, "tests/test_payments.py")

    def example(self, target: Target | None = None) -> SimulatedGateway:
        with playing(target or self.targets[0], CASE) as example:
            assert example.world.ledger.purchases == []
            gateway: SimulatedGateway = example.driver.gateway  # type: ignore[attr-defined]  # set when it is made
            return gateway


def test_a_driver_class_starts_once_and_stops_once() -> None:
    """However many examples: settings and migrations once, an instance and its end for each."""
    life = Life()
    life.example()
    life.example()
    session.close_all()
    session.close_all()

    assert life.steps == ["start", "made", "close", "made", "close", "stop"]


def test_after_the_end_a_class_may_start_again() -> None:
    """A second run in the same process begins anew."""
    life = Life()
    life.example()
    session.close_all()
    life.example()

    assert life.steps == ["start", "made", "close", "stop", "start", "made", "close"]


def test_a_life_cycle_in_asynchronous_code() -> None:
    """What a step gives back to wait for is waited for."""
    life = Life(waiting=True)
    life.example()
    session.close_all()

    assert life.steps == ["start", "waited", "made", "close", "waited", "stop", "waited"]


def test_variants_share_their_class() -> None:
    """Two columns of one class are started together, and made with their own keywords."""
    life = Life(variants={"hosted": {"hosted": True}, "own": {}})
    for target in life.targets:
        life.example(target)
    session.close_all()

    assert life.steps == ["start", "made{'hosted': True}", "close", "made", "close", "stop"]
    assert [target.name for target in life.targets] == ["shop.hosted", "shop.own"]


def test_url_and_credentials_stay_the_same() -> None:
    """What settings are made with at the start is true for every example."""
    life = Life()

    assert life.example() == life.example()
    assert (life.example().url, life.example().credentials["key"]) == ("https://api.tin.example", "tin-test")


def test_a_driver_is_closed_whatever_happened() -> None:
    """An example that ends badly leaves no connection behind."""
    life = Life()

    @contextmanager
    def example() -> Iterator[None]:
        with playing(life.targets[0], CASE):
            yield

    with pytest.raises(ZeroDivisionError), example():
        raise ZeroDivisionError

    assert life.steps == ["start", "made", "close"]


WAY_OUT = "Until it works no promise can be tried: fix it, or run the driver by hand to see why"
FAILURES = {  # what fails, what is said, which line is named, what had happened
    "start": ("start raised KeyError: 'shop database'", "step", ["start"]),
    "constructor": ("constructor raised ValueError: no key", "make", ["start", "made"]),
    "close": ("close raised KeyError: 'shop database'", "step", ["start", "made", "close"]),
}


@pytest.mark.parametrize("failing", FAILURES)
def test_a_step_that_fails_is_one_message(failing: str) -> None:
    """Driver, step, exception, the team's line, and the way out; it is no finding."""
    said, function, steps = FAILURES[failing]
    life = Life(failing)

    with pytest.raises(UsageError) as refused:
        life.example()

    assert masked(refused.value) == (f"driver Shop: {said} at tests/testkit/test_session.py:n in {function}. {WAY_OUT}")
    assert life.steps == steps


def masked(error: PaypactError) -> str:
    """A message without the number of its line."""
    head, _, tail = str(error).partition("test_session.py:")
    return f"{head}test_session.py:n{tail.lstrip('0123456789')}"


def test_a_start_that_failed_is_not_tried_again() -> None:
    """Each further cell gets the same answer at once, and nothing is there to be stopped."""
    life = Life("start")
    for _ in range(2):
        with pytest.raises(UsageError, match="start raised KeyError"):
            life.example()
    session.close_all()

    assert life.steps == ["start"]


def test_a_stop_that_fails_stops_nobody_else() -> None:
    """All classes are stopped, the last one started first; then the failure is told."""
    first, second = Life(), Life("stop")
    first.example()
    second.example()

    with pytest.raises(UsageError) as refused:
        session.close_all()

    assert (first.steps[-1], second.steps[-1]) == ("stop", "stop")
    assert masked(refused.value) == (
        f"driver Shop: stop raised KeyError: 'shop database' at tests/testkit/test_session.py:n in step. {WAY_OUT}"
    )


def test_a_mistake_in_use_is_told_in_its_own_words() -> None:
    """What paypact itself has to say about a driver's step is not wrapped."""

    def make(driver: Any, gateway: SimulatedGateway) -> None:
        raise UsageError("no such account")

    space = {"__init__": make, "sale": lambda driver, payment: Approved("t")}
    driver: type[Driver] = new_class("Shop", (Driver,), {"gateway": "tin"}, lambda it: it.update(space))

    with pytest.raises(UsageError, match=r"^no such account$"), playing(targets(driver)[0], CASE):
        pass


def test_payments_of_an_example_are_its_own(tin: None) -> None:
    """References and attempts never come twice in a process, and may be used as keys and order numbers."""
    life = Life()
    made: list[Payment] = []
    for _ in range(2):
        with playing(life.targets[0], CASE) as example:
            first = example.payment()
            made += [first, first.again(), first.again(card=example.other_card())]

    assert len({payment.attempt for payment in made}) == 6
    assert len({payment.reference for payment in made}) == 2
    assert len({payment.token for payment in made[:3]}) == 3
    assert all(
        len(each.attempt) <= 32 and set(each.attempt) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for each in made
    )
    assert made[0].card == made[1].card != made[2].card
    assert made[0].card == made[3].card, "the same case has the same card"
