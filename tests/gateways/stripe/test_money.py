"""Amounts: what the ledger holds in ISO 4217 minor units is what the wire says in Stripe's."""

from __future__ import annotations

from typing import Any

import pytest

from paypact.gateways import load
from paypact.world.world import World

CURRENCIES = load("stripe").facts.currencies


@pytest.mark.parametrize(
    ("currency", "wire", "minor"),
    [
        ("eur", 1099, 1099),
        ("jpy", 1099, 1099),
        ("kwd", 1230, 1230),
        ("isk", 500, 5),
        ("ugx", 50_000, 500),
        ("mga", 12, 1200),
        ("huf", 20_050, 20_050),
    ],
)
def test_units(client: Any, token: Any, world: World, currency: str, wire: int, minor: int) -> None:
    """Each currency keeps its unit on the wire, in holds, captures and refunds."""
    params = {
        "amount": wire,
        "currency": currency,
        "payment_method": token(),
        "confirm": True,
        "return_url": "https://shop.example/",
    }
    intent = client.payment_intents.create({**params, "capture_method": "manual"})
    (purchase,) = world.ledger.purchases
    assert (purchase.price.minor, purchase.price.currency) == (minor, currency.upper())
    assert (intent.amount, intent.amount_capturable) == (wire, wire)
    assert client.payment_intents.capture(intent.id, {"amount_to_capture": wire}).amount_received == wire
    refund = client.refunds.create({"payment_intent": intent.id, "amount": wire})
    assert (refund.amount, purchase.authorizations[0].refunded) == (wire, minor)
    assert client.charges.retrieve(intent.latest_charge).amount_refunded == wire


def test_every_currency_is_charged(client: Any) -> None:
    """Every accepted currency makes an intent at its least amount, with the multiples that it asks for."""
    for currency in CURRENCIES.accepted:
        multiple = CURRENCIES.multiples.get(currency, 1)
        least = -(-CURRENCIES.minimums.get(currency, 100) // multiple) * multiple
        assert client.payment_intents.create({"amount": least, "currency": currency.lower()}).amount == least


def test_rupiahs_are_many(client: Any) -> None:
    """One currency takes more digits than the others."""
    assert client.payment_intents.create({"amount": 999_999_999_999, "currency": "idr"}).amount == 999_999_999_999


def test_upper_case_is_understood(client: Any) -> None:
    """Currencies are told in lower case, however they were sent."""
    assert client.payment_intents.create({"amount": 1099, "currency": "EUR"}).currency == "eur"


def test_fees_come_a_moment_later(client: Any, token: Any, world: World) -> None:
    """Asynchronous capture, the default, makes the balance transaction after the reply; automatic makes it at once."""
    params = {
        "amount": 1099,
        "currency": "eur",
        "confirm": True,
        "return_url": "https://shop.example/",
        "expand": ["latest_charge"],
    }
    late = client.payment_intents.create({**params, "payment_method": token()}).latest_charge
    now = client.payment_intents.create(
        {**params, "payment_method": token(), "capture_method": "automatic"}
    ).latest_charge
    assert (late.balance_transaction, late.captured) == (None, True)
    assert now.balance_transaction.startswith("txn_")
    world.clock.advance(5)
    assert client.charges.retrieve(late.id).balance_transaction.startswith("txn_")
