"""Coverage: how much of a promise's axes its cells have met together, wherever they ran."""

from __future__ import annotations

from collections.abc import Iterable

from paypact.report.model import CellResult, Coverage


def coverage(cells: Iterable[CellResult]) -> tuple[Coverage, ...]:
    """How much of each promise's axes was met for each integration, over all its cells."""
    rows: dict[tuple[str, str], list[CellResult]] = {}
    for cell in cells:
        if cell.covered:
            rows.setdefault((cell.promise, cell.integration), []).append(cell)
    return tuple(
        _row(promise, integration, row)
        for (promise, integration), row in rows.items()
        if all(cell.missed is not None and cell.untried is not None for cell in row)
    )


def _row(promise: str, integration: str, row: list[CellResult]) -> Coverage:
    met = {pair for cell in row for pair in cell.pairs}
    possible = met | {pair for cell in row for pair in cell.missed or ()}
    tried = {(axis, value) for cell in row for axis, values in cell.covered.items() for value in values}
    known = tried | {(axis, value) for cell in row for axis, values in (cell.untried or {}).items() for value in values}
    return Coverage(
        promise=promise,
        integration=integration,
        pairs=len(met),
        of=len(possible),
        values=len(tried),
        of_values=len(known),
    )
