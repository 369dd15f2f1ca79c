"""What a run comes to: the exit code and the one line that says why."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from paypact.report.model import (
    SEVERITIES,
    CellResult,
    Finding,
    Integration,
    Line,
    RunResult,
    Severity,
    State,
    conclude,
    fails,
)


def finding(severity: Severity, promise: str = "answers", sentence: str = "it broke") -> Finding:
    """A finding of that severity."""
    return Finding(
        promise=promise,
        integration="shop",
        gateway="tin",
        cell="soft",
        severity=severity,
        cause="integration",
        trigger="plain",
        sentence=sentence,
        clause="outcome/refused/Approved",
    )


def cell(state: State, *severities: Severity, promise: str = "answers", why: str = "") -> CellResult:
    """A cell in that state, with findings of these severities."""
    found = tuple(finding(severity, promise, f"{severity} broke") for severity in severities)
    return CellResult(
        promise=promise, integration="shop", gateway="tin", cell="soft", state=state, why=why, findings=found
    )


KEPT, GAP = cell("kept"), cell("not covered", why="the driver offers none of: sale")
DEFECT = cell("defect", why="KeyError: 'brand' (simulator.py:7)")
RUNS: dict[str, tuple[list[CellResult], Severity, int, str]] = {
    "one cell": ([KEPT], "belief", 0, "1 cell kept its promise"),
    "all cells": ([KEPT, KEPT], "belief", 0, "all 2 cells kept their promise"),
    "some are not covered": ([KEPT, KEPT, GAP], "belief", 0, "all 2 cells kept their promise, 1 not covered"),
    "a piece of advice": (
        [KEPT, cell("advice", "advice")],
        "belief",
        0,
        "all 2 cells kept their promise, 1 piece of advice",
    ),
    "advice and gaps": (
        [cell("advice", "advice", "advice"), GAP, GAP],
        "belief",
        0,
        "1 cell kept its promise, 2 pieces of advice, 2 not covered",
    ),
    "milder than the threshold": (
        [KEPT, cell("advice", "belief"), cell("advice", "advice")],
        "money",
        0,
        "all 3 cells kept their promise, 2 findings milder than money",
    ),
    "one finding": (
        [KEPT, cell("broken", "belief")],
        "belief",
        1,
        "1 finding in 1 broken promise, the worst (belief): belief broke",
    ),
    "the worst is said": (
        [cell("broken", "belief", "crash"), cell("broken", "money", promise="card-types"), cell("advice", "advice")],
        "belief",
        1,
        "3 findings in 2 broken promises, the worst (money): money broke",
    ),
    "advice that must not be": (
        [cell("broken", "advice")],
        "advice",
        1,
        "1 finding in 1 broken promise, the worst (advice): advice broke",
    ),
    "nothing covered": (
        [GAP, GAP],
        "belief",
        2,
        "nothing was covered: no promise could be tried, so nothing is known",
    ),
    "nothing at all": ([], "belief", 2, "nothing was covered: no promise could be tried, so nothing is known"),
    "a defect of ours": (
        [KEPT, DEFECT],
        "belief",
        2,
        "paypact itself failed in 1 of 2 cells, first in answers[shop-soft]: KeyError: 'brand' (simulator.py:7)",
    ),
    "a defect beside a finding": (
        [cell("broken", "money"), DEFECT, DEFECT],
        "belief",
        2,
        "paypact itself failed in 2 of 3 cells, first in answers[shop-soft]: KeyError: 'brand' (simulator.py:7)",
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_what_a_run_comes_to(name: str) -> None:
    """0 kept, 1 a finding at or above the threshold, 2 nothing is known or paypact failed; with the reason in words."""
    cells, fail_on, code, verdict = RUNS[name]

    assert conclude(cells, fail_on) == (code, verdict)


@pytest.mark.parametrize("fail_on", SEVERITIES)
def test_a_threshold_fails_itself_and_all_that_is_worse(fail_on: Severity) -> None:
    """Severities are ordered, the worst first."""
    failing = [severity for severity in SEVERITIES if fails(severity, fail_on)]

    assert failing == list(SEVERITIES[: SEVERITIES.index(fail_on) + 1])


def run(*cells: CellResult) -> RunResult:
    """A run of these cells."""
    shop = Integration(name="shop", gateway="tin", driver="tests.shop:Shop", file="shop.py", operations=("sale",))
    return RunResult(
        version="0.1.0", profile="pr", fail_on="belief", exit_code=0, verdict="", integrations=(shop,), cells=cells
    )


def test_findings_of_a_run_come_worst_first() -> None:
    """Whatever cell they are from; equally bad ones keep the order of the cells."""
    first, second = cell("broken", "advice", "belief"), cell("broken", "money", "belief", promise="card-types")

    assert [(each.severity, each.promise) for each in run(first, second).findings] == [
        ("money", "card-types"),
        ("belief", "answers"),
        ("belief", "card-types"),
        ("advice", "answers"),
    ]


def test_a_run_is_read_back_from_its_json() -> None:
    """The form that is written is the form that is read; schema and verdict are always in it."""
    result = run(cell("broken", "money"), KEPT)
    text = msgspec.json.encode(result)
    raw: dict[str, Any] = msgspec.json.decode(text)

    assert msgspec.json.decode(text, type=RunResult) == result
    assert (raw["schema"], raw["coverage"], raw["exit_code"]) == (1, [], 0)
    assert "occurred" not in raw["cells"][0], "what is empty is left out of a cell"


def test_names_and_places() -> None:
    """A cell is named as users name it on the command line; a line as editors open it."""
    assert cell("kept").name == finding("money").name == "answers[shop-soft]"
    assert str(Line(file="shop/pay.py", number=7, function="charge")) == "shop/pay.py:7 in charge"
