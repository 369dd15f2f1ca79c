"""From a failing case to the plainest that fails the same way, and to what it takes to fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given

from paypact.testkit.case import Axes, Axis, Case, PlanAxis, plain, to_json
from paypact.testkit.random_cases import strategy
from paypact.testkit.shrink import explain, shrink

AXES: Axes = {
    "scheme": Axis(("visa", "mastercard", "amex", "jcb")),
    "currency": Axis(("EUR", "JPY", "KWD")),
    "length": Axis((16, 17, 18, 19)),
    "answer": Axis(("approve", "challenge", "decline:lost_card")),
    "cvc": Axis((True, False)),
    "edge": Axis(("low",)),
    "plan": PlanAxis(((), ("capture",)), words=("rest", "authorize", "capture", "refund"), most=6),
}
FLAWS: dict[str, tuple[Callable[[Case], bool], dict[str, object], dict[str, str]]] = {
    # When it fails, the smallest case, what is said of each axis.
    "always": (
        lambda _: True,
        {},
        {"scheme": "any", "currency": "any", "length": "any", "answer": "any", "cvc": "any"},
    ),
    "one scheme": (
        lambda case: case.scheme == "jcb",
        {"scheme": "jcb"},
        {"scheme": "only jcb", "currency": "any", "length": "any", "answer": "any", "cvc": "any"},
    ),
    "two schemes": (
        lambda case: case.scheme in ("mastercard", "jcb"),
        {"scheme": "mastercard"},
        {"scheme": "only mastercard, jcb", "currency": "any", "length": "any", "answer": "any", "cvc": "any"},
    ),
    "three at once": (
        lambda case: case.scheme == "jcb" and case.length == 19 and case.answer == "challenge",
        {"scheme": "jcb", "length": 19, "answer": "challenge"},
        {"scheme": "only jcb", "currency": "any", "length": "only 19", "answer": "only challenge", "cvc": "any"},
    ),
    "either": (
        lambda case: case.length > 16 or not case.cvc,
        {"cvc": False},
        {"scheme": "any", "currency": "any", "length": "any", "answer": "any", "cvc": "only False"},
    ),
    "a plan": (
        lambda case: "capture" in case.plan and "refund" in case.plan[case.plan.index("capture") :],
        {"plan": ("capture", "refund")},
        {"scheme": "any", "currency": "any", "length": "any", "answer": "any", "cvc": "any"},
    ),
    "digits": (
        lambda case: case.digits > 100,
        {"digits": 4711},
        {"scheme": "any", "currency": "any", "length": "any", "answer": "any", "cvc": "any"},
    ),
}
WORST = Case(
    scheme="jcb",
    currency="KWD",
    length=19,
    answer="challenge",
    cvc=False,
    digits=4711,
    plan=("authorize", "capture", "rest", "refund", "refund"),
)


@pytest.mark.parametrize("name", FLAWS)
def test_the_plainest_case_that_fails(name: str) -> None:
    """What the failure does not need becomes plain; what it does need is said, axis by axis."""
    fails, smallest, said = FLAWS[name]
    small = shrink(WORST, AXES, fails)

    assert fails(small)
    assert to_json(small, AXES) == smallest
    assert explain(small, AXES, fails) == said


@given(strategy(AXES))
def test_no_axis_of_a_shrunk_case_could_be_plainer(case: Case) -> None:
    """However the flaw hangs together, moving any one axis to a plainer value makes it disappear."""

    def fails(each: Case) -> bool:
        return (hash((each.scheme, each.length)) + len(each.plan) + len(each.answer)) % 3 == 0

    if not fails(case):
        return
    small = shrink(case, AXES, fails)

    assert fails(small)
    assert not any(
        fails(small.but({name: v})) for name, axis in AXES.items() for v in axis.simpler(getattr(small, name))
    )


def test_shrinking_takes_few_examples() -> None:
    """Each try costs a whole example: the worst case is small after a few dozen."""
    tried: list[Case] = []

    def fails(case: Case) -> bool:
        tried.append(case)
        return case.scheme == "jcb" and case.length == 19

    shrink(WORST, AXES, fails)

    assert len(tried) < 50


def test_a_long_list_of_values_is_sampled_and_said_so() -> None:
    """Of many values some are tried; what was not tried is not called harmless."""
    axes = {"currency": Axis(tuple(f"X{n:02}" for n in range(60)))}
    tried: list[str] = []

    def fails(case: Case) -> bool:
        tried.append(case.currency)
        return case.currency in ("X03", "X30")

    said = explain(Case(currency="X03"), axes, fails, most=12)

    assert said == {"currency": "only X03, X30 (of 13 tried)"}
    assert len(tried) == 12


def test_an_axis_of_one_value_explains_nothing() -> None:
    """Where there was no choice, nothing is said."""
    assert explain(plain(AXES), {"edge": AXES["edge"]}, lambda _: True) == {}
