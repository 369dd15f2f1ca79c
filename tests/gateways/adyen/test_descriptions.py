"""Declarations, parameters and replies against Adyen's own OpenAPI documents, which PAYPACT_SPECS points at."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from paypact import Card
from paypact.gateways.adyen import params, wire
from paypact.gateways.adyen.simulator import ROUTES
from paypact.world.description import Description
from paypact.world.ids import placed
from paypact.world.issuer import Answer, challenge, decline, defer
from paypact.world.wire import Wire
from paypact.world.world import World

OBJECTS: dict[str, tuple[type[Wire], ...]] = {
    "PaymentResponse": (wire.Result, wire.Refused, wire.Asked, wire.Stored, wire.Partial),
    "PaymentDetailsResponse": (wire.Result, wire.Refused),
    "PaymentCaptureResponse": (wire.ReceivedSum,),
    "PaymentRefundResponse": (wire.ReceivedSum,),
    "PaymentCancelResponse": (wire.ReceivedOf,),
    "PaymentReversalResponse": (wire.ReceivedOf,),
    "PaymentAmountUpdateResponse": (wire.ReceivedUpdate,),
    "StandalonePaymentCancelResponse": (wire.ReceivedByReference,),
    "CreateCheckoutSessionResponse": (wire.Session, wire.HostedSession),
    "SessionResultResponse": (wire.SessionResult,),
    "PaymentMethodsResponse": (wire.Offer,),
    "ListStoredPaymentMethodsResponse": (wire.StoredList,),
    "CardDetailsResponse": (wire.CardInfo,),
    "ServiceError": (wire.Error,),
}
# What differs, with its reason.
OPEN = "additionalData is a map of texts there: its keys are listed in the documentation only"
DEVIATIONS = {
    "is an object here and not there": OPEN,
    "PaymentCaptureResponse ReceivedSum.capturePspReference": "one class for captures and refunds; never set for these",
    "PaymentCaptureResponse ReceivedSum.merchantRefundReason": "as above",
}


@pytest.mark.parametrize("version", ["v71", "v72"])
def test_declarations(published: Callable[[str], Any], version: str) -> None:
    """Every declared field exists with that type in both versions."""
    description = Description(published(f"CheckoutService-{version}"))
    found = {
        f"{name} {line}"
        for name, classes in OBJECTS.items()
        for cls in classes
        for line in description.disagreements(cls, name)
    }
    assert {line for line in found if not any(known in line for known in DEVIATIONS)} == set()


@pytest.mark.parametrize("known", DEVIATIONS)
def test_no_deviation_is_out_of_date(published: Callable[[str], Any], known: str) -> None:
    """What is listed as different still is."""
    description = Description(published("CheckoutService-v72"))
    found = [
        f"{name} {line}"
        for name, classes in OBJECTS.items()
        for cls in classes
        for line in description.disagreements(cls, name)
    ]
    assert any(known in line for line in found)


def test_parameters_are_generated() -> None:
    """params.json is what Adyen's documents say: otherwise run `python -m paypact.gateways.adyen.params FOLDER`."""
    folder = os.environ.get("PAYPACT_SPECS")
    if not folder:
        pytest.skip("PAYPACT_SPECS does not point at the vendors' API descriptions")
    committed = (files("paypact.gateways.adyen") / "params.json").read_text("utf-8")
    assert params.text(params.generate(Path(folder) / "adyen")) == committed


@pytest.fixture
def replies(sdk: Any, pay: Any, world: World, payment: Any, card: Card, carry: Any) -> dict[str, Any]:
    """One reply of each kind, in telling states."""
    api, own = sdk.modifications_api, {"merchantAccount": "PaypactShopECOM"}

    def send(*answers: Answer, **more: Any) -> Any:
        return sdk.payments_api.payments(pay(*answers, **more)).message

    held = send(additionalData={"manualCapture": "true"})["pspReference"]
    paid, asked = send(), send(challenge())
    came = world.simulator.visit(asked["action"]["url"], payment(card), "passed")
    amount = {"amount": {"value": 100, "currency": "EUR"}}
    who = {"shopperReference": "shopper-1"}
    keep = {"storePaymentMethod": True, "recurringProcessingModel": "CardOnFile", **who}
    partial = pay()
    partial["paymentMethod"]["holderName"] = "PARTIALLY_APPROVED"
    body = {name: value for name, value in pay().items() if name != "paymentMethod"}
    session = sdk.payments_api.sessions({**body, "mode": "hosted"}).message
    back = world.simulator.visit(session["id"], payment(card), "passed") or {}
    native = {"authenticationData": {"threeDSRequestData": {"nativeThreeDS": "preferred"}}}
    by_reference = {**own, "paymentReference": "order-1"}
    return {
        "PaymentResponse paid": paid,
        "PaymentResponse refused": send(decline("insufficient_funds")),
        "PaymentResponse pending": send(defer()),
        "PaymentResponse asked": asked,
        "PaymentResponse native": send(challenge(), **native),
        "PaymentResponse stored": send(value=0, **keep),
        "PaymentResponse partial": sdk.payments_api.payments(partial).message,
        "PaymentDetailsResponse": sdk.payments_api.payments_details({"details": dict(came or {})}).message,
        "PaymentCaptureResponse": api.capture_authorised_payment({**own, **amount}, held).message,
        "PaymentRefundResponse": api.refund_captured_payment({**own, **amount}, paid["pspReference"]).message,
        "PaymentCancelResponse": api.cancel_authorised_payment_by_psp_reference(own, held).message,
        "PaymentReversalResponse": api.refund_or_cancel_payment(own, held).message,
        "PaymentAmountUpdateResponse": api.update_authorised_amount({**own, **amount}, held).message,
        "StandalonePaymentCancelResponse": api.cancel_authorised_payment(by_reference).message,
        "CreateCheckoutSessionResponse": session,
        "CreateCheckoutSessionResponse embedded": sdk.payments_api.sessions(body).message,
        "SessionResultResponse": carry("GET", f"/sessions/{session['id']}?sessionResult={back['sessionResult']}")[1],
        "PaymentMethodsResponse": sdk.payments_api.payment_methods({**own, **who}).message,
        "ListStoredPaymentMethodsResponse": carry(
            "GET", "/storedPaymentMethods?merchantAccount=PaypactShopECOM&shopperReference=shopper-1"
        )[1],
        "CardDetailsResponse": sdk.payments_api.card_details({**own, "cardNumber": "411111"}).message,
        "ServiceError": carry("POST", "/payments", {})[1],
    }


def test_every_endpoint_replies(replies: dict[str, Any], world: World) -> None:
    """There is a reply of every endpoint among them, but for the one that answers with nothing."""
    paths = [(each.request.method, each.request.path.partition("/v72")[2]) for each in world.recording.exchanges]

    assert {placed(ROUTES, *each)[0] for each in paths} == set(ROUTES) - {"DELETE /storedPaymentMethods/{}"}
    assert {name.partition(" ")[0] for name in replies} == set(OBJECTS)


@pytest.mark.parametrize("version", ["v71", "v72"])
def test_replies(published: Callable[[str], Any], replies: dict[str, Any], version: str) -> None:
    """Every reply validates against both versions of the description."""
    jsonschema = pytest.importorskip("jsonschema")
    schemas = published(f"CheckoutService-{version}")["components"]["schemas"]
    defs = json.loads(json.dumps(schemas).replace("#/components/schemas/", "#/$defs/"))
    wrong = []
    for name, reply in replies.items():
        schema = {"$ref": f"#/$defs/{name.partition(' ')[0]}", "$defs": defs}
        errors = jsonschema.Draft202012Validator(schema).iter_errors(reply)
        wrong += [f"{name} {error.json_path}: {error.message}"[:200] for error in errors]
    assert wrong == []
