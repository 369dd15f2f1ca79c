"""The watcher: what the commands see of pytest, in place of its own output; its errors become ours."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Generator
from typing import Any

import pytest
from _pytest.config import ConftestImportFailure
from _pytest.terminal import TerminalReporter

from paypact.discovery import unusable
from paypact.errors import PaypactError
from paypact.report.progress import Progress
from paypact.runner import workers
from paypact.runner.items import CellItem
from paypact.runner.plan import plan_of
from paypact.runner.recorder import Recorder
from paypact.testkit.example import Example


class Watcher:
    """One per pytest session that a command starts. `collect_only`: items are collected, nothing runs."""

    def __init__(
        self,
        progress: Progress,
        *,
        asked: int | None = None,
        collect_only: bool = False,
        witness: Callable[[Example], None] | None = None,
    ) -> None:
        self.progress = progress
        self.witness = witness
        self.asked = asked
        self.collect_only = collect_only
        self.mistakes: list[str] = []
        self.items: list[CellItem] = []
        self.recorder: Recorder | None = None
        self.interrupted = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self) -> Generator[None, Any, Any]:
        try:
            return (yield)
        except ConftestImportFailure as failure:
            self._blame(unusable(failure.path, failure.cause))
            raise pytest.UsageError from failure

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        # Other plugins ask for pytest's reporter by name, so there is one, and it writes where nobody reads.
        config.pluginmanager.unregister(name="terminalreporter")
        config.pluginmanager.register(TerminalReporter(config, io.StringIO()), "terminalreporter")
        self.recorder = config.pluginmanager.get_plugin(Recorder.NAME)
        assert self.recorder is not None
        self.recorder.silent = True
        self.recorder.listeners.append(self.progress.done)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, Any, Any]:
        try:
            return (yield)
        except pytest.UsageError as mistake:
            self._blame(str(mistake))
            raise

    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, call: Any, report: Any) -> None:
        """A file or class that cannot be collected."""
        if not isinstance(report, pytest.CollectReport):
            return
        error = call.excinfo.value
        cause = error.__cause__
        if isinstance(cause, PaypactError):
            self._blame(str(cause))
        elif isinstance(error, ConftestImportFailure):
            self._blame(unusable(error.path, error.cause))
        elif isinstance(error, pytest.Collector.CollectError) and (cause is None or str(error).startswith("paypact: ")):
            self._blame(str(error))
        else:
            self._blame(unusable(node.path, cause or error))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run here (None: as pytest does it) or in workers."""
        self.items = [item for item in session.items if isinstance(item, CellItem)]
        if self.mistakes or self.collect_only or not self.items:
            return True
        plan = plan_of(session.config)
        number = workers.wanted(self.items, plan.profile.examples, self.asked)
        rows = Counter((item.cell.promise.id, item.cell.target.name) for item in self.items)
        self.progress.expect(rows, number or 1)
        if number:
            return workers.run(session, number)
        plan.progress, plan.witness = self.progress.exploring, self.witness
        return None

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """pytest, another plugin, or a worker broke."""
        self._blame(f"pytest failed: {excinfo.exconly(tryshort=True).splitlines()[0]}")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """The user has seen enough; where the run itself stops early, pytest raises a class of its own."""
        self.interrupted = excinfo.type is KeyboardInterrupt

    def _blame(self, mistake: str) -> None:
        mistake = mistake.removeprefix("paypact: ")
        if mistake and mistake not in self.mistakes:
            self.mistakes.append(mistake)
