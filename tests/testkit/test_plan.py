"""Plans: with what a payment's life begins, and what is said where it cannot begin."""

from __future__ import annotations

from typing import Any

import pytest

from paypact import Approved, Driver, Outcome
from paypact.testkit.plan import beginnings, steps
from paypact.testkit.target import targets


def answer(*_: Any) -> Outcome:
    return Approved("1")


def shop(*operations: str) -> type[Driver]:
    """A driver class that offers these operations."""
    return type("Shop", (Driver,), dict.fromkeys(operations, answer), gateway="tin")


BEGUN: dict[str, tuple[str, ...]] = {
    "sale authorize store charge_stored refund": ("authorize", "sale"),
    "sale refund": ("sale",),
    "store charge_stored refund": ("charge_stored",),
    "charge_stored refund": (),  # nobody stores what it charges
    "verify void": (),
}


@pytest.mark.parametrize("operations", BEGUN)
def test_a_life_begins_with_what_the_driver_can_pay_by(operations: str) -> None:
    """A hold, a sale; a stored card where there is no other way. A step without its beginning is left out."""
    (target,) = targets(shop(*operations.split()))

    assert beginnings(target) == BEGUN[operations]
    assert ("charge_stored" in steps(target)) == ({"store", "charge_stored"} <= set(operations.split()))


def test_no_payment_to_begin_with_is_said(run: Any) -> None:
    """A driver that moves money of payments which others made is told what is missing."""
    results = run(shop("refund", "void", "lookup"), "lifecycle")

    assert {result.why for result in results.values()} == {
        "the driver offers void and refund, but no payment to begin with: sale, authorize, or store with charge_stored"
    }
