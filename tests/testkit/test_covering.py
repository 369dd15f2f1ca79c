"""The covering array meets every pair of classes, and the cells of a promise use every value."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paypact.testkit import covering
from paypact.testkit.case import Axes, Axis, Case, plain

CURRENCIES = tuple(f"X{a}{b}" for a in "ABCDEF" for b in "ABCDEF")
REASONS = tuple(f"decline:{number}" for number in range(9))
AXES: Axes = {
    "scheme": Axis.listed(("visa", "jcb", "elo")),
    "edge": Axis(("low", "high", "inside")),
    "length": Axis(
        (16, 13, 14, 15, 17, 18, 19), lambda length: "usual" if length == 16 else str(int(str(length)) < 16)
    ),
    "cvc": Axis((True, False)),
    "currency": Axis(CURRENCIES, lambda currency: str(currency)[1]),
    "answer": Axis(("approve", "challenge", *REASONS), lambda answer: str(answer).partition(":")[0]),
}
FIELDS = ("scheme", "edge", "currency", "amount", "answer", "shopper")


def drawn() -> st.SearchStrategy[Axes]:
    """Tables of any shape: one to six axes, a value or many, one class or several."""
    axis = st.integers(1, 12).flatmap(
        lambda many: st.integers(1, 5).map(
            lambda classes: Axis(tuple(f"v{n}" for n in range(many)), lambda v: str(int(str(v)[1:]) % classes))
        )
    )
    return st.integers(1, len(FIELDS)).flatmap(lambda wide: st.fixed_dictionaries(dict.fromkeys(FIELDS[:wide], axis)))


@given(drawn())
def test_all_pairs_of_classes_are_met(axes: Axes) -> None:
    """Whatever the table, no two classes that can meet are left apart."""
    met = set(chain.from_iterable(covering.pairs(case, axes) for case in covering.rows(axes)))

    assert met == covering.possible(axes)


@given(drawn(), st.sampled_from(FIELDS))
def test_pairs_of_the_others_meet_while_one_axis_is_plain(axes: Axes, axis: str) -> None:
    """All pairs there are, as ever; and those of the other axes also without the help of this one."""
    cases = covering.rows(axes, plainly=axis)
    others = {name: each for name, each in axes.items() if name != axis}
    plainly = [case for case in cases if axis not in axes or getattr(case, axis) in _plain_values(axes[axis])]

    assert set(chain.from_iterable(covering.pairs(case, axes) for case in cases)) == covering.possible(axes)
    assert set(chain.from_iterable(covering.pairs(case, others) for case in plainly)) == covering.possible(others)


def _plain_values(axis: Axis) -> set[object]:
    return set(next(iter(axis.classes().values())))


@given(drawn(), st.integers(1, 5))
def test_the_cells_together_use_every_value(axes: Axes, parts: int) -> None:
    """Long lists are shared out: what one cell leaves out another one tries."""
    cases = [case for part in range(parts) for case in covering.rows(axes, part, parts)]

    assert {name: set(words) for name, words in covering.values(cases, axes).items()} == {
        name: {str(value) for value in axis.values} for name, axis in axes.items()
    }


def test_what_a_cell_does_not_share_it_tries_itself() -> None:
    """Values that are a cell's own are all tried in it, however many cells there are."""
    axes = {"currency": Axis(CURRENCIES), "answer": Axis.own(REASONS)}
    tried = covering.values(covering.rows({**axes, "currency": Axis.listed(CURRENCIES)}, 3, 12), axes)

    assert set(tried["answer"]) == set(REASONS)
    assert len(tried["currency"]) < len(CURRENCIES)


def test_every_cell_begins_with_the_plainest_case() -> None:
    """The first thing tried is the plainest, and no case is tried twice; the rows are few."""
    for part in range(3):
        cases = covering.rows(AXES, part, 3)

        assert cases[0] == plain(AXES)
        assert len(set(cases)) == len(cases) < 60


@pytest.mark.parametrize(
    ("axes", "count"),
    [({}, 1), ({"edge": Axis(("low",))}, 1), ({"edge": Axis(("low", "high", "inside"))}, 4)],
    ids=["none", "one value", "one axis"],
)
def test_small_tables(axes: Axes, count: int) -> None:
    """Where nothing meets, there is the plainest case and one for each value of the only axis."""
    cases = covering.rows(axes)

    assert cases[0] == plain(axes)
    assert len(cases) <= count
    assert {case.edge for case in cases} == set(axes["edge"].values if axes else ["low"])


def test_rows_are_the_same_in_every_process() -> None:
    """One commit, one verdict: nothing hangs on the order in which a process hashes texts."""
    program = (
        "from paypact.testkit.case import Axis; from paypact.testkit.covering import rows; import hashlib;"
        "axes = {n: Axis(tuple(f'{n}{v}' for v in range(k))) for n, k in (('edge', 3), ('answer', 5), ('shopper', 4))};"
        "print(hashlib.sha256(repr(rows(axes, 1, 3)).encode()).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": hashing},
        ).stdout
        for hashing in ("1", "2")
    }

    assert len(printed) == 1


def test_pairs_are_named_by_axis_and_class() -> None:
    """What a case meets, and all that can be met, are told in the same words."""
    axes = {"currency": AXES["currency"], "cvc": AXES["cvc"], "edge": Axis(("low",))}
    case = Case(currency="XCA", cvc=False)

    assert list(covering.pairs(case, axes)) == [
        "currency=C & cvc=False",
        "currency=C & edge=low",
        "cvc=False & edge=low",
    ]
    assert covering.possible({"cvc": AXES["cvc"], "edge": Axis(("low",))}) == {
        "cvc=True & edge=low",
        "cvc=False & edge=low",
    }


def test_values_are_told_in_the_order_they_were_tried() -> None:
    """What each axis was tried with, each value once."""
    cases = [Case(edge="high"), Case(edge="low"), Case(edge="high", cvc=False)]

    assert covering.values(cases, {"edge": AXES["edge"], "cvc": AXES["cvc"]}) == {
        "edge": ("high", "low"),
        "cvc": ("True", "False"),
    }


def test_another_turn_covers_the_same_pairs_otherwise() -> None:
    """Other values of the same classes, with other digits: no pair of classes is lost."""
    axes: Axes = {
        "scheme": Axis(("visa", "jcb", "amex", "elo"), lambda word: "long" if word == "amex" else "usual"),
        "currency": Axis(("EUR", "USD", "JPY"), lambda word: "none" if word == "JPY" else "two"),
    }
    first, second = covering.rows(axes), covering.rows(axes, turn=1)

    assert first != second
    for listed in (first, second):
        assert {pair for case in listed for pair in covering.pairs(case, axes)} == covering.possible(axes)
