"""The toy gateway on the path, as an installed package with its entry point would be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from paypact import gateways
from paypact.report.model import CellResult
from paypact.testkit import cells, run_cell, session
from paypact.testkit.profiles import profile
from paypact.testkit.promise import promises
from paypact.testkit.target import targets
from paypact.world import clock

Run = Callable[..., dict[str, CellResult]]


@pytest.fixture(scope="session", autouse=True)
def tin() -> Iterator[None]:
    """Make the toy gateway findable."""
    clock.install()
    sys.path.insert(0, str(Path(__file__).parent.parent / "toy"))
    gateways.forget()
    yield
    session.close_all()
    sys.path.pop(0)
    gateways.forget()


@pytest.fixture(scope="module")
def zinc(tin: None) -> Iterator[None]:
    """Make a second toy gateway findable: it takes decimal amounts, accounts, card numbers and the shopper's data."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "zinc"))
    gateways.forget()
    yield
    session.close_all()
    sys.path.pop(0)
    gateways.forget()


@pytest.fixture
def run() -> Run:
    """Run the cells of a promise for a driver class: key -> result."""

    def run(driver: Any, promise: str, only: str = "", **options: Any) -> dict[str, CellResult]:
        (target,) = targets(driver, file="tests/test_payments.py")
        every = cells(promises()[promise], target)
        return {cell.key: run_cell(cell, profile("quick"), **options) for cell in every if only in ("", cell.key)}

    return run
