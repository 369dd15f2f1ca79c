"""The promise secrecy on a toy gateway: each sink, each spelling, each way out; and what may be said is not accused."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Any

import pytest

URL = "GET https://api.tin.example/charges/none"
DECLINED = "Declined(reason='no, asked by ***', transaction='ch-2', final=None)"
NO_NUMBER = "invalid literal for int() with base 10: 'no such card: ***'"
ANYBODY = "anybody in between can read and answer it"

# shop, cell, sentence, function of the line
LEAKS = [
    ("LogsTheNumber", "approved",
     "sale writes the card number to the log (shop.payments, DEBUG): paying with ***", "note"),
    ("LogsTheCode", "approved",
     "sale writes the security code to the log (shop.payments, DEBUG): form cvc='***'", "note"),
    ("LogsGroups", "approved",
     "sale writes the card number to the log (shop.payments, DEBUG): card ***", "note"),
    ("LogsTooLittleMasked", "approved",
     "sale writes the card number to the log (shop.payments, DEBUG): card ***", "note"),
    ("LogsBase64", "approved",
     "sale writes the card number to the log (shop.payments, DEBUG): form ***", "note"),
    ("Prints", "approved",
     "sale prints the card number: paying with ***", "printed"),
    ("Complains", "approved",
     "sale writes the card number to standard error: paying with ***", "complain"),
    ("Warns", "approved",
     "sale warns with the card number: UserWarning: odd card ***", "advise"),
    ("Raises", "approved",
     f"sale raises an exception that shows the card number: ValueError: {NO_NUMBER}", "give_up"),
    ("LogsItsKey", "errors",
     "the making of the driver writes the secret key to the log (shop.payments, DEBUG): ready, with ***", "note"),
    ("AsksByAddress", "approved",
     f"sale puts the card number into the address of a request: {URL}?card=***", "call"),
    ("NamesTheKey", "declined",
     f"sale answers with the secret key in Declined: {DECLINED}", "call"),
    ("Unchecked", "in-transit",
     f"sale sends POST /charges without checking the gateway's certificate: {ANYBODY}", "call"),
    ("SentOn", "in-transit",
     "sale sends POST /charges on to the host that a redirect names, with the secret key in it", "call"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is long enough to be one."""
    from tin import simulator

    secret = {"key": "tin-" + "test-4eC39HqLyjWDarjtT1zdp7dc"}
    monkeypatch.setattr(simulator.Tin, "credentials", classmethod(lambda cls: secret))


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize(("name", "cell", "sentence", "function"), LEAKS, ids=[leak[0] for leak in LEAKS])
def test_a_leak_is_told_without_the_secret(run: Any, name: str, cell: str, sentence: str, function: str) -> None:
    """Whatever comes out is named with its sink and its line, and shown masked."""
    finding = run(shop(name), "secrecy", cell)[cell].findings[0]

    assert (finding.severity, finding.cause, finding.sentence) == ("exposure", "integration", sentence)
    assert finding.line
    assert finding.line.function == function


def test_what_may_be_said_is_not_accused(run: Any) -> None:
    """Ids, last digits, masked numbers, times, other numbers and masking handlers are honest."""
    results = run(shop("Discreet"), "secrecy")

    states = {key: (result.state, result.why) for key, result in results.items()}
    assert states == dict.fromkeys(states, ("kept", ""))
    assert len(states) == 6


def test_everything_is_as_it_was_afterwards(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Streams, levels, handlers and filters are put back; what was printed was printed."""
    root = logging.getLogger()
    before = (sys.stdout, sys.stderr, root.level, list(root.handlers), logging.Logger.callHandlers)
    shows, filters = warnings.showwarning, list(warnings.filters)

    run(shop("Prints"), "secrecy", "approved", case={})

    assert (sys.stdout, sys.stderr, root.level, list(root.handlers), logging.Logger.callHandlers) == before
    assert (warnings.showwarning, warnings.filters) == (shows, filters)
    assert capsys.readouterr().out.startswith("paying with 4")


def test_what_only_listening_brings_about_goes_nowhere(run: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Records below the levels that the team has set are heard, and not passed on to its handlers."""
    run(shop("LogsTheNumber"), "secrecy", "approved", case={})

    assert caplog.records == []


def shop(name: str) -> Any:
    """One of the talkative shops."""
    from tin import talkative

    return getattr(talkative, name)
