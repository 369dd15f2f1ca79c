"""The Pact file: the same bytes for the same code, nothing in it that is nobody's business, states before requests."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from paypact import gateways
from paypact.contract import documents
from paypact.contract.check import differences
from paypact.contract.needs import Study, study
from paypact.contract.pact import Writer
from paypact.contract.states import ACTED, EARLIER, METHOD
from paypact.errors import UsageError
from paypact.testkit.target import Target

COMMITTED = sorted(Path(str(files("paypact.contracts"))).rglob("*.json"))
NUMBER = re.compile(r"(?<!\d)\d{12,19}(?!\d)")


@pytest.fixture
def found(shop: Target) -> Study:
    return study(shop)


@pytest.fixture
def document(found: Study) -> dict[str, Any]:
    return Writer(found).document()


def named(document: dict[str, Any], description: str) -> dict[str, Any]:
    return next(each for each in document["interactions"] if each["description"] == description)


def test_the_same_code_gives_the_same_bytes(found: Study, shop: Target) -> None:
    """Nothing of a run stands in a contract: what another run writes is the same, byte for byte."""
    assert Writer(found).bytes() == Writer(study(shop)).bytes()


def test_a_request_and_its_reply(document: dict[str, Any]) -> None:
    """What was sent, with matchers where another shopper sends something else; of the reply what is needed."""
    sale = named(document, "sale (approve): POST /charges")

    assert sale["providerStates"] == [
        {"name": METHOD, "params": {"card": "visa", "number": "4242424242424242", "answer": "approve"}}
    ]
    assert sale["request"]["body"]["content"] == {
        "token": "tok-1",
        "amount": 1090,
        "currency": "EUR",
        "reference": "order-1",
        "key": "order-1-1",
        "capture": True,
    }
    assert sale["request"]["matchingRules"]["body"] == {
        "$.token": {"matchers": [{"match": "regex", "regex": r"^tok\-\w+$"}]},
        "$.amount": {"matchers": [{"match": "integer"}]},
        "$.currency": {"matchers": [{"match": "regex", "regex": "^[A-Z]{3}$"}]},
        "$.reference": {"matchers": [{"match": "type"}]},
        "$.key": {"matchers": [{"match": "type"}]},
    }
    assert sale["request"]["generators"]["body"]["$.token"]["expression"] == "${token}"
    assert sale["response"]["body"]["content"] == {"id": "ch-1", "status": "approved"}
    assert sale["response"]["matchingRules"]["body"] == {
        "$.id": {"matchers": [{"match": "regex", "regex": r"^ch\-\w+$"}]},
        "$.status": {"matchers": [{"match": "equality"}]},
    }


def test_a_request_that_needs_an_earlier_reply(document: dict[str, Any]) -> None:
    """An id of an earlier reply is named by a state, and put into the address by a generator."""
    capture = named(document, "capture (approve): POST /charges/{}/capture")

    assert capture["providerStates"] == [
        {
            "name": EARLIER,
            "params": {"interaction": "authorize (approve): POST /charges", "values": {"authorize_id": "$.id"}},
        }
    ]
    assert capture["request"]["path"] == "/charges/ch-1/capture"
    assert capture["request"]["generators"]["path"]["expression"] == "/charges/${authorize_id}/capture"
    assert capture["request"]["matchingRules"]["path"] == {
        "matchers": [{"match": "regex", "regex": r"^/charges/ch\-\w+/capture$"}]
    }


def test_a_request_after_a_challenge(document: dict[str, Any]) -> None:
    """What the shopper did stands between the call that sent them away and the call after they came back."""
    complete = named(document, "complete (challenge, the shopper failed): GET /charges/{}")
    sale = "sale (challenge): POST /charges"

    assert complete["providerStates"] == [
        {"name": EARLIER, "params": {"interaction": sale, "values": {"sale_id": "$.id"}}},
        {"name": ACTED, "params": {"interaction": sale, "at": "$.url", "result": "failed"}},
    ]


def test_what_no_state_can_bring_about_is_left_out(found: Study) -> None:
    """Where time has to pass the interaction is left out, and it is said."""
    writer = Writer(found)
    described = [each["description"] for each in writer.document()["interactions"]]

    assert "lookup (defer): GET /charges/{}" not in described
    assert any(
        note.endswith("time has to pass before it, which no provider state can bring about") for note in writer.notes
    )


def test_every_state_speaks_of_an_interaction_before_it_in_the_file(document: dict[str, Any]) -> None:
    """States name interactions of the same file, and values that its reply has."""
    known = {each["description"]: each for each in document["interactions"]}
    spoken = [s["params"] for each in known.values() for s in each["providerStates"] if "interaction" in s["params"]]

    assert spoken
    assert [params["interaction"] for params in spoken if params["interaction"] not in known] == []


def test_a_gateway_without_test_numbers(shop: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card number that no vendor publishes must not stand in a contract, so that none is written."""
    from paypact.contract import rehearsal

    monkeypatch.setattr(rehearsal, "published", lambda *_: [])
    with pytest.raises(UsageError) as mistake:
        Writer(study(shop)).document()

    assert str(mistake.value) == (
        "contract: gateway 'tin' publishes no test number of visa, mastercard, amex, jcb, "
        "and others must not stand in a contract"
    )


@pytest.mark.parametrize("file", COMMITTED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_committed_contract_is_clean(file: Path) -> None:
    """Published card numbers alone, no secret, no generated id, and every interaction with a state before it."""
    text = file.read_text("utf-8")
    contract = documents.contract(str(file), file.read_bytes())
    gateway = gateways.load(file.parent.name)
    known = {each.number for each in gateway.facts.test_cards}

    assert contract.version == "4.0"
    assert set(NUMBER.findall(text)) <= known
    assert [secret for secret in gateway.simulator.credentials().values() if len(secret) > 5 and secret in text] == []
    assert re.findall(r"\b[a-z]+_3[0-9a-f]{20,}", text) == []
    assert [each.description for each in contract.interactions if not each.states] == []


def test_differences_are_told_in_words(document: dict[str, Any]) -> None:
    """What is new, gone and changed is told by interaction, needs first."""
    committed = json.loads(json.dumps(document))
    by_name = {each["description"]: each for each in committed["interactions"]}
    gone = by_name.pop("void (approve): POST /charges/{}/void")
    committed["interactions"].remove(gone)
    committed["interactions"].append({**gone, "description": "an old one"})
    sale = by_name["sale (approve): POST /charges"]
    sale["response"]["matchingRules"]["body"]["$.bank"] = {"matchers": [{"match": "type"}]}
    sale["response"]["matchingRules"]["body"]["$.status"] = {"matchers": [{"match": "type"}]}
    del sale["response"]["matchingRules"]["body"]["$.id"]
    sale["response"]["body"]["content"]["bank"] = "First Bank"
    sale["request"]["body"]["content"]["capture"] = False

    assert differences(committed, document) == [
        "+ void (approve): POST /charges/{}/void",
        "- an old one",
        "~ sale (approve): POST /charges",
        "    the reply now needs $.id",
        "    the reply needs $.status as equality, in the file as type",
        "    the reply no longer needs $.bank",
        "    request.body.content.capture: True, in the file False",
        "    response.body.content.bank: 'First Bank' is gone",
    ]
    assert differences(document, document) == []
