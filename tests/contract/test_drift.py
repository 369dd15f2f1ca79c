"""Drift: what a vendor's next description changes under the needs of a contract, and what it leaves alone."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from paypact.cli import call
from paypact.contract import openapi
from paypact.contract.documents import contract
from paypact.contract.drift import Change, drift, needs_of
from paypact.contract.paths import dotted
from paypact.errors import UsageError

SPECS = os.environ.get("PAYPACT_SPECS")
Edit = Callable[[dict[str, Any]], None]

RULES = {
    "$.id": {"match": "regex", "regex": r"^p_\w+$"},
    "$.status": {"match": "equality"},
    "$.card": {"match": "type"},
    "$.card.brand": {"match": "type"},
    "$.parts": {"match": "type", "min": 1},
    "$.parts[*].amount": {"match": "integer"},
}
REPLY = {"id": "p_1", "status": "paid", "card": {"brand": "visa"}, "parts": [{"amount": 5}]}
INTERACTION: dict[str, Any] = {
    "type": "Synchronous/HTTP",
    "description": "sale (approve)",
    "providerStates": [{"name": "a payment method"}],
    "request": {"method": "POST", "path": "/v1/payments"},
    "response": {
        "status": 200,
        "body": {"content": REPLY, "contentType": "application/json", "encoded": False},
        "matchingRules": {"body": {at: {"matchers": [rule]} for at, rule in RULES.items()}},
    },
}
PACT = {
    "consumer": {"name": "shop"},
    "provider": {"name": "gateway"},
    "interactions": [INTERACTION],
    "metadata": {"pactSpecification": {"version": "4.0"}},
}
SCHEMAS: dict[str, Any] = {
    "payment": {
        "type": "object",
        "required": ["id", "status", "card", "parts"],
        "properties": {
            "id": {"type": "string"},
            "status": {"type": "string", "enum": ["paid", "failed"]},
            "card": {"$ref": "#/components/schemas/card"},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/part"}},
            "again": {"$ref": "#/components/schemas/payment"},
        },
    },
    "card": {"allOf": [{"$ref": "#/components/schemas/branded"}, {"type": "object"}]},
    "branded": {"type": "object", "required": ["brand"], "properties": {"brand": {"type": "string"}}},
    "part": {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}},
}
SPEC: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Gateway", "version": "7"},
    "paths": {
        "/payments": {
            "post": {
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/payment"}}}}
                }
            }
        }
    },
    "components": {"schemas": SCHEMAS},
}


def api(document: dict[str, Any], tmp_path: Path, name: str = "spec.json") -> openapi.Api:
    file = tmp_path / name
    text = json.dumps(document) if name.endswith("json") else yaml.safe_dump(document)
    file.write_text(text, "utf-8")
    return openapi.load(str(file))


def changes(edit: Edit, tmp_path: Path, *, against: bool = True) -> list[Change]:
    new = copy.deepcopy(SPEC)
    edit(new["components"]["schemas"])
    needs = needs_of([contract("shop.json", json.dumps(PACT).encode())])
    old = api(SPEC, tmp_path, "old.json") if against else None
    return list(drift(needs, api(new, tmp_path), old))


def payment(schemas: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schemas["payment"]
    return found


def drop(schemas: dict[str, Any]) -> None:
    del payment(schemas)["properties"]["card"]


def rename(schemas: dict[str, Any]) -> None:
    properties = payment(schemas)["properties"]
    properties["paymentStatus"] = properties.pop("status")


def retype(schemas: dict[str, Any]) -> None:
    schemas["part"]["properties"]["amount"] = {"type": "string"}


def loosen(schemas: dict[str, Any]) -> None:
    schemas["branded"]["required"] = []


def nullify(schemas: dict[str, Any]) -> None:
    payment(schemas)["properties"]["id"]["nullable"] = True


def add_word(schemas: dict[str, Any]) -> None:
    payment(schemas)["properties"]["status"]["enum"].append("held")


def drop_word(schemas: dict[str, Any]) -> None:
    payment(schemas)["properties"]["status"]["enum"].remove("paid")


def union(schemas: dict[str, Any]) -> None:
    schemas["card"] = {"oneOf": [{"$ref": "#/components/schemas/branded"}, {"$ref": "#/components/schemas/part"}]}


EDITS = [
    pytest.param(drop, "card", "removed", True, "there is no card", id="removed"),
    pytest.param(
        rename, "status", "renamed", True, "there is no status; the nearest name there is paymentStatus", id="renamed"
    ),
    pytest.param(retype, "parts.0.amount", "type changed", True, "it was integer and is string", id="type changed"),
    pytest.param(
        *(loosen, "card.brand", "made optional", True, "it was always there and may now be missing"), id="made optional"
    ),
    pytest.param(nullify, "id", "made nullable", True, "it was never null and now may be", id="made nullable"),
    pytest.param(
        *(add_word, "status", "words added", False, "the code branches on it, and it may now also be held"),
        id="words added",
    ),
    pytest.param(
        *(drop_word, "status", "word removed", True, "the code branches on 'paid', which is no word of it any more"),
        id="word removed",
    ),
    pytest.param(
        *(union, "card.brand", "made optional", True, "it was always there and may now be missing"),
        id="one arm of a union",
    ),
]


@pytest.mark.parametrize(("edit", "field", "kind", "breaks", "sentence"), EDITS)
def test_each_change_is_told(tmp_path: Path, edit: Edit, field: str, kind: str, breaks: bool, sentence: str) -> None:
    """One edit of a description is one change, of the need that it touches."""
    told = [(each.field, each.kind, each.breaks, each.sentence) for each in changes(edit, tmp_path)]

    assert (field, kind, breaks, sentence) in told
    assert all(each[0].startswith(field) for each in told)


@pytest.mark.parametrize("name", ["spec.json", "spec.yaml"])
def test_the_same_description_changes_nothing(tmp_path: Path, name: str) -> None:
    """JSON or YAML, with references that lead back to themselves: nothing is told of what did not change."""
    needs = needs_of([contract("shop.json", json.dumps(PACT).encode())])

    assert len(needs) == len(RULES)
    assert list(drift(needs, api(SPEC, tmp_path, name), api(SPEC, tmp_path, "old.json"))) == []
    assert list(drift(needs, api(SPEC, tmp_path, name), None)) == []


def test_a_reference_that_is_nothing_but_a_loop(tmp_path: Path) -> None:
    """A schema that only refers to itself says nothing, and the need is gone."""

    def loop(schemas: dict[str, Any]) -> None:
        schemas["card"] = {"$ref": "#/components/schemas/other"}
        schemas["other"] = {"anyOf": [{"$ref": "#/components/schemas/card"}]}

    assert ("card.brand", "removed") in [(each.field, each.kind) for each in changes(loop, tmp_path)]


CONTENT = {"id": "p_1", "status": "paid", "parts": [{"amount": 5}, {"amount": 6}]}
WRAPPED = {"content": CONTENT, "contentType": "application/json", "encoded": False}
TYPED = {"matchers": [{"match": "type"}]}
BY_HAND = [  # a reply as others write it; what of it is needed, and whether exactly so
    pytest.param(
        {"body": WRAPPED, "matchingRules": {"body": {"$.id": TYPED}}},
        [("id", False), ("status", True), ("parts.0.amount", True)],
        id="version 4",
    ),
    pytest.param(
        {"body": CONTENT, "matchingRules": {"body": {"$.parts": TYPED}}},
        [("parts", False), ("id", True), ("status", True), ("parts.0.amount", False)],
        id="version 3: a matcher is for what lies within, too",
    ),
    pytest.param(
        {"body": CONTENT, "matchingRules": {"$.body.id": {"match": "regex", "regex": "p_.+"}}},
        [("id", False), ("status", True), ("parts.0.amount", True)],
        id="version 2",
    ),
    pytest.param({"body": "<payment/>"}, [], id="XML"),
    pytest.param({}, [], id="no body"),
]


@pytest.mark.parametrize(("reply", "needed"), BY_HAND)
def test_a_contract_that_others_wrote(reply: dict[str, Any], needed: list[tuple[str, bool]]) -> None:
    """What has no matcher must be equal, so that the code may branch on it."""
    interaction = {**INTERACTION, "response": {"status": 200, **reply}}
    found = needs_of([contract("shop.json", json.dumps({**PACT, "interactions": [interaction]}).encode())])

    assert [(dotted(need.field), need.exact) for need in found] == needed


def test_version_2_and_version_3_1(tmp_path: Path) -> None:
    """Swagger keeps schemas elsewhere, and 3.1 writes null as a type."""
    text = json.dumps(SPEC).replace("#/components/schemas/", "#/definitions/")
    old = json.loads(text)
    old["swagger"] = "2.0"
    del old["openapi"]
    old["definitions"] = old.pop("components")["schemas"]
    reply = old["paths"]["/payments"]["post"]["responses"]["200"]
    reply["schema"] = reply.pop("content")["application/json"]["schema"]
    new = copy.deepcopy(SPEC)
    new["openapi"] = "3.1.0"
    new["components"]["schemas"]["payment"]["properties"]["id"]["type"] = ["string", "null"]
    needs = needs_of([contract("shop.json", json.dumps(PACT).encode())])

    found = list(drift(needs, api(new, tmp_path), api(old, tmp_path, "old.json")))

    assert [(each.field, each.kind) for each in found] == [("id", "made nullable")]


def test_a_reply_that_is_gone(tmp_path: Path) -> None:
    """An address that is no longer described breaks every need of it."""
    new = copy.deepcopy(SPEC)
    new["paths"] = {"/charges": new["paths"]["/payments"]}
    needs = needs_of([contract("shop.json", json.dumps(PACT).encode())])

    found = list(drift(needs, api(new, tmp_path), api(SPEC, tmp_path, "old.json")))

    assert {each.kind for each in found} == {"not described"}
    assert found[0].sentence == "POST /v1/payments 200 is not described in Gateway 7"


MISTAKES = [
    pytest.param('{"openapi": "3.0.0", "pa', "is no JSON, or was cut off: ", id="cut off"),
    pytest.param("[" * 200_000, "is no OpenAPI description: it is nested too deeply", id="nested too deeply"),
    pytest.param("[1]", "is no OpenAPI description: it names no version (openapi or swagger)", id="a list"),
    pytest.param(
        '{"openapi": "4.0.0", "paths": {}}',
        "is an OpenAPI description of version 4.0.0: 2.0, 3.0 and 3.1 are read",
        id="another version",
    ),
    pytest.param('{"openapi": "3.0.0"}', "describes no paths: name the vendor's whole description", id="no paths"),
    pytest.param("a: [", "is neither JSON nor YAML: ", id="broken YAML"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_what_is_no_description(tmp_path: Path, text: str, said: str) -> None:
    """One message names the file and what is wrong with it."""
    file = tmp_path / "next.json"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError) as mistake:
        openapi.load(str(file))

    assert str(mistake.value).startswith(f"{file} {said}")


def test_a_reference_to_another_document(tmp_path: Path) -> None:
    """References leave the document only to be refused."""

    def out(schemas: dict[str, Any]) -> None:
        schemas["card"] = {"$ref": "other.json#/card"}

    with pytest.raises(UsageError) as mistake:
        changes(out, tmp_path)

    assert str(mistake.value) == (
        f"{tmp_path / 'spec.json'} refers to another document (other.json#/card), and only whole ones are read: "
        "bundle it into one file first"
    )


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints each change and a verdict, writes JSON, and exits with 1 where a need breaks, else with 0."""
    monkeypatch.chdir(tmp_path)
    Path("shop.json").write_text(json.dumps(PACT), "utf-8")
    Path("old.json").write_text(json.dumps(SPEC), "utf-8")
    new = copy.deepcopy(SPEC)
    rename(new["components"]["schemas"])
    Path("new.json").write_text(json.dumps(new), "utf-8")
    arguments = ["drift", "shop.json", "--provider", "gateway", "--against", "old.json", "--spec"]

    code = call([*arguments, "new.json", "--json", "drift.json"])

    assert code == 1
    assert capsys.readouterr().out == (
        " renamed: status\n"
        "   of POST /v1/payments 200, needed by shop\n"
        "   there is no status; the nearest name there is paymentStatus\n"
        " gateway: 1 of 6 needs break (Gateway 7 against Gateway 7)\n"
    )
    assert json.loads(Path("drift.json").read_text("utf-8"))["changes"][0]["kind"] == "renamed"
    assert call([*arguments, "old.json"]) == 0


def test_no_bundled_contract(capsys: pytest.CaptureFixture[str]) -> None:
    """Where no contract is named and none comes with paypact, the message says whose there are."""
    known = sorted(each.name for each in (Path(__file__).parents[2] / "contracts").iterdir() if each.is_dir())

    assert call(["drift", "--provider", "strpe", "--spec", "next.json"]) == 2
    assert capsys.readouterr().err == (
        "paypact: there is no bundled contract for provider 'strpe'; did you mean 'stripe'? "
        f"(there are: {', '.join(known)}). Name a Pact file, a folder of them, or a URL\n"
    )


USES = [
    pytest.param(
        ["--spec", "old.json"], "drift needs --provider NAME, as the contracts call the provider", id="no provider"
    ),
    pytest.param(["--provider", "gateway"], "drift needs --spec FILE", id="no description"),
    pytest.param(
        ["--provider", "other", "--spec", "old.json"],
        "contract shop.json is for provider 'gateway', not 'other': name that one, or another contract",
        id="another provider",
    ),
]


@pytest.mark.parametrize(("options", "said"), USES)
def test_mistakes_of_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    """A mistake in use is one message and exit code 2."""
    monkeypatch.chdir(tmp_path)
    Path("shop.json").write_text(json.dumps(PACT), "utf-8")
    Path("old.json").write_text(json.dumps(SPEC), "utf-8")

    assert call(["drift", "shop.json", *options]) == 2
    assert capsys.readouterr().err == f"paypact: {said}\n"


# --- the vendors' own descriptions ------------------------------------------------------------------------------------

PAIRS = [
    pytest.param("stripe", "stripe/spec3.2022-04-12.json", "stripe/spec3.2023-09-12.yaml", id="stripe"),
    pytest.param("adyen", "adyen/CheckoutService-v71.json", "adyen/CheckoutService-v72.json", id="adyen"),
]


@pytest.mark.skipif(not SPECS, reason="PAYPACT_SPECS is not set: the vendors' descriptions are not here")
@pytest.mark.parametrize(("provider", "old", "new"), PAIRS)
def test_the_next_version_of_a_vendor(provider: str, old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    """From one version of a vendor's description to the next, no need of the bundled integration breaks."""
    folder = Path(SPECS or "")
    code = call(["drift", "--provider", provider, "--against", str(folder / old), "--spec", str(folder / new)])

    assert code == 0, capsys.readouterr().out


@pytest.mark.skipif(not SPECS, reason="PAYPACT_SPECS is not set: the vendors' descriptions are not here")
@pytest.mark.parametrize(
    ("provider", "file", "schema", "field", "renamed"),
    [
        pytest.param(
            "stripe", "stripe/spec3.2022-04-12.json", "payment_intent", "client_secret", "clientSecret", id="stripe"
        ),
        pytest.param("adyen", "adyen/CheckoutService-v72.json", "PaymentResponse", "resultCode", "result", id="adyen"),
    ],
)
def test_an_edited_copy_of_a_vendors_description(
    tmp_path: Path,
    provider: str,
    file: str,
    schema: str,
    field: str,
    renamed: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A field renamed in a vendor's own description breaks the needs of it, and the new name is told."""
    source = Path(SPECS or "") / file
    document = json.loads(source.read_bytes())
    properties = document["components"]["schemas"][schema]["properties"]
    properties[renamed] = properties.pop(field)
    edited = tmp_path / "next.json"
    edited.write_text(json.dumps(document), "utf-8")

    assert call(["drift", "--provider", provider, "--against", str(source), "--spec", str(edited)]) == 1
    assert f"the nearest name there is {renamed}" in " ".join(capsys.readouterr().out.split())
