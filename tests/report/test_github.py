"""What GitHub is told: annotations on the team's lines, and a summary that fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from paypact.errors import UsageError
from paypact.report import github
from paypact.report.model import CellResult, ExchangeView, Finding, Line, RunResult, Step
from paypact.report.outputs import Outputs

FINDING = Finding(
    promise="cards",
    integration="shop",
    gateway="tin",
    cell="jcb",
    severity="crash",
    cause="integration",
    trigger="plain",
    sentence="sale crashed with KeyError: 'JCB'",
    clause="outcome/paid/crash",
    operation="sale",
    card="Card(jcb, 16 digits, ends 0505)",
    exception="KeyError: 'JCB'",
    line=Line(file="shop/payments.py", number=41, function="label", code="return RECEIPT[brand]"),
    story=(Step(call="sale", told="crashed with KeyError: 'JCB'", ledger="the card was charged", parted=True),),
    paid="10.90 EUR, the price of the order",
    exchanges=(
        ExchangeView(
            number=1,
            operation="sale",
            method="POST",
            url="https://tin.example/payments",
            request="amount = 1090",
            status=200,
            reply='{"brand": "JCB"}',
            booked=("approve 10.90 EUR",),
        ),
    ),
    explained={"scheme": "only jcb", "currency": "any"},
    replay="paypact replay 'tests/test_payments.py::cards[shop-jcb]'",
)


def changed(**changes: Any) -> Finding:
    """The finding with some fields changed."""
    return msgspec.structs.replace(FINDING, **changes)


def run(*findings: Finding, **changes: Any) -> RunResult:
    """A result with these findings in one cell, and a gap."""
    cells = (
        CellResult(promise="cards", integration="shop", gateway="tin", cell="jcb", state="broken", findings=findings),
        CellResult(promise="cards", integration="shop", gateway="tin", cell="visa", state="kept", examples=3),
        CellResult(
            promise="refunds", integration="shop", gateway="tin", cell="all", state="not covered", why="no refund"
        ),
    )
    usual: dict[str, Any] = {"exit_code": 1, "verdict": "1 finding", "cells": cells, "integrations": ()}
    return RunResult(version="0.1.0", profile="pr", fail_on="belief", **usual | changes)


AGAIN = "see it again: paypact replay 'tests/test_payments.py::cards[shop-jcb]'"
YOURS = "cause: the integration: your code has to change"


@pytest.mark.parametrize(
    ("findings", "command"),
    [
        (
            (FINDING, changed(cell="visa")),
            (
                "::error file=backend/shop/payments.py,line=41,title=crash%3A cards[shop-jcb]::"
                f"sale crashed with KeyError: 'JCB' (and 1 more of the same flaw)%0A{YOURS}%0A{AGAIN}"
            ),
        ),
        (
            (changed(severity="advice", sentence="100% wrong,\nfrom: here", cell="a,b"),),
            (
                "::warning file=backend/shop/payments.py,line=41,title=advice%3A cards[shop-a%2Cb]::"
                f"100%25 wrong,%0Afrom: here%0A{YOURS}%0A{AGAIN}"
            ),
        ),
        (
            (changed(line=Line(file="../../lib/pay.py", number=3, function="pay")),),
            f"::error title=crash%3A cards[shop-jcb]::sale crashed with KeyError: 'JCB'%0A{YOURS}%0A{AGAIN}",
        ),
    ],
    ids=["a flaw in two cells", "advice, with signs that mean something", "a line outside the checkout"],
)
def test_an_annotation(
    findings: tuple[Finding, ...], command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands at file and line as the checkout knows them, and says cause and way out."""
    (tmp_path / "backend").mkdir()
    monkeypatch.chdir(tmp_path / "backend")

    assert github.commands(run(*findings), root=tmp_path) == [command]


def test_the_worst_ten_are_annotated(tmp_path: Path) -> None:
    """GitHub shows ten of a kind: the worst come first."""
    findings = [changed(clause=f"clause {number}", severity="belief") for number in range(12)]
    commands = github.commands(run(*findings, changed(severity="money", clause="worst")), root=tmp_path)

    assert len(commands) == 10
    assert "title=money%3A" in commands[0]


def test_a_summary() -> None:
    """Verdict, flaw with line, card, cause and command, the promises at a glance, what was not covered."""
    assert github.summary(run(FINDING)).splitlines() == [
        "## paypact: :x: broken",
        "",
        "1 finding",
        "",
        "### CRASH: cards\\[shop-jcb\\]",
        "",
        "**sale crashed with KeyError: 'JCB'**",
        "",
        "- your line: `shop/payments.py:41` in `label`",
        "",
        "  `return RECEIPT[brand]`",
        "",
        "- card: jcb, 16 digits, ends 0505",
        "- cause: the integration: your code has to change",
        "- trigger: nothing but the card: an ordinary payment",
        "- fails for: scheme: only jcb; currency: any",
        "- the shopper paid: 10.90 EUR, the price of the order",
        "",
        "```sh",
        "paypact replay 'tests/test_payments.py::cards[shop-jcb]'",
        "```",
        "",
        "For the gateway's vendor: `paypact evidence 'tests/test_payments.py::cards[shop-jcb]'`",
        "",
        "<details><summary>what happened, and what went over the wire</summary>",
        "",
        "| | what the shop was asked | what it believed | what the ledger held |",
        "|---|---|---|---|",
        "| 1 | sale | crashed with KeyError: 'JCB' | the card was charged :point_left: |",
        "",
        "```",
        "1 sale  POST https://tin.example/payments -> 200",
        "    booked approve 10.90 EUR",
        "    sent amount = 1090",
        '    got  {"brand": "JCB"}',
        "```",
        "",
        "</details>",
        "",
        "### Promises",
        "",
        "| promise | shop |",
        "|---|---|",
        "| cards | :x: 1 broken: jcb<br>:white_check_mark: 1 kept |",
        "| refunds | :grey_question: 1 not covered |",
        "",
        "### Not covered: of this nothing is known",
        "",
        "- refunds\\[shop-all\\]: no refund",
        "",
        "<sub>3 examples, 0 exchanges; profile pr, exit code 1, paypact 0.1.0</sub>",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* [link](x) | <b>&", "\\*bold\\* \\[link\\](x) \\| &lt;b&gt;&amp;"),
        ("ask @somebody\n# now", "ask &#64;somebody # now"),
        ("\u202e\x1b[31m", "\\\\u202e\\\\x1b\\[31m"),
    ],
    ids=["markup", "mention and heading", "what a reader cannot see"],
)
def test_data_is_no_markup(text: str, shown: str) -> None:
    """A shop's data is shown in the summary, never obeyed."""
    assert f"**{shown}**" in github.summary(run(changed(sentence=text)))


def test_code_is_fenced_by_more_than_it_holds() -> None:
    """Backticks in a line of code or a body do not end what they stand in."""
    line = Line(file="a.py", number=1, function="f", code="`` x ```")
    text = github.summary(run(changed(line=line, replay="paypact replay '````'")))

    assert "  ```` `` x ``` ````" in text
    assert "`````sh\npaypact replay '````'\n`````" in text


@pytest.mark.parametrize("most", [1024 * 1024, 60_000, 6_000, 100], ids=["all", "some", "few", "hardly any"])
def test_a_summary_fits(most: int) -> None:
    """GitHub takes 1 MiB a step: what does not fit is counted, and the verdict stays."""
    findings = [changed(clause=f"clause {number}", note="n" * 1_000) for number in range(400)]
    text = github.summary(run(*findings), most=most)

    assert len(text.encode()) <= max(most, 200)
    assert text.startswith("## paypact: :x: broken\n\n1 finding")
    assert ("did not fit" in text) is (most < 1024 * 1024)


def test_summaries_of_one_step_share_its_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the file stays; outside of GitHub nothing is written, and `--no-github` is obeyed inside of it."""
    target = tmp_path / "summary.md"
    target.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))

    for actions, asked, written in (("", None, False), ("true", False, False), ("true", None, True), ("", True, True)):
        monkeypatch.setenv("GITHUB_ACTIONS", actions)
        target.write_text("before\n")
        with (tmp_path / "out").open("w") as out:
            Outputs(github=asked).write(run(FINDING), out)
        assert target.read_text().startswith("before\n## paypact: :x: broken\n" if written else "before\n")
        assert ("::error" in (tmp_path / "out").read_text()) is written


def test_a_summary_that_cannot_be_written(tmp_path: Path) -> None:
    """The message names the file and why."""
    with pytest.raises(UsageError, match=r"^the job summary cannot be written to .*: Is a directory$"):
        github.write_summary(run(FINDING), str(tmp_path))
