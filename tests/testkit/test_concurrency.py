"""The promise concurrency: orders are enumerated, replayed exactly, and locks are no flaw."""

from __future__ import annotations

import inspect
import threading
from typing import Any

import pytest
import requests

from paypact import Driver, Outcome, Payment, Unknown
from paypact.testkit.blame import shown
from paypact.testkit.meanwhile import lines
from paypact.testkit.target import targets
from paypact.world.interleaving import Conductor, DeadlockError, preempted, schedules

COUNTS = [((3, 3), 0, 2), ((3, 3), 1, 6), ((3, 3), 2, 14), ((5, 5), 2, 42), ((7, 7), 2, 86)]


@pytest.mark.parametrize(("points", "preemptions", "count"), COUNTS, ids=[str(row[:2]) for row in COUNTS])
def test_orders_are_complete_up_to_the_bound(points: tuple[int, int], preemptions: int, count: int) -> None:
    """All orders with so many preemptions, each once, those with fewer first."""
    orders = list(schedules(points, preemptions))

    assert len(orders) == len(set(orders)) == count
    assert orders[0] == "0" * points[0] + "1" * points[1]
    assert all(order.count("0") == points[0] for order in orders)


def test_a_schedule_is_followed() -> None:
    """The turn passes as the schedule says, and to whoever is left when it has ended."""
    log: list[str] = []
    conductor = Conductor([0, 1, 1, 0])

    def party(name: str) -> str:
        for step in ("a", "b"):
            log.append(name + step)
            conductor.point()
        return name

    assert conductor.run([lambda: party("0"), lambda: party("1")]) == ["0", "1"]
    assert log == ["0a", "1a", "1b", "0b"]


def test_who_waits_for_a_lock_passes_the_turn() -> None:
    """A party that another one holds back is no deadlock: the other goes on and lets it in."""
    lock = threading.Lock()
    log: list[str] = []
    conductor = Conductor([0, 1, 1, 1])

    def party(name: str) -> None:
        with lock:
            log.append(f"{name} in")
            conductor.point()
            log.append(f"{name} out")

    conductor.run([lambda: party("0"), lambda: party("1")])

    assert log == ["0 in", "0 out", "1 in", "1 out"]


def test_a_deadlock_is_told() -> None:
    """Two parties that wait for each other's lock end as a deadlock, not as a run that never ends."""
    first, second = threading.Lock(), threading.Lock()
    conductor = Conductor([0, 1])

    def party(mine: threading.Lock, other: threading.Lock) -> None:
        with mine:
            conductor.point()
            with other:
                pass

    with pytest.raises(DeadlockError, match=r"^parties 1, 2 wait for each other for ever$"):
        conductor.run([lambda: party(first, second), lambda: party(second, first)])


def test_charging_twice_is_caught_and_replays(run: Any) -> None:
    """A double submit with fresh keys is two charges, and the found order gives the same exchanges every time."""
    from tin import flawed

    result = run(flawed.ChargesTwice, "concurrency", "double-submit")["double-submit"]

    assert (result.state, result.findings[0].severity) == ("broken", "money")
    again = [
        run(flawed.ChargesTwice, "concurrency", "double-submit", case=result.findings[0].case)["double-submit"]
        for _ in range(50)
    ]
    assert {tuple((e.method, e.booked) for e in each.findings[0].exchanges) for each in again} == {
        tuple((e.method, e.booked) for e in result.findings[0].exchanges)
    }


def test_two_shoppers_who_are_taken_for_one(run: Any) -> None:
    """What a shop keeps of one shopper and finds with another is told, and the order was chosen to show it."""
    from tin import flawed

    findings = run(flawed.KeepsTheCustomer, "concurrency", "two-shoppers")["two-shoppers"].findings

    assert [(each.severity, each.sentence) for each in findings][:1] == [
        ("money", "complete answered ActionRequired, but the card was charged 10.90 EUR")
    ]


def test_what_one_line_writes_and_the_next_one_reads(run: Any) -> None:
    """What is shared between threads is another's as soon as one of them stands between the two lines."""
    from tin import flawed

    found = run(flawed.OnePriceTag, "concurrency", "shared-state")["shared-state"].findings[0]

    assert (found.severity, found.trigger, found.sentence) == (
        "money",
        "interleaving",
        "with another shopper in between, sale answered Approved for 10.90 EUR, but the card was authorized for 20 JPY",
    )
    assert found.line is not None
    assert found.line.code == "return super().charge(replace(payment, amount=self.tag), capture=capture)"
    place = f"{found.line.file}:{found.line.number}"
    assert found.case == {"interrupted": place}
    assert [step.call for step in found.story][:2] == [f"at {place} another shopper comes in between", "sale"]
    again = run(flawed.OnePriceTag, "concurrency", "shared-state", case=found.case)["shared-state"]
    assert again.findings[0].sentence == found.sentence


def test_a_lock_around_what_is_shared(run: Any) -> None:
    """Then the other shopper waits at the door, wherever the first one stands."""
    from tin import flawed

    result = run(flawed.OneAtATime, "concurrency", "shared-state")["shared-state"]

    assert (result.state, result.occurred["interrupted"]) == ("kept", result.examples)


def test_lines_of_the_drivers_are_not_the_shops() -> None:
    """But for a driver that is the integration itself, which shows in its sending requests."""
    from tin.integration import TinPayments, TinShop

    class Sends(TinShop):
        def sale(self, payment: Payment) -> Outcome:
            self.payments.call("GET", "/charges/none")
            made = requests.post(f"{self.payments.base}/charges", json={}, timeout=1)
            return Unknown() if made.status_code == 422 else super().sale(payment)

    def functions(driver: type[Driver]) -> set[str]:
        (target,) = targets(driver)
        passed = lines(target, target.case(operation="sale"))
        return {line_of(name, driver, TinPayments) for name in passed}

    assert functions(TinShop) == {"TinPayments.call", "TinPayments.charge"}
    assert functions(Sends) >= {"TinPayments.call", "Sends.sale"}


def line_of(name: str, *classes: type) -> str:
    """The method that a line lies in."""
    file, _, number = name.rpartition(":")
    for owner in classes:
        for method in filter(inspect.isfunction, vars(owner).values()):
            source, first = inspect.getsourcelines(method)
            if shown(method.__code__.co_filename) == file and first <= int(number) < first + len(source):
                return f"{owner.__name__}.{method.__name__}"
    return ""


@pytest.mark.parametrize(("order", "expected"), [("", False), ("000111", False), ("0110", True), ("0101", True)])
def test_whether_a_turn_was_cut_short(order: str, expected: bool) -> None:
    """Only where one party went on in the middle of the other's turn."""
    assert preempted(order) is expected


def test_reference_is_silent(run: Any) -> None:
    """One key for one press, one key for one movement: every order ends in one charge."""
    from tin.integration import TinShop

    states = {key: result.state for key, result in run(TinShop, "concurrency").items()}

    assert {key: state for key, state in states.items() if state != "kept"} == {}
