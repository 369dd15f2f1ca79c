"""What Stripe refuses: the call, the fault in it, status, type, code and parameter. Sources are in facts.toml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from paypact.gateways import load
from paypact.world.issuer import challenge, decline
from paypact.world.world import World

FACTS = load("stripe").facts
BACK = "https://shop.example/back"
SALE = {"amount": 1099, "currency": "usd", "confirm": "true", "return_url": BACK}
NEW = {"amount": 1099, "currency": "usd"}
TYPED = {
    "type": "card",
    "card[number]": "4242424242424242",
    "card[exp_month]": 12,
    "card[exp_year]": 2030,
    "card[cvc]": "123",
}
PI, PM, RE, CS = "/v1/payment_intents", "/v1/payment_methods", "/v1/refunds", "/v1/checkout/sessions"
INVALID, CARD = "invalid_request_error", "card_error"
STATE = "payment_intent_unexpected_state"
PAGE = {
    "success_url": BACK,
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": 1099,
    "line_items[0][price_data][product_data][name]": "A book",
}
OTHER = {
    "line_items[1][price_data][currency]": "usd",
    "line_items[1][price_data][unit_amount]": 5,
    "line_items[1][price_data][product_data][name]": "A pen",
}


def typed(**changes: Any) -> dict[str, Any]:
    """A card typed in, with changes; None leaves a field out."""
    return {
        name: value
        for name, value in {**TYPED, **{f"card[{n}]": v for n, v in changes.items()}}.items()
        if value is not None
    }


@pytest.fixture
def ids(carry: Any, token: Callable[..., str]) -> dict[str, str]:
    """Ids of objects in every state."""

    def intent(params: dict[str, Any]) -> Any:
        reply = carry("POST", PI, {**NEW, **params})
        return reply.json if reply.status == 200 else reply.error["payment_intent"]

    paid = intent({**SALE, "payment_method": token()})
    refunded = intent({**SALE, "payment_method": token()})
    part = intent({**SALE, "payment_method": token()})
    carry("POST", RE, {"payment_intent": refunded["id"]})
    carry("POST", RE, {"payment_intent": part["id"], "amount": 1000})
    canceled = intent({})
    carry("POST", f"{PI}/{canceled['id']}/cancel")
    jenny, jane, gone = (
        carry("POST", "/v1/customers", {"name": name}).json["id"] for name in ("Jenny", "Jane", "Gone")
    )
    hers, lost, orphan = token(), token(), token()
    carry("POST", f"{PM}/{hers}/attach", {"customer": jenny})
    carry("POST", f"{PM}/{lost}/attach", {"customer": jenny})
    carry("POST", f"{PM}/{lost}/detach")
    carry("POST", f"{PM}/{orphan}/attach", {"customer": gone})
    carry("DELETE", f"/v1/customers/{gone}")
    setup = carry("POST", "/v1/setup_intents", {"payment_method": token(), "confirm": "true", "return_url": BACK}).json
    ended = carry("POST", CS, PAGE).json["id"]
    carry("POST", f"{CS}/{ended}/expire")
    hosted = carry("POST", CS, PAGE, stripe_version="2020-08-27").json["payment_intent"]
    return {
        "ended": ended,
        "hosted": hosted,
        "new": intent({})["id"],
        "paid": paid["id"],
        "charge": paid["latest_charge"],
        "refunded": refunded["id"],
        "part": part["id"],
        "held": intent({**SALE, "payment_method": token(), "capture_method": "manual"})["id"],
        "waiting": intent({"payment_method": token()})["id"],
        "asked": intent({**SALE, "payment_method": token(challenge())})["id"],
        "declined": intent({**SALE, "payment_method": token(decline("lost_card"))})["id"],
        "canceled": canceled["id"],
        "setup": setup["id"],
        "setup_new": carry("POST", "/v1/setup_intents", {}).json["id"],
        "ours": intent({"customer": jenny})["id"],
        "jenny": jenny,
        "jane": jane,
        "gone": gone,
        "fresh": token(),
        "spent": paid["payment_method"],
        "hers": hers,
        "lost": lost,
        "orphan": orphan,
    }


ROWS = [  # name, path, parameters, status, type, code, param
    (
        "capture-too-much",
        f"{PI}/held/capture",
        {"amount_to_capture": 1100},
        400,
        INVALID,
        "amount_too_large",
        "amount_to_capture",
    ),
    (
        "capture-nothing",
        f"{PI}/held/capture",
        {"amount_to_capture": 0},
        400,
        INVALID,
        "parameter_invalid_integer",
        "amount_to_capture",
    ),
    ("capture-not-final", f"{PI}/held/capture", {"final_capture": "false"}, 400, INVALID, None, "final_capture"),
    ("capture-paid", f"{PI}/paid/capture", {}, 400, INVALID, STATE, None),
    ("capture-new", f"{PI}/new/capture", {}, 400, INVALID, STATE, None),
    ("capture-canceled", f"{PI}/canceled/capture", {}, 400, INVALID, STATE, None),
    ("cancel-paid", f"{PI}/paid/cancel", {}, 400, INVALID, STATE, None),
    ("cancel-canceled", f"{PI}/canceled/cancel", {}, 400, INVALID, STATE, None),
    (
        "cancel-for-no-reason",
        f"{PI}/new/cancel",
        {"cancellation_reason": "bored"},
        400,
        INVALID,
        None,
        "cancellation_reason",
    ),
    ("confirm-paid", f"{PI}/paid/confirm", {"return_url": BACK}, 400, INVALID, STATE, None),
    ("confirm-held", f"{PI}/held/confirm", {"return_url": BACK}, 400, INVALID, STATE, None),
    ("confirm-canceled", f"{PI}/canceled/confirm", {"return_url": BACK}, 400, INVALID, STATE, None),
    ("confirm-without-method", f"{PI}/new/confirm", {"return_url": BACK}, 400, INVALID, STATE, None),
    ("confirm-declined-without-method", f"{PI}/declined/confirm", {"return_url": BACK}, 400, INVALID, STATE, None),
    ("confirm-without-return-url", f"{PI}/waiting/confirm", {}, 400, INVALID, None, None),
    ("create-without-return-url", PI, {**NEW, "confirm": "true", "payment_method": "fresh"}, 400, INVALID, None, None),
    (
        "return-url-malformed",
        PI,
        {**SALE, "return_url": "shop", "payment_method": "fresh"},
        400,
        INVALID,
        "url_invalid",
        "return_url",
    ),
    ("return-url-without-confirm", PI, {**NEW, "return_url": BACK}, 400, INVALID, None, "return_url"),
    ("off-session-without-confirm", PI, {**NEW, "off_session": "true"}, 400, INVALID, None, "off_session"),
    (
        "error-on-action-with-automatic-methods",
        PI,
        {
            **SALE,
            "payment_method": "fresh",
            "error_on_requires_action": "true",
            "automatic_payment_methods[enabled]": "true",
        },
        400,
        INVALID,
        None,
        "error_on_requires_action",
    ),
    (
        "types-in-create",
        PI,
        {**NEW, "payment_method_types[]": "card"},
        400,
        INVALID,
        "payment_method_types_no_longer_supported",
        "payment_method_types",
    ),
    (
        "types-in-confirm",
        f"{PI}/waiting/confirm",
        {"payment_method_types[0]": "card"},
        400,
        INVALID,
        "payment_method_types_no_longer_supported",
        "payment_method_types",
    ),
    (
        "types-in-setup",
        "/v1/setup_intents",
        {"payment_method_types[]": "card"},
        400,
        INVALID,
        "payment_method_types_no_longer_supported",
        "payment_method_types",
    ),
    ("descriptor-for-a-card", PI, {**NEW, "statement_descriptor": "SHOP"}, 400, INVALID, None, "statement_descriptor"),
    (
        "suffix-of-digits",
        PI,
        {**NEW, "statement_descriptor_suffix": "123"},
        400,
        INVALID,
        None,
        "statement_descriptor_suffix",
    ),
    (
        "suffix-too-long",
        PI,
        {**NEW, "statement_descriptor_suffix": "A" * 23},
        400,
        INVALID,
        None,
        "statement_descriptor_suffix",
    ),
    (
        "suffix-with-a-star",
        PI,
        {**NEW, "statement_descriptor_suffix": "A*B"},
        400,
        INVALID,
        None,
        "statement_descriptor_suffix",
    ),
    ("update-paid-amount", f"{PI}/paid", {"amount": 500}, 400, INVALID, STATE, "amount"),
    ("update-customer", f"{PI}/ours", {"customer": "jane"}, 400, INVALID, STATE, None),
    ("refund-refunded", RE, {"payment_intent": "refunded"}, 400, INVALID, "charge_already_refunded", None),
    ("refund-too-much", RE, {"payment_intent": "paid", "amount": 1100}, 400, INVALID, None, "amount"),
    ("refund-more-than-left", RE, {"payment_intent": "part", "amount": 100}, 400, INVALID, None, "amount"),
    (
        "refund-nothing",
        RE,
        {"payment_intent": "paid", "amount": 0},
        400,
        INVALID,
        "parameter_invalid_integer",
        "amount",
    ),
    ("refund-held", RE, {"payment_intent": "held"}, 400, INVALID, None, None),
    ("refund-new", RE, {"payment_intent": "new"}, 400, INVALID, None, None),
    ("refund-of-what", RE, {"amount": 100}, 400, INVALID, "parameter_missing", None),
    ("refund-of-both", RE, {"payment_intent": "paid", "charge": "charge"}, 400, INVALID, "parameters_exclusive", None),
    ("refund-for-no-reason", RE, {"payment_intent": "paid", "reason": "bored"}, 400, INVALID, None, "reason"),
    ("refund-unknown-intent", RE, {"payment_intent": "pi_none"}, 400, INVALID, "resource_missing", "payment_intent"),
    ("refund-unknown-charge", RE, {"charge": "ch_none"}, 400, INVALID, "resource_missing", "charge"),
    ("unknown-intent", f"{PI}/pi_none/confirm", {}, 404, INVALID, "resource_missing", "intent"),
    ("setup-as-payment", f"{PI}/setup/confirm", {}, 404, INVALID, "resource_missing", "intent"),
    ("unknown-method", PI, {**NEW, "payment_method": "pm_none"}, 400, INVALID, "resource_missing", "payment_method"),
    ("unknown-customer", PI, {**NEW, "customer": "cus_none"}, 400, INVALID, "resource_missing", "customer"),
    ("deleted-customer", PI, {**NEW, "customer": "gone"}, 400, INVALID, "resource_missing", "customer"),
    ("update-unknown-customer", "/v1/customers/cus_none", {"name": "J"}, 404, INVALID, "resource_missing", "id"),
    ("update-unknown-refund", f"{RE}/re_none", {}, 404, INVALID, "resource_missing", "refund"),
    ("unknown-method-in-path", f"{PM}/pm_none/detach", {}, 404, INVALID, "resource_missing", "payment_method"),
    ("spent-method", PI, {**NEW, "payment_method": "spent"}, 400, INVALID, None, None),
    ("spent-method-in-setup", "/v1/setup_intents", {"payment_method": "spent"}, 400, INVALID, None, None),
    ("detached-method", PI, {**NEW, "payment_method": "lost"}, 400, INVALID, None, None),
    ("method-of-a-deleted-customer", PI, {**NEW, "payment_method": "orphan"}, 400, INVALID, None, None),
    ("method-of-a-customer", PI, {**NEW, "payment_method": "hers"}, 400, INVALID, None, "payment_method"),
    (
        "method-of-another",
        PI,
        {**NEW, "payment_method": "hers", "customer": "jane"},
        400,
        INVALID,
        None,
        "payment_method",
    ),
    ("attach-spent", f"{PM}/spent/attach", {"customer": "jenny"}, 400, INVALID, None, None),
    ("attach-again", f"{PM}/hers/attach", {"customer": "jane"}, 400, INVALID, None, None),
    ("attach-to-nobody", f"{PM}/fresh/attach", {}, 400, INVALID, "parameter_missing", "customer"),
    ("attach-to-unknown", f"{PM}/fresh/attach", {"customer": "cus_none"}, 400, INVALID, "resource_missing", "customer"),
    (
        "attach-declining",
        f"{PM}/pm_card_visa_chargeDeclined/attach",
        {"customer": "jenny"},
        402,
        CARD,
        "card_declined",
        None,
    ),
    ("detach-loose", f"{PM}/fresh/detach", {}, 400, INVALID, None, None),
    ("update-loose", f"{PM}/fresh", {"metadata[a]": "1"}, 400, INVALID, None, None),
    ("setup-done", "/v1/setup_intents/setup/cancel", {}, 400, INVALID, "setup_intent_unexpected_state", None),
    (
        "setup-without-method",
        "/v1/setup_intents/setup_new/confirm",
        {"return_url": BACK},
        400,
        INVALID,
        "setup_intent_unexpected_state",
        None,
    ),
    ("setup-return-url", "/v1/setup_intents", {"return_url": BACK}, 400, INVALID, None, "return_url"),
    ("amount-small", PI, {**NEW, "amount": 49}, 400, INVALID, "amount_too_small", "amount"),
    ("amount-negative", PI, {**NEW, "amount": -5}, 400, INVALID, "amount_too_small", "amount"),
    ("amount-large", PI, {**NEW, "amount": 100_000_000}, 400, INVALID, "amount_too_large", "amount"),
    ("amount-large-idr", PI, {"amount": 10**12, "currency": "idr"}, 400, INVALID, "amount_too_large", "amount"),
    ("amount-thousandths", PI, {"amount": 1234, "currency": "kwd"}, 400, INVALID, None, "amount"),
    ("amount-isk", PI, {"amount": 1050, "currency": "isk"}, 400, INVALID, None, "amount"),
    ("amount-text", PI, {**NEW, "amount": "10.99"}, 400, INVALID, "parameter_invalid_integer", "amount"),
    ("amount-missing", PI, {"currency": "usd"}, 400, INVALID, "parameter_missing", "amount"),
    ("amount-empty", PI, {**NEW, "amount": ""}, 400, INVALID, "parameter_invalid_empty", "amount"),
    ("update-amount-small", f"{PI}/new", {"amount": 1}, 400, INVALID, "amount_too_small", "amount"),
    ("currency-unknown", PI, {**NEW, "currency": "xxx"}, 400, INVALID, None, "currency"),
    ("parameter-unknown", PI, {**NEW, "foo": "1"}, 400, INVALID, "parameter_unknown", "foo"),
    ("parameter-unknown-within", PI, {**NEW, "shipping[foo]": "1"}, 400, INVALID, "parameter_unknown", "shipping[foo]"),
    (
        "parameter-missing-within",
        PI,
        {**NEW, "automatic_payment_methods[allow_redirects]": "never"},
        400,
        INVALID,
        "parameter_missing",
        "automatic_payment_methods[enabled]",
    ),
    ("boolean-malformed", PI, {**NEW, "confirm": "yes"}, 400, INVALID, None, "confirm"),
    ("hash-for-text", PI, {**NEW, "description[a]": "1"}, 400, INVALID, None, "description"),
    ("text-for-hash", PI, {**NEW, "shipping": "home"}, 400, INVALID, None, "shipping"),
    ("capture-method-unknown", PI, {**NEW, "capture_method": "later"}, 400, INVALID, None, "capture_method"),
    ("both-value-and-hash", PI, {**NEW, "metadata": "1", "metadata[a]": "1"}, 400, INVALID, None, None),
    ("metadata-keys", PI, {**NEW, **{f"metadata[k{n}]": n for n in range(51)}}, 400, INVALID, None, "metadata"),
    ("metadata-key", PI, {**NEW, f"metadata[{'k' * 41}]": "1"}, 400, INVALID, None, "metadata"),
    ("metadata-value", PI, {**NEW, "metadata[a]": "v" * 501}, 400, INVALID, None, "metadata[a]"),
    ("description-long", PI, {**NEW, "description": "d" * 1001}, 400, INVALID, None, "description"),
    ("email-malformed", "/v1/customers", {"email": "jenny"}, 400, INVALID, "email_invalid", "email"),
    ("receipt-email-malformed", PI, {**NEW, "receipt_email": "jenny@"}, 400, INVALID, "email_invalid", "receipt_email"),
    ("name-long", "/v1/customers", {"name": "J" * 257}, 400, INVALID, None, "name"),
    ("expand-impossible", PI, {**NEW, "expand[]": "amount"}, 400, INVALID, None, None),
    (
        "expand-too-deep",
        PI,
        {**NEW, "expand[]": "latest_charge.payment_intent.latest_charge.payment_intent.customer"},
        400,
        INVALID,
        None,
        None,
    ),
    ("number-luhn", PM, typed(number="4242424242424241"), 402, CARD, "incorrect_number", "number"),
    ("number-missing", PM, typed(number=None), 402, CARD, "invalid_number", "number"),
    ("number-short", PM, typed(number="42424242424"), 402, CARD, "invalid_number", "number"),
    ("number-letters", PM, typed(number="4242abcd42424242"), 402, CARD, "invalid_number", "number"),
    ("month-thirteen", PM, typed(exp_month=13), 402, CARD, "invalid_expiry_month", "exp_month"),
    ("month-missing", PM, typed(exp_month=None), 400, INVALID, "parameter_missing", "card[exp_month]"),
    ("month-past", PM, typed(exp_month=1, exp_year=2026), 402, CARD, "invalid_expiry_month", "exp_month"),
    ("year-past", PM, typed(exp_year=2020), 402, CARD, "invalid_expiry_year", "exp_year"),
    ("year-far", PM, typed(exp_year=2090), 402, CARD, "invalid_expiry_year", "exp_year"),
    ("cvc-short", PM, typed(cvc="12"), 402, CARD, "invalid_cvc", "cvc"),
    (
        "number-luhn-in-intent",
        PI,
        {
            **NEW,
            "payment_method_data[type]": "card",
            "payment_method_data[card][number]": "4242424242424241",
            "payment_method_data[card][exp_month]": 1,
            "payment_method_data[card][exp_year]": 30,
        },
        402,
        CARD,
        "incorrect_number",
        "payment_method_data[card][number]",
    ),
    ("session-without-success-url", CS, {}, 400, INVALID, "parameter_missing", "success_url"),
    ("session-without-items", CS, {"success_url": BACK}, 400, INVALID, "parameter_missing", "line_items"),
    ("session-url", CS, {**PAGE, "cancel_url": "shop"}, 400, INVALID, "url_invalid", "cancel_url"),
    (
        "session-of-two-buyers",
        CS,
        {**PAGE, "customer": "jenny", "customer_email": "j@x.example"},
        400,
        INVALID,
        None,
        None,
    ),
    ("session-of-two-currencies", CS, {**PAGE, **OTHER}, 400, INVALID, None, "line_items"),
    ("session-too-short", CS, {**PAGE, "expires_at": 1}, 400, INVALID, None, "expires_at"),
    ("session-too-long", CS, {**PAGE, "expires_at": 9999999999}, 400, INVALID, None, "expires_at"),
    (
        "session-reference-long",
        CS,
        {**PAGE, "client_reference_id": "r" * 201},
        400,
        INVALID,
        None,
        "client_reference_id",
    ),
    (
        "session-small",
        CS,
        {**PAGE, "line_items[0][price_data][unit_amount]": 5},
        400,
        INVALID,
        "amount_too_small",
        "amount",
    ),
    ("session-expire-ended", f"{CS}/ended/expire", {}, 400, INVALID, None, None),
    ("session-unknown", f"{CS}/cs_none/expire", {}, 404, INVALID, "resource_missing", "session"),
    ("session-intent-confirmed", f"{PI}/hosted/confirm", {"return_url": BACK}, 400, INVALID, STATE, None),
    ("session-intent-canceled", f"{PI}/hosted/cancel", {}, 400, INVALID, STATE, None),
    ("increment-new", f"{PI}/new/increment_authorization", {"amount": 1500}, 400, INVALID, STATE, None),
    ("increment-unasked", f"{PI}/held/increment_authorization", {"amount": 1500}, 400, INVALID, None, None),
    ("method-without-type", PM, {"billing_details[name]": "J"}, 400, INVALID, "parameter_missing", "type"),
]


def filled(text: str, ids: dict[str, str]) -> str:
    return "/".join(ids.get(part, part) for part in text.split("/"))


@pytest.mark.parametrize(
    ("path", "params", "status", "type_", "code", "param"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_refusal(
    carry: Any,
    world: World,
    ids: dict[str, str],
    path: str,
    params: dict[str, Any],
    status: int,
    type_: str,
    code: str | None,
    param: str | None,
) -> None:
    """The call is refused as the vendor refuses it, and no money moves."""
    before = len(world.ledger.journal)
    reply = carry(
        "POST",
        filled(path, ids),
        {name: ids.get(value, value) if isinstance(value, str) else value for name, value in params.items()},
    )
    assert reply.json is not None, reply.text
    assert (reply.status, reply.error["type"], reply.error.get("code"), reply.error.get("param")) == (
        status,
        type_,
        code,
        param,
    )
    assert reply.refused
    assert reply.error["message"]
    assert "{name}" not in reply.error["message"]
    assert ("doc_url" in reply.error) == (code is not None)
    assert all(entry.event == "open" for entry in world.ledger.journal[before:])
    if code == STATE:
        assert reply.error["payment_intent"]["object"] == "payment_intent"


@pytest.mark.parametrize(
    ("method", "path", "params", "status", "code", "param"),
    [
        ("GET", f"{PI}/new", {}, 400, "parameter_missing", "client_secret"),
        ("GET", f"{PI}/new", {"client_secret": "pi_x_secret_y"}, 404, "resource_missing", "intent"),
        ("POST", f"{PI}/new/confirm", {"client_secret": "pi_x_secret_y"}, 404, "resource_missing", "intent"),
        ("GET", "/v1/setup_intents/setup", {"client_secret": "seti_x_secret_y"}, 404, "resource_missing", "intent"),
        ("POST", f"{PI}/new/cancel", {}, 401, "secret_key_required", None),
        ("POST", RE, {"payment_intent": "paid"}, 401, "secret_key_required", None),
    ],
)
def test_pages_are_refused(
    carry: Any,
    world: World,
    ids: dict[str, str],
    method: str,
    path: str,
    params: dict[str, Any],
    status: int,
    code: str,
    param: str | None,
) -> None:
    """A publishable key does nothing without the client secret, and little with it."""
    key = world.simulator.credentials()["publishable_key"]
    reply = carry(method, filled(path, ids), params, key=key)
    assert (reply.status, reply.error["code"], reply.error.get("param")) == (status, code, param)


@pytest.mark.parametrize("limit", [0, 101])
def test_list_limits(carry: Any, limit: int) -> None:
    """A page holds one to a hundred objects."""
    reply = carry("GET", "/v1/charges", {"limit": limit})
    assert (reply.status, reply.error["code"], reply.error["param"]) == (400, "parameter_invalid_integer", "limit")


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
def test_unknown_cursor(carry: Any, cursor: str) -> None:
    """A page begins at an object that exists."""
    reply = carry("GET", "/v1/charges", {cursor: "ch_none"})
    assert (reply.status, reply.error["code"], reply.error["param"]) == (400, "resource_missing", cursor)


def test_idempotency_refusals(carry: Any) -> None:
    """A key stands for one request at one endpoint, and is not endless."""
    carry("POST", "/v1/customers", {"name": "Jenny"}, idempotency_key="k-1")
    for path, params, key, begins in (
        (
            "/v1/customers",
            {"name": "Jane"},
            "k-1",
            "Keys for idempotent requests can only be used with the same parameters",
        ),
        (PI, NEW, "k-1", "Keys for idempotent requests can only be used for the same endpoint"),
    ):
        reply = carry("POST", path, params, idempotency_key=key)
        assert (reply.status, reply.error["type"]) == (400, "idempotency_error")
        assert reply.error["message"].startswith(begins)
    assert carry("POST", "/v1/customers", {}, idempotency_key="k" * 256).status == 400


def test_content_type(carry: Any) -> None:
    """Bodies are forms."""
    reply = carry("POST", PI, NEW, content_type="application/json")
    assert (reply.status, reply.refused) == (400, "content_type")


def test_disputed_charge(carry: Any, ids: dict[str, str], world: World) -> None:
    """What was charged back cannot be refunded."""
    (held,) = next(one for one in world.ledger.purchases if one.data.id == ids["paid"]).authorizations
    world.ledger.request("chargeback", held, 1099)
    reply = carry("POST", RE, {"charge": ids["charge"]})
    assert (reply.status, reply.error["code"]) == (400, "charge_disputed")
    assert carry("GET", f"/v1/charges/{ids['charge']}").json["disputed"] is True


def test_turned_away(carry: Any, world: World) -> None:
    """A card refused before any authorization leaves a trace, as the gateway received it."""
    carry("POST", PM, typed(number="4242424242424241"))
    carry("POST", PM, typed(cvc="12"))
    assert [(one.card.number[-4:], one.card.cvc, one.reason) for one in world.ledger.turned_away] == [
        ("4241", "123", "wrong_number"),
        ("4242", "12", "malformed_security_code"),
    ]


def test_manual_confirmation_is_the_servers(carry: Any, world: World) -> None:
    """With manual confirmation no page confirms."""
    made = carry("POST", PI, {**NEW, "confirmation_method": "manual"}).json
    key = world.simulator.credentials()["publishable_key"]
    reply = carry("POST", f"{PI}/{made['id']}/confirm", {"client_secret": made["client_secret"]}, key=key)
    assert (reply.status, reply.refused) == (400, "confirm_browser_manual")


def test_every_refusal_is_met() -> None:
    """No row of the facts is unreachable: each rule is one that the simulator or the ledger names."""
    from importlib.resources import files

    folder = files("paypact.gateways.stripe") / "simulator"
    code = "".join(file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".py"))
    obstacles = (files("paypact.world") / "obstacles.py").read_text(encoding="utf-8")
    composed = {"parameter_", "_without_confirm", "card_", "metadata_"}
    unnamed = [rule for rule in FACTS.refusals if rule != "*" and f'"{rule}"' not in code + obstacles]
    assert [rule for rule in unnamed if not any(part in rule for part in composed)] == []
