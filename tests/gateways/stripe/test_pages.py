"""The shopper's side: the publishable key, and what the vendor's page and component do with a shopper's card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from paypact import Payment
from paypact.gateways.stripe import wire
from paypact.world.issuer import approve, challenge, decline
from paypact.world.world import World

BACK = "https://shop.example/back"
PI = "/v1/payment_intents"
NEW = {"amount": 1099, "currency": "eur"}


@pytest.fixture
def page(carry: Any, world: World) -> Callable[..., Any]:
    """A bare request with the publishable key."""
    key = world.simulator.credentials()["publishable_key"]
    return lambda method, path, params: carry(method, path, params, key=key)


def test_confirm_from_the_page(carry: Any, page: Any, token: Any) -> None:
    """A page confirms with the client secret, and sees only a part of the intent."""
    made = carry("POST", PI, {**NEW, "metadata[order]": "o-1"}).json
    secret = {"client_secret": made["client_secret"]}
    seen = page("GET", f"{PI}/{made['id']}", secret).json
    assert set(seen) == set(wire.PublicIntent.__struct_fields__) - {"processing"} | {"processing"}
    assert "metadata" not in seen
    done = page("POST", f"{PI}/{made['id']}/confirm", {**secret, "payment_method": token(), "return_url": BACK})
    assert (done.status, done.json["status"]) == (200, "succeeded")
    assert "latest_charge" not in done.json


def test_card_typed_in_on_the_page(carry: Any, page: Any, world: World, card: Any) -> None:
    """A PaymentMethod made by the page holds the very card, which reaches the ledger unchanged."""
    world.issuer.issue(card)
    typed = {
        "type": "card",
        "card[number]": card.number,
        "card[exp_month]": "12",
        "card[exp_year]": "30",
        "card[cvc]": "123",
    }
    method = page("POST", "/v1/payment_methods", typed).json
    assert (method["card"]["last4"], method["card"]["exp_year"]) == ("1111", 2030)
    carry("POST", PI, {**NEW, "payment_method": method["id"], "confirm": "true", "return_url": BACK})
    got = world.ledger.purchases[0].authorizations[0].card
    assert (got.number, got.exp_month, got.exp_year, got.cvc, got.scheme) == (card.number, 12, 2030, "123", "visa")


def test_decline_on_the_page(carry: Any, page: Any, token: Any) -> None:
    """A decline told to a page carries the part of the intent that a page may see."""
    made = carry("POST", PI, NEW).json
    params = {"client_secret": made["client_secret"], "payment_method": token(decline("lost_card")), "return_url": BACK}
    reply = page("POST", f"{PI}/{made['id']}/confirm", params)
    assert (reply.status, reply.error["decline_code"]) == (402, "lost_card")
    assert "metadata" not in reply.error["payment_intent"]


def test_set_up_on_the_page(carry: Any, page: Any, token: Any) -> None:
    """A page confirms a SetupIntent, too."""
    made = carry("POST", "/v1/setup_intents", {"usage": "on_session"}).json
    secret = {"client_secret": made["client_secret"]}
    path = f"/v1/setup_intents/{made['id']}"
    done = page("POST", f"{path}/confirm", {**secret, "payment_method": token(), "return_url": BACK})
    assert (done.json["status"], page("GET", path, secret).json["status"]) == ("succeeded", "succeeded")


@pytest.mark.parametrize(
    ("answer", "result", "status", "redirect"),
    [
        (approve(), "passed", "succeeded", "succeeded"),
        (decline("lost_card"), "passed", "requires_payment_method", "failed"),
        (challenge(), "passed", "succeeded", "succeeded"),
        (challenge(), "failed", "requires_payment_method", "failed"),
        (challenge(), "abandoned", "requires_action", None),
    ],
    ids=["approve", "decline", "passed", "failed", "abandoned"],
)
def test_component(
    carry: Any,
    token: Any,
    world: World,
    payment: Callable[[str], Payment],
    answer: Any,
    result: str,
    status: str,
    redirect: str | None,
) -> None:
    """The component confirms an intent that waits for a card, then the challenge is acted on, once."""
    made = carry("POST", PI, NEW).json
    paying = payment(token(answer))
    back = world.simulator.visit(made["client_secret"], paying, result)
    assert (back or {}).get("redirect_status") == redirect
    assert carry("GET", f"{PI}/{made['id']}").json["status"] == status
    held = len(world.ledger.purchases[0].authorizations)
    if status == "succeeded":
        assert world.simulator.visit(made["client_secret"], paying, result) == back
        assert len(world.ledger.purchases[0].authorizations) == held == 1


def test_component_again_after_a_decline(
    carry: Any, token: Any, world: World, payment: Callable[[str], Payment]
) -> None:
    """Who presses again types the card again: its first PaymentMethod is spent, the next one pays."""
    made = carry("POST", PI, NEW).json
    paying = payment(token(decline("insufficient_funds"), approve()))
    assert world.simulator.visit(made["client_secret"], paying, "passed") is not None
    back = world.simulator.visit(made["client_secret"], paying, "passed")
    assert back is not None
    assert back["redirect_status"] == "succeeded"


@pytest.mark.parametrize(
    "place",
    [
        "pi_3nobody_secret_nothing",
        "https://hooks.stripe.com/3d_secure_2/hosted?payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2",
        "https://shop.example/pay",
        "nonsense",
    ],
)
def test_nowhere(world: World, payment: Callable[[str], Payment], place: str) -> None:
    """A place that Stripe does not know leads nowhere."""
    assert world.simulator.visit(place, payment(""), "passed") is None


def test_another_card_instead_of_the_challenge(client: Any, token: Any) -> None:
    """While a challenge waits, another card may be confirmed: the first attempt is let go."""
    asked = client.payment_intents.create(
        {**NEW, "payment_method": token(challenge()), "confirm": True, "return_url": BACK}
    )
    done = client.payment_intents.confirm(asked.id, {"payment_method": "pm_card_mastercard"})
    assert (done.status, done.next_action) == ("succeeded", None)
    (charge,) = client.charges.list({"payment_intent": asked.id}).data
    assert charge.id == done.latest_charge
