"""What Adyen would refuse is refused, with its error; a test number, a holder's name and an address do what is said."""

from __future__ import annotations

import base64
from typing import Any

import Adyen  # type: ignore[import-untyped]  # the SDK announces no annotations
import pytest

from paypact import Card
from paypact.gateways import load
from paypact.world.http import Request
from paypact.world.world import World

FACTS = load("adyen").facts
METHOD = {"type": "scheme", "number": "4111111111111111", "expiryMonth": "03", "expiryYear": "2030", "cvc": "737"}
ENCIPHERED = {"type": "scheme", "encryptedCardNumber": "adyenjs_0_1_25$X", "encryptedExpiryMonth": "test_03"}
CAPTURE = {"merchantAccount": "PaypactShopECOM", "amount": {"value": 1, "currency": "EUR"}}

REFUSED = {  # what is sent beside (None: without) the fields of a good payment, or elsewhere -> rule, status, code
    "no reference": ("/payments", {"reference": None}, "reference_missing", 422, "130"),
    "no return address": ("/payments", {"returnUrl": None}, "return_url_missing", 422, "14_030"),
    "no amount": ("/payments", {"amount": None}, "required", 422, "14_002"),
    "unknown field": ("/payments", {"colour": "red"}, "structure", 400, "702"),
    "unknown field inside": ("/payments", {"paymentMethod": {**METHOD, "colour": "red"}}, "structure", 400, "702"),
    "text for a number": ("/payments", {"amount": {"value": "10", "currency": "EUR"}}, "type", 400, "702"),
    "list for an object": ("/payments", {"amount": []}, "type", 400, "702"),
    "text for a list": ("/payments", {"lineItems": "a book"}, "type", 400, "702"),
    "a word that is none of it": ("/payments", {"shopperInteraction": "Phone"}, "type", 400, "702"),
    "no JSON": ("/payments", b"amount=10", "type", 400, "702"),
    "a list": ("/payments", b"[]", "type", 400, "702"),
    "too long": ("/payments", {"reference": "x" * 81}, "too_long", 422, "187"),
    "negative": ("/payments", {"amount": {"value": -1, "currency": "EUR"}}, "amount_invalid", 422, "137"),
    "currency": ("/payments", {"amount": {"value": 1, "currency": "QQQ"}}, "currency_invalid", 422, "138"),
    "another's account": ("/payments", {"merchantAccount": "Shop"}, "permission", 403, "901"),
    "check digit": (
        "/payments",
        {"paymentMethod": {**METHOD, "number": "4111111111111112"}},
        "number_invalid",
        422,
        "101",
    ),
    "no number": ("/payments", {"paymentMethod": {**METHOD, "number": ""}}, "required", 422, "14_002"),
    "month": ("/payments", {"paymentMethod": {**METHOD, "expiryMonth": "13"}}, "month_invalid", 422, "140"),
    "year": ("/payments", {"paymentMethod": {**METHOD, "expiryYear": "30"}}, "year_invalid", 422, "141"),
    "code": ("/payments", {"paymentMethod": {**METHOD, "cvc": "12"}}, "code_length", 422, "103"),
    "not enciphered for tests": ("/payments", {"paymentMethod": ENCIPHERED}, "undecipherable", 422, "174"),
    "a wallet's token": (
        *("/payments", {"paymentMethod": {"type": "applepay", "applePayToken": "x"}}),
        *("undecipherable", 422, "174"),
    ),
    "keeping for nobody": ("/payments", {"storePaymentMethod": True}, "shopper_missing", 422, "164"),
    "no such card": (
        *("/payments", {"paymentMethod": {"storedPaymentMethodId": "X"}, "shopperReference": "shopper-1"}),
        *("stored_missing", 422, "800"),
    ),
    "details of nothing": ("/payments/details", {"details": {"redirectResult": "X"}}, "details_invalid", 422, "14_006"),
    "fingerprint of nothing": (
        *("/payments/details", {"details": {"threeds2.fingerprint": "X"}}),
        *("details_invalid", 422, "14_006"),
    ),
    "capture of nothing": ("/payments/X/captures", CAPTURE, "original_missing", 422, "167"),
    "cancel of nothing": (
        *("/cancels", {"merchantAccount": "PaypactShopECOM", "paymentReference": "X"}),
        *("original_missing", 422, "167"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(carry: Any, pay: Any, world: World, name: str) -> None:
    """Status, code and the rule by which it is refused; nothing is booked."""
    path, sent, rule, status, code = REFUSED[name]
    if path == "/payments" and isinstance(sent, dict):
        sent = {field: value for field, value in {**pay(), **sent}.items() if value is not None}
    got, told, headers = carry("POST", path, sent)
    exchange = world.recording.exchanges[-1]
    assert (got, told["errorCode"], exchange.note) == (status, code, rule)
    assert told["status"] == status
    assert headers.get("pspreference") == told.get("pspReference")
    assert not any(purchase.authorizations for purchase in world.ledger.purchases)


def test_every_refusal_is_met() -> None:
    """No rule of the facts is without a request that meets it; those with 201 are reasons told by webhook."""
    at_once = {rule for rule, fact in FACTS.refusals.items() if fact.status != 201 and rule != "*"}
    assert at_once - {rule for _, _, rule, _, _ in REFUSED.values()} == {"key_long"}


def test_a_key_that_is_too_long(carry: Any, pay: Any) -> None:
    """An idempotency key has at most 64 characters."""
    assert carry("POST", "/payments", pay(), idempotency_key="k" * 65)[1]["errorCode"] == "702"
    assert carry("POST", "/payments", pay(), idempotency_key="k" * 64)[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"x-api-key": "nobody's"}, 401), ({}, 401), ({"authorization": "Basic !"}, 401), ({"authorization": "ws"}, 200)],
    ids=["wrong key", "no key", "broken login", "login"],
)
def test_credentials(world: World, pay: Any, headers: dict[str, str], status: int) -> None:
    """The key comes as such, or as the password of a web service user."""
    if headers.get("authorization") == "ws":
        login = f"ws@Company.Shop:{world.simulator.credentials()['api_key']}".encode()
        headers = {"authorization": f"Basic {base64.b64encode(login).decode()}"}
    import json

    body = json.dumps(pay()).encode()
    response = world.carry(Request("POST", "https://checkout-test.adyen.com/v71/payments", headers, body))
    assert getattr(response, "status", None) == status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v72/orders"),
        ("POST", "/v70/payments"),
        ("GET", "/v72/payments"),
        ("POST", "/v72/storedPaymentMethods"),
    ],
)
def test_not_simulated(world: World, method: str, path: str) -> None:
    """What is not modelled is said to be so, not refused."""
    key = world.simulator.credentials()["api_key"]
    world.carry(Request(method, f"https://checkout-test.adyen.com{path}", {"x-api-key": key}, b"{}"))
    assert world.recording.exchanges[-1].kind == "not simulated"


def test_no_such_version(world: World) -> None:
    """What is no version of the API is no place at all."""
    key = world.simulator.credentials()["api_key"]
    response = world.carry(Request("POST", "https://checkout-test.adyen.com/payments", {"x-api-key": key}, b"{}"))
    assert getattr(response, "status", None) == 404


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reference": None}, Adyen.AdyenAPIUnprocessableEntity),
        ({"colour": "red"}, Adyen.AdyenAPIValidationError),
        ({"merchantAccount": "Shop"}, Adyen.AdyenAPIInvalidPermission),
    ],
)
def test_the_sdk_raises(sdk: Any, pay: Any, change: dict[str, Any], error: type[Exception]) -> None:
    """Each class of error is the SDK's own exception, with the code."""
    body = {name: value for name, value in {**pay(), **change}.items() if value is not None}
    with pytest.raises(error) as raised:
        sdk.payments_api.payments(body)
    assert raised.value.error_code  # type: ignore[attr-defined]  # as the SDK's errors have it


# --- magic ------------------------------------------------------------------------------------------------------------

NAMES = FACTS.wire["magic"]["names"]
SPECIAL = {"approve": ("Authorised", None), "pending": ("Received", None), "partial": ("PartiallyAuthorised", None)}


@pytest.mark.parametrize("holder", NAMES)
def test_holder_names(sdk: Any, pay: Any, holder: str) -> None:
    """The holder's name brings about its result, with the reason and code that Adyen lists."""
    body = pay()
    body["paymentMethod"]["holderName"] = holder
    told = sdk.payments_api.payments(body).message
    said = FACTS.wire["refused"].get(NAMES[holder], {})
    code, reason = SPECIAL.get(NAMES[holder], (said.get("outcome"), NAMES[holder]))
    assert (told["resultCode"], told.get("refusalReasonCode")) == (code, reason)
    assert told.get("refusalReason") == said.get("reason")


def test_a_partial_approval(sdk: Any, pay: Any, world: World) -> None:
    """Half is approved, and the reply says how much."""
    body = pay(value=1000)
    body["paymentMethod"]["holderName"] = "PARTIALLY_APPROVED"
    told = sdk.payments_api.payments(body).message["additionalData"]
    assert (told["authorisedAmountValue"], told["authorisedAmountCurrency"]) == ("500", "EUR")
    assert world.ledger.purchases[0].authorizations[0].captured == 500


@pytest.mark.parametrize(("holder", "kind"), [("capture failed", "capture"), ("refund failed", "refund")])
def test_later_failures(sdk: Any, pay: Any, world: World, holder: str, kind: str) -> None:
    """A holder's name makes a later step fail after it had succeeded."""
    body = pay()
    body["paymentMethod"]["holderName"] = holder
    psp = sdk.payments_api.payments(body).psp
    if kind == "refund":
        sdk.modifications_api.refund_captured_payment(CAPTURE, psp)
    world.clock.advance(2 * 86_400)
    movement = next(m for m in world.ledger.purchases[0].authorizations[0].movements if m.kind == kind)
    assert movement.state == "failed"


@pytest.mark.parametrize("code", FACTS.wire["checks"]["avs_code"])
def test_address_checks(sdk: Any, pay: Any, code: str) -> None:
    """A test address brings about its result of the check."""
    address = {"street": "Test AVS result", "houseNumberOrName": code, "city": "C", "country": "NL", "postalCode": "1"}
    told = sdk.payments_api.payments(pay(billingAddress=address)).message["additionalData"]
    assert told["avsResult"] == f"{code} {FACTS.wire['checks']['avs_code'][code]}"


@pytest.mark.parametrize("test", FACTS.test_cards, ids=lambda test: test.number)
def test_published_numbers(sdk: Any, pay: Any, test: Any) -> None:
    """A published number is known without a suite's doing, and does what the vendor says."""
    method = {**METHOD, "number": test.number, "cvc": "7373" if test.scheme == "amex" else "737"}
    told = sdk.payments_api.payments(pay(paymentMethod=method)).message
    assert told["resultCode"] == ("RedirectShopper" if "challenge" in test.answers else "Authorised")


def test_an_expired_card(sdk: Any, pay: Any, card: Card) -> None:
    """A card whose month is over is refused without asking its bank."""
    told = sdk.payments_api.payments(pay(paymentMethod={**METHOD, "expiryYear": "2020"})).message
    assert (told["resultCode"], told["refusalReasonCode"]) == ("Refused", "6")
