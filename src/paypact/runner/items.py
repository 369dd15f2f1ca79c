"""pytest nodes: a driver class is a collector, each of its cells an item."""

from __future__ import annotations

import gc
import inspect
import os
from collections.abc import Iterator
from functools import cache, cached_property
from os import PathLike
from typing import Any

import pytest

from paypact.driver import Driver
from paypact.errors import PaypactError
from paypact.hosts import LiveKeyError, check_environment
from paypact.report import junit
from paypact.report.model import CellResult
from paypact.runner.plan import Plan, plan_of
from paypact.runner.tally import CellReport
from paypact.testkit.cell import Cell, cells, run_cell
from paypact.testkit.promise import promises
from paypact.testkit.target import Target, targets


class DriverClass(pytest.Collector):
    """A driver class in a test file; its items are the cells of all promises, of all its variants."""

    driver: type[Driver]

    @classmethod
    def of(cls, parent: pytest.Collector, name: str, driver: type[Driver]) -> DriverClass:
        """The node for `driver`, which its file calls `name`."""
        node: DriverClass = cls.from_parent(parent, name=name)
        node.driver = driver
        for mark in getattr(driver, "pytestmark", []):
            node.add_marker(getattr(pytest.mark, mark.name)(*mark.args, **mark.kwargs))
        return node

    @cached_property
    def line(self) -> int | None:
        """Where the class begins in its file, counted from 0; to look that up takes longer than an example."""
        try:
            return inspect.getsourcelines(self.driver)[1] - 1
        except (OSError, TypeError):
            return None

    def collect(self) -> Iterator[CellItem]:
        """One item a cell.

        Raises:
            CollectError: the class cannot be driven; the message is all that pytest shows.
        """
        try:
            plan = plan_of(self.config)
            columns = targets(self.driver, plan.shown(self.path))
            self._take(plan, columns)
        except PaypactError as mistake:
            raise self.CollectError(f"paypact: {mistake}") from mistake
        for promise in promises().values():
            for column in columns:
                for cell in cells(promise, column):
                    if plan.selection.takes(cell):
                        yield CellItem.of(self, cell, plan)

    def _take(self, plan: Plan, columns: tuple[Target, ...]) -> None:
        mine = f"{self.driver.__qualname__} in {plan.shown(self.path)}"
        for column in columns:
            other = plan.taken.setdefault(column.name, mine)
            if other != mine:
                raise self.CollectError(
                    f"paypact: two drivers are named {column.name!r}: {other} and {mine}. "
                    f'Give one another name: `class {self.driver.__name__}(Driver, gateway="...", name="...")`'
                )


class NotKept(Exception):
    """A cell whose promise is broken, or in which paypact itself failed."""

    def __init__(self, result: CellResult) -> None:
        super().__init__(result.name)
        self.result = result


def _promise_is_kept() -> None:
    """The function pytest wants an item to have; `CellItem.runtest` is what runs."""


@cache
def _keep_imported() -> None:
    """What was imported by now stays: no collection of garbage need look through it again, a tenth of all CPU time."""
    gc.collect()
    gc.freeze()


class CellItem(pytest.Function):
    """One cell: it fails where the promise is broken, and is skipped where it could not be tried."""

    cell: Cell
    plan: Plan
    place: int = 0  # its rank among the cells of the session
    result: CellResult | None = None

    @classmethod
    def of(cls, parent: DriverClass, cell: Cell, plan: Plan) -> CellItem:
        """The item of `cell`, named `promise[key]` or `promise[variant-key]`."""
        target = cell.target
        key = f"{target.variant}-{cell.key}" if target.variant else cell.key
        item: CellItem = cls.from_parent(parent, name=f"{cell.promise.id}[{key}]", callobj=_promise_is_kept)
        item.cell, item.plan = cell, plan
        item.user_properties.extend(junit.properties(cell.promise.id, target.name, target.scope.gateway, cell.key))
        return item

    @property
    def id(self) -> Any:
        """The id as newer versions of pytest read it back from their cache: with what is in brackets apart."""
        made = super().id
        return type(made).parse(str(made))

    def runtest(self) -> None:
        """Explore the cell, or replay its case."""
        plan = self.plan
        plan.ran = True
        _keep_imported()
        live = self.cell.target.gateway.facts.gateway.live
        check_environment(live, os.environ, plan.chosen.allow_live_env)
        result = run_cell(
            self.cell,
            plan.profile,
            fail_on=plan.fail_on,
            case=plan.selection.case(self.cell),
            progress=plan.progress,
            witness=plan.witness,
            allow_hosts=plan.chosen.allow_hosts,
            tolerance=plan.chosen.tolerance,
        )
        self.result = plan.accepting.soften(result, plan.fail_on)
        self.user_properties.extend(junit.outcome(self.result))
        if self.result.state == "not covered":
            pytest.skip(f"not covered: {self.result.why}")
        if self.result.state in ("broken", "defect"):
            raise NotKept(self.result)

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """Where an IDE jumps to: the driver class."""
        assert isinstance(self.parent, DriverClass)
        return self.path, self.parent.line, f"{self.cell.target.driver.__qualname__}.{self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Our own words and no traceback of ours; a fixture's failure is shown as pytest shows it."""
        if isinstance(excinfo.value, NotKept):
            from paypact.report.longrepr import Shown

            return Shown(excinfo.value.result, self.plan.fail_on)
        if isinstance(excinfo.value, PaypactError):
            return f"paypact: {excinfo.value}"
        return super().repr_failure(excinfo)

    def paypact_annotate(self, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Put the result on the report, as text, which is how it travels from a worker."""
        error = call.excinfo.value if call.excinfo is not None else None
        skipped = isinstance(error, pytest.skip.Exception)
        if call.when != "call" and error is None:
            return
        if skipped and self.result is None:
            self.result = self._skipped(str(error))
        if skipped and self.result is not None:
            path, line, _ = self.location
            report.longrepr = (path, (line or 0) + 1, f"Skipped: {self.result.name}: {self.result.why}")
        if isinstance(error, LiveKeyError):
            self.session.shouldstop = f"paypact: {error}"
        said = "" if error is None or skipped or isinstance(error, NotKept) else self._said(error, str(call.when))
        tested = CellReport(
            place=self.place,
            integration=self.cell.target.described(),
            result=self.result,
            error=said,
            shard=self.plan.shard,
        )
        report.paypact = tested.to_json()  # type: ignore[attr-defined]  # reports carry what plugins put on them

    def _skipped(self, why: str) -> CellResult:
        return CellResult(
            promise=self.cell.promise.id,
            integration=self.cell.target.name,
            gateway=self.cell.target.scope.gateway,
            cell=self.cell.key,
            state="not covered",
            why=f"skipped by the test suite: {why}",
        )

    def _said(self, error: BaseException, when: str) -> str:
        if isinstance(error, PaypactError):
            return str(error)
        from paypact.discovery import innermost

        what = "running it" if when == "call" else f"its {when} by the test suite's own fixtures"
        return f"{self.nodeid}: {what} raised {type(error).__name__}: {error} ({innermost(error)})"
