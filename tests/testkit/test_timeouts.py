"""The promise timeouts on a toy gateway: who waits or repeats in the wrong way is told, at the line that does it."""

from __future__ import annotations

from typing import Any

import pytest

UNDECIDED = "it ends only with the bank's decision, which may take days"
FOR_EVER = "one stalled call keeps its worker for ever"

# way, cell, severity, cause, sentence, function of the line
FOUND = [
    ("WithoutTimeout", "every-call", "belief", "integration",
     f"sale sends POST /charges through urllib3 without a timeout to connect or to read: {FOR_EVER}", "call"),
    ("OnlyToConnect", "every-call", "belief", "integration",
     f"sale sends POST /charges through urllib3 without a timeout to read: {FOR_EVER}", "call"),
    ("UntilItWorks", "stalled", "belief", "integration",
     "sale waits 18 min 9 s for answers that do not come, in 99 calls, and would go on: nothing ends it", "call"),
    ("Slow", "stalled", "advice", "integration",
     "sale waits 1 min 20 s when calls are stalled, 8 of them: most web servers give up after 60 s", "call"),
    ("UntilDecided", "undecided", "belief", "integration",
     f"sale waits 10 min for a bank that has not decided yet, in 41 calls: {UNDECIDED}", "charge"),
    ("TriesTheCardAgain", "final-declines", "belief", "integration",
     "sale presents the card again (POST /charges) after it was declined for good: lost_card", "charge"),
    ("RepeatsWhatIsWrong", "wrong-requests", "belief", "integration",
     "capture sends POST /charges/ch-2/capture 2 more times, unchanged, after it was refused as wrong (422)", "call"),
    ("AtOnce", "asked-to-wait", "belief", "integration",
     "sale repeats POST /charges after 2.0 s, but the gateway's Retry-After asked for 7 s", "call"),
    ("AdapterAtOnce", "asked-to-wait", "advice", "integration",
     "sale repeats POST /charges after 0.0 s, but the gateway's Retry-After asked for 7 s", "call"),
]  # fmt: skip


@pytest.mark.parametrize(("way", "cell", "severity", "cause", "sentence", "function"), FOUND, ids=[f[0] for f in FOUND])
def test_who_waits_or_repeats_wrongly_is_told(
    run: Any, way: str, cell: str, severity: str, cause: str, sentence: str, function: str
) -> None:
    """A flaw is found in the cell that asks for it, with the line that sends, or that repeats."""
    plainest: dict[str, Any] = {"case": {}} if cell == "stalled" else {}  # 99 calls in each case: one will do
    (finding,) = run(shop(way), "timeouts", cell, **plainest)[cell].findings

    assert (finding.severity, finding.cause, finding.sentence) == (severity, cause, sentence)
    assert finding.line
    assert (finding.line.function, finding.line.file.endswith("impatient.py")) == (function, way != "Slow")


@pytest.mark.parametrize("way", ["TinPayments", "AsItSays"])
def test_patient_code_is_silent(run: Any, way: str) -> None:
    """Timeouts on every call, giving up, or waiting as long as the gateway says: nothing to find."""
    results = run(shop(way), "timeouts")

    assert {key: result.state for key, result in results.items()} == dict.fromkeys(
        ("every-call", "stalled", "undecided", "final-declines", "wrong-requests", "asked-to-wait"), "kept"
    )


def test_a_loop_that_never_ends_is_stopped(run: Any) -> None:
    """An operation that asks the gateway until the shopper has acted, and so keeps them from it, is a crash."""
    (finding,) = run(shop("AsksForEver"), "answers", "challenged", case={})["challenged"].findings

    assert (finding.severity, finding.exception) == (
        "crash", "EndlessError: sale makes one call after the other and was stopped: it does not end"
    )  # fmt: skip
    assert finding.line
    assert (finding.line.function, finding.cause) == ("call", "integration")


def test_a_client_that_nobody_sees_is_not_covered(run: Any) -> None:
    """With a served gateway only what was sent can be judged, not how long the client waits."""
    from tin.integration import TinShop

    class Served(TinShop, gateway="tin", host="http"):
        """Tin over a real socket."""

    said = 'with host="http" nobody sees the timeouts of the client, nor how long it waits'

    assert run(Served, "timeouts", "every-call")["every-call"].why == said


def shop(way: str) -> Any:
    """The toy shop with other payments."""
    from tin import impatient

    return type(way, (impatient.Impatient,), {"way": getattr(impatient, way)}, gateway="tin", name=way.lower())
