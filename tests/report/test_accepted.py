"""Waivers and the baseline: what is accepted fails nothing, what has ended or is new does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from paypact.errors import DataError, UsageError
from paypact.report.accepted import Waiver, baseline_of, compare, read_baseline, waive, write_baseline
from paypact.report.model import CellResult, Finding, RunResult, conclude

TODAY = dt.date(2026, 3, 10)
DAY = dt.timedelta(days=1)


def finding(cell: str = "jcb", **more: Any) -> Finding:
    """A finding of one cell."""
    given = {
        "severity": "money",
        "cause": "integration",
        "trigger": "plain",
        "sentence": "charged twice",
        "clause": "x",
    }
    return Finding(
        **{
            "promise": "card-types",
            "integration": "shop",
            "gateway": "tin",
            "fingerprint": f"f-{cell}",
            **given,
            **more,
        },
        cell=cell,
    )


def result(*cells: CellResult) -> RunResult:
    """A run of these cells."""
    code, verdict = conclude(cells, "belief")
    return RunResult(
        version="0", profile="pr", fail_on="belief", exit_code=code, verdict=verdict, integrations=(), cells=cells
    )


def cell(key: str, *findings: Finding, state: Any = None) -> CellResult:
    """A cell with its findings."""
    return CellResult(
        promise="card-types",
        integration="shop",
        gateway="tin",
        cell=key,
        state=state or ("broken" if findings else "kept"),
        findings=findings,
    )


def waiver(until: dt.date = TODAY, **more: Any) -> Waiver:
    """A waiver for the cell of `finding`."""
    given = {
        "promise": "card-types",
        "integration": "shop",
        "scheme": "jcb",
        "reason": "vendor fixes it",
        "owner": "pay",
    }
    return Waiver(**{**given, **more}, until=until)


def test_a_waived_finding_fails_nothing_and_says_why() -> None:
    """Until its day, a waiver makes a finding advice that names owner and reason."""
    waived = waive(result(cell("jcb", finding()), cell("visa")), [waiver()], TODAY)

    assert (waived.exit_code, waived.cells[0].state) == (0, "advice")
    assert waived.findings[0].note == "waived until 2026-03-10 by pay: vendor fixes it"


def test_an_ended_waiver_fails() -> None:
    """A day later the finding fails again, and a waiver without a finding fails by itself."""
    late = waiver(TODAY - DAY)
    ended = (
        "waiver for card-types[shop-jcb] (pay, until 2026-03-09) has ended: fix what it waived, or give it a new day"
    )

    assert waive(result(cell("jcb", finding())), [late], TODAY).exit_code == 1
    alone = waive(result(cell("jcb")), [late], TODAY)
    assert (alone.exit_code, alone.verdict) == (1, ended)


def test_a_waiver_that_is_not_needed_is_noted() -> None:
    """A waiver that no finding matches fails nothing."""
    waived = waive(result(cell("jcb")), [waiver(scheme="*")], TODAY)

    assert waived.exit_code == 0
    assert waived.notes == (
        "waiver for card-types[shop-*] (pay, until 2026-03-10) is not needed any more: no finding matches it",
    )


def test_only_new_findings_fail_against_a_baseline() -> None:
    """What the baseline has is advice, what it has not fails, what is gone is named."""
    baseline = baseline_of(result(cell("jcb", finding()), cell("visa", finding("visa"))))
    known = compare(result(cell("jcb", finding()), cell("visa")), baseline)
    new = compare(result(cell("jcb", finding()), cell("elo", finding("elo"))), baseline)

    assert (known.exit_code, known.findings[0].note) == (0, "known: the baseline has it")
    assert known.notes == ("gone since the baseline, write it anew: card-types[shop-visa]: charged twice",)
    assert (new.exit_code, [each.severity for each in new.findings]) == (1, ["money", "advice"])


def test_lost_coverage_fails_against_a_baseline() -> None:
    """A cell that was tried and is not covered any more fails, even where nothing was found."""
    baseline = baseline_of(result(cell("jcb"), cell("visa")))
    lost = compare(result(cell("jcb", state="not covered"), cell("visa")), baseline)

    assert lost.exit_code == 1
    assert lost.verdict == (
        "coverage lost: card-types[shop-jcb] was tried when the baseline was written, and is not any more"
    )


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Writing leaves no other file, and the same result gives the same bytes."""
    file = tmp_path / "baseline.json"
    baseline = baseline_of(result(cell("jcb", finding()), cell("visa")))
    write_baseline(baseline, file)
    first = file.read_bytes()
    write_baseline(baseline, file)

    assert (read_baseline(file), file.read_bytes()) == (baseline, first)
    assert [each.name for each in tmp_path.iterdir()] == ["baseline.json"]


BROKEN = [
    (None, UsageError, "there is no baseline at {0}: write one with `paypact run --baseline write`"),
    (
        '{"findings": 1}',
        DataError,
        (
            "{0} is no baseline: Expected `object`, got `int` - at `$.findings`. "
            "Write it anew with `paypact run --baseline write`"
        ),
    ),
    ('{"schema": 2}', DataError, "{0} has schema 2, this paypact reads 1: upgrade paypact"),
]


@pytest.mark.parametrize(("text", "kind", "message"), BROKEN, ids=["missing", "not a baseline", "newer"])
def test_a_baseline_that_cannot_be_read(tmp_path: Path, text: str | None, kind: Any, message: str) -> None:
    """One message says what is wrong with the file and what to do."""
    file = tmp_path / "baseline.json"
    if text is not None:
        file.write_text(text)

    with pytest.raises(kind) as raised:
        read_baseline(file)

    assert str(raised.value) == message.format(file)


def test_the_result_with_notes_is_json() -> None:
    """Notes travel with the result."""
    waived = waive(result(cell("jcb")), [waiver()], TODAY)

    assert msgspec.json.decode(msgspec.json.encode(waived), type=RunResult).notes == waived.notes
