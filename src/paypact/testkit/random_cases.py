"""Random cases, drawn by Hypothesis: one small draw per axis, one integer for the digits that mean nothing.

Two things are private to Hypothesis and kept here, each with a test that fails when it moves: the digest that keeps
cells apart in its database, and the constants it picks up from local modules (which would make a verdict depend on
imports).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import HypothesisProvider

from paypact.testkit.case import Axes, Axis, Case, PlanAxis, plain
from paypact.testkit.profiles import Profile

_MOST_DIGITS = 9_999


def strategy(axes: Axes) -> st.SearchStrategy[Case]:
    """Cases over these axes, plainest values first."""
    base = plain(axes)
    drawn = {name: _values(axis) for name, axis in axes.items() if len(axis.values) > 1 or isinstance(axis, PlanAxis)}
    return st.fixed_dictionaries({**drawn, "digits": st.integers(0, _MOST_DIGITS)}).map(base.but)


def _values(axis: Axis) -> st.SearchStrategy[Any]:
    if isinstance(axis, PlanAxis):
        return st.tuples(*[st.sampled_from(axis.words)] * axis.most)
    return st.sampled_from(axis.values)


def random_cases(
    cell: str, profile: Profile, axes: Axes, run: Callable[[Case], object], enough: Callable[[], bool]
) -> None:
    """Run `profile.examples` random cases, stopping early once `enough()`. Failures are `run`'s to remember.

    A profile that is not deterministic begins with the cases that made it `enough` before, as far as they are in the
    example database of the shop's own Hypothesis settings, and adds the one that does so now.
    """
    telling: list[Case] = []

    def body(case: Case) -> None:
        if case in telling:  # Hypothesis asks again before it stores a case
            raise _Telling
        if enough():
            return
        run(case)
        if enough():
            telling.append(case)
            raise _Telling

    test: Any = given(case=strategy(axes))(body)
    test.hypothesis.inner_test._hypothesis_internal_add_digest = cell.encode()  # noqa: SLF001 - see above
    drawn_by = profile.seed_of(cell)
    if drawn_by is not None:
        test = seed(int.from_bytes(hashlib.sha256(drawn_by.encode()).digest()[:8], "big"))(test)
    configured = settings(
        max_examples=profile.examples,
        derandomize=False,  # whatever the shop's own profile says: Hypothesis turns it on where CI is set
        database=None if profile.deterministic else settings().database,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if profile.deterministic else [Phase.reuse, Phase.generate],
        print_blob=False,
    )(test)
    drawing = (
        patch.object(HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None)
        if profile.deterministic
        else nullcontext()
    )
    with drawing, suppress(_Telling):
        configured()


class _Telling(Exception):
    """Tells Hypothesis, and nobody else, that a case is worth keeping."""
