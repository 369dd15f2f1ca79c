"""The neighbour: what webhooks about another shop of the same account are about can be read."""

from __future__ import annotations

import json

import pytest
import stripe

from paypact import discovery
from paypact.testkit import neighbour
from paypact.testkit.playing import playing

ORDERS = "paypact.gateways.stripe.orders.integration"


def test_what_strangers_are_about_can_be_read_and_is_not_listed() -> None:
    """Payments, customers and objects of products that are not simulated; the shop's own lists stay its own."""
    (target,) = discovery.targets_in(discovery.place(ORDERS))
    with playing(target, target.case()) as example:
        client = stripe.StripeClient(target.gateway.simulator.credentials()["secret_key"]).v1
        told = {event.type: json.loads(event.body)["data"]["object"] for event in neighbour.strangers(example)}

        for name in ("payment_intent.succeeded", "charge.refunded", "customer.updated", "payout.paid"):
            shown = told[name]
            read = getattr(client, f"{shown['object']}s").retrieve(shown["id"])
            assert read.id == shown["id"]
        assert client.payment_intents.list().data == []
        with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
            client.payment_intents.retrieve("pi_none")


def test_strangers_of_other_orders_are_marked() -> None:
    """A shop may wait for a payment that it is about to hear of: those about payments say so."""
    (target,) = discovery.targets_in(discovery.place(ORDERS))
    with playing(target, target.case()) as example:
        marked = {event.type for event in neighbour.strangers(example) if event.order}

    assert {"payment_intent.succeeded", "charge.refunded", "charge.dispute.created"} <= marked
    assert not marked & {"customer.updated", "payout.paid", "invoice.paid"}
