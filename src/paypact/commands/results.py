"""Results for first aid: those that were written before, else a run now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from paypact.commands.report import read
from paypact.commands.run import order
from paypact.errors import UsageError
from paypact.report.merge import merge
from paypact.report.model import Finding, RunResult
from paypact.runner import launch
from paypact.runner.plan import OFF


def known(paths: Sequence[str], files: Sequence[str]) -> RunResult:
    """What these files hold, merged; without any, what a run of the drivers comes to, nothing accepted.

    Raises:
        PaypactError: a file is no result, or nothing can be run.
    """
    if files:
        results, _ = read(files)
        return merge(results)
    return launch.run(replace(order(paths), baseline=OFF))


def of_fingerprint(result: RunResult, fingerprint: str) -> list[Finding]:
    """The findings of one fingerprint, the worst first.

    Raises:
        UsageError: there is none; the message lists those there are.
    """
    found = [finding for finding in result.findings if finding.fingerprint == fingerprint]
    if not found:
        there = ", ".join(dict.fromkeys(finding.fingerprint for finding in result.findings)) or "none"
        raise UsageError(
            f"no finding here has the fingerprint {fingerprint} (here: {there}). "
            "Name the result that has it with --result FILE"
        )
    return found
