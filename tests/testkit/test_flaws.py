"""The suites against a toy gateway: the reference is silent, each flaw is caught, and said."""

from __future__ import annotations

from typing import Any

import pytest

FLAWS = [  # driver, promise, cell, severity, sentence
    (
        "CrashesOnBrand",
        "card-types",
        "jcb",
        "crash",
        "sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR",
    ),
    (
        "HoldsOnly",
        "card-types",
        "visa",
        "money",
        "the sale was told as paid, but the money is only held: nothing was captured",
    ),
    (
        "BelievesReturn",
        "answers",
        "challenged",
        "money",
        "complete answered Approved, but the card was refused (authentication_failed)",
    ),
    (
        "NowhereToGo",
        "answers",
        "challenged",
        "belief",
        "sale answered ActionRequired with neither url nor client_secret: the shopper has nowhere to go",
    ),
    ("PendingIsPaid", "answers", "pending", "money", "sale answered Approved, but the issuer has not answered yet"),
    (
        "SwapsReasons",
        "answers",
        "soft",
        "belief",
        "the card was declined for 'refused_unspecified', but the shopper was told 'lost'",
    ),
    (
        "SaysNo",
        "answers",
        "connection",
        "money",
        "sale answered Declined (timeout), but the card was charged 10.90 EUR",
    ),
    ("ChargesTwice", "answers", "connection", "money", "sale answered Approved, but the shopper was charged twice"),
    (
        "Forgets",
        "answers",
        "connection",
        "crash",
        (
            "capture returned None, which is no Outcome: "
            "return Approved, Declined, ActionRequired, Pending, Rejected or Unknown"
        ),
    ),
]


@pytest.mark.parametrize(("name", "promise", "cell", "severity", "sentence"), FLAWS, ids=[row[0] for row in FLAWS])
def test_flaw_is_caught_and_said(run: Any, name: str, promise: str, cell: str, severity: str, sentence: str) -> None:
    """A flawed integration breaks the promise that names its flaw, in words that say what happened."""
    from tin import flawed

    result = run(getattr(flawed, name), promise, cell)[cell]

    assert result.state == "broken"
    assert (severity, sentence) in [(finding.severity, finding.sentence) for finding in result.findings]


@pytest.mark.parametrize("promise", ["card-types", "answers"])
def test_reference_is_silent(run: Any, promise: str) -> None:
    """A correct integration keeps every promise in every cell."""
    from tin.integration import TinShop

    assert {key: result.state for key, result in run(TinShop, promise).items() if result.state != "kept"} == {}


def test_finding_leads_to_the_line_and_the_case(run: Any) -> None:
    """A crash names the team's line, what it takes, and a command that plays the smallest case again."""
    from tin import flawed

    (finding,) = run(flawed.CrashesOnBrand, "card-types", "jcb")["jcb"].findings

    assert finding.line is not None
    assert (finding.line.function, finding.line.code) == ("label", 'return RECEIPT[reply["brand"]]')
    assert (finding.cause, finding.trigger) == ("integration", "plain")
    assert finding.explained["scheme"] == "only jcb"
    assert finding.case == {}
    assert finding.replay == "paypact replay 'tests/test_payments.py::card-types[crashes-on-brand-jcb]'"
    assert finding.exchanges[0].booked == (
        *("open", "present", "approve 10.90 EUR", "request", "book 10.90 EUR", "complete"),
    )


def test_replay_plays_one_case(run: Any) -> None:
    """A replayed case is the only example of its cell, and fails the same way."""
    from tin import flawed

    (result,) = run(flawed.SaysNo, "answers", "connection", case={"fault": "read-timeout after 1"}).values()

    assert (result.examples, result.state) == (1, "broken")
    assert result.findings[0].case == {"fault": "read-timeout after 1"}
