"""`paypact list`: what there is to drive, what that covers, and what no run can say anything about."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Sequence

from rich.text import Text

from paypact.commands.run import order
from paypact.report import style
from paypact.report.output import standard_output
from paypact.report.page import Page
from paypact.report.style import data
from paypact.runner import launch
from paypact.runner.items import CellItem
from paypact.testkit.promise import Promise
from paypact.testkit.target import Target

STANDINGS = ("accepted", "routed", "refused", "unconfirmed")


def show(paths: Sequence[str]) -> int:
    """Print what the places hold; 0.

    Raises:
        PaypactError: there is nothing, or it cannot be driven.
    """
    items = launch.collect(order(paths))
    columns = {item.cell.target.name: item.cell.target for item in items}
    gateways = {target.scope.gateway: target for target in columns.values()}
    with standard_output() as out:
        page = Page(style.console(out))
        for target in columns.values():
            _integration(page, target, [item for item in items if item.cell.target.name == target.name])
        for target in gateways.values():
            _gateway(page, target)
    return 0


def _integration(page: Page, target: Target, items: Sequence[CellItem]) -> None:
    described = target.described()
    page.line(data(target.name, "bold"))
    page.field("gateway", data(described.gateway))
    page.field("driver", data(f"{target.driver.__qualname__} in {described.file}"))
    page.field("offers", data(", ".join(described.operations)))
    page.field("lacks", data(", ".join(described.missing) or "nothing", "dim"))
    for promise in dict.fromkeys(item.cell.promise for item in items):
        page.field(promise.id, _coverage(promise, target, items))
    for standing, names in _schemes(target):
        page.field(standing, data(names))
    page.blank()


def _coverage(promise: Promise, target: Target, items: Sequence[CellItem]) -> Text:
    if not promise.covers(target):
        return data(f"not covered: define {' or '.join(promise.needs)} to have it tried", "yellow")
    keys = [item.cell.key for item in items if item.cell.promise.id == promise.id]
    more = [operation for operation in promise.needs if not target.offers(operation)]
    tail = f" ({', '.join(more)} would be tried too, if defined)" if more else ""
    count = "1 cell" if len(keys) == 1 else f"{len(keys)} cells"
    return data(f"{count}: {' '.join(keys)}") + data(tail, "dim")


def _schemes(target: Target) -> Iterator[tuple[str, str]]:
    """The schemes in scope by what the gateway does with them; then those that only must do no harm."""
    facts = target.gateway.facts.schemes
    for standing in STANDINGS:
        names = [scheme for scheme in target.schemes if scheme in facts and facts[scheme].standing == standing]
        if names:
            yield standing, " ".join(names)
    outside = {
        standing: [
            scheme for scheme, fact in facts.items() if scheme not in target.schemes and fact.standing == standing
        ]
        for standing in STANDINGS
    }
    if any(outside.values()):
        yield (
            "out of scope",
            "; ".join(f"{standing}: {' '.join(names)}" for standing, names in outside.items() if names),
        )


def _gateway(page: Page, target: Target) -> None:
    about = target.gateway.facts.gateway
    page.line(data(f"gateway {target.gateway.name}", "bold"))
    page.field("docs", data(about.docs))
    page.field("versions", data(", ".join(about.versions) or "not versioned"))
    written = inspect.getdoc(importlib.import_module(target.gateway.package)) or ""
    for paragraph in written.split("\n\n"):
        label, colon, text = " ".join(paragraph.split()).partition(": ")
        if colon and len(label) < 15:
            page.blank()
            page.line(data(label, "dim"))
            page.line(data(text))
    page.blank()
