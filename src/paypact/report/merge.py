"""Merging: results of several machines or jobs as the one result that a single run would have had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from paypact.errors import UsageError
from paypact.report import accepted
from paypact.report.coverage import coverage
from paypact.report.model import Acceptance, CellResult, Integration, RunResult, Shard

ALIKE: Final = ("version", "profile", "fail_on")  # results that differ in these cannot be counted together
NAMED: Final = 5  # cells or shards that a message names


def merge(results: Mapping[str, RunResult]) -> RunResult:
    """One result of all, by the names of their files. Shards are put together; runs of their own follow each other.

    Raises:
        UsageError: a shard or cell is missing or there twice, or the results are not of like runs.
    """
    if not results:
        raise UsageError("report merge: no result was named: name the JSON files that the runs wrote, or their folder")
    _alike(results)
    _apart(results)
    first = next(iter(results.values()))
    whole = list(_whole(results))
    cells = tuple(cell for cells in whole for cell in cells)
    merged = RunResult(
        version=first.version,
        profile=first.profile,
        fail_on=first.fail_on,
        exit_code=first.exit_code,
        verdict=first.verdict,
        integrations=_columns(results, cells),
        cells=cells,
        coverage=coverage(cells),
        seconds=round(sum(result.seconds for result in results.values()), 3),
        needs=tuple(needed for result in results.values() for needed in result.needs),
        errors=tuple(dict.fromkeys(error for result in results.values() for error in result.errors)),
    )
    return accepted.concluded(merged, cells, _accepted(results.values()))


def _alike(results: Mapping[str, RunResult]) -> None:
    """Raise where two results are of unlike runs."""
    (name, first), *others = results.items()
    for other, result in others:
        for field in ALIKE:
            one, two = getattr(first, field), getattr(result, field)
            if one != two:
                word = field.replace("_", "-")
                raise UsageError(
                    f"report merge: {name} has {word} {one}, {other} has {word} {two}: merge results of like runs"
                )


def _apart(results: Mapping[str, RunResult]) -> None:
    """Raise where a cell was run twice: nobody could say which of its results holds."""
    where: dict[str, str] = {}
    for name, result in results.items():
        for cell in result.cells:
            other = where.setdefault(cell.name, name)
            if other != name:
                raise UsageError(
                    f"report merge: {cell.name} is in {other} and in {name}: leave one of them out, "
                    "or give the integrations different names"
                )


def _whole(results: Mapping[str, RunResult]) -> Iterator[Sequence[CellResult]]:
    """The cells of each run, in the order in which they would have come from one machine."""
    shared: dict[tuple[int, tuple[str, ...]], dict[str, RunResult]] = {}
    for name, result in results.items():
        if result.shard is not None:
            shared.setdefault((result.shard.of, result.shard.cells), {})[name] = result
    for result in results.values():
        if result.shard is None:
            yield result.cells
        elif parts := shared.pop((result.shard.of, result.shard.cells), None):
            yield _together(result.shard, parts)


def _together(shard: Shard, parts: Mapping[str, RunResult]) -> Sequence[CellResult]:
    """The cells of one shared run.

    Raises:
        UsageError: it is not all there.
    """
    there = Counter(part.shard.number for part in parts.values() if part.shard)
    missing = [str(number) for number in range(1, shard.of + 1) if number not in there]
    if missing:
        are = "shards {} of {} are" if len(missing) > 1 else "shard {} of {} is"
        raise UsageError(
            f"report merge: {are.format(_listed(missing), shard.of)} missing beside {', '.join(parts)}: "
            "the machine died or ran on another commit, or the file was not named"
        )
    place = {name: number for number, name in enumerate(shard.cells)}
    cells = sorted((cell for part in parts.values() for cell in part.cells), key=lambda cell: place[cell.name])
    told = {cell.name for cell in cells}
    lost = [name for name in shard.cells if name not in told]
    if lost and not any(part.errors for part in parts.values()):
        raise UsageError(
            f"report merge: no shard has a result of {_listed(lost)}: a run stopped early. Run it again, without -x"
        )
    return cells


def _columns(results: Mapping[str, RunResult], cells: Iterable[CellResult]) -> tuple[Integration, ...]:
    """Every integration once, in the order of the cells.

    Raises:
        UsageError: two of one name are different drivers.
    """
    found: dict[str, tuple[str, Integration]] = {}
    for name, result in results.items():
        for column in result.integrations:
            other, known = found.setdefault(column.name, (name, column))
            if (known.driver, known.gateway) != (column.driver, column.gateway):
                raise UsageError(
                    f"report merge: integration {column.name} is {known.driver} in {other} and {column.driver} in "
                    f"{name}: give one of them another name"
                )
    order = dict.fromkeys([*(cell.integration for cell in cells), *found])
    return tuple(found[name][1] for name in order if name in found)


def _accepted(results: Iterable[RunResult]) -> Iterator[Acceptance]:
    """Each waiver once, used where any run used it; the lines of the baseline as they are."""
    waivers: dict[tuple[str, ...], list[Acceptance]] = {}
    others: dict[Acceptance, None] = {}
    for result in results:
        for entry in result.accepted:
            if entry.kind == "waiver":
                waivers.setdefault((entry.name, entry.owner, entry.until, entry.reason), []).append(entry)
            else:
                others[entry] = None
    for entries in waivers.values():
        used = next((entry for entry in entries if entry.state != "unused"), entries[0])
        yield msgspec.structs.replace(used, findings=sum(entry.findings for entry in entries))
    yield from others


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
