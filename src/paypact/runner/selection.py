"""Selection: which cells a run is about. A pattern that selects nothing is a mistake that lists what there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from paypact import naming
from paypact.cards import schemes
from paypact.errors import UsageError
from paypact.replay import Replay
from paypact.testkit.cell import Cell


@dataclass
class Selection:
    """Patterns (as of file names) per axis, empty: all; or exactly the cell of one `replay`.

    It remembers all that it was asked about, so that it can say which names would have been right.
    """

    promises: tuple[str, ...] = ()
    integrations: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    replay: Replay | None = None
    seen: list[Cell] = field(default_factory=list)

    def takes(self, cell: Cell) -> bool:
        """Whether the run is about this cell. `schemes` leaves out cells that are about no scheme at all."""
        self.seen.append(cell)
        if self.replay is not None:
            return cell.name == self.replay.cell
        return (
            naming.fits(cell.promise.id, self.promises)
            and naming.fits(cell.target.name, self.integrations)
            and (not self.schemes or (cell.key in schemes() and naming.fits(cell.key, self.schemes)))
        )

    def case(self, cell: Cell) -> Mapping[str, Any] | None:
        """The case to replay instead of exploring."""
        return self.replay.case if self.replay is not None and cell.name == self.replay.cell else None

    def check(self) -> None:
        """Called when all cells were asked about.

        Raises:
            UsageError: a pattern or the replay names nothing that was seen.
        """
        if not self.seen:
            return
        if self.replay is not None:
            self._check_replay(self.replay)
            return
        naming.check("promise", self.promises, (cell.promise.id for cell in self.seen))
        naming.check("integration", self.integrations, (cell.target.name for cell in self.seen))
        naming.check("scheme", self.schemes, (cell.key for cell in self.seen if cell.key in schemes()))

    def _check_replay(self, replay: Replay) -> None:
        if any(cell.name == replay.cell for cell in self.seen):
            return
        naming.check("promise", [replay.promise], (cell.promise.id for cell in self.seen), "replay: ")
        mine = [cell for cell in self.seen if cell.promise.id == replay.promise]
        columns = list(dict.fromkeys(cell.target.name for cell in mine))
        near = [name for name in columns if replay.column.startswith(f"{name}-")]
        if not near:
            raise UsageError(
                f"replay: no integration here begins {replay.column!r} (known here: {', '.join(columns) or 'none'})"
            )
        column = max(near, key=len)
        keys = [cell.key for cell in mine if cell.target.name == column]
        naming.check("cell", [replay.column.removeprefix(f"{column}-")], keys, "replay: ")
