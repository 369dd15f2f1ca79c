"""Sharing a run among machines: each cell in exactly one shard, alike everywhere, in balance."""

from __future__ import annotations

import re
from typing import Any

import pytest

from paypact.errors import UsageError
from paypact.runner import shard
from paypact.runner.shard import Share
from paypact.testkit.cell import Cell
from paypact.testkit.promise import Promise


class Target:
    """A column of which the promises ask only its name and what it offers."""

    def __init__(self, name: str, *offered: str) -> None:
        self.name = name
        self.offered = offered

    def offers(self, operation: str) -> bool:
        return operation in self.offered


def cells(costs: dict[str, int], keys: int, *, need: str = "sale") -> list[Cell]:
    """Cells of promises with these costs, in one column that offers a sale."""
    column: Any = Target("shop", "sale")
    promises = [
        Promise(name, "", place, (need,), lambda _: (), lambda _: None, cost)
        for place, (name, cost) in enumerate(costs.items())
    ]
    return [Cell(promise, column, f"k{number}") for promise in promises for number in range(keys)]


COSTS = {"cards": 11, "exactly-once": 16, "secrecy": 20, "expiry": 8}


@pytest.mark.parametrize("of", [1, 2, 3, 5, 20])
def test_each_cell_is_in_exactly_one_shard(of: int) -> None:
    """Whatever the number of machines, together they run all cells, and none runs one of another's."""
    every = cells(COSTS, 9)

    shares = [shard.mine(every, Share(number, of)) for number in range(1, of + 1)]

    assert [sum(taken) for taken in zip(*shares, strict=True)] == [1] * len(every)
    assert all(any(share) for share in shares)


@pytest.mark.parametrize("of", [2, 3, 5])
def test_shards_are_in_balance(of: int) -> None:
    """No machine has more than one cell more to do than another."""
    every = cells(COSTS, 9)
    dealt = shard.deal(every, of)

    loads = [
        sum(shard.cost(cell) for cell, number in zip(every, dealt, strict=True) if number == n + 1) for n in range(of)
    ]

    assert max(loads) - min(loads) <= max(COSTS.values())


def test_the_order_of_collection_does_not_matter() -> None:
    """Machines that list files in another order deal alike: by name and cost alone."""
    every = cells(COSTS, 5)
    shuffled = every[7:] + every[:7][::-1]

    first = dict(zip((cell.name for cell in every), shard.deal(every, 3), strict=True))
    second = dict(zip((cell.name for cell in shuffled), shard.deal(shuffled, 3), strict=True))

    assert first == second


def test_what_cannot_be_tried_costs_nothing() -> None:
    """A cell whose operations are missing takes no machine's time, and is in a shard all the same."""
    every = [*cells({"cards": 10}, 2), *cells({"webhooks": 90}, 1, need="receive")]

    assert [shard.cost(cell) for cell in every] == [10, 10, 0]
    assert sorted(shard.deal(every, 2)[:2]) == [1, 2]


@pytest.mark.parametrize("text", ["", "2", "0/5", "6/5", "2/0", "-1/5", "2/5/1", "a/b", " 2/5"])
def test_what_is_no_shard(text: str) -> None:
    """The message shows the form."""
    message = f"--shard {text} is no shard: write 2/5 for the second of five machines, 1/5 for the first"

    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        shard.parse(text)


@pytest.mark.parametrize(("keys", "are"), [(1, "is 1 cell"), (3, "are 3 cells")])
def test_more_machines_than_cells(keys: int, are: str) -> None:
    """A machine with nothing to do would say nothing about the code."""
    message = f"--shard 2/4: there {are} in all, so some shards would be empty: deal them to fewer"

    with pytest.raises(UsageError, match=f"^{message}$"):
        shard.mine(cells({"cards": 11}, keys), Share(2, 4))
