"""From a stack trace to the findings and cells that have to do with it."""

from __future__ import annotations

from typing import Any

from paypact import gateways
from paypact.aid.match import clues, integrations, matches
from paypact.aid.trace import Frame, Trace
from paypact.report.model import CellResult, Finding, Integration, Line, RunResult

SALE = Line(file="shop/payments.py", number=10, function="sale")
LABEL = Line(file="shop/payments.py", number=41, function="label", code="NAMES[brand]")
REFUND = Line(file="shop/refunds.py", number=7, function="refund")


def finding(cell: str, exception: str, line: Line | None, *stack: Line) -> Finding:
    """A finding with its place."""
    return Finding(
        promise="cards",
        integration="shop",
        gateway="stripe",
        cell=cell,
        severity="crash",
        cause="integration",
        trigger="plain",
        sentence="it broke",
        clause="x",
        exception=exception,
        line=line,
        stack=stack,
    )


def result(*findings: Finding, **covered: Any) -> RunResult:
    """A run with a cell for each finding and one for answers."""
    cells = [
        CellResult(
            promise="cards", integration="shop", gateway="stripe", cell=each.cell, state="broken", findings=(each,)
        )
        for each in findings
    ]
    cells.append(
        CellResult(promise="answers", integration="shop", gateway="stripe", cell="fraud", state="kept", covered=covered)
    )
    shop = Integration(name="shop", gateway="stripe", driver="t:S", file="tests/test_payments.py", operations=("sale",))
    return RunResult(
        version="0", profile="pr", fail_on="belief", exit_code=1, verdict="", integrations=(shop,), cells=tuple(cells)
    )


def trace(kind: str, message: str = "", *frames: tuple[str, str]) -> Trace:
    """A trace from a server, whose folders are not those of the checkout."""
    there = [
        Frame("/srv/lib/python3/site-packages/django/base.py", 3, "inner"),
        *(Frame(f"/app/{f}", 99, n) for f, n in frames),
    ]
    return Trace(tuple(there), kind, message)


HERE = (("shop/payments.py", "sale"), ("shop/payments.py", "label"))


def test_the_nearest_comes_first() -> None:
    """The same error in the same place, then another there, then what lies on the way; the rest is left out."""
    run = result(
        finding("elsewhere", "KeyError: 'JCB'", REFUND, REFUND),
        finding("way", "TypeError: x", SALE, SALE),
        finding("way too", "KeyError: 'amount'", SALE, SALE),
        finding("other error", "TypeError: x", LABEL, SALE, LABEL),
        finding("same", "KeyError: 'JCB'", LABEL, SALE, LABEL),
    )

    found = matches(run, [trace("KeyError", "'JCB'", *HERE)])

    assert [(each.finding.cell, each.nearness) for each in found] == [
        ("same", 4),
        ("other error", 3),
        ("way too", 2),
        ("way", 1),
    ]
    assert found[0].said == "the same error in the same place"


def test_a_chained_exception_matches_by_either() -> None:
    """What was raised first may be what the finding saw."""
    run = result(finding("same", "KeyError: 'JCB'", LABEL, SALE, LABEL))

    (found,) = matches(run, [trace("KeyError", "'JCB'", *HERE), trace("CheckoutFailed", "", ("shop/views.py", "pay"))])

    assert found.nearness == 4


def test_installed_code_is_the_checkouts() -> None:
    """A package is known by the ends of its paths, and never by a file's bare name alone."""
    run = result(finding("same", "KeyError: 'JCB'", Line(file="src/shop/payments.py", number=1, function="label")))

    assert matches(run, [trace("KeyError", "", ("site-packages/shop/payments.py", "label"))])
    assert not matches(run, [trace("KeyError", "", ("other/payments.py", "label"))])


def test_words_of_the_gateway() -> None:
    """What a message quotes is looked up in the gateway's facts: brands and reasons of declines."""
    run = result(finding("jcb", "", LABEL), answer=("approve", "decline:lost_card"))
    facts = {"stripe": gateways.load("stripe").facts}

    told = list(
        clues(run, [trace("KeyError", "'jcb'"), trace("ValueError", "no text for 'lost_card' or 'zebra'")], facts)
    )

    assert [(clue.word, clue.meaning, [cell.name for cell in clue.cells]) for clue in told] == [
        ("jcb", "Stripe's word for jcb cards", ["cards[shop-jcb]"]),
        ("lost_card", "Stripe's word for the decline lost_card", ["answers[shop-fraud]"]),
    ]


def test_integrations_in_a_trace() -> None:
    """By the code of their findings, or by the driver's own file."""
    run = result(finding("same", "KeyError: 'JCB'", LABEL, SALE))

    assert integrations(run, [trace("KeyError", "", ("shop/payments.py", "sale"))]) == ["shop"]
    assert integrations(run, [trace("KeyError", "", ("tests/test_payments.py", "sale"))]) == ["shop"]
    assert integrations(run, [trace("KeyError", "", ("shop/basket.py", "add"))]) == []
