"""`paypact run`: every promise on every integration named, with the matrix at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from paypact import discovery, settings
from paypact.errors import UsageError
from paypact.report import accepted, files, html, json, style, terminal
from paypact.report.model import RunResult
from paypact.report.output import standard_output
from paypact.report.progress import progress
from paypact.runner import launch
from paypact.runner import shard as shards
from paypact.runner.plan import severity
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
    json_file: str,
    html_file: str,
    junit_file: str,
    baseline: str = "",
) -> int:
    """Run, print, and write the files asked for; the exit code.

    Raises:
        PaypactError: a mistake in use.
    """
    if baseline not in ("", "write", "off"):
        raise UsageError(f"--baseline {baseline!r} is unknown: `write` records today's findings, `off` leaves them out")
    for target in filter(None, (json_file, html_file, junit_file)):
        files.check(target)
    if shard:
        shards.parse(shard)
    wanted = replace(
        order(paths, profile=profile, fail_on=fail_on),
        promises=tuple(promises),
        integrations=tuple(integrations),
        schemes=tuple(schemes),
        keyword=keyword,
        workers=number(workers),
        shard=shard,
        exit_first=exit_first,
        junit=junit_file,
    )
    with standard_output() as out:
        console = style.console(out)
        result = launch.run(wanted, progress(console, severity(wanted.fail_on), quiet=quiet))
        narrowed = bool(promises or schemes or keyword or exit_first)
        result = accepted_by_the_team(result, settings.read(Path.cwd()), baseline, narrowed=narrowed)
        if json_file:
            json.write(result, json_file)
        if html_file:
            html.write(result, html_file)
        if quiet:
            terminal.verdict(result, console)
        else:
            terminal.closing(result, console)
    return result.exit_code


def accepted_by_the_team(
    result: RunResult, chosen: settings.Settings, baseline: str, *, narrowed: bool = False
) -> RunResult:
    """The result after waivers and the baseline; `baseline` is write, off, or empty: used where its file exists.

    `narrowed`: the run left out cells of the integrations that it is about.

    Raises:
        PaypactError: the file is no baseline.
    """
    result = accepted.waive(result, chosen.waivers, dt.date.today())  # noqa: DTZ011 - an end date is a local one
    file = Path(chosen.baseline)
    before = accepted.read_baseline(file) if baseline != "off" and file.is_file() else None
    if baseline == "write" and not result.errors:
        before = accepted.baseline_of(result, before, narrowed=narrowed or result.shard is not None)
        accepted.write_baseline(before, file)
    if before is not None:
        result = accepted.compare(result, before, narrowed=narrowed)
    return result


def number(workers: str) -> int | None:
    """How many workers `-n` asks for.

    Raises:
        UsageError: it is neither a number nor `auto`.
    """
    if workers in ("", "auto"):
        return None
    if not workers.isdecimal():
        raise UsageError(f"-n {workers} is no number of workers: write -n 4, -n 0 (one process) or -n auto")
    return int(workers)
