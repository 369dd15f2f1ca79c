"""PaymentMethods and customers: single use, attaching, what is shown."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from paypact import Card
from paypact.world.issuer import challenge
from paypact.world.world import World

SALE = {"amount": 1099, "currency": "usd", "confirm": True, "return_url": "https://shop.example/back"}


def test_named_tokens_mint(client: Any) -> None:
    """The vendor's fixed names stand for a new PaymentMethod each time, and can be used for ever."""
    first, second = (client.payment_intents.create({**SALE, "payment_method": "pm_card_visa"}) for _ in range(2))
    assert first.payment_method != second.payment_method
    assert first.payment_method.startswith("pm_")
    assert client.payment_methods.retrieve("pm_card_amex").card.brand == "amex"


def test_attached_methods_are_used_again(client: Any, token: Any) -> None:
    """Attached, a PaymentMethod pays as often as its customer likes; detached, never again."""
    customer = client.customers.create({"email": "jenny@example.com"}).id
    method = client.payment_methods.attach(token(), {"customer": customer})
    assert method.customer == customer
    for _ in range(2):
        assert (
            client.payment_intents.create({**SALE, "payment_method": method.id, "customer": customer}).status
            == "succeeded"
        )
    assert client.payment_methods.detach(method.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.payment_intents.create({**SALE, "payment_method": method.id, "customer": customer})


def test_spent_by_a_decline(client: Any, token: Any) -> None:
    """A declined first try spends a PaymentMethod, too."""
    from paypact.world.issuer import approve, decline

    method = token(decline("lost_card"), approve())
    with pytest.raises(stripe.CardError):
        client.payment_intents.create({**SALE, "payment_method": method})
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again") as caught:
        client.payment_intents.create({**SALE, "payment_method": method})
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, None, None)


def test_attach_of_the_card_that_fails_later(client: Any) -> None:
    """One published card attaches and fails at the charge."""
    customer = client.customers.create({}).id
    method = client.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
    with pytest.raises(stripe.CardError):
        client.payment_intents.create({**SALE, "payment_method": method.id, "customer": customer})


def test_set_up_attaches(client: Any, token: Any) -> None:
    """A set-up for a customer leaves the card attached."""
    customer = client.customers.create({}).id
    client.setup_intents.create(
        {"payment_method": token(), "customer": customer, "confirm": True, "return_url": "https://shop.example/back"}
    )
    (method,) = client.payment_methods.list({"customer": customer, "type": "card"}).data
    assert method.customer == customer
    assert client.payment_methods.list({"customer": customer, "type": "link"}).data == []
    assert client.payment_methods.list({}).data == []


def test_details_come_back(client: Any, card: Card, world: World) -> None:
    """Billing details, metadata and expiry are shown as they were sent."""
    world.issuer.issue(card)
    method = client.payment_methods.create(
        {
            "type": "card",
            "card": {"number": card.number, "exp_month": 1, "exp_year": 31, "cvc": "123"},
            "billing_details": {"name": "Jenny Rosen", "address": {"line1": "1 Main Street", "country": "IE"}},
            "metadata": {"a": "1"},
            "allow_redisplay": "always",
        }
    )
    assert (method.card.exp_month, method.card.exp_year, method.card.funding) == (1, 2031, "credit")
    assert (method.billing_details.name, method.billing_details.address.country) == ("Jenny Rosen", "IE")
    assert (method.metadata["a"], method.allow_redisplay, method.card.checks.cvc_check) == ("1", "always", "unchecked")
    assert method.card.checks.address_line1_check == "unchecked"
    customer = client.customers.create({"payment_method": method.id}).id
    assert client.payment_methods.retrieve(method.id).customer == customer
    changed = client.payment_methods.update(
        method.id, {"billing_details": {"email": "j@example.com"}, "metadata": {"a": "", "b": "2"}}
    )
    assert (changed.billing_details.name, changed.billing_details.email) == ("Jenny Rosen", "j@example.com")
    assert changed.metadata.to_dict() == {"b": "2"}


@pytest.mark.parametrize(
    ("number", "brand"),
    [("6799990100000000019", "mastercard"), ("5555341244441115", "mastercard"), ("371449635398431", "amex")],
    ids=["maestro", "unlisted-mastercard", "amex"],
)
def test_numbers_nobody_issued(client: Any, world: World, number: str, brand: str) -> None:
    """A number that no suite issued is known by its first digits, and has no bank behind it."""
    method = client.payment_methods.create(
        {"type": "card", "card": {"number": number, "exp_month": 1, "exp_year": 2031}}
    )
    assert method.card.brand == brand
    if brand != "amex":
        with pytest.raises(stripe.CardError) as caught:
            client.payment_intents.create({**SALE, "payment_method": method.id})
        assert caught.value.error is not None
        assert caught.value.error.decline_code == "invalid_account"


def test_wrong_expiry_and_code(client: Any, world: World, card: Card) -> None:
    """The bank knows its card: another expiry or security code is declined."""
    world.issuer.issue(card)
    for wrong, code in (({"exp_year": 2031}, "invalid_expiry_year"), ({"cvc": "999"}, "incorrect_cvc")):
        typed = {"number": card.number, "exp_month": 12, "exp_year": 2030, "cvc": "123", **wrong}
        with pytest.raises(stripe.CardError) as caught:
            client.payment_intents.create({**SALE, "payment_method_data": {"type": "card", "card": typed}})
        assert caught.value.code == code


def test_customers(client: Any) -> None:
    """Customers are created, changed, unset field by field, and deleted."""
    address = {"line1": "1 Main Street", "city": "Galway", "country": "IE"}
    made = client.customers.create({"name": "Jenny", "address": address, "metadata": {"a": "1", "b": "2"}})
    assert (made.name, made.address.city, made.livemode) == ("Jenny", "Galway", False)
    changed = client.customers.update(made.id, {"name": "", "metadata": {"a": ""}, "phone": "+353"})
    assert (changed.name, changed.phone, changed.metadata.to_dict()) == (None, "+353", {"b": "2"})
    assert client.customers.update(made.id, {"metadata": ""}).metadata.to_dict() == {}
    assert client.customers.delete(made.id).deleted is True
    assert client.customers.list({}).data == []


def test_challenge_on_a_setup_for_a_customer(client: Any, token: Any, world: World, payment: Any) -> None:
    """Only a passed challenge attaches the card."""
    customer = client.customers.create({}).id
    asked = client.setup_intents.create(
        {
            "payment_method": token(challenge()),
            "customer": customer,
            "confirm": True,
            "return_url": "https://shop.example/back",
        }
    )
    assert client.payment_methods.list({"customer": customer}).data == []
    world.simulator.visit(asked.client_secret, payment(""), "passed")
    assert [one.id for one in client.payment_methods.list({"customer": customer}).data] == [
        client.setup_intents.retrieve(asked.id).payment_method
    ]
