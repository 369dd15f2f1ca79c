"""Contracts as documents: what is read, and what is said of the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from paypact.contract.documents import LARGEST, ContractError, contract

ONE = {"description": "pay", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
NAMES = {"consumer": {"name": "shop"}, "provider": {"name": "stripe"}}


def pact(version: str = "4.0", *interactions: Any, **more: Any) -> dict[str, Any]:
    return {**NAMES, "interactions": interactions, "metadata": {"pactSpecification": {"version": version}}, **more}


VERSIONS: dict[str, tuple[Any, list[tuple[str, str, list[str]]]]] = {
    "V2": (
        {
            **NAMES,
            "interactions": [{**ONE, "providerState": "paid"}],
            "metadata": {"pact-specification": {"version": "2.0.0"}},
        },
        [("http", "pay", ["paid"])],
    ),
    "V2 without a version": ({**NAMES, "interactions": [ONE]}, [("http", "pay", [])]),
    "V3": (pact("3.0.0", {**ONE, "providerStates": [{"name": "a"}, {"name": "b"}]}), [("http", "pay", ["a", "b"])]),
    "V3 messages": (
        {**NAMES, "messages": [{"description": "paid", "contents": {}}], "metadata": {}},
        [("message", "paid", [])],
    ),
    "V4": (
        pact("4.0", {**ONE, "type": "Synchronous/HTTP"}, {"type": "Asynchronous/Messages", "description": "paid"}),
        [("http", "pay", []), ("message", "paid", [])],
    ),
    "the same description in other states": (
        pact("4.0", {**ONE, "providerStates": [{"name": "a"}]}, {**ONE, "providerStates": [{"name": "b"}]}),
        [("http", "pay", ["a"]), ("http", "pay", ["b"])],
    ),
}


@pytest.mark.parametrize(("data", "read"), VERSIONS.values(), ids=VERSIONS)
def test_each_version_is_read(data: Any, read: list[tuple[str, str, list[str]]]) -> None:
    """The same interactions, whichever version wrote them."""
    found = contract("c.json", json.dumps(data).encode())
    assert (found.consumer, found.provider) == ("shop", "stripe")
    assert [(one.kind, one.description, [state.name for state in one.states]) for one in found.interactions] == read


UNVERIFIED = "which is not verified (verified are Synchronous/HTTP, Asynchronous/Messages)"
TWICE = "verifiers keep only the last. Give each a description of its own"
WRONG: dict[str, tuple[str, str]] = {
    "empty": ("", "contract c.json is no JSON, or not whole: Expecting value: line 1 column 1 (char 0)"),
    "truncated": (
        json.dumps(pact("4.0", ONE))[:-20],
        "contract c.json is no JSON, or not whole: Expecting value: line 1 column 212 (char 211)",
    ),
    "a list": ("[]", "contract c.json is no Pact file: its parts are not of the right kind"),
    "another document": ('{"openapi": "3.1.0"}', "contract c.json is no Pact file: it has no 'consumer'"),
    "no provider": ('{"consumer": {"name": "a"}}', "contract c.json is no Pact file: it has no 'provider'"),
    "nothing in it": (json.dumps(NAMES), "contract c.json is no Pact file: it has no 'interactions'"),
    "no response": (
        json.dumps(pact("4.0", {"description": "x", "request": {"method": "GET"}})),
        "contract c.json is no Pact file: it has no 'response'",
    ),
    "a name that is none": (
        json.dumps({**NAMES, "consumer": {"name": 7}, "interactions": [ONE]}),
        "contract c.json is no Pact file: its parts are not of the right kind",
    ),
    "V5": (json.dumps(pact("5.0", ONE)), "contract c.json is written in Pact 5.0; read are 1 to 4"),
    "no interaction": (
        json.dumps(pact()),
        "contract c.json holds no interaction: there is nothing to verify",
    ),
    "another type": (
        json.dumps(pact("4.0", {"type": "Synchronous/Messages", "description": "x"})),
        f"contract c.json: the interaction 'x' is of the type 'Synchronous/Messages', {UNVERIFIED}",
    ),
    "twice the same": (
        json.dumps(pact("4.0", ONE, ONE)),
        f"contract c.json has 2 interactions 'pay' with the same provider states: {TWICE}",
    ),
    "nested too deeply": ("[" * 100_000, "contract c.json is no Pact file: it is nested too deeply"),
    "large": (
        " " * (LARGEST + 10_000_001),
        "contract c.json has 30 MB, more than one integration can need: contracts of at most 20 MB are read",
    ),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_a_sentence(text: str, words: str) -> None:
    """Which file, what is the matter."""
    with pytest.raises(ContractError) as told:
        contract("c.json", text.encode())
    assert str(told.value) == words
