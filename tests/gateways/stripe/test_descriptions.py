"""Declarations and replies against Stripe's own OpenAPI documents, which PAYPACT_SPECS points at.

The documents are older than the simulated version: what was added since is listed here once, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from paypact.gateways.stripe import wire
from paypact.world.description import Description
from paypact.world.issuer import challenge, decline
from paypact.world.wire import Wire, fields

BACK = "https://shop.example/back"
PAGE = {
    "success_url": BACK,
    "cancel_url": BACK,
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": 1099,
    "line_items[0][price_data][product_data][name]": "A book",
}
OBJECTS: dict[str, type[Wire]] = {
    "payment_intent": wire.PaymentIntent,
    "charge": wire.Charge,
    "refund": wire.Refund,
    "balance_transaction": wire.BalanceTransaction,
    "payment_method": wire.PaymentMethod,
    "setup_intent": wire.SetupIntent,
    "customer": wire.Customer,
    "deleted_customer": wire.Deleted,
    "api_errors": wire.CardError,
    "checkout.session": wire.Session,
    "item": wire.LineItem,
    "price": wire.Price,
    "dispute": wire.Dispute,
    "event": wire.Event,
    "account": wire.Merchant,
}
# The newest document that is at hand ends before these; all of them are in the types of SDK 16.1.0.
SINCE_2023_09_12 = {
    "BalanceTransaction": "balance_type",
    "BillingDetails": "tax_id",
    "Buyer": "business_name individual_name",
    "CardError": "advice_code network_decline_code",
    "Charge": "source",
    "ChargeCard": (
        "amount_authorized authorization_code capture_before extended_authorization "
        "incremental_authorization multicapture network_transaction_id overcapture regulated_status "
        "transaction_link_id"
    ),
    "Customer": "customer_account",
    "Dispute": "enhanced_eligibility_types",
    "DisputedCard": "case_type",
    "LastError": "advice_code network_decline_code",
    "LineItem": "metadata",
    "MethodCard": "display_brand regulated_status",
    "Outcome": "advice_code network_advice_code network_decline_code",
    "PaymentIntent": (
        "allowed_payment_method_types customer_account excluded_payment_method_types "
        "payment_method_configuration_details source"
    ),
    "PaymentMethod": "allow_redisplay customer_account",
    "PublicIntent": "source",
    "Refund": "customer customer_account destination_details payment_method pending_reason",
    "Session": (
        "adaptive_pricing client_secret collected_information customer_account discounts origin_context "
        "payment_method_configuration_details permissions saved_payment_method_options ui_mode wallet_options"
    ),
    "SetupIntent": "customer_account excluded_payment_method_types payment_method_configuration_details",
    "Tax": "liability provider",
    "Texts": "after_submit terms_of_service_acceptance",
    "ThreeDSecure": "electronic_commerce_indicator exemption_indicator transaction_id",
}
# And these came between the two documents.
SINCE_2022_04_12 = {
    "AutomaticMethods": "allow_redirects",
    "CardError": "request_log_url",
    "Charge": "radar_options",
    "ChargeCard": "network_token",
    "InvoiceSettings": "rendering_options",
    "Dispute": "payment_method_details",
    "LastError": "request_log_url",
    "LineItem": "amount_discount amount_tax",
    "Price": "custom_unit_amount",
    "Session": (
        "created currency_conversion custom_fields custom_text invoice invoice_creation payment_method_collection "
        "shipping_cost"
    ),
    "PaymentIntent": "amount_details latest_charge",
    "PublicIntent": "amount_details",
    "SetupIntent": "automatic_payment_methods flow_directions",
    "Wallet": "link",
}
# Fields that could not be null in the older document: the page has had other forms since, which need no such URL.
NULL_SINCE_2022_04_12 = {"Session": "cancel_url success_url"}
# Objects that an older document does not have at all, so that their parts are not described either.
NOT_MET = {"2022-04-12": {"DisputedCard", "Texts"}}
# In the vendor's example objects of 2026-08, and not declared here.
UNDECLARED = {
    "payment_intent.managed_payments": "a product of its own, only where it is on",
    "charge.refunds": "not sent since 2022-11-15 unless expanded",
}
# Sent only in some situations, and not in the example objects.
SITUATIONAL = {
    "payment_intent.allowed_payment_method_types": "newer than the example object",
    "charge.radar_options": "only where a session was sent",
    "refund.failure_balance_transaction": "of a failed refund",
    "refund.failure_reason": "of a failed refund",
    "refund.pending_reason": "of a pending refund",
    "setup_intent.customer_account": "newer than the example object",
    "customer.customer_account": "newer than the example object",
}


@pytest.mark.parametrize(
    ("version", "newer"),
    [("2023-09-12", [SINCE_2023_09_12]), ("2022-04-12", [SINCE_2023_09_12, SINCE_2022_04_12])],
    ids=["2023-09-12", "2022-04-12"],
)
def test_declarations(published: Callable[[str], Any], version: str, newer: list[dict[str, str]]) -> None:
    """Every declared field exists with that type, but for those that are newer than the document."""
    description = Description(published(version))
    found = {line for name, cls in OBJECTS.items() for line in description.disagreements(cls, name)}
    gone = NOT_MET.get(version, set())
    expected = {
        f"{cls}.{field} is not described"
        for table in newer
        for cls, row in table.items()
        for field in row.split()
        if cls not in gone
    }
    if SINCE_2022_04_12 in newer:
        expected |= {
            f"{cls}.{field} may be null here and not there"
            for cls, row in NULL_SINCE_2022_04_12.items()
            for field in row.split()
        }
    assert found == expected


@pytest.mark.parametrize(
    "name", ["payment_intent", "charge", "refund", "balance_transaction", "payment_method", "setup_intent", "customer"]
)
def test_examples(published: Callable[[str], Any], name: str) -> None:
    """The vendor's newest example objects have the declared fields, and no others."""
    example = published("examples")["resources"][name]
    declared = {field.name for field in fields(OBJECTS[name])}
    assert {f"{name}.{one}" for one in set(example) - declared} <= set(UNDECLARED)
    assert {f"{name}.{one}" for one in declared - set(example)} <= set(SITUATIONAL)


@pytest.fixture
def replies(carry: Any, token: Callable[..., str], world: Any) -> dict[str, Any]:
    """One reply of each kind, in telling states."""
    post: Callable[..., Any] = lambda path, params: carry("POST", path, params).json  # noqa: E731 - a word for what is repeated below
    sale = {
        "amount": 1099,
        "currency": "eur",
        "confirm": "true",
        "return_url": BACK,
        "shipping[name]": "J",
        "shipping[address][line1]": "1",
    }
    paid = post("/v1/payment_intents", {**sale, "payment_method": token(), "expand[]": "latest_charge"})
    held = post("/v1/payment_intents", {**sale, "payment_method": token(), "capture_method": "manual"})
    person = post("/v1/customers", {"name": "Jenny", "address[line1]": "1 Main Street"})
    refused = post("/v1/payment_intents", {**sale, "payment_method": token(decline("expired_card"))})
    ended = post("/v1/checkout/sessions", PAGE)
    post("/v1/payment_intents", {**sale, "payment_method": "pm_card_createDispute"})
    world.clock.advance(5)
    disputed = carry("GET", "/v1/disputes").json
    return {
        "payment_intent paid": paid,
        "payment_intent held": held,
        "payment_intent new": post("/v1/payment_intents", {"amount": 1099, "currency": "eur"}),
        "payment_intent asked": post("/v1/payment_intents", {**sale, "payment_method": token(challenge())}),
        "payment_intent canceled": post(f"/v1/payment_intents/{held['id']}/cancel", {}),
        "payment_intent declined": refused["error"]["payment_intent"],
        "api_errors": refused["error"],
        "charge": paid["latest_charge"],
        "charge failed": carry("GET", f"/v1/charges/{refused['error']['charge']}").json,
        "refund": post("/v1/refunds", {"payment_intent": paid["id"], "amount": 99}),
        "payment_method": carry("GET", f"/v1/payment_methods/{token()}").json,
        "payment_method of a number": post(
            "/v1/payment_methods",
            {
                "type": "card",
                "card[number]": "4242424242424242",
                "card[exp_month]": 1,
                "card[exp_year]": 2030,
                "card[cvc]": "123",
            },
        ),
        "setup_intent": post("/v1/setup_intents", {"payment_method": token(), "confirm": "true", "return_url": BACK}),
        "setup_intent asked": post(
            "/v1/setup_intents", {"payment_method": token(challenge()), "confirm": "true", "return_url": BACK}
        ),
        "customer": person,
        "checkout.session open": post("/v1/checkout/sessions", {**PAGE, "expand[]": "line_items"}),
        "checkout.session expired": post(f"/v1/checkout/sessions/{ended['id']}/expire", {}),
        "balance_transaction": carry("GET", "/v1/balance_transactions").json["data"][0],
        "dispute": disputed["data"][0],
        "event": carry("GET", "/v1/events", {"type": "charge.dispute.created"}).json["data"][0],
        "account": carry("GET", "/v1/account").json,
        "deleted_customer": carry("DELETE", f"/v1/customers/{person['id']}").json,
    }


def test_replies(disagreements: Callable[..., list[str]], replies: dict[str, Any]) -> None:
    """Every reply validates against the newest document that is at hand."""
    assert disagreements("2023-09-12", replies) == []
