"""What happens of its own and is read afterwards: disputes, events; and holds that grow."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stripe

from paypact.world.issuer import approve, decline
from paypact.world.world import World

SALE = {"amount": 1099, "currency": "eur", "confirm": True, "return_url": "https://shop.example/back"}
GROWS = {**SALE, "capture_method": "manual"}
ASKED = {"payment_method_options": {"card": {"request_incremental_authorization": "if_available"}}}


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("pm_card_createDispute", "fraudulent"),
        ("pm_card_createDisputeProductNotReceived", "product_not_received"),
    ],
)
def test_a_published_card_brings_its_dispute(client: Any, world: World, token: str, reason: str) -> None:
    """The charge succeeds, then it is disputed: told by webhook, and read."""
    outbox = world.listen()
    paid = client.payment_intents.create({**SALE, "payment_method": token})
    assert (paid.status, client.disputes.list({}).data) == ("succeeded", [])
    world.clock.advance(5)
    (dispute,) = client.disputes.list({"payment_intent": paid.id}).data
    assert (dispute.amount, dispute.charge, dispute.reason) == (1099, paid.latest_charge, reason)
    assert (dispute.status, client.disputes.retrieve(dispute.id).id) == ("needs_response", dispute.id)
    assert client.charges.retrieve(paid.latest_charge).disputed is True
    told = [json.loads(event.body) for event in outbox.happened if event.type.startswith("charge.dispute")]
    assert [one["type"] for one in told] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    assert {one["data"]["object"]["id"] for one in told} == {dispute.id}


def test_a_suite_rules_over_disputes(client: Any, token: Any, world: World) -> None:
    """A dispute that a suite makes is read the same way; other charges have none."""
    paid = client.payment_intents.create({**SALE, "payment_method": token()})
    other = client.payment_intents.create({**SALE, "payment_method": token()})
    world.ledger.request("chargeback", world.ledger.purchases[0].authorizations[0])
    assert [one.payment_intent for one in client.disputes.list({}).data] == [paid.id]
    assert client.disputes.list({"payment_intent": other.id}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such dispute"):
        client.disputes.retrieve("du_none")


@pytest.mark.parametrize("listening", [True, False])
def test_events(client: Any, token: Any, world: World, listening: bool) -> None:
    """Events are listed the newest first, by type, with or without somebody who listens."""
    outbox = world.listen() if listening else None
    paid = client.payment_intents.create({**SALE, "payment_method": token()})
    client.refunds.create({"payment_intent": paid.id})
    listed = client.events.list({}).data
    assert [one.type for one in reversed(listed)] == [
        *("payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated"),
        *("refund.created", "charge.refunded"),
    ]
    if outbox is not None:
        assert [one.id for one in reversed(listed)] == [event.id for event in outbox.happened]
    assert client.events.retrieve(listed[0].id).data.object.id == paid.latest_charge
    assert [one.type for one in client.events.list({"type": "charge.*"}).data] == [
        *("charge.refunded", "charge.updated", "charge.succeeded"),
    ]
    assert [one.type for one in client.events.list({"types": ["refund.created"]}).data] == ["refund.created"]
    world.clock.advance(31 * 86_400)
    assert client.events.list({}).data == []


def test_no_such_event(client: Any) -> None:
    """An event that never was is not found; a list is asked by one type or by several."""
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        client.events.retrieve("evt_none")
    with pytest.raises(stripe.InvalidRequestError, match="type, types"):
        client.events.list({"type": "a", "types": ["b"]})


def test_a_hold_grows(client: Any, token: Any, world: World) -> None:
    """Where it was asked for, more is held later, and all of it captured."""
    held = client.payment_intents.create({**GROWS, **ASKED, "payment_method": token(approve(), approve())})
    shown = client.charges.retrieve(held.latest_charge).payment_method_details.card
    assert shown.incremental_authorization.status == "available"
    grown = client.payment_intents.increment_authorization(held.id, {"amount": 1500, "description": "Two nights"})
    assert (grown.status, grown.amount, grown.amount_capturable) == ("requires_capture", 1500, 1500)
    assert client.payment_intents.capture(held.id).amount_received == 1500
    assert world.ledger.purchases[0].price.minor == 1500


def test_the_bank_holds_no_more(client: Any, token: Any) -> None:
    """A no leaves the hold as it was, still to be captured."""
    method = token(approve(), decline("insufficient_funds"))
    held = client.payment_intents.create({**GROWS, **ASKED, "payment_method": method})
    with pytest.raises(stripe.CardError) as no:
        client.payment_intents.increment_authorization(held.id, {"amount": 1500})
    error: Any = no.value.error
    assert (error.code, error.decline_code) == ("card_declined", "insufficient_funds")
    assert client.payment_intents.retrieve(held.id).amount_capturable == 1099
    assert client.payment_intents.capture(held.id).amount_received == 1099


@pytest.mark.parametrize(
    ("params", "amount", "text"),
    [
        (GROWS, 1500, "not eligible"),
        ({**GROWS, **ASKED}, 1099, "greater than"),
        ({**SALE, **ASKED}, 1500, "status of succeeded"),
    ],
    ids=["not asked for", "not more", "captured"],
)
def test_holds_that_do_not_grow(client: Any, token: Any, params: dict[str, Any], amount: int, text: str) -> None:
    """More can be held only before the capture, where it was asked for, and where it is more."""
    made = client.payment_intents.create({**params, "payment_method": token()})
    with pytest.raises(stripe.InvalidRequestError, match=text):
        client.payment_intents.increment_authorization(made.id, {"amount": amount})


def test_ten_tries(client: Any, token: Any) -> None:
    """An eleventh increment is refused."""
    held = client.payment_intents.create({**GROWS, **ASKED, "payment_method": token()})
    for number in range(1, 11):
        client.payment_intents.increment_authorization(held.id, {"amount": 1099 + number})
    with pytest.raises(stripe.InvalidRequestError, match="at most 10"):
        client.payment_intents.increment_authorization(held.id, {"amount": 2000})


def test_the_account(carry: Any, client: Any) -> None:
    """The account is read by its key, also where its own id is named as the account to act for."""
    own = carry("GET", "/v1/account").json
    assert (own["object"], own["charges_enabled"], own["id"][:5]) == ("account", True, "acct_")
    assert carry("GET", "/v1/customers", stripe_account=own["id"]).status == 200


def test_what_was_moved_on_the_balance(client: Any, world: World) -> None:
    """A charge, its refund and the refund's failure have a line each: read, listed, and expanded in their objects."""
    held = client.payment_intents.create({**GROWS, "payment_method": "pm_card_visa"})
    assert client.balance_transactions.list({}).data == []
    client.payment_intents.capture(held.id, {"amount_to_capture": 1000})
    failing = client.payment_intents.create({**SALE, "payment_method": "pm_card_refundFail"})
    given_back = client.refunds.create({"payment_intent": held.id, "amount": 400})
    failed = client.refunds.create({"payment_intent": failing.id})
    world.clock.advance(86_400)

    lines = client.balance_transactions.list({}).data
    assert sorted((line.type, line.amount, line.net, line.source) for line in lines) == sorted(
        [
            ("charge", 1000, 1000, held.id and client.payment_intents.retrieve(held.id).latest_charge),
            ("charge", 1099, 1099, failing.latest_charge),
            ("refund", -400, -400, given_back.id),
            ("refund", -1099, -1099, failed.id),
            ("refund_failure", 1099, 1099, failed.id),
        ]
    )
    assert [line.type for line in client.balance_transactions.list({"source": given_back.id}).data] == ["refund"]
    assert {line.type for line in client.balance_transactions.list({"type": "charge"}).data} == {"charge"}
    shown = client.charges.retrieve(failing.latest_charge, {"expand": ["balance_transaction"]}).balance_transaction
    assert client.balance_transactions.retrieve(shown.id) == shown
    read = client.refunds.retrieve(failed.id, {"expand": ["balance_transaction", "failure_balance_transaction"]})
    assert (read.balance_transaction.amount, read.failure_balance_transaction.amount) == (-1099, 1099)
    with pytest.raises(stripe.InvalidRequestError, match="No such balance transaction"):
        client.balance_transactions.retrieve("txn_none")
