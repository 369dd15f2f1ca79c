"""The network: which fault hits which exchange, how often, and what a fault may say."""

from __future__ import annotations

from typing import Any

import pytest

from paypact.errors import UsageError
from paypact.world.network import BEFORE_ONLY, EDGES, FAILURES, Fault, Network

PLANS: dict[str, tuple[list[Fault], list[str], str]] = {
    # Faults, what each exchange books, and what becomes of each: `.` nothing, `<` struck before, `>` struck after.
    "nothing": ([], ["", ""], ". ."),
    "the first, before": ([Fault("reset", "before", exchange=1)], ["", ""], "< ."),
    "the first, after": ([Fault("reset", exchange=1)], ["", ""], "> ."),
    "the second, after": ([Fault("reset", exchange=2)], ["", "", ""], ". > ."),
    "three in a row": ([Fault("reset", "before", exchange=2, times=3)], [""] * 6, ". < < < . ."),
    "for good": ([Fault("reset", exchange=1, times=99)], [""] * 4, "> > > >"),
    "what books the approval": (
        [Fault("reset", booking="approve")],
        ["open", "present approve", "approve"],
        ". > .",
    ),
    "the first two that book": ([Fault("reset", booking="book", times=2)], ["book", "", "book", "book"], "> . > ."),
    "never booked": ([Fault("reset", booking="book")], ["open", "approve"], ". ."),
    "two faults": (
        [Fault("reset", "before", exchange=1), Fault("read-timeout", exchange=2)],
        ["", "", ""],
        "< > .",
    ),
    "two faults on one exchange": (
        [Fault("reset", exchange=1), Fault("read-timeout", exchange=1)],
        ["", ""],
        "> .",
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_fault_hits_its_exchanges(name: str) -> None:
    """Exchanges are counted from 1 since arming; a fault strikes as often as it says, before or after the commit."""
    faults, booked, expected = PLANS[name]
    network = Network()
    network.arm(*faults)

    assert " ".join(struck(network, events.split()) for events in booked) == expected
    assert len(network.delivered) == len(expected.replace(".", "").split())


def struck(network: Network, booked: list[str]) -> str:
    """What the network does to one exchange that books these events."""
    if network.begin():
        return "<"
    return ">" if network.end(booked) else "."


def test_arming_restarts_counting_and_forgets_what_was_armed() -> None:
    """The first exchange after arming is number 1, whatever went before; what was delivered stays known."""
    network = Network()
    network.arm(Fault("reset", exchange=1), Fault("reset", exchange=3))
    before = [struck(network, []), struck(network, [])]
    network.arm(Fault("read-timeout", exchange=2))
    after = [struck(network, []), struck(network, []), struck(network, [])]

    assert (before, after) == ([">", "."], [".", ">", "."])
    assert [fault.kind for fault in network.delivered] == ["reset", "read-timeout"]


def test_a_healed_network_delivers_everything() -> None:
    """After healing nothing strikes any more, however often the fault had meant to."""
    network = Network()
    network.arm(Fault("reset", exchange=1, times=99))
    struck(network, [])
    network.heal()

    assert [struck(network, []), struck(network, ["approve"])] == [".", "."]


KINDS = (
    "connect-refused, connect-timeout, read-timeout, reset, cut-body, html-502, html-503, empty-body, "
    "error:<word>, stored:<word>, wait:<word>"
)
MEANINGLESS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "gremlins", "exchange": 1}, f"fault: kind 'gremlins' is unknown; known: {KINDS}"),
    ({"kind": "error", "exchange": 1}, f"fault: kind 'error' is unknown; known: {KINDS}"),
    ({"kind": "reset"}, "fault reset: say either which exchange (from 1) or which booking it hits"),
    (
        {"kind": "reset", "exchange": 1, "booking": "approve"},
        "fault reset: say either which exchange (from 1) or which booking it hits",
    ),
    (
        {"kind": "reset", "when": "before", "booking": "approve"},
        "fault reset: before an exchange nobody knows what it will book; name exchange=n",
    ),
    (
        {"kind": "connect-refused", "exchange": 1},
        'fault connect-refused: nothing was sent, so nothing can be lost after it; say when="before"',
    ),
    ({"kind": "reset", "exchange": 0}, "fault reset: exchange=0 is none; exchanges count from 1"),
    ({"kind": "reset", "exchange": 1, "times": 0}, "fault reset: times=0 is no fault; it strikes at least once"),
]


@pytest.mark.parametrize(("given", "message"), MEANINGLESS, ids=[str(row[0])[1:-1] for row in MEANINGLESS])
def test_a_fault_that_means_nothing_is_refused(given: dict[str, Any], message: str) -> None:
    """What could strike nowhere, or not as told, is a mistake of whoever wrote it."""
    with pytest.raises(UsageError) as refused:
        Fault(**given)

    assert str(refused.value) == message


SPELLED = [
    ("read-timeout after 2", Fault("read-timeout", "after", exchange=2), "read-timeout after exchange 2"),
    ("reset before 1", Fault("reset", "before", exchange=1), "reset before exchange 1"),
    (
        "error:rate_limit before 1",
        Fault("error:rate_limit", "before", exchange=1),
        "error:rate_limit before exchange 1",
    ),
    (
        "reset booking approve",
        Fault("reset", "after", booking="approve"),
        "reset after the exchange that books 'approve'",
    ),
]


@pytest.mark.parametrize(("text", "fault", "said"), SPELLED, ids=[row[0] for row in SPELLED])
def test_a_case_spells_faults(text: str, fault: Fault, said: str) -> None:
    """The text of a case makes the fault, and the fault says itself in words."""
    assert Fault.parse(text) == fault
    assert str(fault) == said


def test_how_often_a_fault_strikes_is_said() -> None:
    """More than once is worth a word."""
    assert str(Fault.parse("reset after 1", times=3)) == "reset after exchange 1, 3 times"


@pytest.mark.parametrize("text", ["reset", "reset after", "reset after first", "reset during 2", ""])
def test_a_text_that_spells_no_fault_is_refused(text: str) -> None:
    """A case that was edited by hand is told the two forms there are."""
    with pytest.raises(UsageError) as refused:
        Fault.parse(text)

    assert str(refused.value) == (
        f"fault {text!r} is not of the form `<kind> before|after <number>` or `<kind> booking <event>`"
    )


def test_kinds_are_of_one_sort() -> None:
    """A lost reply and a page of a proxy are different things; what only strikes before is a lost one."""
    assert set(FAILURES).isdisjoint(EDGES)
    assert set(BEFORE_ONLY) <= set(FAILURES)
