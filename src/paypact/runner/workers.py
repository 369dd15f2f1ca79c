"""Workers: handing a session that was collected here to xdist, where that is quicker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from paypact.processes import cores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paypact.runner.items import CellItem

# Measured on two cores with the bundled integrations; a worker takes a second or two to start.
SECONDS_AN_EXAMPLE = 0.008
ROWS_A_CELL = 40  # examples of the covering array
WORTH_IT = 5.0  # seconds expected in one process


def wanted(items: Sequence[CellItem], examples: int, asked: int | None) -> int:
    """How many processes to use; 0: this one. `asked` None: as many as there are cores, if it takes long."""
    if asked is not None:
        return min(asked, len(items)) if asked > 1 else 0
    expected = len(items) * (ROWS_A_CELL + examples) * SECONDS_AN_EXAMPLE
    return min(cores(), len(items)) if expected > WORTH_IT and cores() > 1 else 0


def run(session: pytest.Session, number: int) -> bool:
    """Run the session's items in `number` xdist workers, which collect them once more.

    xdist decides before collection whether it distributes; how many cells there are is known only after it. So its
    session is started here, by the three hooks it would have been called with.
    """
    from xdist.dsession import DSession  # type: ignore[import-untyped]  # xdist has no annotations

    config = session.config
    config.option.numprocesses = number
    config.option.tx = ["popen"] * number
    config.option.dist = "worksteal"  # cells differ in length: who is done takes from the others
    distributed = DSession(config)
    config.pluginmanager.register(distributed, "dsession")
    distributed.pytest_sessionstart(session)
    return bool(distributed.pytest_runtestloop())
