"""The HTML report: how long it takes to write one of three gateways with a hundred findings, and to see it."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import msgspec
from benchmarks.measure import Row, cpu

from paypact import discovery
from paypact.flawed import manifest
from paypact.report import html, json
from paypact.report.model import CellResult, Finding, Integration, RunResult, Shard
from paypact.runner import launch
from paypact.testkit.promise import promises

GATEWAYS, FINDINGS, KEYS = 3, 100, 9
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


def report(repeats: int) -> list[Row]:
    """Seconds to write it, its size, and seconds until something is seen in a browser, where there is one."""
    result = example()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        seconds = cpu(lambda: html.write(result, str(file)), max(1, repeats))
        size = file.stat().st_size / 1e6
        rows = [
            Row(
                f"HTML report, {len(result.cells)} cells, {FINDINGS} findings: written",
                f"{seconds:.2f} s",
                seconds,
                2.0,
            ),
            Row("HTML report: size", f"{size:.2f} MB", size, 1.0),
        ]
        painted = first_paint(file)
    if painted is not None:
        rows.append(Row("HTML report: first paint, load included", f"{painted:.2f} s", painted, 1.0))
    return rows


def example() -> RunResult:
    """Every promise on three gateways, with the demo's true finding a hundred times, as met at forty lines."""
    told = manifest().demo
    flaw = manifest().named(told.flaw)
    found = launch.run(
        launch.Order(
            (discovery.place(str(flaw.path)),), apart=True, promises=(told.promise,), schemes=(told.scheme,), workers=0
        )
    )
    (finding,), (cell,) = found.findings, found.cells
    cells: list[CellResult] = []
    for gateway in range(GATEWAYS):
        for promise in promises():
            for key in range(KEYS):
                number = len(cells)
                name = {"promise": promise, "integration": f"shop-{gateway}", "cell": f"{told.scheme}-{key}"}
                mine = [_like(finding, name, number)] if number < FINDINGS else []
                state = "broken" if mine else "kept"
                cells.append(msgspec.structs.replace(cell, **name, state=state, findings=tuple(mine)))
    columns = tuple(
        Integration(name=f"shop-{number}", gateway=flaw.gateway, driver="shop:Shop", file="shop.py", operations=())
        for number in range(GATEWAYS)
    )
    return msgspec.structs.replace(found, cells=tuple(cells), integrations=columns, coverage=())


def shards(folder: Path, of: int) -> None:
    """Write the same as that many machines would have."""
    result = example()
    names = tuple(cell.name for cell in result.cells)
    for number in range(of):
        part = Shard(number=number + 1, of=of, cells=names)
        told = msgspec.structs.replace(result, shard=part, cells=result.cells[number::of])
        json.write(told, str(folder / f"{number + 1}.json"))


def _like(finding: Finding, name: dict[str, str], number: int) -> Finding:
    assert finding.line is not None
    line = msgspec.structs.replace(finding.line, number=number % 40)
    return msgspec.structs.replace(finding, **name, line=line)


def first_paint(file: Path) -> float | None:
    """Wall seconds from opening the file until the first content is painted; None without a browser."""
    browser = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if browser is None:
        return None
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=browser, args=list(FLAGS))
        page = started.new_page()
        page.goto("about:blank")
        began = time.perf_counter()
        page.goto(file.as_uri())
        took = time.perf_counter() - began
        paints = page.evaluate("performance.getEntriesByName('first-contentful-paint').map(each => each.startTime)")
        started.close()
    return paints[0] / 1000 if paints else took
