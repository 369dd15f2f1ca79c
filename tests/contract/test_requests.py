"""Requests of a contract as they are sent, with what provider states gave."""

from __future__ import annotations

import json
from typing import Any

import pytest

from paypact.contract.documents import contract
from paypact.contract.requests import Sent, UnknownValueError, request, values_of

FORM = "application/x-www-form-urlencoded"
GIVEN = {"id": "pi_7", "token": "pm 7&"}


def state(expression: str) -> dict[str, str]:
    return {"type": "ProviderState", "expression": expression}


def wrapped(content: Any, kind: str) -> dict[str, Any]:
    return {"content": content, "contentType": kind, "encoded": False}


def sent(**raw: Any) -> tuple[set[str], Sent]:
    """What a request needs, and how it leaves."""
    one = {"description": "x", "request": {"method": "post", "path": "/p", **raw}, "response": {"status": 200}}
    read = contract(
        "c", json.dumps({"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [one]}).encode()
    )
    return values_of(read.interactions[0]), request(read.interactions[0], GIVEN)


ROWS: dict[str, tuple[dict[str, Any], set[str], str, bytes, str]] = {
    "bare": ({}, set(), "/p", b"", ""),
    "path": ({"generators": {"path": state("/v1/${id}/capture")}}, {"id"}, "/v1/pi_7/capture", b"", ""),
    "query as lists": (
        {"query": {"expand[]": ["a", "b"], "q": "1"}},
        set(),
        "/p?expand%5B%5D=a&expand%5B%5D=b&q=1",
        b"",
        "",
    ),
    "query as text": ({"query": "a=1&b="}, set(), "/p?a=1&b=", b"", ""),
    "query by name": (
        {"query": {"id": ["x"]}, "generators": {"query": {"id": state("${id}")}}},
        {"id"},
        "/p?id=pi_7",
        b"",
        "",
    ),
    "query by position": (
        {"query": {"id": ["x", "y"]}, "generators": {"query": {"id[1]": state("${id}")}}},
        {"id"},
        "/p?id=x&id=pi_7",
        b"",
        "",
    ),
    "form": (
        {
            "body": wrapped("a=1&card%5Bnumber%5D=4&payment_method=pm_0", FORM),
            "generators": {"body": {"$.payment_method": state("${token}"), "$['card[number]']": state("${id}")}},
        },
        {"id", "token"},
        "/p",
        b"a=1&card%5Bnumber%5D=pi_7&payment_method=pm+7%26",
        FORM,
    ),
    "json": (
        {
            "body": wrapped({"a": {"b": [1, 2]}}, "application/json"),
            "generators": {"body": {"$.a.b[1]": state("${id}")}},
        },
        {"id"},
        "/p",
        b'{"a": {"b": [1, "pi_7"]}}',
        "application/json",
    ),
    "json as V3 has it": ({"body": {"a": 1}}, set(), "/p", b'{"a": 1}', "application/json"),
    "form as V3 has it": ({"body": "a=1", "headers": {"Content-Type": FORM}}, set(), "/p", b"a=1", FORM),
    "xml": ({"body": wrapped("<a>1</a>", "application/xml")}, set(), "/p", b"<a>1</a>", "application/xml"),
    "encoded": (
        {"body": {"content": "YQ==", "contentType": "text/plain", "encoded": "base64"}},
        set(),
        "/p",
        b"a",
        "text/plain",
    ),
    "another generator": (
        {"body": wrapped({"a": 1}, "application/json"), "generators": {"body": {"$.a": {"type": "RandomInt"}}}},
        set(),
        "/p",
        b'{"a": 1}',
        "application/json",
    ),
}


@pytest.mark.parametrize(("raw", "needed", "target", "body", "kind"), ROWS.values(), ids=ROWS)
def test_how_a_request_leaves(raw: dict[str, Any], needed: set[str], target: str, body: bytes, kind: str) -> None:
    """Generated parts are filled; forms stay flat, whatever brackets are in their names."""
    needs, leaves = sent(**raw)
    assert needs == needed
    assert (leaves.method, leaves.target, leaves.body) == ("POST", target, body)
    assert leaves.headers.get("content-type", "") == kind


def test_headers_are_filled_and_joined() -> None:
    """Names in lower case, several values in one line."""
    _, leaves = sent(
        headers={"X-Id": ["x"], "Accept": ["a", "b"]},
        generators={"header": {"X-Id": state("${id}"), "X-New": state("n")}},
    )
    assert dict(leaves.headers) == {"x-id": "pi_7", "accept": "a, b", "x-new": "n"}


def test_a_value_that_nobody_gave_is_named() -> None:
    """A contract that speaks of what no state gives cannot be sent."""
    with pytest.raises(UnknownValueError, match=r"^no provider state gave the value 'other'$"):
        sent(generators={"path": state("/${other}")})


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (wrapped("a", "text/plain"), "$.a"),
        (wrapped("<a/>", "application/xml"), "$.b"),
        (wrapped({"a": 1}, "application/json"), "$.b.c"),
    ],
    ids=["plain text", "nothing in XML", "nothing there"],
)
def test_what_cannot_be_filled_is_said(body: dict[str, Any], place: str) -> None:
    """Never sent half-filled."""
    with pytest.raises(ValueError, match=r"cannot be filled|nothing stands at"):
        sent(body=body, generators={"body": {place: state("${id}")}})


def test_xml_is_filled() -> None:
    """The text of an element of XML is put in its place, whether the place names the element or its text."""
    body = wrapped("<tx><id>1</id><n><a>2</a></n></tx>", "application/xml")
    needed, filled = sent(
        body=body, generators={"body": {"$.tx.id['#text']": state("${id}"), "$.tx.n.a": state("${token}")}}
    )

    assert needed == {"id", "token"}
    assert filled.body == b"<tx><id>pi_7</id><n><a>pm 7&amp;</a></n></tx>"
