"""Webhooks whose bodies are varied: who falls over one is told which, and what was different about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from paypact import discovery
from paypact.report.model import CellResult
from paypact.testkit.cell import cells, run_cell
from paypact.testkit.profiles import Profile
from paypact.testkit.promise import promises
from paypact.testkit.variation import Change, every
from paypact.world.variations import variations
from paypact.world.wire import Maybe, State, Wire, documented

FLAWED = Path(__file__).parent.parent.parent / "fixtures" / "flawed" / "stripe" / "receipt_of_a_card.py"
ONE = Profile("one", examples=1, deterministic=True)
NULL = documented("made up", "null")


class Inner(Wire):
    """What lies deeper."""

    a: Annotated[str | None, NULL]
    b: Annotated[Maybe[str], documented("made up", "absent")]
    c: str | None


class Outer(Wire):
    """What is told."""

    d: Annotated[str | None, NULL]
    e: Inner
    status: Annotated[State, documented("made up", "unseen")]


def replayed(case: dict[str, Any]) -> CellResult:
    """A case of a shop that reads the card of each charge it hears of."""
    (target,) = discovery.targets_in(discovery.place(str(FLAWED)))
    (cell,) = (each for each in cells(promises()["tolerance"], target) if each.key == "receive")
    return run_cell(cell, ONE, case=case)


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_a_webhook_of_another_kind() -> None:
    """The sentence names the webhook, and the line is the handler's."""
    case = {"variation": "2 data.object.payment_method_details arm link"}

    result = replayed(case)

    (finding,) = result.findings
    assert (finding.severity, finding.trigger, finding.case) == ("crash", "variation", case)
    assert finding.sentence == (
        "where webhook charge.succeeded had another kind of `data.object.payment_method_details` (link), "
        "receive of charge.succeeded crashed with KeyError: 'card'"
    )
    assert finding.line is not None
    assert finding.line.code == """self.receipt = f"Paid by card ending in {paid['card']['last4']}\""""
    assert result.occurred["webhook varied"] == 1


@pytest.mark.parametrize(
    ("variation", "varied", "notes"),
    [
        ("2 every null at depth 5", 1, ()),
        ("2 data.object.moon absent", 0, ("no reply or webhook could be varied by '2 data.object.moon absent'",)),
    ],
)
def test_what_the_handler_survives(variation: str, varied: int, notes: tuple[str, ...]) -> None:
    """Many changes at once are one case; one that no webhook has a place for is told."""
    result = replayed({"variation": variation})

    assert (result.state, result.occurred.get("webhook varied", 0), result.notes) == ("kept", varied, notes)


def test_all_of_a_kind_at_one_depth() -> None:
    """Only what is documented, and says nothing about where a payment stands."""
    tree = {"said": Outer(d="1", e=Inner(a="2", b="3", c="4"), status="5")}
    possible = list(variations(tree))
    groups = {text: [str(each) for each in possible if every(each) == text] for text in map(every, possible) if text}

    assert groups == {
        "every null at depth 2": ["said.d null"],
        "every null at depth 3": ["said.e.a null"],
        "every absent at depth 3": ["said.e.b absent"],
    }
    assert list(map(str, Change.parse("1 every null at depth 3").among(possible))) == ["said.e.a null"]
