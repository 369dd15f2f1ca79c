"""Adding up what cells report."""

from __future__ import annotations

from typing import Any

from paypact.report.coverage import coverage
from paypact.report.model import CellResult, Coverage, Integration
from paypact.runner.tally import CellReport, Tally

COLUMN = Integration(name="shop", gateway="tin", driver="shop:Shop", file="shop.py", operations=("sale",))


def cell(key: str, **more: Any) -> CellResult:
    """A cell that was kept."""
    return CellResult(promise="cards", integration="shop", gateway="tin", cell=key, state="kept", **more)


def test_results_are_in_the_order_of_collection() -> None:
    """However workers finish, a result is what it would be in one process."""
    tally = Tally("pr", "belief")
    for place, key in ((2, "amex"), (0, "visa"), (1, "jcb")):
        tested = CellReport(place=place, integration=COLUMN, result=cell(key))
        tally.add(CellReport.from_json(tested.to_json()))

    total = tally.total(1.23456)

    assert [each.cell for each in total.cells] == ["visa", "jcb", "amex"]
    assert (total.integrations, total.exit_code, total.seconds) == ((COLUMN,), 0, 1.235)


def test_a_mistake_is_counted_once() -> None:
    """A driver that cannot start says so in each of its cells, and is one mistake: exit code 2."""
    tally = Tally("pr", "belief")
    for place in range(3):
        tally.add(CellReport(place=place, integration=COLUMN, error="start raised"))
    tally.add(CellReport(place=3, integration=COLUMN, result=cell("visa")))

    assert tally.conclude() == (2, "start raised")
    tally.blame("stop raised")
    assert tally.conclude() == (2, "start raised (and 1 more)")


def test_coverage_is_that_of_all_cells_together() -> None:
    """A pair or value that one cell missed is met where another met it."""
    one = cell("visa", pairs=("a & b",), missed=("c & d", "e & f"), covered={"x": ("1",)}, untried={"x": ("2", "3")})
    other = cell("jcb", pairs=("c & d",), missed=("a & b", "e & f"), covered={"x": ("2",)}, untried={"x": ("1", "3")})

    unknown = cell("visa", pairs=("a & b",), covered={"x": ("1",)})

    assert coverage([unknown]) == ()
    assert coverage([one, other, cell("none")]) == (
        Coverage(promise="cards", integration="shop", pairs=2, of=3, values=2, of_values=3),
    )
