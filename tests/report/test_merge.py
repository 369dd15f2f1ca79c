"""Merging results: the verdict and the counts that one run would have had."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pytest

from paypact.errors import UsageError
from paypact.report import junit
from paypact.report.merge import merge
from paypact.report.model import (
    Acceptance,
    CellResult,
    Finding,
    Integration,
    Line,
    RunResult,
    Shard,
    conclude,
)

NAMES = ("cards[shop-visa]", "cards[shop-jcb]", "cards[shop-elo]", "refunds[shop-all]")


def column(name: str = "shop", **more: Any) -> Integration:
    """A column of the matrix."""
    return Integration(
        **{
            "name": name,
            "gateway": "tin",
            "driver": f"{name}:Shop",
            "file": f"tests/{name}.py",
            "operations": ("sale",),
            **more,
        }
    )


def cell(name: str, *, broken: bool = False, why: str = "", **more: Any) -> CellResult:
    """A cell by its name: kept, broken, or not covered for a reason."""
    match = re.fullmatch(r"(.+)\[(\w+)-(.+)\]", name)
    assert match
    where: dict[str, Any] = {"promise": match[1], "integration": match[2], "gateway": "tin", "cell": match[3]}
    finding = Finding(
        **where,
        severity="crash",
        cause="integration",
        trigger="plain",
        sentence="sale crashed",
        clause="x",
        fingerprint=f"f-{match[3]}",
        line=Line(file="shop.py", number=3, function="charge", code="BRANDS[brand]"),
    )
    state: Any = "not covered" if why else "broken" if broken else "kept"
    return CellResult(
        **where,
        state=state,
        why=why,
        findings=(finding,) if broken else (),
        examples=10,
        exchanges=20,
        seconds=0.5,
        **more,
    )


def run(*cells: CellResult, shard: tuple[int, int] | None = None, **more: Any) -> RunResult:
    """The result of a run, or of one shard of the run over NAMES."""
    given = {"version": "0", "profile": "pr", "fail_on": "belief", "integrations": (column(),), "seconds": 2.0, **more}
    code, verdict = conclude(cells, given["fail_on"], errors=given.get("errors", ()))
    part = Shard(number=shard[0], of=shard[1], cells=NAMES) if shard else None
    return RunResult(**{"exit_code": code, "verdict": verdict, **given}, cells=cells, shard=part)


VISA, JCB, ELO, GAP = cell(NAMES[0]), cell(NAMES[1], broken=True), cell(NAMES[2]), cell(NAMES[3], why="no \x1brefund")


def test_shards_come_to_what_one_run_comes_to() -> None:
    """Cells in their order, verdict, counts and coverage, whatever the order of the files."""
    whole = run(VISA, JCB, ELO, GAP, seconds=4.0)

    merged = merge({"b.json": run(VISA, ELO, shard=(2, 2)), "a.json": run(JCB, GAP, shard=(1, 2))})

    assert merged == whole
    assert merged.verdict == "1 finding in 1 broken promise, the worst (crash): sale crashed"


def test_a_shard_that_covered_nothing_does_not_decide() -> None:
    """What is known is what all machines know together."""
    nothing = run(GAP, shard=(2, 2))

    merged = merge({"a.json": run(VISA, cell(NAMES[1]), ELO, shard=(1, 2)), "b.json": nothing})

    assert (nothing.exit_code, merged.exit_code) == (2, 0)


def test_jobs_of_several_integrations_follow_each_other() -> None:
    """Runs of their own, one sharded and one not, are one matrix."""
    other = run(cell("cards[kiosk-visa]", broken=True), integrations=(column("kiosk"),))

    merged = merge({"b.json": run(JCB, GAP, shard=(2, 2)), "kiosk.json": other, "a.json": run(VISA, ELO, shard=(1, 2))})

    assert [each.name for each in merged.cells] == [*NAMES, "cards[kiosk-visa]"]
    assert [each.name for each in merged.integrations] == ["shop", "kiosk"]
    assert merged.exit_code == 1


def test_a_mistake_of_one_machine_is_one_of_all() -> None:
    """A driver that could not be stopped anywhere ends the whole in exit code 2."""
    merged = merge(
        {
            "a.json": run(VISA, JCB, shard=(1, 2), errors=("stop raised",)),
            "b.json": run(ELO, GAP, shard=(2, 2), errors=("stop raised",)),
        }
    )

    assert (merged.exit_code, merged.verdict, merged.errors) == (2, "stop raised", ("stop raised",))


def waiver(state: Any, findings: int = 0, name: str = "cards[shop-*]") -> Acceptance:
    """What one run says of a waiver."""
    return Acceptance(
        kind="waiver", name=name, state=state, owner="pay", until="2026-03-10", reason="r", findings=findings
    )


def test_a_waiver_is_used_where_any_machine_used_it() -> None:
    """It is said to be unused only where nobody needed it; an ended one fails, once."""
    one = run(VISA, cell(NAMES[1]), shard=(1, 2), accepted=(waiver("unused"), waiver("unused", name="*[shop-*]")))
    two = run(ELO, GAP, shard=(2, 2), accepted=(waiver("used", 3), waiver("unused", name="*[shop-*]")))

    merged = merge({"a.json": one, "b.json": two})

    assert merged.accepted == (waiver("used", 3), waiver("unused", name="*[shop-*]"))
    assert merged.notes == (
        "waiver for *[shop-*] (pay, until 2026-03-10) is not needed any more: no finding matches it",
    )
    assert merged.exit_code == 0
    ended = msgspec.structs.replace(two, accepted=(waiver("ended"),))
    late = merge({"a.json": msgspec.structs.replace(one, accepted=(waiver("ended"),)), "b.json": ended})
    assert (late.exit_code, len(late.notes)) == (1, 1)


LOST = Acceptance(kind="baseline", name="cards[shop-amex]", state="lost")


def test_coverage_that_any_machine_lost_is_lost() -> None:
    """A cell that vanished is missed by every machine, and said once."""
    merged = merge(
        {
            "a.json": run(VISA, cell(NAMES[1]), shard=(1, 2), accepted=(LOST,)),
            "b.json": run(ELO, GAP, shard=(2, 2), accepted=(LOST,)),
        }
    )

    assert merged.accepted == (LOST,)
    assert merged.notes == (merged.verdict,)
    assert merged.exit_code == 1


ONE, TWO = run(VISA, JCB, shard=(1, 2)), run(ELO, GAP, shard=(2, 2))
APART: dict[str, tuple[dict[str, RunResult], str]] = {
    "nothing": ({}, "no result was named: name the JSON files that the runs wrote, or their folder"),
    "a shard missing": (
        {"b.json": TWO},
        ("shard 1 of 2 is missing beside b.json: the machine died or ran on another commit, or the file was not named"),
    ),
    "shards missing": (
        {"c.json": run(VISA, shard=(3, 4))},
        (
            "shards 1, 2, 4 of 4 are missing beside c.json: the machine died or ran on another commit, "
            "or the file was not named"
        ),
    ),
    "the same twice": (
        {"a.json": ONE, "copy.json": ONE, "b.json": TWO},
        (
            "cards[shop-visa] is in a.json and in copy.json: leave one of them out, "
            "or give the integrations different names"
        ),
    ),
    "stopped early": (
        {"a.json": run(JCB, shard=(1, 2)), "b.json": TWO},
        "no shard has a result of cards[shop-visa]: a run stopped early. Run it again, without -x",
    ),
    "unlike profiles": (
        {"a.json": ONE, "b.json": run(ELO, GAP, shard=(2, 2), profile="nightly")},
        "a.json has profile pr, b.json has profile nightly: merge results of like runs",
    ),
    "unlike thresholds": (
        {"a.json": ONE, "b.json": run(ELO, GAP, shard=(2, 2), fail_on="crash")},
        "a.json has fail-on belief, b.json has fail-on crash: merge results of like runs",
    ),
    "two drivers of one name": (
        {"a.json": run(VISA), "b.json": run(ELO, integrations=(column(driver="kiosk:Shop"),))},
        "integration shop is shop:Shop in a.json and kiosk:Shop in b.json: give one of them another name",
    ),
}


@pytest.mark.parametrize("name", APART)
def test_what_does_not_belong_together(name: str) -> None:
    """One message names the files, what is between them, and the way out."""
    results, message = APART[name]

    with pytest.raises(UsageError, match=f"^{re.escape(f'report merge: {message}')}$"):
        merge(results)


def test_a_junit_file_of_the_merged_result(tmp_path: Path) -> None:
    """States, properties and the finding are there as pytest would have written them; what XML cannot hold is not."""
    target = tmp_path / "junit.xml"
    junit.write(run(VISA, JCB, GAP, errors=("stop raised",)), str(target))

    (suite,) = ET.parse(target).getroot()  # noqa: S314 - written by this very test
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    broken, gap = cases["cards[shop-jcb]"].find("failure"), cases["refunds[shop-all]"].find("skipped")

    assert [suite.get(word) for word in ("tests", "failures", "skipped", "errors")] == ["3", "1", "1", "1"]
    assert {each.get("name"): each.get("value") for each in cases["cards[shop-jcb]"].iter("property")} == {
        "promise": "cards",
        "integration": "shop",
        "gateway": "tin",
        "cell": "jcb",
        "scheme": "jcb",
        "state": "broken",
        "severity": "crash",
        "cause": "integration",
        "fingerprint": "f-jcb",
    }
    assert broken is not None
    assert broken.get("message") == "crash: sale crashed"
    assert "BRANDS[brand]" in (broken.text or "")
    assert gap is not None
    assert gap.get("message") == "refunds[shop-all]: no \ufffdrefund"
    assert cases["cards[shop-visa]"].get("classname") == "tests.shop"
    assert cases["run"].find("error") is not None
