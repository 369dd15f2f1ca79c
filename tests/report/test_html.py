"""The HTML report: what is in the file, and what its reader sees of it in a browser."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from paypact.contract.model import IntegrationNeeds, Need, ReplyNeeds
from paypact.report import html
from paypact.report.html import bodies, view
from paypact.report.model import (
    Acceptance,
    CellResult,
    Coverage,
    ExchangeView,
    Finding,
    Integration,
    Line,
    RunResult,
    State,
    Step,
)

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

FINDING = Finding(
    promise="cards",
    integration="shop",
    gateway="tin",
    cell="jcb",
    severity="crash",
    cause="integration",
    trigger="answer",
    sentence="sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR",
    clause="outcome/paid/crash",
    operation="sale",
    card="Card(jcb, 16 digits, ends 0505, expires 12/2034)",
    answer="approve",
    exception="KeyError: 'JCB'",
    line=Line(file="shop/payments.py", number=41, function="label", code='return RECEIPT[reply["brand"]]'),
    story=(
        Step(call="sale", told="crashed with KeyError: 'JCB'", ledger="the card was charged", parted=True, exchanges=1),
        Step(call="sale", told="Approved", ledger="the card was charged", exchanges=2),
    ),
    paid="10.90 EUR, the price of the order",
    exchanges=(
        ExchangeView(
            number=1,
            operation="sale",
            method="POST",
            url="https://tin.example/payments",
            request="amount = 1090\ncurrency = eur",
            status=200,
            reply='{"id": "p1", "items": [' + "0, " * 60 + '0], "brand": "JCB"}',
            booked=("approve 10.90 EUR",),
            line="shop/payments.py:38 in charge",
        ),
        ExchangeView(
            number=2,
            operation="sale",
            method="GET",
            url="https://tin.example/payments/p1",
            failure="read timeout",
            fault="read-timeout after exchange 2",
        ),
    ),
    explained={"scheme": "only jcb", "currency": "any"},
    fingerprint="0123456789ab",
    replay="paypact replay 'tests/test_payments.py::cards[shop-jcb]'",
    source="oracle: outcome/paid/crash",
)


def cell(key: str, state: State, promise: str = "cards", integration: str = "shop", **changes: Any) -> CellResult:
    """A cell, with how much was tried in it."""
    usual: dict[str, Any] = {"examples": 7, "exchanges": 11, "seconds": 1.5, "covered": {"currency": ("EUR", "KES")}}
    return CellResult(promise=promise, integration=integration, gateway="tin", cell=key, state=state, **usual | changes)


ADVICE = msgspec.structs.replace(
    FINDING, cell="visa", severity="advice", sentence="sale waits", note="waived until 2035"
)
RESULT = RunResult(
    version="0.1.0",
    profile="pr",
    fail_on="belief",
    exit_code=1,
    verdict="1 finding in 1 broken promise",
    integrations=(
        Integration(
            name="shop", gateway="tin", driver="shop:Shop", file="tests/test_payments.py", operations=("sale",)
        ),
        Integration(name="till", gateway="tin", driver="till:Till", file="tests/test_till.py", operations=("sale",)),
    ),
    cells=(
        cell("jcb", "broken", findings=(FINDING,)),
        cell("visa", "advice", findings=(ADVICE,)),
        cell("amex", "kept"),
        cell("visa", "kept", integration="till"),
        cell("all", "not covered", promise="refunds", why="the driver offers none of: refund", examples=0, covered={}),
        cell("sale", "defect", promise="faults", why="the simulator raised KeyError: 'x'"),
    ),
    coverage=(Coverage(promise="cards", integration="shop", pairs=40, of=42, values=9, of_values=9),),
    notes=("waiver for cards[shop-*] has ended",),
    accepted=(
        Acceptance(
            kind="waiver",
            name="cards[shop-visa]",
            state="used",
            reason="known",
            owner="shop@example.com",
            until="2035-01-01",
            findings=1,
        ),
    ),
    seconds=12.0,
)


@dataclass
class Opened:
    """A page in the browser, and everything that it did which it must not."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def cell(self) -> str:
        """The name of the cell that stands open; empty where none does."""
        return (
            str(self.page.locator("dialog[open] article h2").inner_text())
            if self.page.locator("dialog[open]").count()
            else ""
        )

    def squares(self) -> list[str]:
        """The squares that the filters leave."""
        found = self.page.locator(".matrix a.square:not(.out)")
        return [str(each.get_attribute("href")) for each in found.all() if each.is_visible()]


@pytest.fixture(scope="module")  # no longer: while it is open, an event loop of Playwright's runs in this thread
def browser() -> Iterator[Any]:
    """A headless browser of this machine; none is ever downloaded."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: no browser to look with"
    )
    path = os.environ.get("PAYPACT_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no chromium on this machine: install it, or name one in PAYPACT_BROWSER")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Write a result as HTML and open the file, at a width and a fragment."""
    contexts = []

    def opened(result: RunResult = RESULT, *, width: int = 1280, fragment: str = "", dark: bool = False) -> Opened:
        file = tmp_path / "report.html"
        html.write(result, str(file))
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        context.set_default_timeout(10_000)
        contexts.append(context)
        it = Opened(context.new_page())
        it.page.on("console", lambda message: it.said.append(message.text))
        it.page.on("pageerror", lambda error: it.said.append(str(error)))
        it.page.on("request", lambda request: it.asked.append(request.url))
        it.page.goto(file.as_uri() + (f"#{fragment}" if fragment else ""))
        return it

    yield opened
    for context in contexts:
        context.close()


JCB, VISA, AMEX, TILL = "#cards/shop/jcb", "#cards/shop/visa", "#cards/shop/amex", "#cards/till/visa"
GAP, DEFECT = "#refunds/shop/all", "#faults/shop/sale"
EVERY = {JCB, VISA, AMEX, TILL, GAP, DEFECT}


# --- the file ---------------------------------------------------------------------------------------------------------


def test_one_file_that_asks_for_nothing(tmp_path: Path) -> None:
    """No address is loaded, and no script but the file's own may run."""
    html.write(RESULT, str(tmp_path / "report.html"))
    text = (tmp_path / "report.html").read_text("utf-8")

    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert re.findall(r"<(?:link|img|iframe|script src|object|embed)|@import|url\(", text) == []
    assert "default-src 'none'; style-src 'sha256-" in text
    assert text.count("<script>") == text.count("<style>") == 1


@pytest.mark.parametrize("place", ["sentence", "card", "exception", "note", "replay", "answer"])
def test_data_is_escaped(place: str) -> None:
    """Whatever the shop's code, its cards or a gateway say is text."""
    evil = "<script>alert('x')</script>\" onload=\"x\u202e\x1b"
    finding = msgspec.structs.replace(FINDING, **{place: evil})
    text = html.render(msgspec.structs.replace(RESULT, cells=(cell("jcb", "broken", findings=(finding,)),)))

    assert "alert(" in text
    assert text.count("<script>") == 1
    assert '" onload="' not in text
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_three_gateways_and_a_hundred_findings_stay_below_a_megabyte() -> None:
    """Long bodies are cut to what all of them may take together, around what a reader looks for."""
    body = '{"brand": "JCB", "rest": [' + ", ".join(f'"line {number} of many"' for number in range(600)) + "]}"
    exchanges = tuple(
        msgspec.structs.replace(FINDING.exchanges[0], number=number, reply=body[:-2] + f', "{number}"]}}')
        for number in range(1, 7)
    )
    cells = []
    for number in range(270):
        line = Line(file="shop/payments.py", number=number % 40, function="label")
        finding = msgspec.structs.replace(FINDING, cell=f"key-{number}", line=line, exchanges=exchanges)
        state: State = "broken" if number < 100 else "kept"
        cells.append(cell(f"key-{number}", state, findings=(finding,) if number < 100 else ()))
    text = html.render(msgspec.structs.replace(RESULT, cells=tuple(cells)))

    assert len(text.encode()) < 1_000_000
    assert text.count("<mark>&#34;JCB&#34;</mark>") == 40 * 6
    assert text.count("where the same mistake was met") == 60


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (100, "a = 1\nb = 2\nc = 3\nbrand = x\ne = 5\nf = 6\ng = 7"),
        (32, "[... 1 line left out]\nb = 2\nc = 3\nbrand = x\ne = 5\n[... 2 lines left out]"),
        (4, "a = 1"[:4] + " [...]"),
    ],
    ids=["all", "around the clue", "no line fits"],
)
def test_what_is_kept_of_a_body(limit: int, shown: str) -> None:
    """Whole lines, those around a clue before those at the beginning; what is missing is said."""
    text = "a = 1\nb = 2\nc = 3\nbrand = x\ne = 5\nf = 6\ng = 7"

    assert bodies.cut(text, limit, ["brand"]) == shown


def test_a_link_to_a_cell_survives_any_name() -> None:
    """Names with characters that mean something to an address or to HTML lead to their cell all the same."""
    odd = cell('a b/"<é', "kept")

    assert view.anchor(odd) == "cards/shop/a%20b%2F%22%3C%C3%A9"
    assert f'<article id="{view.anchor(odd)}"' in html.render(msgspec.structs.replace(RESULT, cells=(odd,)))


def test_needs_that_were_merged_in(tmp_path: Path) -> None:
    """What an integration needs is told field by field, once for all the operations that need it alike."""
    need = Need(field="charge.<b>brand</b>", read="value", without="sale crashed with KeyError: 'brand'")
    replies = tuple(
        ReplyNeeds(operation=operation, answer="approve", request="POST /payments", needs=(need,))
        for operation in ("sale", "authorize", "sale")
    )
    needed = IntegrationNeeds(integration="shop", gateway="tin", replies=replies)
    text = html.render(msgspec.structs.replace(RESULT, needs=(msgspec.to_builtins(needed),)))

    assert "<summary>shop: 1 field</summary>" in text
    assert "charge.&lt;b&gt;brand&lt;/b&gt;" in text
    assert "<td>sale, authorize</td>" in text
    assert 'id="needs"' not in html.render(RESULT)


def test_a_result_without_cells() -> None:
    """Where nothing ran there is a verdict and nothing else."""
    nothing = msgspec.structs.replace(RESULT, cells=(), coverage=(), notes=(), accepted=(), exit_code=2, verdict="no")
    text = html.render(nothing)

    assert "nothing can be said</span> no</h1>" in text
    assert 'id="matrix"' not in text


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_drawn_and_asks_for_nothing(show: Any, width: int, dark: bool) -> None:
    """The verdict stands first, nothing is wider than the window, the console is silent, nothing else is loaded."""
    it = show(width=width, dark=dark)

    assert it.page.inner_text("h1") == "BROKEN 1 finding in 1 broken promise"
    assert it.page.evaluate("document.documentElement.scrollWidth") <= width
    assert it.said == []
    assert it.asked == [it.page.url]
    assert set(it.squares()) == EVERY
    assert it.cell == ""


def test_a_gap_is_seen_as_well_as_a_failure(show: Any) -> None:
    """What was not covered is drawn as large as what is broken, and with an outline."""
    it = show()
    gap, broken = (it.page.locator(f".matrix a[href='{href}']") for href in (GAP, JCB))

    assert gap.bounding_box()["height"] == broken.bounding_box()["height"]
    assert gap.evaluate("each => getComputedStyle(each).borderTopStyle") == "dashed"
    assert "not covered: the driver offers none of: refund" in gap.inner_text()


@pytest.mark.parametrize(
    ("field", "value", "left"),
    [
        ("input[name=text]", "unknown words", set()),
        ("input[name=text]", "crashed keyerror", {JCB}),
        ("input[name=text]", "till visa", {TILL}),
        ("select[name=promise]", "refunds", {GAP}),
        ("select[name=integration]", "till", {TILL}),
    ],
    ids=["nothing", "words of a finding", "integration and scheme", "promise", "integration"],
)
def test_filters(show: Any, field: str, value: str, left: set[str]) -> None:
    """What does not fit is out of sight, the number of those left is said, and everything comes back."""
    it = show()
    control = it.page.locator(field)
    control.select_option(value) if field.startswith("select") else control.fill(value)

    assert set(it.squares()) == left
    assert it.page.inner_text("#showing") == f"{len(left)} of 6 cells"
    it.page.click("button[type=reset]")
    it.page.locator("#showing", has_text=re.compile("^6 cells$")).wait_for()
    assert set(it.squares()) == EVERY


def test_states_can_be_left_out(show: Any) -> None:
    """Each state has its box; flaws go with their cells."""
    it = show()
    assert it.page.locator(".flaw:visible").count() == 2
    it.page.uncheck("input[value=broken]")
    it.page.uncheck("input[value=kept]")

    assert set(it.squares()) == {VISA, GAP, DEFECT}
    assert it.page.locator(".flaw:visible").count() == 1


def test_a_square_opens_its_cell(show: Any) -> None:
    """Story, both sides of each exchange with what it booked, the line, the cause and the command."""
    it = show()
    it.page.click(f".matrix a[href='{JCB}']")
    text = it.page.inner_text("dialog")

    assert it.cell.split("\n")[0].endswith("cards[shop-jcb] broken")
    for said in (
        "sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR",
        "shop/payments.py:41 in label",
        'return RECEIPT[reply["brand"]]',
        "jcb, 16 digits, ends 0505, expires 12/2034",
        "the integration: your code has to change",
        "10.90 EUR, the price of the order",
        "here shop and ledger part",
        "amount = 1090",
        '"brand": "JCB"',
        "approve 10.90 EUR",
        "read timeout",
        "injected: read-timeout after exchange 2",
        "paypact replay 'tests/test_payments.py::cards[shop-jcb]'",
    ):
        assert said in text
    assert it.page.inner_text("dialog mark") == '"JCB"'
    mark, body = (it.page.locator(f"dialog {each}").first.bounding_box() for each in ("mark", "pre:has(mark)"))
    assert body["y"] <= mark["y"] <= body["y"] + body["height"]
    assert (
        it.page.locator("dialog .sides").first.evaluate("each => getComputedStyle(each).gridTemplateColumns").count(" ")
        == 2
    )


@pytest.mark.parametrize(
    ("fragment", "name"),
    [
        ("cards/shop/jcb", "cards[shop-jcb] broken"),
        ("cards/shop/jcb/0123456789ab", "cards[shop-jcb] broken"),
        ("0123456789ab", "cards[shop-jcb] broken"),
        ("refunds/shop/all", "refunds[shop-all] not covered"),
        ("matrix", ""),
        ("nobody", ""),
    ],
    ids=["cell", "finding", "fingerprint", "gap", "section", "nothing"],
)
def test_a_link_leads_to_a_cell(show: Any, fragment: str, name: str) -> None:
    """A cell, a finding or a fingerprint in the address opens the cell; anything else opens none."""
    it = show(fragment=fragment)

    assert it.cell.endswith(name)
    assert bool(it.cell) is bool(name)
    if fragment.endswith("/jcb"):
        bar, heading = (it.page.locator(f"dialog {each}").first.bounding_box() for each in (".close", "h2"))
        assert heading["y"] >= bar["y"] + bar["height"]
    assert it.said == []


def test_the_keyboard_is_enough(show: Any) -> None:
    """Enter opens the focused square, Escape closes it, and the focus is back where it was."""
    it = show()
    it.page.focus(f".matrix a[href='{JCB}']")
    it.page.keyboard.press("Enter")
    it.page.wait_for_selector("dialog[open]")
    assert it.page.evaluate("document.activeElement.tagName") == "H2"

    it.page.keyboard.press("Escape")
    it.page.wait_for_selector("dialog:not([open])", state="attached")
    it.page.locator(f".matrix a[href='{JCB}']:focus").wait_for()
    assert it.page.locator("#cells article").count() == 6
    it.page.keyboard.press("Enter")  # the same once more
    it.page.wait_for_selector("dialog[open]")


def test_what_a_screen_reader_says(show: Any) -> None:
    """Squares have names and states, tables captions and headings, and headings leave no level out."""
    it = show()
    square = it.page.get_by_role("link", name="jcb broken", exact=False).first
    levels = it.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(each => +each.tagName[1])")

    assert square.get_attribute("href") == JCB
    assert it.page.locator("table:not(:has(caption)):not(:has(thead th[scope]))").count() == 0
    assert [(before, after) for before, after in pairwise(levels) if after > before + 1] == []
    assert it.page.locator("html[lang=en]").count() == 1


def test_without_scripts_everything_is_there(browser: Any, tmp_path: Path) -> None:
    """Where scripts are off the cells stand below the matrix, and links lead to them."""
    html.write(RESULT, str(tmp_path / "report.html"))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "report.html").as_uri())

    assert page.locator("#cells article").count() == 6
    assert page.locator("#cells article").first.is_visible()
    assert not page.locator(".filters").is_visible()
    context.close()
