"""A finding and a matrix as they are read: at any width, in any encoding, whatever the data holds."""

from __future__ import annotations

import io
from typing import Any

import pytest

from paypact.report import finding, style, terminal
from paypact.report.flaws import flaws
from paypact.report.model import CellResult, ExchangeView, Finding, RunResult, State, Step
from paypact.report.page import Page

PLAIN = Finding(
    promise="cards",
    integration="shop",
    gateway="tin",
    cell="visa",
    severity="crash",
    cause="integration",
    trigger="answer",
    sentence="sale crashed",
    clause="outcome/paid/crash",
    operation="sale",
    answer="decline:lost",
    replay='paypact replay \'tests/test_payments.py::cards[shop-visa]{"answer":"decline:lost_card_reported"}\'',
)


def exchange(number: int, **changes: Any) -> ExchangeView:
    """An exchange that replied 200."""
    usual: dict[str, Any] = {"method": "POST", "url": "https://tin.example/payments", "status": 200}
    return ExchangeView(number=number, operation="sale", **{**usual, **changes})


def shown(each: Finding, *, width: int = 80, full: bool = False, others: tuple[Finding, ...] = ()) -> list[str]:
    """The lines of a finding."""
    out = io.StringIO()
    finding.show(Page(style.console(out, width=width, colour=False)), each, others=others, full=full)
    return out.getvalue().splitlines()


def changed(**changes: Any) -> Finding:
    """The plain finding with some fields changed."""
    import msgspec

    return msgspec.structs.replace(PLAIN, **changes)


@pytest.mark.parametrize("width", [20, 60, 80, 120])
def test_lines_fit_and_the_command_stays_whole(width: int) -> None:
    """Everything is wrapped without blanks at the end, but for the command, which is there to be copied."""
    words = "a sentence of many words " * 8
    lines = shown(
        changed(sentence=words, exception=words, card=words, story=(Step(call=words), Step(call=words, told=words))),
        width=width,
    )

    assert f" replay        {PLAIN.replay}" in lines
    assert [line for line in lines if line != line.rstrip()] == []
    assert [line for line in lines if len(line) > max(width, 60) and PLAIN.replay not in line] == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("[bold]not markup[/bold] :smile:", "[bold]not markup[/bold] :smile:"),
        ("red \x1b[31m alert\x07", "red \\x1b[31m alert\\x07"),
        ("abc\u202edef", "abc\\u202edef"),
    ],
    ids=["markup", "control codes", "right to left"],
)
def test_data_is_shown_and_never_obeyed(text: str, seen: str) -> None:
    """A shop's data is neither markup nor a command to the terminal."""
    assert f" raised        {seen}" in shown(changed(exception=text))


def test_what_led_to_it() -> None:
    """The trigger names the answer, the fault and the variation that were met, an approval being nothing to name."""
    met = changed(fault="timeout", variation="no brand")

    assert " trigger       what the bank answered (answer: decline:lost; fault: timeout; variation: no brand)" in shown(
        met, width=120
    )
    assert " trigger       what the bank answered" in shown(changed(answer="approve"))


def test_what_matters_and_what_does_not() -> None:
    """Axes that matter are named one by one, those that do not together."""
    table = {"scheme": "any", "length": "only 19", "answer": "only challenge", "currency": "any"}

    assert finding.explained(table) == "length: only 19; answer: only challenge; scheme, currency: any"


def test_repeats_are_told_once() -> None:
    """Steps and exchanges that repeat the one before are not written out again; where the books part is marked."""
    same = {"request": "amount = 1", "line": "shop.py:3 in pay"}
    twice = (exchange(1, **same), exchange(2, **same))
    held, charged = "the money is held on the card: 1.00 EUR held", "the card was charged: 1.00 EUR charged"
    story = (
        Step(call="authorize", told="Approved", ledger=held, exchanges=1),
        Step(call="authorize", told="Approved", ledger=held, exchanges=2),
        Step(call="a day passes", ledger=held, exchanges=2),
        Step(call="capture", told="Declined", ledger=charged, parted=True, exchanges=2),
    )
    lines = shown(changed(story=story, exchanges=twice, paid="1.00 EUR, the price of the order"), width=100)

    start = lines.index(" what ran      1-2  authorize: Approved")
    assert lines[start + 1 : start + 14] == [
        f"                    ledger  {held}",
        "                 3  a day passes",
        f"                    ledger  {held}",
        "                 4  capture: Declined",
        f"                    ledger  {charged}",
        "                    ^ here shop and ledger part",
        "               the shopper paid: 1.00 EUR, the price of the order",
        "",
        " exchanges     1  sale  POST https://tin.example/payments  ->  200  booked nothing",
        "                  sent    amount = 1",
        "                  from    shop.py:3 in pay",
        "               2  sale  POST /payments  ->  200  the same again, booked nothing",
        "",
    ]


def test_what_came_back() -> None:
    """A lost reply, an injected fault, a refusal by the vendor's rule."""
    lines = shown(
        changed(
            exchanges=(
                exchange(1, status=None, failure="read timeout", fault="timeout after", booked=("approve 1.00 EUR",)),
                exchange(2, status=400, refused="amount below the minimum (docs.tin.example/minimums)"),
            )
        ),
        width=120,
    )

    assert (
        " exchanges     1  sale  POST https://tin.example/payments  ->  read timeout (injected: timeout after)" in lines
    )
    assert "                  booked  approve 1.00 EUR" in lines
    assert "               2  sale  POST /payments  ->  400  booked nothing" in lines
    assert "                  refused amount below the minimum (docs.tin.example/minimums)" in lines


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ('{"a": 1,\n "b": 2}', '{"a": 1, "b": 2}'),
        ("amount = 1\ncurrency = eur", "amount = 1, currency = eur"),
        ('{"id": "' + "x" * 400 + '", "brand": "JCB", "exp": 1}', '{..., "brand": "JCB", "exp": 1}'),
        ('{"id": "' + "x" * 400 + '"}', f'{{"id": "{"x" * 213}...'),
    ],
    ids=["document", "form", "what the exception names", "long"],
)
def test_a_body_in_a_line(body: str, seen: str) -> None:
    """In brief a body is one line, around what the exception names."""
    lines = shown(changed(exception="KeyError: 'JCB'", exchanges=(exchange(1, reply=body),)), width=250)

    assert [line for line in lines if " got " in line] == [f"                  got     {seen}"]


def test_a_body_in_full() -> None:
    """A replay shows all of it."""
    lines = shown(changed(exchanges=(exchange(1, reply='{"id": {"a": 1}}'),)), full=True)

    start = next(place for place, line in enumerate(lines) if " got " in line)
    assert [line[26:] for line in lines[start : start + 5]] == ["{", ' "id": {', '  "a": 1', " }", "}"]


def cell(key: str, state: State, promise: str = "cards", integration: str = "shop", **more: Any) -> CellResult:
    """A cell in a state."""
    return CellResult(promise=promise, integration=integration, gateway="tin", cell=key, state=state, **more)


def closing(*cells: CellResult, width: int = 80) -> list[str]:
    """What a run ends with."""
    out = io.StringIO()
    result = RunResult(
        version="1", profile="pr", fail_on="belief", exit_code=0, verdict="so be it", integrations=(), cells=cells
    )
    terminal.closing(result, style.console(out, width=width, colour=False))
    return out.getvalue().splitlines()


def test_the_matrix_has_the_worst_first() -> None:
    """Promises by their worst cell, integrations within; cells keep their order, so that columns can be compared."""
    lines = closing(
        cell("visa", "kept", "answers"),
        cell("visa", "kept", "cards", "a"),
        cell("jcb", "kept", "cards", "a"),
        cell("visa", "kept", "cards", "b"),
        cell("jcb", "broken", "cards", "b"),
    )

    assert lines[:3] == [
        " cards    b     ■✗  1 broken: jcb, 1 kept",
        "          a     ■■  2 kept",
        " answers  shop  ■   1 kept",
    ]


def test_gaps_are_explained_once() -> None:
    """Cells that are not covered for one reason share a line."""
    lines = closing(
        cell("visa", "not covered", why="no refund"),
        cell("jcb", "not covered", why="no refund"),
        cell("all", "not covered", "refunds", why="no capture"),
        width=100,
    )

    assert " not covered  cards[shop-*] (2 cells: visa jcb): no refund" in lines
    assert " not covered  refunds[shop-all]: no capture" in lines


def test_a_narrow_terminal() -> None:
    """Where there is no room beside the squares, the names stand below."""
    lines = closing(*(cell(f"scheme{number}", "broken") for number in range(12)), width=60)

    assert lines[0] == " cards  shop  ✗✗✗✗✗✗✗✗✗✗✗✗"
    assert lines[1] == "        12 broken: scheme0 scheme1 scheme2 scheme3 scheme4"


def test_an_output_that_is_not_unicode() -> None:
    """Squares that the encoding can write."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    console = style.console(out, width=80, colour=False)
    result = RunResult(
        version="1", profile="pr", fail_on="belief", exit_code=0, verdict="v", integrations=(),
        cells=(cell("visa", "kept"), cell("jcb", "broken")),
    )  # fmt: skip

    terminal.closing(result, console)
    out.flush()

    assert out.buffer.getvalue().decode("ascii").startswith(" cards  shop  #X  1 broken: jcb, 1 kept\n")


def test_one_flaw_is_shown_once() -> None:
    """Findings from one place in the code are one flaw with the cells it is met in; ten are shown whole."""
    each = [changed(cell=key, exception=f"KeyError: {key!r}") for key in ("jcb", "elo")]
    kinds = [changed(exception=f"Error{number}: x") for number in range(12)]

    assert [len(flaw.all) for flaw in flaws(each)] == [2]
    assert " also in       elo (the same flaw)" in shown(each[0], others=(each[1],))
    out = io.StringIO()
    terminal.findings(kinds, style.console(out, width=80, colour=False), fail_on="belief")
    assert out.getvalue().count(" cause ") == terminal.MOST
    assert out.getvalue().count("CRASH") == 12
