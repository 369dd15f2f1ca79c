"""Cells: what exploring one comes to, whatever the driver, the suite or the simulator does."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from types import new_class
from typing import Any

import msgspec
import pytest
import requests

from paypact import ActionRequired, Approved, Declined, Outcome, Payment, Rejected, Unknown
from paypact.driver import OPERATIONS, Driver
from paypact.errors import UsageError
from paypact.report.model import CellResult
from paypact.testkit import Axis, Cell, Example, Exploration, cells, run_cell
from paypact.testkit.explore import LEFT_BEHIND, MOST_FINDINGS
from paypact.testkit.flow import pay
from paypact.testkit.profiles import profile
from paypact.testkit.promise import Promise, promises
from paypact.testkit.target import Target, targets

SCHEMES = ("visa", "mastercard", "amex", "jcb")
AXES = {
    "scheme": Axis(SCHEMES),
    "currency": Axis(("EUR", "JPY")),
    "operation": Axis(("sale",)),
    "answer": Axis(("approve", "decline:insufficient_funds")),
}
URL = "https://api.tin.example"
Sale = Callable[[Driver, Payment], Any]


def column(**operations: Any) -> Target:
    """The column of a driver with these operations."""
    driver: type[Driver] = new_class("Shop", (Driver,), {"gateway": "tin"}, lambda space: space.update(operations))
    return targets(driver, "tests/test_payments.py")[0]


def sell(driver: Driver, payment: Payment) -> Outcome:
    """What a right integration does."""
    reply = requests.post(
        f"{URL}/charges",
        json={
            "token": payment.token,
            "amount": payment.amount.minor,
            "currency": payment.amount.currency,
            "reference": payment.reference,
            "key": payment.attempt,
            "capture": True,
        },
        headers={"Authorization": "tin-test"},
        timeout=10,
    ).json()
    return Approved(reply["id"]) if reply["status"] == "approved" else Declined(reply["reason"], reply["id"])


def play(example: Example) -> None:
    pay(example, "sale")


def kept(check: Callable[[Exploration], None] | None = None, needs: tuple[str, ...] = ("sale",)) -> Promise:
    """A promise with one cell, by default that a sale is told as it is."""
    return Promise(
        "kept", "a word is kept", 99, needs, lambda target: ("word",), check or (lambda run: run.explore(AXES, play))
    )


def tried(sale: Sale = sell, check: Callable[[Exploration], None] | None = None, **options: Any) -> CellResult:
    """The only cell of that promise, for a driver with this sale."""
    (cell,) = cells(kept(check), column(sale=sale))
    return run_cell(cell, profile("quick"), **options)


def test_a_promise_that_is_kept() -> None:
    """How much was tried is counted: rows and random cases, exchanges, values, pairs, what occurred."""
    result = tried()

    assert (result.state, result.why, result.findings, result.name) == ("kept", "", (), "kept[shop-word]")
    assert result.examples == result.rows + 10 <= result.exchanges
    assert result.covered["scheme"] == SCHEMES
    assert result.occurred["sale called"] >= result.examples
    assert "scheme=jcb & answer=decline:insufficient_funds" in result.pairs


def test_an_asynchronous_driver_is_judged_like_any_other() -> None:
    """The same promise, the same verdicts, on the one event loop of the process."""

    async def right(driver: Driver, payment: Payment) -> Outcome:
        await asyncio.sleep(5)
        return sell(driver, payment)

    async def wrong(driver: Driver, payment: Payment) -> Outcome:
        return jcb_unknown(driver, payment)

    assert tried(right).state == "kept"
    assert [(each.severity, each.explained["scheme"]) for each in tried(wrong).findings] == [("crash", "only jcb")]


def jcb_unknown(driver: Driver, payment: Payment) -> Outcome:
    """A receipt that cannot be printed."""
    told = sell(driver, payment)
    return label(told, payment)


def label(told: Outcome, payment: Payment) -> Outcome:
    if payment.card.scheme == "jcb" and isinstance(told, Approved):
        raise KeyError("JCB tin-test")
    return told


def test_a_promise_that_is_broken() -> None:
    """The smallest case, what it takes, the line, and how to see it again; no secret is told."""
    result = tried(jcb_unknown)
    (finding,) = result.findings
    text = msgspec.json.encode(finding).decode()

    assert result.state == "broken"
    assert (finding.severity, finding.cause, finding.trigger, finding.operation) == (
        "crash",
        "integration",
        "plain",
        "sale",
    )
    assert finding.case == {"scheme": "jcb"}
    assert finding.explained == {"scheme": "only jcb", "currency": "any", "answer": "only approve"}
    assert finding.line is not None
    assert (finding.line.function, finding.line.code) == ("label", 'raise KeyError("JCB ***")')
    assert [line.function for line in finding.stack] == ["jcb_unknown", "label"]
    assert finding.replay == """paypact replay 'tests/test_payments.py::kept[shop-word]{"scheme":"jcb"}'"""
    assert "tin-test" not in text
    assert "3530111333300000"[:12] not in text


def test_a_fingerprint_names_the_flaw_not_the_run() -> None:
    """The same flaw is known again tomorrow, another one is not taken for it."""

    def sometimes_wrong(driver: Driver, payment: Payment) -> Outcome:
        told = sell(driver, payment)
        return Declined("no") if payment.card.scheme == "jcb" else told

    first, again, other = (tried(sale).findings[0].fingerprint for sale in (jcb_unknown, jcb_unknown, sometimes_wrong))

    assert first == again != other


def test_the_threshold_decides_what_breaks() -> None:
    """A finding milder than the threshold leaves advice."""

    def vague(driver: Driver, payment: Payment) -> Outcome:
        told = sell(driver, payment)
        return Declined("") if isinstance(told, Declined) else told

    assert [tried(vague, fail_on=word).state for word in ("money", "belief", "advice")] == [
        "advice",
        "broken",
        "broken",
    ]


def test_a_promise_may_give_advice_only() -> None:
    """Where no source confirms what the gateway does, a finding says so and fails nobody."""

    def check(run: Exploration) -> None:
        run.advice_only = "no source confirms what the gateway does"
        run.explore(AXES, play)

    result = tried(jcb_unknown, check)

    assert (result.state, result.findings[0].severity) == ("advice", "advice")
    assert result.findings[0].note == "no source confirms what the gateway does"


GAPS: dict[str, tuple[Sale, Callable[[Exploration], None] | None, str]] = {
    "not simulated": (
        lambda driver, payment: Unknown(
            requests.get(f"{URL}/disputes", headers={"Authorization": "tin-test"}, timeout=9)
        ),
        None,
        "Tin GET /disputes is not simulated",
    ),
    "never occurred": (
        sell,
        lambda run: run.explore(AXES, play, condition="challenge shown"),
        "its condition never occurred in {examples} examples: challenge shown",
    ),
    "nothing to vary": (
        sell,
        lambda run: run.explore({**AXES, "fault": Axis(())}, play),
        "there is no fault to try: in its plainest flow the driver sends nothing",
    ),
    "no case": (
        sell,
        lambda run: run.explore(AXES, play, cases=(), at_random=False),
        "no case was left to try",
    ),
}


@pytest.mark.parametrize("name", GAPS)
def test_what_was_not_tried_is_not_covered(name: str) -> None:
    """Never shown as kept: it is said what is missing."""
    sale, check, why = GAPS[name]
    result = tried(sale, check)

    assert (result.state, result.why, result.findings) == ("not covered", why.format(examples=result.examples), ())


def test_a_driver_without_the_operations() -> None:
    """One cell says that the promise cannot be tried, and for want of what."""
    (cell,) = cells(kept(needs=("refund", "void")), column(sale=sell))

    assert cell.name == "kept[shop-all]"
    assert run_cell(cell, profile("quick")).why == "the driver offers none of: refund, void"


def test_the_cells_of_a_promise_share_its_values() -> None:
    """Each cell knows its place among them."""
    many = Promise("kept", "", 1, ("sale",), lambda target: target.schemes, lambda run: None)
    target = column(sale=sell)

    assert cells(many, target) == tuple(Cell(many, target, key, place, 4) for place, key in enumerate(SCHEMES))


def no_key(driver: Driver, payment: Payment) -> Outcome:
    """Something that the toy's simulator does not expect, and an integration that hides it."""
    requests.post(f"{URL}/charges", json={}, headers={"Authorization": "tin-test"}, timeout=10)
    return Unknown()


def suite_fails(run: Exploration) -> None:
    raise ZeroDivisionError("in the suite")


def play_fails(run: Exploration) -> None:
    run.explore(AXES, lambda example: suite_fails(run))


DEFECTS: dict[str, tuple[Sale, Callable[[Exploration], None] | None, str]] = {
    "simulator": (no_key, None, "the simulator raised KeyError: 'key' (simulator.py:"),
    "suite": (sell, suite_fails, "ZeroDivisionError: in the suite (test_cell.py:"),
    "suite, while playing": (sell, play_fails, "ZeroDivisionError: in the suite (test_cell.py:"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_of_ours_accuses_nobody(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the SDK or the integration made of it: the cell says that paypact failed, where, and has no finding."""
    monkeypatch.delenv("PAYPACT_DEBUG", raising=False)
    sale, check, why = DEFECTS[name]
    result = tried(sale, check)

    assert (result.state, result.findings) == ("defect", ())
    assert result.why.startswith(why)


def test_a_mistake_in_use_ends_the_run() -> None:
    """What the user must mend is raised, not shown as a square of the matrix."""

    def make(driver: Driver, gateway: Any) -> None:
        raise ValueError("no key")

    (cell,) = cells(kept(), column(sale=sell, __init__=make))

    with pytest.raises(UsageError, match="driver Shop: constructor raised ValueError: no key"):
        run_cell(cell, profile("quick"))
    with pytest.raises(UsageError, match="unknown axis 'skeme'; did you mean 'scheme'"):
        tried(case={"skeme": "jcb"})


def test_a_replay_plays_one_case_and_no_other() -> None:
    """What it finds is told as it is, neither shrunk nor explained."""
    case = {"scheme": "jcb", "currency": "JPY"}
    broken, whole = tried(jcb_unknown, case=case), tried(jcb_unknown, case={"scheme": "visa"})

    assert (broken.examples, broken.state, broken.findings[0].case) == (1, "broken", case)
    assert broken.findings[0].explained == {}
    assert (whole.examples, whole.state) == (1, "kept")


def test_state_left_behind_is_told_as_such() -> None:
    """A failure that its own case does not bring about again is still the integration's, and says what it takes."""
    count = iter(range(1_000))

    def breaks_once(driver: Driver, payment: Payment) -> Outcome:
        told = sell(driver, payment)
        if next(count) == 5:
            raise RuntimeError("circuit open")
        return told

    result = tried(breaks_once)

    assert result.state == "broken"
    assert result.findings[0].note == LEFT_BEHIND


def test_one_flaw_is_told_once_and_many_are_told_in_part() -> None:
    """Failures of the same kind are one finding; of many kinds the first few are told."""

    def wrong_in_many_ways(driver: Driver, payment: Payment) -> Outcome:
        sell(driver, payment)
        told: dict[str, Outcome] = {
            "visa": Declined("no"),
            "mastercard": Rejected("no"),
            "amex": Unknown(),
            "jcb": ActionRequired("t", url="u"),
        }
        return told[payment.card.scheme]

    result = tried(wrong_in_many_ways)

    assert len(result.findings) == MOST_FINDINGS
    assert len({finding.fingerprint for finding in result.findings}) == MOST_FINDINGS


def test_a_blocked_host_is_the_environments() -> None:
    """Code that needs something else than the gateway says so, and how to allow it."""

    def elsewhere(driver: Driver, payment: Payment) -> Outcome:
        requests.get("https://rates.example/EUR", timeout=10)
        return sell(driver, payment)

    def swallowed(driver: Driver, payment: Payment) -> Outcome:
        try:
            return elsewhere(driver, payment)
        except requests.RequestException:
            return Unknown()

    (finding,) = tried(elsewhere).findings

    assert (finding.severity, finding.cause) == ("crash", "environment")
    assert "rates.example" in finding.exception
    assert "host rates.example was asked for, and blocked" in tried(swallowed).notes


def test_progress_is_told_after_each_example() -> None:
    """A long cell says that it is alive."""
    said: list[str] = []
    result = tried(progress=said.append)

    assert said == [f"kept[shop-word]: {n} examples" for n in range(1, result.examples + 1)]


BROKEN: dict[str, Callable[..., Any]] = {
    "None": lambda *_: None,
    "an exception": lambda *_: int("config"),
    "a dead link": lambda *_: ActionRequired("t", url="https://bank.example/none"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_driver_makes_paypact_fail(name: str) -> None:
    """A driver that always does the same wrong thing is told so by the promises, and none of them falls over it."""
    target = column(**dict.fromkeys(OPERATIONS, BROKEN[name]))
    results = [run_cell(cell, profile("quick")) for each in promises().values() for cell in cells(each, target)[:4]]

    assert {result.name: result.why for result in results if result.state == "defect"} == {}
    assert "broken" in {result.state for result in results}


def test_what_a_test_run_makes_an_error_stays_a_warning() -> None:
    """Shoppers are not told of deprecations: who meets one is right, however strict the shop's tests are."""

    def warned(driver: Driver, payment: Payment) -> Outcome:
        warnings.warn("on its way out", DeprecationWarning, stacklevel=1)
        return sell(driver, payment)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tried(warned).state == "kept"


def test_a_loop_of_the_test_run_is_not_seen() -> None:
    """A browser's fixture may run an event loop in the very thread; async operations have their own all the same."""

    async def pays(driver: Driver, payment: Payment) -> Outcome:
        await asyncio.sleep(1)
        return sell(driver, payment)

    def waits(driver: Driver, payment: Payment) -> Outcome:
        asyncio.run(asyncio.sleep(1))
        return sell(driver, payment)

    async def fixture() -> None:
        own = asyncio.get_running_loop()
        assert (tried(pays).state, tried(waits).state) == ("kept", "kept")
        assert asyncio.get_running_loop() is own

    asyncio.run(fixture())
