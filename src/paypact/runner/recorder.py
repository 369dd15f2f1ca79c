"""The recorder: adds up what cells report, in the process that has the terminal, and ends the run accordingly.

Imported into every pytest run, so it imports the rest when the first cell reports.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from paypact.errors import PaypactError

if TYPE_CHECKING:
    from collections.abc import Callable

    from paypact.report.model import CellResult, RunResult
    from paypact.runner.items import CellItem
    from paypact.runner.plan import Plan
    from paypact.runner.shard import Share
    from paypact.runner.tally import Tally

PLAN: pytest.StashKey[Plan] = pytest.StashKey()  # present once a driver was met; `plan_of` makes it
_ERROR = "paypact_error"  # key in what an xdist worker hands back


class Recorder:
    """Registered once per pytest session."""

    NAME = "paypact-recorder"

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.tally: Tally | None = None
        self.silent = False  # a command renders the tally itself
        self.listeners: list[Callable[[CellResult], None]] = []
        self._began = time.perf_counter()
        self._check()

    def _check(self) -> None:
        """Mistakes in options are said before anything runs."""
        option = self.config.getoption
        try:
            if any(option(f"paypact_{name}") for name in ("profile", "fail_on", "case", "shard")):
                from paypact.runner.plan import plan_of

                plan_of(self.config)
            if target := option("paypact_json"):
                from paypact.report import files

                files.check(target)
        except PaypactError as mistake:
            raise pytest.UsageError(f"paypact: {mistake}") from mistake

    def demand(self) -> Tally:
        """The tally, made when it is first needed."""
        if self.tally is None:
            from paypact.runner.plan import plan_of
            from paypact.runner.tally import Tally

            plan = plan_of(self.config)
            self.tally = Tally(plan.profile.name, plan.fail_on)
        return self.tally

    def result(self, seconds: float, *, narrowed: bool = True) -> RunResult:
        """What the run has come to, with what the team accepts; `narrowed`: cells of its integrations were left out."""
        from paypact.runner.plan import plan_of

        return plan_of(self.config).accepting.applied(self.demand().total(seconds), narrowed=narrowed)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Rank the cells, and check that the selection means something."""
        plan = config.stash.get(PLAN, None)
        if plan is None:
            return
        from paypact.runner.items import CellItem

        mine = [item for item in items if isinstance(item, CellItem)]
        for place, item in enumerate(mine):
            item.place = place
        try:
            plan.selection.check()
            if plan.selection.seen:
                plan.accepting.check(cell.promise.id for cell in plan.selection.seen)
            if plan.share is not None and mine:
                self._deal(plan, plan.share, mine, items)
        except PaypactError as mistake:
            raise pytest.UsageError(f"paypact: {mistake}") from mistake

    def _deal(self, plan: Plan, share: Share, mine: list[CellItem], items: list[pytest.Item]) -> None:
        """Leave out the cells of other machines; the shop's own tests stay."""
        from paypact.report.model import Shard
        from paypact.runner import shard

        taken = shard.mine([item.cell for item in mine], share)
        plan.shard = Shard(number=share.number, of=share.of, cells=tuple(item.cell.name for item in mine))
        others = {item for item, is_taken in zip(mine, taken, strict=True) if not is_taken}
        items[:] = [item for item in items if item not in others]
        self.config.hook.pytest_deselected(items=sorted(others, key=lambda item: item.place))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Reports of workers come here too, where nothing was collected: the text on them is all there is."""
        text = getattr(report, "paypact", None)
        if text is None or hasattr(self.config, "workerinput"):
            return
        from paypact.runner.tally import CellReport

        tested = CellReport.from_json(text)
        self.demand().add(tested)
        if tested.result is None:
            return
        if isinstance(report.longrepr, str) and tested.result.state in ("broken", "defect"):
            from paypact.report.longrepr import Shown

            # pytest asks what stands there only for `toterminal`, and its own class for that is private
            report.longrepr = Shown(tested.result, self.demand().fail_on)  # type: ignore[assignment]
        for listener in self.listeners:
            listener(tested.result)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """An xdist worker is done; what went wrong when it stopped its drivers is counted here."""
        said = getattr(node, "workeroutput", {}).get(_ERROR, "")
        if said:
            self.demand().blame(said)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Stop the drivers; write the JSON; nothing covered, a mistake or a defect of ours ends in exit code 2."""
        stopped = self._stop()
        if hasattr(self.config, "workerinput"):
            self.config.workeroutput[_ERROR] = stopped  # type: ignore[attr-defined]  # xdist's
            return
        if stopped:
            self.demand().blame(stopped)
        if self.tally is None or self.silent:
            return
        result = self.result(time.perf_counter() - self._began)
        if target := self.config.getoption("paypact_json"):
            from paypact.report import json

            json.write(result, target)
        if result.exit_code == 2 and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            session.exitstatus = pytest.ExitCode.INTERRUPTED
        elif result.exit_code == 1 and session.exitstatus == pytest.ExitCode.OK:  # a waiver that has ended
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _stop(self) -> str:
        plan = self.config.stash.get(PLAN, None)
        if plan is None or not plan.ran:
            return ""
        from paypact.testkit import session

        try:
            session.close_all()
        except PaypactError as mistake:
            return str(mistake)
        return ""

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The matrix, advice that failed nothing, and the verdict; nothing where no driver was driven."""
        if self.tally is None or self.silent:
            return
        from paypact.report.terminal import summary

        writer = self.config.get_terminal_writer()
        terminalreporter.section("paypact")
        writer.write(summary(self.result(0), width=writer.fullwidth, colour=writer.hasmarkup))
