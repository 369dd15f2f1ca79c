"""Cell: promise x integration x scheme (or the promise's own axis), one square of the matrix."""

from __future__ import annotations

import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paypact.errors import PaypactError
from paypact.hosts import guarded
from paypact.report.model import CellResult, Severity, State, fails
from paypact.testkit.example import Example
from paypact.testkit.explore import DefectError, Exploration, NotCoveredError, Tolerance
from paypact.testkit.profiles import Profile
from paypact.testkit.promise import Promise
from paypact.testkit.target import Target


@dataclass(frozen=True)
class Cell:
    """`key` is the scheme or another word of the promise's own axis; `part` of `parts` is its place in the promise."""

    promise: Promise
    target: Target
    key: str
    part: int = 0
    parts: int = 1

    @property
    def name(self) -> str:
        return f"{self.promise.id}[{self.target.name}-{self.key}]"


def cells(promise: Promise, target: Target) -> tuple[Cell, ...]:
    """The cells of one promise in one column: one named `all` that says what is missing where it cannot be tried."""
    keys = tuple(promise.cells(target)) if promise.covers(target) else ("all",)
    return tuple(Cell(promise, target, key, place, len(keys)) for place, key in enumerate(keys))


def run_cell(
    cell: Cell,
    profile: Profile,
    *,
    fail_on: Severity = "belief",
    case: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] | None = None,
    allow_hosts: Iterable[str] = (),
    tolerance: Tolerance = "documented",
    witness: Callable[[Example], None] | None = None,
    hasty: bool = False,
) -> CellResult:
    """Explore a cell, or replay one `case` of it. Nothing but loopback and `allow_hosts` is reached meanwhile.

    `witness` is given the example of a replay, world and all.
    `tolerance` says how well evidenced a varied reply must be for its finding to be more than advice.
    `hasty`: whether it is broken is all that is asked, and the first failure ends it, unshrunk.

    Raises:
        PaypactError: a mistake in use: a driver that cannot be made or started, a case with unknown names.
    """
    exploration = Exploration(
        cell,
        profile,
        fail_on=fail_on,
        replay=case,
        progress=progress,
        tolerance=tolerance,
        witness=witness,
        hasty=hasty,
    )
    began = time.perf_counter()
    state: State
    why = ""
    try:
        _check(cell, exploration, allow_hosts)
        state = _state(exploration, fail_on)
    except NotCoveredError as gap:
        state, why = "not covered", str(gap)
    except PaypactError:
        raise
    except DefectError as defect:
        state, why = "defect", str(defect)
    except Exception as error:
        if os.environ.get("PAYPACT_DEBUG"):
            raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        state, why = "defect", f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"
    return CellResult(
        promise=cell.promise.id,
        integration=cell.target.name,
        gateway=cell.target.scope.gateway,
        cell=cell.key,
        state=state,
        why=why,
        findings=tuple(exploration.findings) if state not in ("not covered", "defect") else (),
        examples=exploration.examples,
        rows=exploration.rows,
        exchanges=exploration.exchanges,
        seconds=round(time.perf_counter() - began, 3),
        occurred=dict(exploration.occurred),
        covered=exploration.values_covered(),
        pairs=tuple(sorted(exploration.pairs_met)),
        missed=exploration.pairs_missed(),
        untried=exploration.values_untried(),
        not_simulated=tuple(sorted(exploration.not_simulated)),
        unmodelled=tuple(sorted(exploration.unmodelled)),
        notes=tuple(exploration.notes),
    )


def _check(cell: Cell, exploration: Exploration, allow_hosts: Iterable[str]) -> None:
    if not cell.promise.covers(cell.target):
        raise NotCoveredError(f"the driver offers none of: {', '.join(cell.promise.needs)}")
    with _as_deployed(), guarded(cell.target.gateway.facts.gateway.hosts, allow_hosts) as guard:
        try:
            cell.promise.check(exploration)
        finally:  # an integration may have swallowed the exception
            exploration.notes += [f"host {host} was asked for, and blocked" for host in dict.fromkeys(guard.blocked)]
    exploration.conclude()


@contextmanager
def _as_deployed() -> Iterator[None]:
    """What is so only in a test run, and never where shoppers are: set aside while an integration is tried.

    A warning that is made an error (`filterwarnings = error`) stays a warning. An event loop that runs in this thread
    (that of a browser's fixture) is not seen: async operations, and an `asyncio.run` inside sync ones, have none.
    """
    events: Any = sys.modules.get("asyncio.events")
    outer = events and events._get_running_loop()  # noqa: SLF001 - asyncio's own hooks for those who bring loops
    with warnings.catch_warnings():
        filters: list[Any] = list(warnings.filters)
        warnings.resetwarnings()
        for action, message, category, module, line in reversed(filters):  # each goes before the last
            about, where = (getattr(text, "pattern", text) or "" for text in (message, module))
            warnings.filterwarnings("default" if action == "error" else action, about, category, where, line)
        if outer:
            events._set_running_loop(None)  # noqa: SLF001
        try:
            yield
        finally:
            if outer:
                events._set_running_loop(outer)  # noqa: SLF001


def _state(exploration: Exploration, fail_on: Severity) -> State:
    if any(fails(finding.severity, fail_on) for finding in exploration.findings):
        return "broken"
    return "advice" if exploration.findings else "kept"
