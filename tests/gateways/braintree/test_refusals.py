"""What Braintree refuses is refused here: by whom, with which code, about which attribute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from braintree.exceptions.not_found_error import NotFoundError

from paypact import hosts
from paypact.gateways import load
from paypact.world.http import Request, Response
from paypact.world.world import World

CARD = {"number": "4111111111111111", "expiration_date": "12/34", "cvv": "123"}


def codes(result: Any) -> list[tuple[str, str]]:
    assert not result.is_success
    assert result.transaction is None
    return [(error.code, error.attribute) for error in result.errors.deep_errors]


SALES = [  # what is asked for instead, and the code with its attribute
    ({"amount": ""}, "81502", "amount"),
    ({"amount": "ten"}, "81503", "amount"),
    ({"amount": "10.905"}, "81503", "amount"),
    ({"amount": "10.90", "merchant_account_id": "paypact_jpy"}, "81503", "amount"),
    ({"amount": "-1.00"}, "81501", "amount"),
    ({"amount": "0.00"}, "81531", "amount"),
    ({"amount": "99999999.00"}, "81528", "amount"),
    ({"merchant_account_id": "nobody"}, "91513", "merchant_account_id"),
    ({"order_id": "o" * 256}, "91501", "order_id"),
    ({"payment_method_nonce": None}, "91508", "base"),
    ({"payment_method_nonce": "of nobody"}, "91565", "payment_method_nonce"),
    ({"payment_method_nonce": None, "payment_method_token": "of nobody"}, "91518", "payment_method_token"),
    ({"payment_method_nonce": None, "customer_id": "nobody"}, "91510", "customer_id"),
    ({"payment_method_nonce": None, "credit_card": {**CARD, "number": ""}}, "81714", "number"),
    ({"payment_method_nonce": None, "credit_card": {**CARD, "number": "4111111111111112"}}, "81715", "number"),
    ({"payment_method_nonce": None, "credit_card": {**CARD, "number": "42"}}, "81716", "number"),
    ({"payment_method_nonce": None, "credit_card": {**CARD, "expiration_date": ""}}, "81709", "expiration_date"),
    ({"payment_method_nonce": None, "credit_card": {**CARD, "expiration_date": "13/34"}}, "81710", "expiration_date"),
    ({"payment_method_nonce": None, "credit_card": {**CARD, "cvv": "12"}}, "81707", "cvv"),
    ({"payment_method_nonce": None, "credit_card": {**CARD, "number": "2200000000000053"}}, "81703", "number"),
    ({"api_request_key": "k" * 256}, "915230", "api_request_key"),
]


@pytest.mark.parametrize(("change", "code", "attribute"), SALES, ids=[f"{row[1]}-{n}" for n, row in enumerate(SALES)])
def test_sales(sdk: Any, nonce: Any, world: World, change: dict[str, Any], code: str, attribute: str) -> None:
    """A malformed sale is refused before any bank is asked, and the error stands where the SDK looks for it."""
    asked = {"amount": "10.90", "payment_method_nonce": nonce(), **change}
    result = sdk.transaction.sale({name: value for name, value in asked.items() if value is not None})

    assert codes(result) == [(code, attribute)]
    owner = result.errors.for_object("transaction")
    assert (owner.for_object("credit_card") if "credit_card" in change else owner).on(attribute)[0].code == code
    assert [entry.event for entry in world.ledger.journal if entry.event == "approve"] == []


def test_a_nonce_is_good_for_one_use(sdk: Any, nonce: Any) -> None:
    """Also where the bank said no; for a verification it is not spent."""
    one = nonce()
    assert sdk.verification.create({"payment_method_nonce": one}).is_success
    assert sdk.transaction.sale({"amount": "1.00", "payment_method_nonce": one}).is_success
    again = sdk.transaction.sale({"amount": "1.00", "payment_method_nonce": one})

    assert codes(again) == [("91564", "payment_method_nonce")]


MOVES = [  # what the transaction is, days that pass, what is called, the code
    ("sale", 0, ("refund",), "91506"),
    ("sale", 0, ("submit_for_settlement",), "91507"),
    ("sale", 0, ("submit_for_partial_settlement", "1.00"), "915103"),
    ("sale", 1, ("void",), "91504"),
    ("sale", 2, ("void",), "91504"),
    ("sale", 1, ("refund", "20.00"), "91521"),
    ("sale", 1, ("refund", "0.00"), "81531"),
    ("hold", 0, ("refund",), "91506"),
    ("hold", 0, ("submit_for_settlement", "20.00"), "91522"),
    ("hold", 0, ("adjust_authorization", "10.90"), "95606"),
    ("hold", 31, ("submit_for_settlement",), "91507"),
    ("hold", 31, ("void",), "91504"),
    ("sale", 0, ("adjust_authorization", "5.00"), "915218"),
]


@pytest.mark.parametrize(
    ("kind", "wait", "call", "code"), MOVES, ids=[f"{r[0]}-{r[1]}-{r[2][0]}-{r[3]}" for r in MOVES]
)
def test_moves(
    sdk: Any, sale: Any, days: Callable[[float], None], world: World, kind: str, wait: float, call: Any, code: str
) -> None:
    """What the state of a transaction forbids moves nothing."""
    made = sale(submit=kind == "sale").transaction
    days(wait)
    moved = len(world.ledger.purchases[-1].authorizations[-1].movements)
    name, *arguments = call
    result = getattr(sdk.transaction, name)(made.id, *arguments)

    assert [each for each, _ in codes(result)] == [code]
    assert len(world.ledger.purchases[-1].authorizations[-1].movements) == moved


def test_repeated_moves(sdk: Any, sale: Any, days: Callable[[float], None]) -> None:
    """What was given back wholly, or is itself a refund, is not given back again; a hold is captured once."""
    made, held = sale().transaction, sale(submit=False).transaction
    sdk.transaction.submit_for_settlement(held.id, "1.00")
    days(1)
    refund = sdk.transaction.refund(made.id).transaction

    assert codes(sdk.transaction.refund(made.id)) == [("91512", "base")]
    assert codes(sdk.transaction.refund(refund.id)) == [("91505", "base")]
    assert codes(sdk.transaction.submit_for_settlement(held.id)) == [("91507", "base")]
    assert codes(sdk.transaction.reverse(made.id)) == [("915282", "base")]


VAULT = [  # what is created, with what, the code
    ("customer", {"id": "c-1"}, "91609"),
    ("customer", {"id": "c/2"}, "91610"),
    ("customer", {"email": "nobody"}, "81604"),
    ("customer", {"first_name": "x" * 256}, "81608"),
    ("customer", {"payment_method_nonce": "of nobody"}, "93108"),
    ("payment_method", {"payment_method_nonce": "of nobody", "customer_id": "c-1"}, "93108"),
    ("payment_method", {"payment_method_nonce": "fake-consumed-nonce", "customer_id": "c-1"}, "93107"),
    ("payment_method", {"payment_method_nonce": "fake-valid-nonce", "customer_id": "nobody"}, "93105"),
    ("payment_method", {"payment_method_nonce": "fake-valid-nonce"}, "93104"),
    ("payment_method", {"customer_id": "c-1"}, "93103"),
]


@pytest.mark.parametrize(
    ("kind", "asked", "code"), VAULT, ids=[f"{row[0]}-{row[2]}-{n}" for n, row in enumerate(VAULT)]
)
def test_vault(sdk: Any, kind: str, asked: dict[str, Any], code: str) -> None:
    """What cannot be stored is refused."""
    sdk.customer.create({"id": "c-1"})
    result = getattr(sdk, kind).create(asked)

    assert (result.is_success, [error.code for error in result.errors.deep_errors]) == (False, [code])


@pytest.mark.parametrize(
    "call",
    [
        lambda sdk: sdk.transaction.find("nothing"),
        lambda sdk: sdk.transaction.void("nothing"),
        lambda sdk: sdk.customer.find("nobody"),
        lambda sdk: sdk.payment_method.find("nothing"),
        lambda sdk: sdk.verification.find("nothing"),
    ],
    ids=["find", "void", "customer", "payment method", "verification"],
)
def test_what_does_not_exist(sdk: Any, call: Any) -> None:
    """Nothing of that id is a 404."""
    with pytest.raises(NotFoundError):
        call(sdk)


NOT_SIMULATED = {  # method, path, further headers, and what is said of it
    "an endpoint": ("POST", "subscriptions", {}, "Braintree POST /merchants/{}/subscriptions"),
    "an older version": ("GET", "transactions/x", {"x-apiversion": "5"}, "Braintree API version 5"),
    "no version": ("GET", "transactions/x", {"x-apiversion": ""}, "Braintree API version that no request names"),
}


@pytest.mark.parametrize("name", NOT_SIMULATED)
def test_not_simulated(name: str, sdk: Any) -> None:
    """What the vendor documents and nobody simulates says so, and is nobody's fault."""
    method, path, more, said = NOT_SIMULATED[name]
    world = World(load("braintree"))
    own = world.simulator.credentials()
    headers = {"x-apiversion": "6", **_authorized(own), **more}
    url = f"{world.gateway.facts.gateway.url}/merchants/{own['merchant_id']}/{path}"
    exchange = world.exchange(Request(method, url, headers))

    assert (exchange.kind, exchange.note) == ("not simulated", said)


def _posted(world: World, body: bytes, kind: str = "application/xml") -> Response:
    own = world.simulator.credentials()
    url = f"{world.gateway.facts.gateway.url}/merchants/{own['merchant_id']}/transactions"
    headers = {"x-apiversion": "6", "content-type": kind, **_authorized(own)}
    reply = world.exchange(Request("POST", url, headers, body)).reply
    assert isinstance(reply, Response)
    return reply


@pytest.mark.parametrize(("kind", "refused"), [("application/xml", "not XML"), ("application/json", "not JSON")])
def test_what_nobody_can_read(world: World, kind: str, refused: str) -> None:
    """A body that is not what it says it is, is a 400 that moves nothing."""
    reply = _posted(world, b"{", kind)

    assert (reply.status, reply.refused) == (400, refused)


def test_a_request_may_be_json(world: World) -> None:
    """The SDK for Node writes JSON where all others write XML; the reply is XML to everybody."""
    body = b'{"transaction": {"type": "sale", "amount": "10.99", "payment_method_nonce": "fake-valid-visa-nonce"}}'
    reply = _posted(world, body, "application/json")

    assert reply.status == 201
    assert [purchase.price.minor for purchase in world.ledger.purchases] == [1099]
    assert world.recording.exchanges[-1].raw.startswith(b"<?xml")


def test_names_may_have_dashes(world: World) -> None:
    """The SDKs for PHP and Ruby write dashes where the one for Python writes underscores."""
    body = b"<transaction><type>sale</type><amount>10.99</amount><order-id>o-1</order-id>"
    body += b"<payment-method-nonce>fake-valid-visa-nonce</payment-method-nonce></transaction>"

    assert _posted(world, body).status == 201
    assert [(purchase.price.minor, purchase.reference) for purchase in world.ledger.purchases] == [(1099, "o-1")]


def _authorized(own: Any) -> dict[str, str]:
    from base64 import b64encode

    return {"authorization": "Basic " + b64encode(f"{own['public_key']}:{own['private_key']}".encode()).decode()}


def test_host_is_known(world: World) -> None:
    """The sandbox is answered, whatever port its URL names."""
    with hosts.attached(world) as gateway:
        assert gateway.url == "https://api.sandbox.braintreegateway.com"
