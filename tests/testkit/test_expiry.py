"""Expiry on virtual dates: right integrations are silent, each wrong comparison is caught, and said with its date."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest

from paypact.testkit import Case, dates
from paypact.testkit.playing import playing
from paypact.testkit.target import targets

pytestmark = pytest.mark.usefixtures("zinc")

JANUARY = "at 12:00 (UTC), the card's last month is 01/2029"
DECEMBER = "at 12:00 (UTC), the card's last month is 12/2029"
YEAR = "the card that reached the gateway is not the shopper's: its exp_year is 2034, the shopper's is 2029"
ABSENT = "no authorization of this card exists"
REFUSED = f"sale answered Rejected (expired), but {ABSENT}: a plain, valid payment was refused"
CRASHED = f"sale crashed with ValueError: month must be in 1..12; {ABSENT}"
FLAWS = [  # driver, cell, severity, sentence
    ("FirstDayZinc", "second-day", "belief", f"{REFUSED}; it was 2029-01-02 {JANUARY}"),
    ("LastMidnightZinc", "last-day", "belief", f"{REFUSED}; it was 2029-01-31 {JANUARY}"),
    ("TwoDigitsZinc", "good-for-long", "belief", f"{REFUSED}; it was 2028-01-15 {JANUARY}"),
    ("NextMonthZinc", "first-day", "crash", f"{CRASHED}; it was 2029-12-01 {DECEMBER}"),
    ("NextMonthZinc", "expired", "crash", f"{CRASHED}; it was 2030-12-15 {DECEMBER}"),
    ("YearOffZinc", "last-day", "money", YEAR),
]


@pytest.mark.parametrize(
    ("name", "cell", "severity", "sentence"), FLAWS, ids=[f"{name}-{cell}" for name, cell, *_ in FLAWS]
)
def test_flaw_is_caught_and_said(run: Any, name: str, cell: str, severity: str, sentence: str) -> None:
    """A good card that is refused, or a crash on one day of the calendar, is a finding that names the day."""
    from zinc import flawed

    result = run(getattr(flawed, name), "expiry", cell)[cell]

    assert result.state == "broken"
    assert (severity, sentence) in [(finding.severity, finding.sentence) for finding in result.findings]


@pytest.mark.parametrize("name", ["ZincShop", "LocalZinc"])
def test_right_integrations_are_silent(run: Any, name: str) -> None:
    """Leaving the question to the bank is right, and so is reckoning by the shop's own calendar."""
    from zinc import flawed

    results = run(getattr(flawed, name), "expiry")

    assert {key: result.state for key, result in results.items()} == dict.fromkeys(
        ("last-day", "first-day", "second-day", "good-for-long", "expired"), "kept"
    )
    assert all(set(result.covered["month"]) == {str(month) for month in dates.MONTHS} for result in results.values())


def test_reckoning_by_utc_is_advice(run: Any) -> None:
    """A shop that reckons by UTC refuses some cards on their last local day: worth a word, failing no build."""
    from zinc.flawed import UniversalZinc

    results = run(UniversalZinc, "expiry")

    assert {key: result.state for key, result in results.items() if result.state != "kept"} == {"last-day": "advice"}
    (finding,) = results["last-day"].findings
    assert finding.sentence == (
        "sale answered Rejected (expired) on the card's last day, which by UTC had passed; "
        "it was 2029-01-31 at 12:00 (UTC-12), the card's last month is 01/2029"
    )


DAYS = [  # today, month, year, date
    ("last day", 2, 2029, "2029-02-28"),
    ("last day", 2, 2032, "2032-02-29"),
    ("last day", 12, 2029, "2029-12-31"),
    ("first day", 1, 2030, "2030-01-01"),
    ("second day", 1, 2030, "2030-01-02"),
    ("month before", 1, 2030, "2029-12-31"),
    ("year before", 1, 2030, "2029-01-15"),
    ("ten years before", 12, 2029, "2019-12-15"),
    ("first day after", 12, 2029, "2030-01-01"),
    ("second day after", 2, 2032, "2032-03-02"),
    ("month after", 12, 2029, "2030-02-01"),
    ("year after", 12, 2029, "2030-12-15"),
]


@pytest.mark.parametrize(("today", "month", "year", "expected"), DAYS, ids=[f"{row[0]}-{row[1]}" for row in DAYS])
def test_days(today: str, month: int, year: int, expected: str) -> None:
    """Today is told from the card's last month; the turn of the year and the end of February are where they are."""
    now = dates.local(Case(today=today, month=month, year=year))

    assert now is not None
    assert now.date() == date.fromisoformat(expected)


OVER = [  # today, hour, zone, over by the shop's calendar, over by UTC
    ("last day", "last minute", "UTC", False, False),
    ("first day after", "first minute", "UTC", True, True),
    ("last day", "first minute", "UTC-12", False, False),
    ("last day", "noon", "UTC-12", False, True),
    ("last day", "last minute", "UTC+14", False, False),
    ("first day after", "first minute", "UTC+14", True, False),
    ("first day after", "last minute", "UTC+14", True, True),
]


@pytest.mark.parametrize(
    ("today", "hour", "zone", "here", "utc"), OVER, ids=[" ".join(map(str, row[:3])) for row in OVER]
)
def test_whose_month_is_over(today: str, hour: str, zone: str, here: bool, utc: bool) -> None:
    """Around midnight the shop and UTC may disagree whether a card's last month is over."""
    assert dates.over(Case(month=3, year=2029, today=today, hour=hour, zone=zone)) == (here, utc)


@pytest.mark.parametrize("zone", dates.ZONES)
def test_an_example_lives_on_its_date_and_in_its_zone(zone: str) -> None:
    """Within an example, local time, UTC and the epoch agree on the case's date; afterwards all is as before."""
    from zinc.integration import ZincShop

    (target,) = targets(ZincShop)
    case = Case(currency="EUR", month=2, year=2032, today="last day", hour="last minute", zone=zone)
    before = os.environ.get("TZ"), time.tzname, time.timezone

    with playing(target, case):
        shown = datetime.now()  # noqa: DTZ005 - local time is what is asked
        epoch, universal = time.time(), datetime.now(UTC)

    assert shown == datetime(2032, 2, 29, 23, 59, 30)  # noqa: DTZ001 - local time
    assert epoch == universal.timestamp() == dates.start(case)
    assert (os.environ.get("TZ"), time.tzname, time.timezone) == before


def test_a_zone_ends_with_an_exception_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happens within, the process has its own zone again, one that was set by its environment included."""
    monkeypatch.setenv("TZ", "UTC-3")
    time.tzset()

    with pytest.raises(KeyError), dates.zone("UTC+14"):
        raise KeyError

    assert (os.environ["TZ"], time.timezone) == ("UTC-3", -3 * 3600)
    monkeypatch.undo()
    time.tzset()


def test_a_case_without_a_date_has_the_zone_of_the_process() -> None:
    """Cases of other promises change neither the date nor the zone."""
    before = os.environ.get("TZ")

    with dates.zone(""):
        assert os.environ.get("TZ") == before

    assert (dates.local(Case()), dates.start(Case())) == (None, None)
