"""The matrix: promises x integrations, one square a cell, worst first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.text import Text

from paypact.report import style
from paypact.report.model import STATES, CellResult, RunResult, State
from paypact.report.page import LEAST, Page
from paypact.report.style import data

_ACTS = ("defect", "broken", "advice")  # states whose cells are named one by one


def show(page: Page, result: RunResult) -> None:
    """Rows of squares, with the names of those that need looking at."""
    square = style.squares(page.console)
    shown = rows(result.cells)
    promises = max(len(row[0].promise) for row in shown)
    columns = max(len(row[0].integration) for row in shown)
    widest = max(len(row) for row in shown)
    before = ""
    for row in shown:
        promise, integration = row[0].promise, row[0].integration
        line = data(f"{'' if promise == before else promise:<{promises}}  ", "bold") + data(
            f"{integration:<{columns}}  "
        )
        for cell in row:
            line.append(square[cell.state], style.STATE_STYLE[cell.state])
        indent = page.indent + promises + columns + widest + 6
        words = _words(row)
        if page.console.width - indent < len(words) and page.console.width - indent < 50:
            page.whole(Text(" " * page.indent) + line)
            Page(page.console, page.indent + promises + 2).line(words)
        else:
            line.append(" " * (widest - len(row) + 2))
            wrapped = list(words.wrap(page.console, max(LEAST, page.console.width - indent)))
            page.whole(Text(" " * page.indent) + line + wrapped[0])
            for more in wrapped[1:]:
                page.whole(Text(" " * indent) + more)
        before = promise


def rows(cells: Iterable[CellResult]) -> list[list[CellResult]]:
    """Cells by promise and integration, the worst row first and a promise's rows together."""
    keyed = sorted(cells, key=lambda cell: (cell.promise, cell.integration))
    grouped = [list(group) for _, group in groupby(keyed, key=lambda cell: (cell.promise, cell.integration))]
    worst: dict[str, tuple[int, int]] = {}
    for row in grouped:
        worst[row[0].promise] = min(worst.get(row[0].promise, (len(STATES), 0)), _badness(row))
    return sorted(grouped, key=lambda row: (worst[row[0].promise], row[0].promise, _badness(row), row[0].integration))


def _badness(row: list[CellResult]) -> tuple[int, int]:
    state = min(STATES.index(cell.state) for cell in row)
    return state, -sum(STATES.index(cell.state) == state for cell in row)


def _words(row: list[CellResult]) -> Text:
    text = Text()
    for state in STATES:
        of_state = [cell for cell in row if cell.state == state]
        if not of_state:
            continue
        if text:
            text.append(", ")
        text.append(f"{len(of_state)} {state}", style.STATE_STYLE[state])
        if state in _ACTS:
            text.append_text(data(f": {' '.join(cell.cell for cell in of_state)}"))
    return text


def legend(console: Console) -> Text:
    """What the squares mean."""
    square = style.squares(console)
    text = Text()
    for state in reversed(STATES):
        text.append(f"{square[state]} ", style.STATE_STYLE[state])
        text.append(f"{state}   ", "dim")
    return text


def gaps(result: RunResult) -> list[tuple[str, str]]:
    """Why cells were not covered, each reason once: the cells it holds for, and the reason."""
    why: dict[str, list[CellResult]] = {}
    for cell in result.cells:
        if cell.state == "not covered":
            why.setdefault(cell.why, []).append(cell)
    return [(_named(cells), reason) for reason, cells in why.items()]


def _named(cells: list[CellResult]) -> str:
    first = cells[0]
    same = all((cell.promise, cell.integration) == (first.promise, first.integration) for cell in cells)
    if len(cells) == 1:
        return first.name
    if same:
        return f"{first.promise}[{first.integration}-*] ({len(cells)} cells: {' '.join(cell.cell for cell in cells)})"
    return f"{first.name} and {len(cells) - 1} more cells"


def states(cells: Iterable[CellResult]) -> dict[State, int]:
    """How many cells are in which state, worst first; states nobody is in are left out."""
    every = list(cells)
    counted = {state: sum(cell.state == state for cell in every) for state in STATES}
    return {state: count for state, count in counted.items() if count}
