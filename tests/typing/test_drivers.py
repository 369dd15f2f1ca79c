"""The drivers that the type checker reads are drivers: what types promise is there when it runs."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from typing import Any

import pytest

from paypact import Approved, SimulatedGateway
from paypact.driver import OPERATIONS, Driver, is_driver, offered, scope_of

_SPEC = importlib.util.spec_from_file_location("typed_drivers", Path(__file__).with_name("drivers.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
drivers: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(drivers)

GATEWAY = SimulatedGateway("https://api.tin.example", {"key": "tin-test"}, {"*": "shop"})
OFFERED = [
    ("Shop", ("sale",)),
    ("Everything", OPERATIONS),
    ("AsyncShop", ("sale", "void", "lookup", "receive")),
    ("Derived", ()),
]


@pytest.mark.parametrize(("name", "operations"), OFFERED, ids=[row[0] for row in OFFERED])
def test_what_they_offer(name: str, operations: tuple[str, ...]) -> None:
    """Each is a driver, made with its gateway, that offers what it defines, synchronously or not."""
    driver: type[Driver] = getattr(drivers, name)

    assert is_driver(driver)
    assert offered(driver) == operations
    assert isinstance(driver(GATEWAY), Driver)


def test_scopes_are_inherited() -> None:
    """What a base declares is the derived driver's own."""
    assert not is_driver(drivers.Base)
    assert scope_of(drivers.Derived).schemes == ("visa",)
    assert scope_of(drivers.Derived).reasons == {"no money": "insufficient_funds"}


@pytest.mark.parametrize("step", ["start", "stop", "settle", "close"])
def test_the_life_cycle_may_be_asynchronous(step: str) -> None:
    """A step may give back something to wait for."""
    driver = drivers.AsyncShop(GATEWAY)
    waiting: Any = getattr(driver, step)(*([GATEWAY] if step == "start" else []))

    assert inspect.iscoroutine(waiting)
    waiting.close()


def test_outcomes_are_told_apart() -> None:
    """Outcomes match by position and by kind."""
    assert drivers.said(Approved("t", card="0002")) == "None 0002"
