"""Waivers and the baseline: what is accepted fails nothing, what has ended or is new does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from paypact.errors import DataError, UsageError
from paypact.report.accepted import Accepting, Baseline, Waiver, baseline_of, read_baseline, write_baseline
from paypact.report.model import CellResult, Finding, Integration, RunResult, Shard, conclude

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
    shop = Integration(name="shop", gateway="tin", driver="shop:Shop", file="shop.py", operations=("sale",))
    return RunResult(
        version="0", profile="pr", fail_on="belief", exit_code=code, verdict=verdict, integrations=(shop,), cells=cells
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


def waive(run: RunResult, *waivers: Waiver) -> RunResult:
    """The result with these waivers, today."""
    return Accepting(waivers, None, TODAY).applied(run)


def compare(run: RunResult, baseline: Baseline, *, narrowed: bool = False) -> RunResult:
    """The result against a baseline."""
    return Accepting((), baseline, TODAY).applied(run, narrowed=narrowed)


def test_a_waived_finding_fails_nothing_and_says_why() -> None:
    """Until its day, a waiver makes a finding advice that names owner and reason."""
    waived = waive(result(cell("jcb", finding()), cell("visa")), waiver())

    assert (waived.exit_code, waived.cells[0].state) == (0, "advice")
    assert waived.findings[0].note == "money, waived until 2026-03-10 by pay: vendor fixes it"
    assert waived.verdict == "1 of 2 cells kept their promise, 1 accepted finding"


def test_what_is_accepted_fails_nothing_even_where_advice_does() -> None:
    """Accepted is accepted, whatever the threshold; other advice still fails there."""
    run = msgspec.structs.replace(result(cell("jcb", finding()), cell("visa")), fail_on="advice")
    more = msgspec.structs.replace(
        result(cell("jcb", finding()), cell("visa", finding("visa", severity="advice"))), fail_on="advice"
    )

    assert (waive(run, waiver()).exit_code, waive(more, waiver()).exit_code) == (0, 1)


def test_applying_twice_changes_nothing() -> None:
    """A cell is softened when it ends, and its result once more with all others."""
    accepting = Accepting((waiver(),), baseline_of(result(cell("visa", finding("visa")))), TODAY)
    run = result(cell("jcb", finding()), cell("visa", finding("visa")))
    softened = msgspec.structs.replace(run, cells=tuple(accepting.soften(each, "belief") for each in run.cells))

    assert accepting.applied(softened) == accepting.applied(run)
    assert [(entry.name, entry.state, entry.findings) for entry in accepting.applied(run).accepted] == [
        ("card-types[shop-jcb]", "used", 1),
        ("card-types[shop-visa]", "known", 1),
    ]


def test_an_ended_waiver_fails() -> None:
    """A day later the finding fails again, and a waiver without a finding fails by itself."""
    late = waiver(TODAY - DAY)
    ended = (
        "waiver for card-types[shop-jcb] (pay, until 2026-03-09) has ended: fix what it waived, or give it a new day"
    )

    assert waive(result(cell("jcb", finding())), late).exit_code == 1
    alone = waive(result(cell("jcb")), late)
    assert (alone.exit_code, alone.verdict) == (1, ended)


def test_a_waiver_that_is_not_needed_is_noted() -> None:
    """A waiver that no finding matches fails nothing, and is said where its cells were tried."""
    unused = "waiver for card-types[shop-*] (pay, until 2026-03-10) is not needed any more: no finding matches it"
    every = waiver(scheme="*")

    assert waive(result(cell("jcb")), every).exit_code == 0
    assert waive(result(cell("jcb")), every).notes == (unused,)
    assert waive(result(cell("jcb", state="not covered"), cell("visa")), waiver()).notes == ()
    assert waive(result(cell("visa")), waiver()).notes == ()


def test_a_mistake_in_use_is_no_success() -> None:
    """What the team accepts does not make a run sound that could not be made."""
    failed = msgspec.structs.replace(result(cell("jcb", finding())), errors=("start raised",), exit_code=2)

    assert (waive(failed, waiver()).exit_code, waive(failed, waiver()).verdict) == (2, "start raised")


def test_only_new_findings_fail_against_a_baseline() -> None:
    """What the baseline has is advice, what it has not fails, what is gone is named."""
    baseline = baseline_of(result(cell("jcb", finding()), cell("visa", finding("visa"))))
    known = compare(result(cell("jcb", finding()), cell("visa")), baseline)
    new = compare(result(cell("jcb", finding()), cell("elo", finding("elo"))), baseline, narrowed=True)

    assert (known.exit_code, known.findings[0].note) == (0, "money, known: the baseline has it")
    assert known.notes == ("gone since the baseline, write it anew: card-types[shop-visa]: charged twice",)
    assert (new.exit_code, [each.severity for each in new.findings], new.notes) == (1, ["money", "advice"], ())


def test_a_known_flaw_in_a_new_cell_is_news() -> None:
    """One fingerprint stands for a flaw in many cells; that it now hits another card must not pass."""
    baseline = baseline_of(result(cell("jcb", finding(fingerprint="same")), cell("visa")))

    now = compare(
        result(cell("jcb", finding(fingerprint="same")), cell("visa", finding("visa", fingerprint="same"))), baseline
    )

    assert [(each.cell, each.accepted) for each in now.findings] == [("visa", ""), ("jcb", "baseline")]
    assert now.exit_code == 1


LOST = "coverage lost: card-types[shop-jcb] was tried when the baseline was written, and is not any more"


@pytest.mark.parametrize(
    ("now", "narrowed", "notes"),
    [
        pytest.param([cell("jcb", state="not covered"), cell("visa")], False, (LOST,), id="not covered"),
        pytest.param([cell("jcb", state="not covered"), cell("visa")], True, (LOST,), id="not covered when narrowed"),
        pytest.param([cell("visa")], False, (LOST,), id="vanished"),
        pytest.param([cell("visa")], True, (), id="left out"),
        pytest.param([cell("jcb"), cell("visa"), cell("elo")], False, (), id="more"),
    ],
)
def test_lost_coverage_fails_against_a_baseline(
    now: list[CellResult], *, narrowed: bool, notes: tuple[str, ...]
) -> None:
    """A cell that was tried and is not any more fails, even where nothing was found; one that was left out does not."""
    baseline = baseline_of(result(cell("jcb"), cell("visa")))

    compared = compare(result(*now), baseline, narrowed=narrowed)

    assert (compared.notes, compared.exit_code) == (notes, 1 if notes else 0)
    assert not notes or compared.verdict == LOST


def test_another_integrations_cells_are_not_missed() -> None:
    """A run of one integration says nothing of another, though the name of one begins like the other's."""
    other = msgspec.structs.replace(cell("jcb"), integration="shop-b")

    baseline = baseline_of(result(cell("visa"), other))

    assert compare(result(cell("visa")), baseline).exit_code == 0


def test_a_shard_misses_what_no_shard_has() -> None:
    """Cells of other machines are not lost; what was dealt to nobody is."""
    baseline = baseline_of(result(cell("jcb"), cell("visa"), cell("elo")))
    dealt = Shard(number=1, of=2, cells=("card-types[shop-visa]", "card-types[shop-elo]"))

    part = compare(msgspec.structs.replace(result(cell("visa")), shard=dealt), baseline)

    assert part.notes == (LOST,)


def test_what_a_run_does_not_tell_stays_in_the_baseline() -> None:
    """Writing it after a run of some cells changes what is known of these alone; after a whole run, of all."""
    before = baseline_of(result(cell("jcb", finding()), cell("visa", finding("visa")), cell("elo")))
    now = result(cell("visa"))

    part, whole = baseline_of(now, before, narrowed=True), baseline_of(now, before)

    assert (list(part.findings), part.covered) == (["card-types[shop-jcb]"], before.covered)
    assert (whole.findings, whole.covered) == ({}, {"shop": ("card-types[shop-visa]",)})


def test_what_is_waived_is_not_recorded() -> None:
    """What has an end must not become known for ever."""
    waived = waive(result(cell("jcb", finding()), cell("visa", finding("visa"))), waiver())

    assert baseline_of(waived).findings == {"card-types[shop-visa]": {"f-visa": "charged twice"}}


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
    waived = waive(result(cell("jcb")), waiver())

    assert msgspec.json.decode(msgspec.json.encode(waived), type=RunResult).notes == waived.notes
