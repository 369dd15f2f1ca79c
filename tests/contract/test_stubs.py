"""Stubs: a contract answers a shop's own unit tests, and fails those that send what it does not hold."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

import paypact
from paypact.contract.stubs import NotInContract, stubs
from paypact.errors import PaypactError, UsageError

URL = "https://gateway.example"


def interaction(name: str, request: dict[str, Any], status: int, reply: Any) -> dict[str, Any]:
    return {
        "type": "Synchronous/HTTP",
        "description": name,
        "providerStates": [{"name": "a payment method"}],
        "request": request,
        "response": {
            "status": status,
            "headers": {"Content-Type": ["application/json"]},
            "body": {"content": reply, "contentType": "application/json", "encoded": False},
        },
    }


SALE = {
    "method": "POST",
    "path": "/payments",
    "headers": {"Content-Type": ["application/json"]},
    "body": {
        "content": {"amount": 1090, "card": {"token": "tok_1"}, "capture": True},
        "contentType": "application/json",
        "encoded": False,
    },
    "matchingRules": {
        "body": {
            "$.amount": {"matchers": [{"match": "integer"}]},
            "$.card.token": {"matchers": [{"match": "regex", "regex": r"^tok_\w+$"}]},
        }
    },
}
READ = {
    "method": "GET",
    "path": "/payments/p_1",
    "query": {"expand": ["card"], "since": ["1"]},
    "matchingRules": {
        "path": {"matchers": [{"match": "regex", "regex": r"^/payments/p_\w+$"}]},
        "query": {"since": {"matchers": [{"match": "regex", "regex": r"^\d+$"}]}},
    },
}
FORM = {
    "method": "POST",
    "path": "/refunds",
    "body": {
        "content": "payment=p_1&metadata%5Border%5D=order-1",
        "contentType": "application/x-www-form-urlencoded",
        "encoded": False,
    },
    "matchingRules": {"body": {"$['metadata[order]']": {"matchers": [{"match": "regex", "regex": "^.+$"}]}}},
}
BODY = {"amount": 5, "card": {"token": "tok_9"}, "capture": True}


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    file = tmp_path / "shop.json"
    document = {
        "consumer": {"name": "shop"},
        "provider": {"name": "gateway"},
        "interactions": [
            interaction("sale (approve)", SALE, 200, {"id": "p_1", "status": "paid"}),
            interaction("sale (decline)", SALE, 402, {"error": "no"}),
            interaction("lookup (approve)", READ, 200, {"id": "p_1"}),
            interaction("refund (approve)", FORM, 200, {"id": "r_1"}),
        ],
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }
    file.write_text(json.dumps(document), "utf-8")
    return file


def post(body: Any = BODY, path: str = "/payments") -> requests.Response:
    return requests.post(URL + path, json=body, timeout=1)


def test_the_plainest_state_answers(contract: Path) -> None:
    """Without a name the first interaction that a request is answers it."""
    with paypact.stubs(contract) as used:
        assert post().json() == {"id": "p_1", "status": "paid"}

    assert used.used == ["sale (approve)"]


def test_a_state_by_its_name(contract: Path) -> None:
    """A test names the state that it is about, by the beginning of the description."""
    with stubs(contract, "sale (decline"):
        reply = post()

    assert (reply.status_code, reply.json()) == (402, {"error": "no"})


def test_paths_queries_and_forms(contract: Path) -> None:
    """Matchers hold in addresses, queries and forms."""
    with stubs(contract) as used:
        requests.get(f"{URL}/payments/p_77?since=99&expand=card", timeout=1)
        requests.post(f"{URL}/refunds", data={"payment": "p_1", "metadata[order]": "another"}, timeout=1)

    assert used.used == ["lookup (approve)", "refund (approve)"]


STRANGE = [  # what is sent, and what is said of the nearest interaction
    pytest.param({**BODY, "amount": "5"}, "body $.amount is '5', not 1090", id="a value of another type"),
    pytest.param({**BODY, "tip": 1}, "body has $.tip, which the contract has not", id="a field too many"),
    pytest.param({"amount": 5, "capture": True}, "body lacks $.card.token", id="a field too few"),
    pytest.param({**BODY, "card": {"token": "x"}}, "body $.card.token is 'x', not 'tok_1'", id="another form"),
    pytest.param({**BODY, "capture": False}, "body $.capture is False, not True", id="another constant"),
]


@pytest.mark.parametrize(("body", "said"), STRANGE)
def test_what_the_contract_does_not_hold(contract: Path, body: Any, said: str) -> None:
    """A request that fits none fails the test, and the nearest interactions say why."""
    with pytest.raises(NotInContract) as strange, stubs(contract, "sale (approve)"):
        post(body)

    assert str(strange.value) == f"POST /payments is not in {contract}. Nearest:\n  sale (approve): {said}"


def test_a_swallowed_exception_fails_all_the_same(contract: Path) -> None:
    """Code that takes any exception for a gateway that is down cannot hide what it sent."""
    with pytest.raises(NotInContract), stubs(contract), suppress(AssertionError):
        post({})


def test_form_and_query_that_differ(contract: Path) -> None:
    """Extra and missing fields of forms and queries are told by name."""
    with pytest.raises(NotInContract) as strange, stubs(contract, "refund"):
        requests.post(f"{URL}/refunds", data={"payment": "p_2", "reason": "x"}, timeout=1)

    assert str(strange.value).partition("refund (approve): ")[2] == (
        "body payment is p_2, not p_1; body lacks metadata[order]; body has reason, which the contract has not"
    )


MISTAKES = [
    pytest.param(
        "missing.json",
        None,
        "contract missing.json cannot be read: No such file or directory. Name a Pact file",
        id="no file",
    ),
    pytest.param("cut.json", '{"consumer": {', None, id="cut off"),
    pytest.param("list.json", "[]", None, id="no Pact"),
]


@pytest.mark.parametrize(("name", "text", "said"), MISTAKES)
def test_a_file_that_is_no_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str | None, said: str | None
) -> None:
    """What is no contract is one clear message that names the file."""
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path(name).write_text(text, "utf-8")
    with pytest.raises(PaypactError) as mistake, stubs(name):
        pytest.fail("nothing is stubbed")

    assert str(mistake.value).startswith(f"contract {name}")
    assert said in (None, str(mistake.value))


def test_a_name_that_nothing_has(contract: Path) -> None:
    """A state that the contract does not hold is named, with those that it holds."""
    with pytest.raises(UsageError) as mistake, stubs(contract, "void"):
        pytest.fail("nothing is stubbed")

    assert str(mistake.value) == (
        f"{contract} holds no interaction 'void' (known: sale (approve), sale (decline), lookup (approve), "
        "refund (approve))"
    )


def test_the_fixture(contract: Path, paypact_stubs: Any) -> None:
    """The fixture of the plugin does the same for a whole test."""
    used = paypact_stubs(contract, "sale (approve)")

    assert post().json()["status"] == "paid"
    assert used.used == ["sale (approve)"]


def test_xml_bodies(tmp_path: Path) -> None:
    """In XML the text of each element is looked at."""
    rule = {"matchers": [{"match": "regex", "regex": r"^\d+\.\d\d$"}]}
    request = {
        "method": "POST",
        "path": "/x",
        "body": {"content": "<tx><amount>10.90</amount></tx>", "contentType": "application/xml", "encoded": False},
        "matchingRules": {"body": {"$.tx.amount['#text']": rule}},
    }
    file = tmp_path / "x.json"
    document = {
        "consumer": {"name": "s"},
        "provider": {"name": "g"},
        "interactions": [interaction("a", request, 200, {})],
    }
    file.write_text(json.dumps({**document, "metadata": {"pactSpecification": {"version": "4.0"}}}), "utf-8")
    headers = {"content-type": "application/xml"}
    with stubs(file) as used:
        requests.post(f"{URL}/x", "<tx>\n <amount>1.00</amount></tx>", headers=headers, timeout=1)
    with pytest.raises(NotInContract, match=r"body \$.tx.amount is '1', not '10.90'"), stubs(file):
        requests.post(f"{URL}/x", "<tx><amount>1</amount></tx>", headers=headers, timeout=1)

    assert used.used == ["a"]
