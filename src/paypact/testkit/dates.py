"""Dates of a case: today as seen from the card's last month, the hour, and the zone of the shop's process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from paypact.testkit.case import Case

# Each day as the difference in months from the card's last month, and the day in that month; 0 is its last one.
_DAYS: Final = {
    "last day": (0, 0),
    "first day": (0, 1),
    "second day": (0, 2),
    "month before": (-1, 0),
    "year before": (-12, 15),
    "ten years before": (-120, 15),
    "first day after": (1, 1),
    "second day after": (1, 2),
    "month after": (2, 1),
    "year after": (12, 15),
}
HOURS: Final = {"noon": (12, 0, 0), "first minute": (0, 0, 30), "last minute": (23, 59, 30)}
# Hours ahead of UTC; names for the C library, the second one for systems without a zone database.
_ZONES: Final = {
    "UTC": (0, ("UTC", "UTC0")),
    "UTC-12": (-12, ("Etc/GMT+12", "<-12>12")),
    "UTC+14": (14, ("Pacific/Kiritimati", "<+14>-14")),
}
ZONES: Final = tuple(_ZONES) if hasattr(time, "tzset") else ("UTC",)
MONTHS: Final = tuple(range(1, 13))
YEARS: Final = (2029, 2030, 2032)  # an ordinary one, a turn of the decade, a leap year; all far ahead of any calendar


def local(case: Case) -> datetime | None:
    """Now, as the shop's clock shows it; None where the case has no date of its own."""
    if not case.month:
        return None
    months, day = _DAYS[case.today]
    first = _first(case.year, case.month + months)
    date = first + timedelta(days=day - 1) if day else _first(case.year, case.month + months + 1) - timedelta(days=1)
    hour, minute, second = HOURS[case.hour]
    return date.replace(hour=hour, minute=minute, second=second, tzinfo=timezone(timedelta(hours=_ahead(case))))


def start(case: Case) -> float | None:
    """When the case's world begins, in epoch seconds; None: whenever worlds begin."""
    now = local(case)
    return None if now is None else now.timestamp()


def over(case: Case) -> tuple[bool, bool]:
    """Whether the card's last month is over: by the shop's own calendar, and by that of UTC."""
    now = local(case)
    assert now is not None
    end = _first(case.year, case.month + 1)
    return now.replace(tzinfo=None) >= end, now.astimezone(UTC).replace(tzinfo=None) >= end


def shown(case: Case) -> str:
    """The date as a sentence has it: `2029-03-31 at 23:59 (UTC-12)`."""
    now = local(case)
    assert now is not None
    return f"{now:%Y-%m-%d} at {now:%H:%M} ({case.zone or 'UTC'})"


@contextmanager
def zone(name: str) -> Iterator[None]:
    """The process lives in this zone within, so that local time is that zone's; afterwards it has its own again."""
    if not name:
        yield
        return
    before = os.environ.get("TZ")
    hours, names = _ZONES[name]
    try:
        for each in names if hasattr(time, "tzset") else ():
            os.environ["TZ"] = each
            time.tzset()
            if time.timezone == -3600 * hours:
                break
        yield
    finally:
        if before is None:
            os.environ.pop("TZ", None)
        else:
            os.environ["TZ"] = before
        if hasattr(time, "tzset"):
            time.tzset()


def _ahead(case: Case) -> int:
    return _ZONES[case.zone][0] if case.zone else 0


def _first(year: int, month: int) -> datetime:
    return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)  # noqa: DTZ001 - a date on a calendar, in no zone
