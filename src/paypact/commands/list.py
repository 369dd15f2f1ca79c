"""`paypact list`: what there is to drive, what that covers, and what no run can say anything about."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table

from paypact.commands.run import order
from paypact.driver import OPERATIONS
from paypact.report import style
from paypact.report.output import standard_output
from paypact.report.style import data
from paypact.runner import launch
from paypact.runner.items import CellItem
from paypact.testkit.promise import Promise, promises
from paypact.testkit.target import Target

STANDINGS = ("accepted", "routed", "refused", "unconfirmed")


def show(paths: Sequence[str]) -> int:
    """Print what the places hold; 0.

    Raises:
        PaypactError: there is nothing, or it cannot be driven.
    """
    items = launch.collect(order(paths))
    with standard_output() as out:
        console = style.console(out)
        columns = {item.cell.target.name: item.cell.target for item in items}
        for target in columns.values():
            _integration(target, [item for item in items if item.cell.target is target], console)
        for name in dict.fromkeys(target.scope.gateway for target in columns.values()):
            target = next(each for each in columns.values() if each.scope.gateway == name)
            _gateway(target, console)
    return 0


def _integration(target: Target, items: list[CellItem], console: Console) -> None:
    described = target.described()
    title = data(target.name, "bold")
    title.append_text(data(f"  {described.driver} ({described.file}), gateway {described.gateway}", "dim"))
    console.print(title)
    rows: list[tuple[str, RenderableType]] = [
        ("offers", data(", ".join(described.operations))),
        ("lacks", data(", ".join(described.missing) or "nothing", "dim")),
    ]
    rows += [(promise.id, _coverage(promise, target, items)) for promise in promises().values()]
    rows += [(standing, data(names)) for standing, names in _schemes(target)]
    console.print(_table(rows))
    console.print()


def _coverage(promise: Promise, target: Target, items: list[CellItem]) -> RenderableType:
    if not promise.covers(target):
        return data(f"not covered: define {' or '.join(promise.needs)} to have it tried", "yellow")
    keys = [item.cell.key for item in items if item.cell.promise.id == promise.id]
    more = [operation for operation in promise.needs if operation in OPERATIONS and not target.offers(operation)]
    tail = f" (defining {', '.join(more)} would have it tried there too)" if more else ""
    text = data(f"{len(keys)} cells: {' '.join(keys)}")
    text.append_text(data(tail, "dim"))
    return text


def _schemes(target: Target) -> Iterator[tuple[str, str]]:
    facts = target.gateway.facts.schemes
    for standing in STANDINGS:
        names = [scheme for scheme in target.schemes if scheme in facts and facts[scheme].standing == standing]
        if names:
            yield standing, " ".join(names)
    outside = [scheme for scheme in facts if scheme not in target.schemes]
    if outside:
        yield "outside", " ".join(outside)


def _gateway(target: Target, console: Console) -> None:
    about = target.gateway.facts.gateway
    title = data(f"gateway {target.gateway.name}", "bold")
    title.append_text(data(f"  {about.title}, {about.docs}", "dim"))
    console.print(title)
    page = inspect.getdoc(importlib.import_module(target.gateway.package)) or ""
    for paragraph in page.split("\n\n"):
        console.print(Padding(data(" ".join(paragraph.split())), (0, 0, 0, 2)))
    console.print()


def _table(rows: list[tuple[str, RenderableType]]) -> RenderableType:
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for label, value in rows:
        table.add_row(label, value)
    return Padding(table, (0, 0, 0, 2))
