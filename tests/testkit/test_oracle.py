"""The tables of the oracle, written here a second time and another way round: who may say what, and who must not."""

from __future__ import annotations

import pytest

from paypact.testkit.oracle import MOVEMENT, ORDER, OUTCOME, STANDING_SAID, Table

# For each word, the cells that hold it: row, then columns. What is not listed is broken.
_OUTCOME = {
    "ok": {
        "open": "ActionRequired Pending",
        "untouched": "Rejected(2)",
        "refused": "Declined(3)",
        "challenged": "ActionRequired",
        "pending": "Pending",
        "review": "Pending",
        "authorized": "Approved(5)",
        "paid": "Approved(5)",
        "undone": "Declined",
    },
    "wrong": {
        "open": "Declined Rejected",
        "untouched": "Declined(1)",
        "challenged": "Declined(4) Pending Rejected(4)",
        "authorized": "Pending",
        "paid": "Pending",
        "undone": "Pending Rejected(11)",
    },
    "ask": dict.fromkeys(
        ("open", "untouched", "refused", "challenged", "pending", "review", "authorized", "paid", "undone"), "Unknown"
    ),
    "advice": {"refused": "Rejected"},
    "broken": {"twice": ""},
}
_MOVEMENT = {
    "ok": {
        "none": "Declined Rejected",
        "requested": "Pending",
        "moved": "Approved",
        "failed": "Declined Pending(8)",
    },
    "wrong": {"moved": "Pending", "failed": "Rejected(10)"},
    "ask": dict.fromkeys(("none", "requested", "moved", "failed"), "Unknown"),
    "broken": {"none": "Approved(7) Pending(9)", "failed": "Approved(8)", "more": ""},
}
_ORDER = {
    "ok": {
        "open": "unpaid pending",
        "untouched": "unpaid failed canceled",
        "refused": "unpaid failed canceled",
        "challenged": "unpaid pending",
        "pending": "pending",
        "review": "pending",
        "authorized": "authorized",
        "capture-requested": "pending authorized",
        "paid": "paid",
        "undone-by-void": "unpaid failed canceled",
        "captured-then-voided": "unpaid refunded failed canceled",
        "undone-by-refund": "refunded",
        "disputed": "disputed",
    },
    "wrong": {
        "open": "failed canceled",
        "untouched": "pending",
        "refused": "pending",
        "challenged": "failed canceled",
        "review": "authorized",
        "authorized": "pending",
        "paid": "pending",
        "undone-by-void": "pending refunded",
        "captured-then-voided": "pending",
        "undone-by-refund": "pending failed canceled",
        "disputed": "pending paid refunded failed canceled",
    },
    "broken": {"twice": ""},
}
OUTCOMES = "Approved Declined ActionRequired Pending Rejected Unknown crash"
STATES = "unpaid pending authorized paid refunded failed canceled disputed"

# A charge that was disputed had been paid: what an operation says of it is judged like that.
_DISPUTED = {
    "disputed": {**dict.fromkeys(OUTCOMES.split(), "broken"), "Approved": "ok:5", "Pending": "wrong", "Unknown": "ask"}
}


def table(cells: dict[str, dict[str, str]], columns: str) -> Table:
    """The table of these cells, conditions written as the code writes them."""
    rows = dict.fromkeys(row for words in cells.values() for row in words)
    found: Table = {row: dict.fromkeys(columns.split(), "broken") for row in rows}
    for word, by_row in cells.items():
        for row, listed in by_row.items():
            for cell in listed.split():
                column, _, note = cell.rstrip(")").partition("(")
                found[row][column] = f"{word}:{note}" if note else word
    return found


TABLES = {
    "outcome": (OUTCOME, table(_OUTCOME, OUTCOMES) | _DISPUTED),
    "movement": (MOVEMENT, table(_MOVEMENT, OUTCOMES)),
    "order": (ORDER, table(_ORDER, STATES)),
}


@pytest.mark.parametrize("name", TABLES)
def test_each_cell_of_the_oracle(name: str) -> None:
    """Every row has every column, and each cell the word and the condition that was decided."""
    code, decided = TABLES[name]

    assert code == decided


def test_silence_is_never_truth() -> None:
    """A crash is broken everywhere; not knowing is at best asked again."""
    for one in (OUTCOME, MOVEMENT):
        assert {row["crash"] for row in one.values()} == {"broken"}
        assert {row["Unknown"] for row in one.values()} == {"ask", "broken"}


def test_every_standing_reads_in_a_sentence() -> None:
    """Whatever the ledger's word, a finding can say it to a person."""
    assert set(STANDING_SAID) == set(OUTCOME) | set(MOVEMENT)
