"""Shards: the cells of one run dealt to several machines, by a fixed cost a cell and nothing that was measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paypact.errors import UsageError

if TYPE_CHECKING:
    from paypact.testkit.cell import Cell


@dataclass(frozen=True)
class Share:
    """`number` of `of`, counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def parse(text: str) -> Share:
    """What `--shard 2/5` asks for.

    Raises:
        UsageError: it is not of that form, or there is no such shard.
    """
    match = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    share = Share(int(match[1]), int(match[2])) if match else None
    if share is None or not 1 <= share.number <= share.of:
        raise UsageError(f"--shard {text} is no shard: write 2/5 for the second of five machines, 1/5 for the first")
    return share


def deal(cells: Sequence[Cell], of: int) -> list[int]:
    """The shard, counted from 1, of each cell: the dearest first, each to the shard that has the least to do.

    It depends on the cells' names and costs alone, so that every machine deals alike.
    """
    loads = [0] * of
    dealt = [0] * len(cells)
    for place in sorted(range(len(cells)), key=lambda place: (-cost(cells[place]), cells[place].name)):
        least = loads.index(min(loads))
        loads[least] += cost(cells[place])
        dealt[place] = least + 1
    return dealt


def mine(cells: Sequence[Cell], share: Share) -> list[bool]:
    """Whether each cell is in the share.

    Raises:
        UsageError: there are fewer cells than shards, so that some machines would have nothing to do.
    """
    if len(cells) < share.of:
        few = "is 1 cell" if len(cells) == 1 else f"are {len(cells)} cells"
        raise UsageError(f"--shard {share}: there {few} in all, so some shards would be empty: deal them to fewer")
    return [number == share.number for number in deal(cells, share.of)]


def cost(cell: Cell) -> int:
    """What a cell costs beside others; one that cannot be tried costs nothing."""
    return cell.promise.cost if cell.promise.covers(cell.target) else 0
