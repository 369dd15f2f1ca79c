"""Plan: what all cells of one pytest run have in common, made of options and settings."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from paypact import replay, settings
from paypact.errors import UsageError
from paypact.naming import unknown
from paypact.report.accepted import Accepting, read_baseline
from paypact.report.model import SEVERITIES, Severity, Shard
from paypact.runner import shard
from paypact.runner.recorder import PLAN
from paypact.runner.selection import Selection
from paypact.runner.shard import Share
from paypact.testkit import profiles
from paypact.testkit.example import Example

OFF: Final = "off"  # in the place of a baseline's file: there is none


@dataclass
class Plan:
    """One per pytest session; `of` makes it when the first driver is met."""

    profile: profiles.Profile
    fail_on: Severity
    selection: Selection
    chosen: settings.Settings
    accepting: Accepting
    root: Path  # of the pytest session
    folder: Path  # where the command was given: files are named relative to it
    names: dict[Path, str] = field(default_factory=dict)  # files that were named as modules
    progress: Callable[[str], None] | None = None
    witness: Callable[[Example], None] | None = None  # of a replay in this process
    taken: dict[str, str] = field(default_factory=dict)  # integration name -> the class that has it
    share: Share | None = None  # of the cells, where several machines share the run
    shard: Shard | None = None  # the same once all cells are known
    ran: bool = False  # whether any cell was run in this process

    def shown(self, path: Path) -> str:
        """How a file is named in replay commands."""
        if path in self.names:
            return self.names[path]
        if path.is_relative_to(self.folder):
            return path.relative_to(self.folder).as_posix()
        if path.is_relative_to(self.root) and self.folder.is_relative_to(self.root):
            return Path(os.path.relpath(path, self.folder)).as_posix()
        return path.as_posix()


def plan_of(config: pytest.Config) -> Plan:
    """The plan of this session.

    Raises:
        PaypactError: an unknown profile or severity, a replay that cannot be read, broken settings.
    """
    plan = config.stash.get(PLAN, None)
    if plan is None:
        plan = config.stash[PLAN] = _make(config)
    return plan


def _make(config: pytest.Config) -> Plan:
    chosen = settings.read(config.rootpath)
    option = config.getoption
    case = option("paypact_case")
    return Plan(
        profile=profiles.profile(option("paypact_profile") or chosen.profile),
        fail_on=severity(option("paypact_fail_on") or chosen.fail_on),
        selection=Selection(
            tuple(option("paypact_promise")),
            tuple(option("paypact_integration")),
            tuple(option("paypact_scheme")),
            replay.parse(case) if case else None,
        ),
        chosen=chosen,
        accepting=Accepting() if case else _accepting(config, chosen),
        root=config.rootpath,
        folder=config.invocation_params.dir,
        share=shard.parse(option("paypact_shard")) if option("paypact_shard") else None,
        names=modules(config),
    )


def _accepting(config: pytest.Config, chosen: settings.Settings) -> Accepting:
    """Waivers and the baseline of today, whatever day an example will travel to.

    Raises:
        PaypactError: the file is no baseline.
    """
    named = config.getoption("paypact_baseline")
    file = Path(named or settings.home(config.rootpath) / chosen.baseline)
    baseline = read_baseline(file) if named != OFF and file.is_file() else None
    return Accepting(chosen.waivers, baseline, dt.date.today())  # noqa: DTZ011 - an end date is a local one


def modules(config: pytest.Config) -> dict[Path, str]:
    """Files that were named as modules, with `package.module` or `package.module:Class`."""
    parts = (each.partition("=") for each in config.getoption("paypact_module"))
    return {Path(path): name for path, _, name in parts}


def severity(word: str) -> Severity:
    """A severity by its name.

    Raises:
        UsageError: there is none of that name.
    """
    for known in SEVERITIES:
        if known == word:
            return known
    raise UsageError(unknown("fail-on severity", word, SEVERITIES, "known, worst first"))
