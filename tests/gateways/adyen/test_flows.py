"""What the vendor's SDK is answered: payments, challenges, modifications, stored cards, sessions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from paypact import Card
from paypact.world.books import Authorization
from paypact.world.issuer import Answer, approve, challenge, decline, defer, reject
from paypact.world.network import Fault
from paypact.world.world import World

NATIVE = {"authenticationData": {"threeDSRequestData": {"nativeThreeDS": "preferred"}}}


def held(world: World) -> Authorization:
    """The newest authorization."""
    return world.ledger.purchases[-1].authorizations[-1]


@pytest.mark.parametrize(
    ("answer", "code", "reason", "state"),
    [
        (approve(), "Authorised", None, "completed"),
        (decline("insufficient_funds"), "Refused", ("12", "Not enough balance"), "declined"),
        (decline("network_unavailable"), "Error", ("4", "Acquirer Error"), "declined"),
        (reject("blocked_list"), "Refused", ("20", "FRAUD"), "rejected"),
        (reject("blocked_by_merchant_rule"), "Cancelled", ("22", "FRAUD-CANCELLED"), "rejected"),
        (defer(), "Pending", None, "pending"),
        (challenge(), "RedirectShopper", None, "challenged"),
    ],
    ids=lambda value: value.event if isinstance(value, Answer) else None,
)
def test_results(
    sdk: Any, pay: Any, world: World, answer: Answer, code: str, reason: tuple[str, str] | None, state: str
) -> None:
    """Every answer of an issuer comes with status 200; the result code tells them apart."""
    reply = sdk.payments_api.payments(pay(answer))
    told = reply.message.get("refusalReasonCode"), reply.message.get("refusalReason")
    assert (reply.status_code, reply.message["resultCode"], held(world).state) == (200, code, state)
    assert told == (reason or (None, None))
    assert reply.psp == held(world).data.psp


def test_the_card_arrives(sdk: Any, pay: Any, world: World, card: Card) -> None:
    """State data, numbers in the clear and stored ids present the same card."""
    sdk.payments_api.payments(pay())
    plain = {"type": "scheme", "number": card.number, "expiryMonth": "03", "expiryYear": "2030", "cvc": "737"}
    sdk.payments_api.payments(pay(paymentMethod={**plain, "holderName": "J Smith"}))
    assert [purchase.authorizations[0].card for purchase in world.ledger.purchases] == [card, card]


def test_a_wallet(sdk: Any, pay: Any, world: World) -> None:
    """A wallet's token presents its card."""
    phone = Card("", 3, 2030, None, "J Smith", "visa", ("visa",), wallet="apple_pay", tail="1111")
    reply = sdk.payments_api.payments(pay(of=phone)).message
    assert (reply["resultCode"], reply["paymentMethod"]) == ("Authorised", {"brand": "visa", "type": "applepay"})
    assert held(world).card == phone


def test_the_network_of_the_shoppers_choice(sdk: Any, pay: Any, world: World) -> None:
    """Of a co-badged card runs the brand that the component was told."""
    both = Card("4035501000000008", 3, 2030, "737", "J", "cartes_bancaires", ("cartes_bancaires", "visa"))
    plain = sdk.payments_api.payments(pay(of=both)).message
    chosen = sdk.payments_api.payments(pay(of=replace(both, network="cartes_bancaires"))).message
    assert [plain["paymentMethod"]["brand"], chosen["paymentMethod"]["brand"]] == ["visa", "cartebancaire"]
    assert held(world).card.network == "cartes_bancaires"


# --- the shopper acts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behind", "result", "code"),
    [
        (approve(), "passed", "Authorised"),
        (decline("lost_card"), "passed", "Refused"),
        (approve(), "failed", "Refused"),
    ],
)
def test_redirect(
    sdk: Any, pay: Any, world: World, payment: Any, card: Card, behind: Answer, result: str, code: str
) -> None:
    """The page gives back a result, which only Adyen can read; asked twice it says the same."""
    asked = sdk.payments_api.payments(pay(challenge(behind))).message
    came = world.simulator.visit(asked["action"]["url"], payment(card), result)
    assert held(world).state == "challenged"
    done = [sdk.payments_api.payments_details({"details": dict(came or {})}).message for _ in range(2)]
    assert [each["resultCode"] for each in done] == [code, code]
    assert done[0]["pspReference"] == asked["pspReference"]
    assert (code == "Authorised") == (done[0]["additionalData"]["threeDAuthenticated"] == "true")


@pytest.mark.parametrize(
    ("number", "word", "action", "names"),
    [
        ("4917610000000000", "IdentifyShopper", "fingerprint", ["threeDSResult"]),
        ("4111111111111111", "ChallengeShopper", "challenge", ["threeDSResult"]),
        ("4400000000000008", "RedirectShopper", "redirect", ["redirectResult"]),
    ],
    ids=["fingerprint", "challenge", "redirect"],
)
def test_native(
    sdk: Any, pay: Any, world: World, payment: Any, card: Card, number: str, word: str, action: str, names: list[str]
) -> None:
    """Within the page the component is given a token, where a redirect is not preferred; one result is handed on."""
    of = replace(card, number=number)
    asked = sdk.payments_api.payments(pay(challenge(), of=of, **NATIVE)).message
    told = asked["action"]
    assert (asked["resultCode"], told.get("subtype", told["type"])) == (word, action)
    came = world.simulator.visit(told.get("token") or told["url"], payment(of), "passed")
    assert list(came or {}) == names
    assert sdk.payments_api.payments_details({"details": dict(came or {})}).message["resultCode"] == "Authorised"


def test_native_in_two_steps(sdk: Any, pay: Any, world: World, payment: Any, card: Card) -> None:
    """Who hands the fingerprint on is asked to challenge the shopper."""
    of = replace(card, number="4917610000000000")
    asked = sdk.payments_api.payments(pay(challenge(), of=of, **NATIVE)).message
    token = asked["action"]["token"]
    again = sdk.payments_api.payments_details({"details": {"threeds2.fingerprint": token}}).message
    assert (again["resultCode"], again["action"]["subtype"]) == ("ChallengeShopper", "challenge")
    came = world.simulator.visit(again["action"]["token"], payment(of), "passed")
    assert list(came or {}) == ["threeds2.challengeResult"]
    assert sdk.payments_api.payments_details({"details": dict(came or {})}).message["resultCode"] == "Authorised"


@pytest.mark.parametrize(
    "more",
    [
        {"authenticationData": {"attemptAuthentication": "never"}},
        {"shopperInteraction": "ContAuth", "recurringProcessingModel": "Subscription", "shopperReference": "shopper-1"},
    ],
    ids=["never", "nobody there"],
)
def test_nobody_to_ask(sdk: Any, pay: Any, more: dict[str, Any]) -> None:
    """Where the shopper cannot be asked, a bank that wants to ask refuses."""
    reply = sdk.payments_api.payments(pay(challenge(), **more)).message
    assert (reply["resultCode"], reply["refusalReasonCode"]) == ("Refused", "38")


# --- captures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("merchant", "more", "at_once", "in_a_day"),
    [
        ("PaypactShopECOM", {}, 1090, 1090),
        ("PaypactShopECOM", {"additionalData": {"manualCapture": "true"}}, 0, 0),
        ("PaypactShopECOM", {"captureDelayHours": 3}, 0, 1090),
        ("PaypactShopManual", {}, 0, 0),
        ("PaypactShopManual", {"captureDelayHours": 0}, 1090, 1090),
        ("PaypactShopDelayed", {}, 0, 1090),
    ],
)
def test_capture_modes(
    sdk: Any, pay: Any, world: World, merchant: str, more: dict[str, Any], at_once: int, in_a_day: int
) -> None:
    """When a payment is captured depends on the merchant account, unless the request says otherwise."""
    sdk.payments_api.payments({**pay(**more), "merchantAccount": merchant})
    assert held(world).captured == at_once
    world.clock.advance(86_400 + 120)
    assert held(world).captured == in_a_day


MANUAL = {"additionalData": {"manualCapture": "true"}}


@pytest.fixture
def change(sdk: Any) -> Callable[..., dict[str, Any]]:
    """A modification by its word; `value` is its amount."""
    api = sdk.modifications_api
    calls = {
        "capture": api.capture_authorised_payment,
        "cancel": api.cancel_authorised_payment_by_psp_reference,
        "refund": api.refund_captured_payment,
        "reverse": api.refund_or_cancel_payment,
        "update": api.update_authorised_amount,
    }

    def call(word: str, psp: str, value: int | None = None, merchant: str = "PaypactShopECOM") -> dict[str, Any]:
        body: dict[str, Any] = {"merchantAccount": merchant, "reference": "change-1"}
        if value is not None:
            body["amount"] = {"value": value, "currency": "EUR"}
        reply = calls[word](body, psp)
        assert (reply.status_code, reply.message["status"]) == (201, "received")
        message: dict[str, Any] = reply.message
        return message

    return call


@pytest.mark.parametrize(
    ("more", "changes", "state", "captured", "refunded"),
    [
        (MANUAL, [("capture", 1090)], "completed", 1090, 0),
        (MANUAL, [("capture", 500)], "completed", 500, 0),
        (MANUAL, [("capture", 1091)], "authorized", 0, 0),
        (MANUAL, [("capture", 500), ("capture", 500)], "completed", 500, 0),
        (MANUAL, [("cancel", None)], "voided", 0, 0),
        (MANUAL, [("cancel", None), ("capture", 1090)], "voided", 0, 0),
        (MANUAL, [("capture", 1090), ("cancel", None)], "completed", 1090, 0),
        (MANUAL, [("refund", 1090)], "authorized", 0, 0),
        (MANUAL, [("reverse", None)], "voided", 0, 0),
        (MANUAL, [("update", 2000), ("capture", 2000)], "completed", 2000, 0),
        ({}, [("refund", 1090)], "completed", 1090, 1090),
        ({}, [("refund", 600), ("refund", 600)], "completed", 1090, 600),
        ({}, [("reverse", None)], "completed", 1090, 1090),
        ({}, [("cancel", None)], "completed", 1090, 0),
    ],
    ids=lambda value: " ".join(word for word, _ in value) if isinstance(value, list) else None,
)
def test_changes(
    sdk: Any,
    pay: Any,
    change: Any,
    world: World,
    more: dict[str, Any],
    changes: list[tuple[str, int | None]],
    state: str,
    captured: int,
    refunded: int,
) -> None:
    """Every modification is taken note of; whether it was possible shows when it is carried out."""
    psp = sdk.payments_api.payments(pay(**more)).psp
    for word, value in changes:
        change(word, psp, value)
    before = held(world).state
    world.clock.advance(120)
    assert before == ("authorized" if more else "completed")
    assert (held(world).state, held(world).captured, held(world).refunded) == (state, captured, refunded)


def test_several_captures(sdk: Any, pay: Any, change: Any, world: World) -> None:
    """Where the merchant account allows it, a payment is captured in parts, and each part is refunded by itself."""
    merchant = "PaypactShopSeveral"
    psp = sdk.payments_api.payments({**pay(), "merchantAccount": merchant}).psp
    parts = [change("capture", psp, value, merchant)["pspReference"] for value in (400, 600)]
    world.clock.advance(120)
    assert (held(world).captured, held(world).state) == (1000, "authorized")
    body = {"merchantAccount": merchant, "amount": {"value": 500, "currency": "EUR"}, "capturePspReference": parts[0]}
    reply = sdk.modifications_api.refund_captured_payment(body, psp).message
    world.clock.advance(120)
    assert (reply["capturePspReference"], held(world).refunded) == (parts[0], 0)
    assert held(world).movements[-1].reason == "refund_exceeds_capture"


def test_cancel_by_the_shops_reference(sdk: Any, pay: Any, world: World) -> None:
    """A payment whose reply was lost is cancelled by the shop's own reference."""
    sdk.payments_api.payments(pay(**MANUAL))
    body = {"merchantAccount": "PaypactShopECOM", "paymentReference": "order-1"}
    reply = sdk.modifications_api.cancel_authorised_payment(body)
    world.clock.advance(120)
    assert (reply.status_code, reply.message["paymentReference"], held(world).state) == (201, "order-1", "voided")


# --- once -------------------------------------------------------------------------------------------------------------


def test_idempotency(sdk: Any, pay: Any, carry: Any, world: World) -> None:
    """The same key gets the first answer again, whatever is asked; a request that was refused is not kept."""
    body = pay()
    first, again = (sdk.payments_api.payments(body, idempotency_key="k-1").message for _ in range(2))
    assert (first, len(world.ledger.purchases)) == (again, 1)
    status, told, headers = carry("POST", "/payments", {**body, "reference": "another"}, idempotency_key="k-1")
    assert (status, told, headers["idempotency-key"]) == (200, first, "k-1")
    assert carry("POST", "/payments", {**body, "reference": ""[:0] or None}, idempotency_key="k-2")[0] == 422
    assert carry("POST", "/payments", body, idempotency_key="k-2")[0] == 200
    world.clock.advance(8 * 86_400)
    assert carry("POST", "/payments", body, idempotency_key="k-1")[1]["pspReference"] != first["pspReference"]


def test_an_error_may_stay_under_its_key(carry: Any, pay: Any, world: World) -> None:
    """A 500 is told again for its key, since the bank may have acted; one marked as transient is not, nor an answer."""
    body = pay()

    def send(key: str, fault: str = "") -> int:
        world.network.heal()
        if fault:
            world.network.arm(Fault.parse(fault))
        with world.operating("sale"):
            status: int = carry("POST", "/payments", body, idempotency_key=key)[0]
        return status

    assert [send("k-1", "stored:server_error after 1"), send("k-1"), len(world.ledger.purchases)] == [500, 500, 1]
    assert [send("k-2", "stored:server_error before 1"), send("k-2"), len(world.ledger.purchases)] == [500, 500, 1]
    assert [send("k-3", "stored:in_progress before 1"), send("k-3"), len(world.ledger.purchases)] == [422, 200, 2]
    assert [send("k-3", "stored:server_error after 1"), send("k-3"), len(world.ledger.purchases)] == [500, 200, 2]


# --- stored cards -----------------------------------------------------------------------------------------------------


def test_stored_cards(sdk: Any, pay: Any, carry: Any, world: World, card: Card) -> None:
    """A card is kept with a payment, listed, charged by its id for its own shopper, and forgotten."""
    who = {"shopperReference": "shopper-1"}
    keep = {"storePaymentMethod": True, "recurringProcessingModel": "CardOnFile", **who}
    kept = sdk.payments_api.payments(pay(value=0, **keep)).message["additionalData"]
    id_ = kept["tokenization.storedPaymentMethodId"]
    query = "?merchantAccount=PaypactShopECOM&shopperReference=shopper-1"
    (listed,) = carry("GET", f"/storedPaymentMethods{query}")[1]["storedPaymentMethods"]
    assert (listed["id"], listed["lastFour"], held(world).approved) == (id_, "1111", 0)
    offered = sdk.payments_api.payment_methods({"merchantAccount": "PaypactShopECOM", **who}).message
    assert [one["id"] for one in offered["storedPaymentMethods"]] == [id_]
    again = pay(paymentMethod={"type": "scheme", "storedPaymentMethodId": id_}, shopperInteraction="ContAuth", **who)
    assert sdk.payments_api.payments(again).message["resultCode"] == "Authorised"
    assert held(world).card == card
    assert carry("POST", "/payments", {**again, "shopperReference": "shopper-2"})[1]["errorCode"] == "800"
    assert carry("DELETE", f"/storedPaymentMethods/{id_}{query}")[:2] == (204, None)
    assert carry("POST", "/payments", again)[1]["errorCode"] == "800"


def test_what_there_is(sdk: Any) -> None:
    """Cards are on offer with their brands, and the first digits of a number say which it has."""
    (cards,) = sdk.payments_api.payment_methods({"merchantAccount": "PaypactShopECOM"}).message["paymentMethods"]
    assert (cards["type"], cards["brands"][:3]) == ("scheme", ["visa", "mc", "amex"])
    known = sdk.payments_api.card_details({"merchantAccount": "PaypactShopECOM", "cardNumber": "411111"}).message
    assert known == {"brands": [{"type": "visa", "supported": True}]}


@pytest.mark.parametrize("given", ["token", "paymentData", "authorisationToken", "all of it"])
def test_whatever_the_component_gets(sdk: Any, pay: Any, world: World, payment: Any, card: Card, given: str) -> None:
    """A shop hands the action on as a whole, or one opaque text of it: the component finds the challenge."""
    action = sdk.payments_api.payments(pay(challenge(), **NATIVE)).message["action"]
    place = json.dumps(action) if given == "all of it" else action[given]
    assert "threeDSResult" in (world.simulator.visit(place, payment(card), "passed") or {})
    assert world.simulator.visit('{"token": "nobody"}', payment(card), "passed") is None
    assert world.simulator.visit('{"token": ', payment(card), "passed") is None


# --- sessions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "result", "status", "payments"),
    [
        (approve(), "passed", "completed", ["Authorised"]),
        (decline("lost_card"), "passed", "refused", []),
        (challenge(), "passed", "completed", ["Authorised"]),
        (challenge(), "failed", "refused", []),
        (defer(), "passed", "paymentPending", ["Pending"]),
    ],
)
@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_sessions(
    sdk: Any,
    pay: Any,
    world: World,
    payment: Any,
    card: Card,
    mode: str,
    answer: Answer,
    result: str,
    status: str,
    payments: list[str],
) -> None:
    """The shopper pays in the component, or on Adyen's page; the shop asks how it ended."""
    body = {name: value for name, value in pay(answer).items() if name != "paymentMethod"}
    made = sdk.payments_api.sessions({**body, "mode": mode}).message
    came = world.simulator.visit(made.get("url", made["id"]), payment(card), result) or {}
    query = {"query_parameters": {"sessionResult": came["sessionResult"]}}
    ended = sdk.payments_api.get_result_of_payment_session(made["id"], **query).message
    assert (ended["status"], [one["resultCode"] for one in ended.get("payments", [])]) == (status, payments)
    assert len(world.ledger.purchases) == len(world.ledger.purchases[0].authorizations) == 1


@pytest.mark.parametrize("given", ["id", "sessionData", "all of it"])
def test_whatever_of_a_session_the_component_gets(
    sdk: Any, pay: Any, world: World, payment: Any, card: Card, given: str
) -> None:
    """Its id, its data, or all of it."""
    body = {name: value for name, value in pay().items() if name != "paymentMethod"}
    made = sdk.payments_api.sessions(body).message
    place = json.dumps(made) if given == "all of it" else made[given]
    assert (world.simulator.visit(place, payment(card), "passed") or {})["sessionId"] == made["id"]
    assert world.simulator.comes_back_to(place) == body["returnUrl"]


def test_a_session_that_nobody_used(sdk: Any, pay: Any, world: World, payment: Any, card: Card) -> None:
    """A session ends after an hour, and then nothing is paid in it; who turned back may come again before."""
    body = {name: value for name, value in pay(challenge(), approve()).items() if name != "paymentMethod"}
    made = sdk.payments_api.sessions(body).message
    assert world.simulator.visit(made["id"], payment(card), "abandoned") == {}
    came = world.simulator.visit(made["id"], payment(card), "failed") or {}
    again = world.simulator.visit(made["id"], payment(card), "passed")
    assert (came, [one.state for one in world.ledger.purchases[0].authorizations]) == (again, ["declined", "completed"])
    late = sdk.payments_api.sessions(body).message
    world.clock.advance(3700)
    came = world.simulator.visit(late["id"], payment(card), "passed") or {}
    query = {"query_parameters": {"sessionResult": came["sessionResult"]}}
    assert sdk.payments_api.get_result_of_payment_session(late["id"], **query).message["status"] == "expired"


@pytest.mark.parametrize("place", ["https://checkoutshopper-test.adyen.com/checkoutshopper/threeDS/redirect?MD=X", "X"])
def test_nowhere(world: World, payment: Any, card: Card, place: str) -> None:
    """A place that Adyen does not know leads nowhere."""
    assert world.simulator.visit(place, payment(card), "passed") is None
