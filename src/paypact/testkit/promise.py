"""Promises: one property every integration must keep, one module in suites/ each, found by listing that folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from paypact.testkit.target import Target

if TYPE_CHECKING:
    from paypact.testkit.explore import Exploration

Check: TypeAlias = "Callable[[Exploration], None]"
Keys: TypeAlias = Callable[[Target], Iterable[str]]
SUITES = "paypact.suites"


@dataclass(frozen=True)
class Promise:
    """`cells` names the squares of one column; `needs` are operations of which the driver must offer at least one.

    `cost` is what a cell takes beside those of other promises: tenths of a second, as once measured. It is fixed,
    because machines that share a run must deal its cells alike.
    """

    id: str
    title: str
    order: int
    needs: tuple[str, ...]
    cells: Keys
    check: Check
    cost: int = 10

    def covers(self, target: Target) -> bool:
        """Whether the driver offers any operation this promise can be tried on."""
        return any(target.offers(operation) for operation in self.needs)


def promise(id: str, *, order: int, needs: tuple[str, ...], cells: Keys, cost: int = 10) -> Callable[[Check], Promise]:
    """Declare the function below as a promise: it is called once a cell and calls `run.explore(axes, play)`."""

    def declare(check: Check) -> Promise:
        return Promise(id, check.__name__.replace("_", " "), order, needs, cells, check, cost)

    return declare


@cache
def promises() -> dict[str, Promise]:
    """All promises by id, cheap and telling ones first."""
    package = importlib.import_module(SUITES)
    found = []
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{SUITES}.{info.name}")
        found += [value for value in vars(module).values() if isinstance(value, Promise)]
    return {each.id: each for each in sorted(found, key=lambda each: each.order)}
