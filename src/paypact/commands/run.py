"""`paypact run`: every promise on every integration named, with the matrix at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from paypact import discovery, settings
from paypact.errors import PaypactError, UsageError
from paypact.processes import number
from paypact.report import accepted, files, style, terminal
from paypact.report.model import UNUSABLE, RunResult
from paypact.report.output import standard_output
from paypact.report.outputs import Outputs
from paypact.report.progress import progress
from paypact.runner import launch
from paypact.runner import shard as shards
from paypact.runner.plan import OFF, severity
from paypact.testkit import profiles


def order(paths: Sequence[str], *, profile: str = "", fail_on: str = "") -> launch.Order:
    """The run over what the user named; an option wins over a setting, a setting over the default.

    Raises:
        PaypactError: nothing of that name, an unknown profile or severity, broken settings.
    """
    chosen = settings.read(Path.cwd())
    return launch.Order(
        discovery.places(paths, chosen.drivers),
        apart=not paths and not chosen.drivers,
        profile=profiles.profile(profile or chosen.profile, default="pr").name,
        fail_on=severity(fail_on or chosen.fail_on),
    )


def run(
    paths: Sequence[str],
    *,
    promises: Sequence[str],
    integrations: Sequence[str],
    schemes: Sequence[str],
    profile: str,
    fail_on: str,
    keyword: str,
    workers: str,
    shard: str,
    exit_first: bool,
    quiet: bool,
    outputs: Outputs,
    baseline: str = "",
    needs: bool = False,
) -> int:
    """Run, print, and write the files asked for; the exit code.

    Raises:
        PaypactError: a mistake in use.
    """
    if baseline not in ("", "write", "off"):
        raise UsageError(f"--baseline {baseline!r} is unknown: `write` records today's findings, `off` leaves them out")
    outputs.check()
    if shard:
        shards.parse(shard)
    if needs and not (outputs.json or outputs.html):
        raise UsageError(
            "--needs goes into the files of --json and --html, and none was named: paypact needs prints them"
        )
    file = settings.home(Path.cwd()) / settings.read(Path.cwd()).baseline
    if baseline == "write":
        files.check(str(file))
    wanted = replace(
        order(paths, profile=profile, fail_on=fail_on),
        promises=tuple(promises),
        integrations=tuple(integrations),
        schemes=tuple(schemes),
        keyword=keyword,
        workers=number(workers),
        shard=shard,
        exit_first=exit_first,
        baseline=OFF if baseline else str(file),
    )
    with standard_output() as out:
        console = style.console(out)
        result = launch.run(wanted, progress(console, severity(wanted.fail_on), quiet=quiet))
        if baseline == "write":
            result = written(result, file, narrowed=wanted.narrowed)
        if needs and result.exit_code != UNUSABLE:  # of what cannot be run nothing can be told
            result = msgspec.structs.replace(result, needs=needed(paths, integrations, number(workers)))
        outputs.write(result, out)
        terminal.closing(result, console, html=outputs.html, quiet=quiet)
    return result.exit_code


def written(result: RunResult, file: Path, *, narrowed: bool) -> RunResult:
    """Record the findings in the baseline, and the result as it is with that; one that says nothing is not recorded."""
    if result.exit_code == UNUSABLE:
        return msgspec.structs.replace(result, notes=(*result.notes, f"{file.name} was not written: {result.verdict}"))
    try:
        before = accepted.read_baseline(file) if file.is_file() else None
    except PaypactError:  # what is broken is written anew: its own message says so
        before = None
    baseline = accepted.baseline_of(result, before, narrowed=narrowed or result.shard is not None)
    accepted.write_baseline(baseline, file)
    return accepted.Accepting(baseline=baseline).applied(result, narrowed=narrowed)


def needed(paths: Sequence[str], integrations: Sequence[str], workers: int | None) -> tuple[dict[str, Any], ...]:
    """What each integration needs of its gateway's replies, as `paypact needs --json` writes it.

    Raises:
        PaypactError: nothing can be driven.
    """
    from paypact.contract.needs import Study  # late: most runs do not ask for needs
    from paypact.contract.studies import studied
    from paypact.contract.targets import driven

    with driven(paths, integrations) as targets:
        return tuple(map(msgspec.to_builtins, studied(paths, targets, Study.result, workers)))
