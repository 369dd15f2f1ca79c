"""Draw docs/report.png anew: `python scripts/screenshot.py`. Needs chromium and the test dependencies.

The report is that of the demo's flaw, with every cell of the demo's promise.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from paypact import discovery
from paypact.flawed import manifest
from paypact.report import html
from paypact.runner import launch
from paypact.world import clock

TARGET = Path(__file__).parents[1] / "docs" / "report.png"
WIDTH, MARGIN = 980, 12
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


def main() -> int:
    """Run, render, open, draw all down to the end of the matrix."""
    clock.install()
    told = manifest().demo
    place = discovery.place(str(manifest().named(told.flaw).path))
    result = launch.run(launch.Order((place,), apart=True, promises=(told.promise,), profile="quick"))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "report.html"
        html.write(result, str(file))
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        page = browser.new_page(viewport={"width": WIDTH, "height": 800}, color_scheme="light")
        page.goto(file.as_uri())
        box = page.locator(".boards").bounding_box()
        assert box
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": box["y"] + box["height"] + MARGIN}
        page.screenshot(path=str(TARGET), full_page=True, clip=clip)  # type: ignore[arg-type]  # its own dict type
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
