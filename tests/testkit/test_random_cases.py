"""Random cases: the same in every process for a cell, unless the profile wants new ones each night."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis._settings import local_settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.internal.conjecture.providers import HypothesisProvider

from paypact.errors import UsageError
from paypact.testkit.case import Axes, Axis, Case, PlanAxis, plain
from paypact.testkit.profiles import Profile
from paypact.testkit.random_cases import random_cases, strategy

AXES: Axes = {
    "scheme": Axis(("visa", "jcb", "elo")),
    "currency": Axis(("EUR", "JPY", "KWD")),
    "edge": Axis(("low",)),
    "plan": PlanAxis(((),), words=("rest", "capture", "refund"), most=3),
}
PR = Profile("pr", examples=40, deterministic=True)
NIGHTLY = Profile("nightly", examples=40, deterministic=False)
CELL = "card-types[shop-jcb]"


def cases(cell: str = CELL, profile: Profile = PR, axes: Axes = AXES) -> list[Case]:
    """The cases of one exploration."""
    drawn: list[Case] = []
    random_cases(cell, profile, axes, drawn.append, lambda: False)
    return drawn


def test_a_cell_draws_the_same_cases_each_time() -> None:
    """One commit, one verdict; and as many cases as the profile says."""
    assert cases() == cases()
    assert len(cases()) == PR.examples


def test_cells_draw_different_cases() -> None:
    """Each cell looks elsewhere."""
    assert cases("card-types[shop-jcb]") != cases("card-types[shop-elo]")


def test_another_seed_draws_other_cases() -> None:
    """The same ones each time; without a seed they are those of the cell's name."""
    seeded = Profile("seed 7", examples=40, deterministic=True, seed=7)

    assert cases(profile=seeded) == cases(profile=seeded)
    assert cases(profile=seeded) != cases()
    assert (PR.seed_of(CELL), seeded.seed_of(CELL), NIGHTLY.seed_of(CELL)) == (CELL, f"{CELL}/7", None)


def test_each_night_draws_new_cases() -> None:
    """Even where the shop's own tests are set to repeat themselves, as CI does by itself."""
    assert settings.default is not None
    assert settings.default.derandomize, "the tests of this checkout repeat themselves"
    assert cases(profile=NIGHTLY) != cases(profile=NIGHTLY)


def test_what_else_is_imported_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop's module full of numbers and words is no reason to try other cases."""
    before = cases()
    file = tmp_path / "shop_prices.py"
    file.write_text("".join(f"PRICE_{n} = {n}\nNAME_{n} = 'name {n}'\n" for n in range(1_000, 1_500)), "utf-8")
    spec = importlib.util.spec_from_file_location("shop_prices", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "shop_prices", module)
    spec.loader.exec_module(module)

    assert cases() == before


def test_constants_are_drawn_where_we_keep_them_out() -> None:
    """Hypothesis asks its provider for constants of imported modules by the private name that we silence."""
    asked: list[object] = []

    def maybe(provider: HypothesisProvider, *_: object, **__: object) -> None:
        asked.append(provider)

    @settings(max_examples=5, database=None)
    @given(st.integers(0, 9_999))
    def draw(number: int) -> None:
        pass

    with patch.object(HypothesisProvider, "_maybe_draw_constant", maybe):
        draw()

    assert asked


@pytest.mark.parametrize(("first", "second", "same"), [(b"a", b"a", True), (b"a", b"b", False)], ids=["same", "other"])
def test_the_digest_tells_cells_apart(first: bytes, second: bytes, *, same: bool) -> None:
    """Hypothesis counts the private digest that we set as part of what makes a test that test."""

    def drawn(digest: bytes) -> list[int]:
        numbers: list[int] = []

        def body(number: int) -> None:
            numbers.append(number)

        test = given(number=st.integers(0, 9_999))(body)
        test.hypothesis.inner_test._hypothesis_internal_add_digest = digest  # type: ignore[attr-defined]
        settings(max_examples=10, derandomize=True, database=None)(test)()
        return numbers

    assert (drawn(first) == drawn(second)) is same


def test_drawing_stops_once_there_is_enough() -> None:
    """After a failure no further case is played."""
    played: list[Case] = []
    random_cases(CELL, PR, AXES, played.append, lambda: len(played) == 7)

    assert len(played) == 7


def test_nights_learn_from_each_other() -> None:
    """What failed is tried first the next night, is kept while it fails, and forgotten once it passes."""
    store = InMemoryExampleDatabase()

    def night(flawed: bool) -> list[Case]:
        played: list[Case] = []

        def telling() -> bool:
            return flawed and bool(played) and played[-1].scheme != "visa"

        with local_settings(
            settings(derandomize=False, database=store)
        ):  # as a profile that the shop's conftest.py loads
            random_cases(CELL, NIGHTLY, AXES, played.append, telling)
        return played

    found = night(flawed=True)[-1]
    again = night(flawed=True)
    mended = night(flawed=False)

    assert (again, len(mended)) == ([found], NIGHTLY.examples)
    assert mended[0] == found
    assert list(store.data.values()) in ([], [set()])


def test_nothing_is_kept_where_a_commit_has_one_verdict() -> None:
    """The deterministic profiles neither read nor write a database."""
    store = InMemoryExampleDatabase()
    played: list[Case] = []

    with local_settings(settings(derandomize=False, database=store)):
        random_cases(CELL, PR, AXES, played.append, lambda: len(played) == 3)

    assert (len(played), store.data) == (3, {})


def test_a_mistake_in_use_is_told_as_it_is() -> None:
    """What must end the run is not wrapped, repeated or hidden."""

    def run(case: Case) -> None:
        raise UsageError("driver Shop: constructor raised KeyError: 'key'")

    with pytest.raises(UsageError) as refused:
        random_cases(CELL, PR, AXES, run, lambda: False)

    assert str(refused.value) == "driver Shop: constructor raised KeyError: 'key'"


def test_the_simplest_draw_is_the_plainest_case() -> None:
    """Values are drawn plainest first, and the digits that mean nothing are zero."""
    rest = plain(AXES).but({"plan": ("rest",) * 3})

    assert find(strategy(AXES), lambda _: True, settings=settings(database=None)) == rest


def test_nothing_to_choose_leaves_the_digits() -> None:
    """A table without choices still has card numbers to try."""
    axes: Axes = {"scheme": Axis(("jcb",))}

    assert {case.but({"digits": 0}) for case in cases(axes=axes)} == {plain(axes)}
    assert len({case.digits for case in cases(axes=axes)}) > 20
