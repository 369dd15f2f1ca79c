"""Cases: what they say as JSON, what is read back, and what a replay may not say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from paypact.errors import UsageError
from paypact.testkit.case import Axis, Case, PlanAxis, Value, from_json, plain, to_json
from paypact.testkit.random_cases import strategy

STEPS = PlanAxis(((), ("capture", "refund")), words=("rest", "capture", "refund"), most=4)
AXES = {
    "scheme": Axis(("jcb", "visa")),
    "currency": Axis(("EUR", "JPY", "KWD"), lambda currency: "2 digits" if currency == "EUR" else "odd"),
    "answer": Axis(("approve", "decline:lost_card", "decline:insufficient_funds", "challenge")),
    "cvc": Axis((True, False)),
    "times": Axis((1, 99)),
    "plan": STEPS,
}


@given(strategy(AXES))
def test_a_case_is_read_back_from_its_json(case: Case) -> None:
    """What a finding prints plays the same case, in this process or another."""
    text = json.dumps(to_json(case, AXES))

    assert from_json(json.loads(text), AXES) == case


def test_only_what_is_not_plain_is_said() -> None:
    """A case says how it differs from the plainest one of its promise, nothing more."""
    assert to_json(plain(AXES), AXES) == {}
    assert to_json(plain(AXES).but({"currency": "KWD", "digits": 7}), AXES) == {"currency": "KWD", "digits": 7}


def test_what_a_replay_does_not_name_is_plain() -> None:
    """An axis that was added since takes its plainest value."""
    assert from_json({"scheme": "visa"}, AXES) == plain(AXES).but({"scheme": "visa"})
    assert from_json({"schema": 1}, AXES) == plain(AXES)


NAMES = "scheme, currency, answer, cvc, times, plan, digits"
MISTAKES: list[tuple[dict[str, Any], str]] = [
    (
        {"schema": 2, "scheme": "visa"},
        "replay: the case has schema 2, this paypact reads 1: upgrade paypact to replay it",
    ),
    ({"skeme": "visa"}, f"replay: unknown axis 'skeme'; did you mean 'scheme'? (known here: {NAMES})"),
    ({"edge": "high"}, f"replay: unknown axis 'edge' (known here: {NAMES})"),
    ({"scheme": "jbc"}, "replay: scheme='jbc' is unknown; did you mean 'jcb'? (known here: jcb, visa)"),
    ({"scheme": "mir"}, "replay: scheme='mir' is unknown (known here: jcb, visa)"),
    ({"currency": ["EUR"]}, "replay: currency=['EUR'] is unknown; did you mean 'EUR'? (known here: EUR, JPY, KWD)"),
    ({"times": 2}, "replay: times=2 is unknown (known here: 1, 99)"),
    ({"times": True}, "replay: times=True is unknown (known here: 1, 99)"),
    ({"cvc": 0}, "replay: cvc=0 is unknown (known here: True, False)"),
    ({"digits": "7"}, "replay: digits='7' is not a whole number"),
    ({"digits": True}, "replay: digits=True is not a whole number"),
    ({"plan": "capture"}, "replay: plan='capture' is not a list of steps (known here: rest, capture, refund)"),
    (
        {"plan": ["capture", "refnd"]},
        "replay: plan='refnd' is unknown; did you mean 'refund'? (known here: rest, capture, refund)",
    ),
]


@pytest.mark.parametrize(("said", "message"), MISTAKES, ids=[str(row[0])[1:-1] for row in MISTAKES])
def test_a_replay_that_cannot_be_meant(said: dict[str, Any], message: str) -> None:
    """The message names what is wrong, the nearest thing that is right, and all there is."""
    with pytest.raises(UsageError) as refused:
        from_json(said, AXES)

    assert str(refused.value) == message


def test_classes_keep_the_order_of_their_values() -> None:
    """The plainest value of each class comes first, and the plainest class before the others."""
    assert list(AXES["currency"].classes().items()) == [("2 digits", ["EUR"]), ("odd", ["JPY", "KWD"])]
    assert Axis.listed(("a", "b")).classes() == {"any": ["a", "b"]}
    assert (Axis.listed(("a",)).shared, Axis.own(("a",)).shared) == (True, False)


SIMPLER: list[tuple[Axis, Value, list[Value]]] = [
    (AXES["currency"], "KWD", ["EUR", "JPY"]),
    (AXES["currency"], "EUR", []),
    (AXES["currency"], "XAU", []),
    (STEPS, (), []),
    (STEPS, ("refund",), [(), ("rest",), ("capture",)]),
    (
        STEPS,
        ("capture", "refund"),
        [("capture",), ("refund",), ("rest", "refund"), ("capture", "rest"), ("capture", "capture")],
    ),
]


@pytest.mark.parametrize(("axis", "value", "plainer"), SIMPLER, ids=[str(row[1]) for row in SIMPLER])
def test_plainer_values(axis: Axis, value: Value, plainer: list[Value]) -> None:
    """The plainest first; of a plan, first without a step, then with a plainer one."""
    assert list(axis.simpler(value)) == plainer
