"""Standard webhooks: which come when, how they are signed, and that Adyen's own documents know them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from Adyen.util import (  # type: ignore[import-untyped]  # the SDK announces no annotations
    generate_notification_sig,
    is_valid_hmac_notification,
)

from paypact import Card
from paypact.gateways.adyen.webhooks import signature
from paypact.world.http import NotSimulatedError
from paypact.world.issuer import Answer, approve, challenge, decline, defer
from paypact.world.notifications import Event, Outbox, Seal
from paypact.world.world import World

MANUAL = {"additionalData": {"manualCapture": "true"}}
ACCOUNT = {"merchantAccount": "PaypactShopECOM"}
DAY = 86_400.0


@pytest.fixture
def outbox(world: World) -> Outbox:
    """What is told from now on."""
    return world.listen()


@pytest.fixture
def story(sdk: Any, pay: Any, world: World, payment: Any, card: Card) -> Callable[..., str]:
    """Play a payment and what follows it, by words; the PSP reference of the payment."""
    api = sdk.modifications_api

    def fates(kind: Any, word: str) -> None:
        world.acquirer.fates(kind, word)

    def act(url: str, result: str) -> None:
        came = world.simulator.visit(url, payment(card), result)
        sdk.payments_api.payments_details({"details": dict(came or {})})

    def dispute() -> None:
        world.ledger.request("chargeback", world.ledger.purchases[-1].authorizations[-1])

    def play(answer: Answer, words: str, **more: Any) -> str:
        reply = sdk.payments_api.payments(pay(answer, **more))
        psp: str = reply.psp
        url = reply.message.get("action", {}).get("url", "")
        steps: dict[str, Callable[[str], object]] = {
            "capture": lambda value: api.capture_authorised_payment({**ACCOUNT, **amount(value)}, psp),
            "refund": lambda value: api.refund_captured_payment({**ACCOUNT, **amount(value)}, psp),
            "update": lambda value: api.update_authorised_amount({**ACCOUNT, **amount(value)}, psp),
            "cancel": lambda _: api.cancel_authorised_payment_by_psp_reference(ACCOUNT, psp),
            "lost": lambda _: api.cancel_authorised_payment({**ACCOUNT, "paymentReference": "order-1"}),
            "declines": lambda _: world.issuer.answers(card, decline("insufficient_funds")),
            "comes-back": lambda kind: fates(kind, "comes-back"),
            "reverse": lambda _: api.refund_or_cancel_payment(ACCOUNT, psp),
            "shopper": lambda result: act(url, result),
            "fails": lambda kind: fates(kind, "fails"),
            "fails-late": lambda kind: fates(kind, "fails-late"),
            "dispute": lambda _: dispute(),
            "wait": lambda _: world.clock.advance(120),
            "days": lambda days: world.clock.advance(int(days) * DAY),
        }
        for word in words.split():
            name, _, value = word.partition(":")
            steps[name](value)
        return psp

    return play


def item_of(event: Event) -> dict[str, Any]:
    """The one item of an event, before it is signed."""
    (item,) = json.loads(event.body)["notificationItems"]
    said: dict[str, Any] = item["NotificationRequestItem"]
    return said


def amount(value: str) -> dict[str, Any]:
    """The amount of a modification; the whole price where none is named."""
    return {"amount": {"value": int(value or 1090), "currency": "EUR"}}


STORIES: dict[str, tuple[Any, ...]] = {  # answer, what follows, fields of the payment -> code and success, in order
    "sale": (approve(), "", {}, ["AUTHORISATION true"]),
    "refused": (decline("lost_card"), "", {}, ["AUTHORISATION false"]),
    "decided later": (defer(), "wait days:1", {}, ["AUTHORISATION true"]),
    "refused later": (defer(decline("lost_card")), "days:1", {}, ["AUTHORISATION false"]),
    "challenge": (challenge(), "", {}, []),
    "challenge passed": (challenge(), "shopper:passed", {}, ["AUTHORISATION true"]),
    "challenge failed": (challenge(), "shopper:failed", {}, ["AUTHORISATION false"]),
    "a card checked": (approve(), "", {"value": 0}, ["AUTHORISATION true"]),
    "captured": (approve(), "capture wait", MANUAL, ["AUTHORISATION true", "CAPTURE true"]),
    "too much": (approve(), "capture:9999 wait", MANUAL, ["AUTHORISATION true", "CAPTURE false"]),
    "no capture": (approve(), "fails:capture capture wait", MANUAL, ["AUTHORISATION true", "CAPTURE false"]),
    "capture fails late": (
        *(approve(), "fails-late:capture capture wait days:1", MANUAL),
        ["AUTHORISATION true", "CAPTURE true", "CAPTURE_FAILED true"],
    ),
    "sale fails late": (approve(), "wait days:1", {}, ["AUTHORISATION true", "CAPTURE_FAILED true"]),
    "cancelled": (approve(), "cancel wait", MANUAL, ["AUTHORISATION true", "CANCELLATION true"]),
    "cancelled by the shop's reference": (
        *(approve(), "lost wait", MANUAL),
        ["AUTHORISATION true", "TECHNICAL_CANCEL true"],
    ),
    "cancelled too late": (approve(), "cancel wait", {}, ["AUTHORISATION true", "CANCELLATION false"]),
    "refunded": (approve(), "refund:90 wait", {}, ["AUTHORISATION true", "REFUND true"]),
    "refund too early": (approve(), "refund wait", MANUAL, ["AUTHORISATION true", "REFUND false"]),
    "refund comes back": (
        *(approve(), "fails-late:refund refund wait days:1", {}),
        ["AUTHORISATION true", "REFUND true", "REFUND_FAILED true"],
    ),
    "refund sent back by the shopper's bank": (
        *(approve(), "comes-back:refund refund wait days:1", {}),
        ["AUTHORISATION true", "REFUND true", "REFUNDED_REVERSED true"],
    ),
    "reversed": (approve(), "reverse wait", {}, ["AUTHORISATION true", "CANCEL_OR_REFUND true"]),
    "reversed in time": (approve(), "reverse wait", MANUAL, ["AUTHORISATION true", "CANCEL_OR_REFUND true"]),
    "another amount": (approve(), "update:2000 wait", MANUAL, ["AUTHORISATION true", "AUTHORISATION_ADJUSTMENT true"]),
    "a greater amount that the bank refuses": (
        *(approve(), "declines update:2000 wait", MANUAL),
        ["AUTHORISATION true", "AUTHORISATION_ADJUSTMENT false"],
    ),
    "another amount of what is captured": (
        *(approve(), "update:2000 wait", {}),
        ["AUTHORISATION true", "AUTHORISATION_ADJUSTMENT false"],
    ),
    "expired": (approve(), "days:29", MANUAL, ["AUTHORISATION true", "EXPIRE true"]),
    "disputed": (
        *(approve(), "dispute", {}),
        ["AUTHORISATION true", "NOTIFICATION_OF_CHARGEBACK true", "CHARGEBACK true"],
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_stories(outbox: Outbox, story: Any, world: World, name: str) -> None:
    """Which webhooks a payment brings, in order; each names the payment, and carries a signature of its own."""
    answer, words, more, told = STORIES[name]
    if name == "sale fails late":
        world.acquirer.fates("capture", "fails-late")
    psp = story(answer, words, **more)
    items = [item_of(event) for event in outbox.happened]
    assert [f"{item['eventCode']} {item['success']}" for item in items] == told
    assert {item.get("originalReference", item["pspReference"]) for item in items} <= {psp}
    assert {item["merchantReference"] for item in items} <= {"order-1"}
    key = world.simulator.credentials()["hmac_key"]
    for event in outbox.happened:
        body = json.loads(outbox.sealed(event).body)
        assert is_valid_hmac_notification(body, key) is True
        assert body["live"] == "false"


def test_every_code_is_met() -> None:
    """Every code that the package says it tells is in one of the stories."""
    met = {line.partition(" ")[0] for *_, told in STORIES.values() for line in told}
    disputes = {"NOTIFICATION_OF_CHARGEBACK", "CHARGEBACK"}
    failures = {"CAPTURE_FAILED", "REFUND_FAILED", "REFUNDED_REVERSED", "EXPIRE", "AUTHORISATION_ADJUSTMENT"}
    asked = {"AUTHORISATION", "CAPTURE", "REFUND", "CANCELLATION", "CANCEL_OR_REFUND", "TECHNICAL_CANCEL"}
    assert met == asked | disputes | failures


@pytest.mark.parametrize(
    ("words", "more", "reason"),
    [
        ("capture:9999 wait", MANUAL, "Insufficient balance on payment"),
        ("refund wait", MANUAL, "Transaction hasn't been captured, refund not possible"),
        ("refund:9999 wait", {}, "Insufficient balance on payment"),
        ("refund wait refund wait", {}, "Insufficient balance on payment"),
        ("cancel wait", {}, "Transaction already captured"),
        ("cancel cancel wait", MANUAL, "void_voided"),
    ],
)
def test_reasons(outbox: Outbox, story: Any, words: str, more: dict[str, Any], reason: str) -> None:
    """A modification that was impossible says why."""
    story(approve(), words, **more)
    item = item_of(outbox.happened[-1])
    assert (item["success"], item["reason"]) == ("false", reason)


def test_the_item_of_a_payment(outbox: Outbox, story: Any) -> None:
    """What the item of an approved payment says, and of a refused one."""
    story(approve(), "")
    story(decline("insufficient_funds"), "")
    good, bad = (item_of(event) for event in outbox.happened)
    assert good["reason"].endswith(":1111:03/2030")
    assert (good["operations"], good["paymentMethod"]) == (["CANCEL", "CAPTURE", "REFUND"], "visa")
    assert (bad["reason"], "operations" in bad, bad["amount"]["value"]) == ("Not enough balance", False, 1090)


def test_the_published_vector() -> None:
    """The signature of the item that Adyen's documentation gives as an example."""
    item = {
        "pspReference": "7914073381342284",
        "merchantAccountCode": "TestMerchant",
        "merchantReference": "TestPayment-1407325143704",
        "amount": {"value": 1130, "currency": "EUR"},
        "eventCode": "AUTHORISATION",
        "success": "true",
    }
    key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
    assert signature(item, key) == "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="
    assert signature(item, key) == generate_notification_sig(item, key).decode()


@pytest.mark.parametrize(
    "seal", [Seal(secret="5e" * 32), Seal(altered=True), Seal(unsigned=True)], ids=["secret", "altered", "unsigned"]
)
def test_forgeries(outbox: Outbox, story: Any, world: World, seal: Seal) -> None:
    """A forger's signature is wrong or missing, and the login is guessed."""
    story(approve(), "")
    own = world.simulator.credentials()
    sent = outbox.sealed(outbox.happened[0], seal)
    item = json.loads(sent.body)["notificationItems"][0]["NotificationRequestItem"]
    genuine = "hmacSignature" in item["additionalData"] and is_valid_hmac_notification(item, own["hmac_key"])
    login = base64.b64decode(sent.headers["Authorization"].removeprefix("Basic ")).decode()
    assert (genuine, login) == (False, "paypact:guessed")
    good = outbox.sealed(outbox.happened[0])
    login = base64.b64decode(good.headers["authorization"].removeprefix("Basic ")).decode()
    assert login == f"paypact:{own['webhook_password']}"


@pytest.mark.parametrize("seal", [Seal(age=60.0), Seal(also="5e" * 32)], ids=["dated", "two"])
def test_seals_that_are_not(outbox: Outbox, story: Any, seal: Seal) -> None:
    """A signature has no date, and there is one only."""
    story(approve(), "")
    with pytest.raises(NotSimulatedError, match="Adyen webhooks with a dated signature, or with two"):
        outbox.sealed(outbox.happened[0], seal)


@pytest.mark.parametrize(("more", "lie"), [(MANUAL, "AUTHORISATION"), ({}, "REFUND")], ids=["unpaid", "paid"])
def test_lies(world: World, story: Any, more: dict[str, Any], lie: str) -> None:
    """Of an unpaid purchase a forger says that it is paid, of a paid one that it was refunded."""
    story(approve(), "", **more)
    (event,) = world.simulator.forgeries(world.ledger.purchases[0], None)
    assert (item_of(event)["eventCode"], item_of(event)["success"]) == (lie, "true")


@pytest.mark.parametrize("operation", ["sale", "authorize"])
def test_elsewhere(outbox: Outbox, world: World, payment: Any, card: Card, operation: str) -> None:
    """The same merchant's other till pays, and takes, lets go or gives back."""
    world.issuer.issue(card)
    follows = ("refund",) if operation == "sale" else ("capture", "void")
    for word in (operation, *follows):
        assert world.simulator.elsewhere(payment(card), word)
        world.clock.advance(120)
    codes = {"sale": ["AUTHORISATION", "REFUND"], "authorize": ["AUTHORISATION", "CAPTURE", "CANCELLATION"]}
    assert [event.type for event in outbox.happened] == codes[operation]
    assert not world.simulator.elsewhere(payment(replace(card, number="4988438843884305")), "void")


# --- Adyen's own documents --------------------------------------------------------------------------------------------

SCHEMAS = {  # of the item of each code
    "AUTHORISATION": "AuthorisationNotificationRequestItem",
    "AUTHORISATION_ADJUSTMENT": "AuthorisationAdjustmentNotificationRequestItem",
    "CAPTURE": "CaptureNotificationRequestItem",
    "CAPTURE_FAILED": "RefundCaptureFailedNotificationRequestItem",
    "REFUND_FAILED": "RefundCaptureFailedNotificationRequestItem",
    "REFUND": "RefundNotificationRequestItem",
    "REFUNDED_REVERSED": "ModificationNotificationRequestItem",
    "TECHNICAL_CANCEL": "ModificationNotificationRequestItem",
    "CANCELLATION": "CancellationNotificationRequestItem",
    "CANCEL_OR_REFUND": "CancelOrRefundNotificationRequestItem",
    "EXPIRE": "ExpireNotificationRequestItem",
    "NOTIFICATION_OF_CHARGEBACK": "DisputesNotificationRequestItem",
    "CHARGEBACK": "DisputesNotificationRequestItem",
}
# Where an item says more than the document of its code, which describes additional data as closed objects.
MORE = {
    "AUTHORISATION: additionalData": "cardSummary and paymentMethod are there where an account has them on",
}


@pytest.mark.parametrize("name", STORIES)
def test_items_are_described(
    published: Callable[[str], Any], outbox: Outbox, story: Any, world: World, name: str
) -> None:
    """Every item validates against the description of its code."""
    jsonschema = pytest.importorskip("jsonschema")
    schemas = published("Webhooks-v1")["components"]["schemas"]
    answer, words, more, _ = STORIES[name]
    if name == "sale fails late":
        world.acquirer.fates("capture", "fails-late")
    story(answer, words, **more)
    text = json.dumps(schemas).replace("#/components/schemas/", "#/$defs/")
    wrong = []
    for event in outbox.happened:
        item = json.loads(outbox.sealed(event).body)["notificationItems"][0]["NotificationRequestItem"]
        schema = {"$ref": f"#/$defs/{SCHEMAS[event.type]}", "$defs": json.loads(text)}
        errors = jsonschema.Draft202012Validator(schema).iter_errors(item)
        wrong += [f"{event.type}: {'.'.join(map(str, error.path)) or error.message}" for error in errors]
    assert set(wrong) <= set(MORE)
