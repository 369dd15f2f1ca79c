"""The whole way of a card payment, through the vendor's SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from paypact import Card
from paypact.gateways import load
from paypact.world.issuer import approve, challenge, decline, defer
from paypact.world.world import World

Mint = Callable[..., str]
BACK = "https://shop.example/back"
DECLINES = load("stripe").facts.declines


def create(client: Any, token: str, **more: Any) -> Any:
    params = {"amount": 1099, "currency": "eur", "payment_method": token, "confirm": True, "return_url": BACK}
    return client.payment_intents.create({**params, **more})


def test_sale(client: Any, token: Mint, world: World) -> None:
    """An approved sale is captured at once, and its charge tells the card."""
    intent = create(client, token(), expand=["latest_charge"], metadata={"order": "o-1"})
    assert (intent.status, intent.amount_received, intent.amount_capturable) == ("succeeded", 1099, 0)
    assert intent.metadata["order"] == "o-1"
    charge = intent.latest_charge
    assert (charge.captured, charge.paid, charge.amount_captured, charge.status) == (True, True, 1099, "succeeded")
    assert (charge.payment_method_details.card.brand, charge.payment_method_details.card.last4) == ("visa", "1111")
    assert charge.outcome.type == "authorized"
    (purchase,) = world.ledger.purchases
    assert (purchase.authorizations[0].captured, purchase.price.minor) == (1099, 1099)


def test_global_module(client: Any, token: Mint, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's older style reaches the same account."""
    monkeypatch.setattr(stripe, "api_key", world.simulator.credentials()["secret_key"])
    intent = stripe.PaymentIntent.create(
        amount=500, currency="usd", payment_method=token(), confirm=True, return_url=BACK
    )
    assert stripe.PaymentIntent.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize(("asked", "received"), [(None, 1099), (600, 600), (1099, 1099)])
def test_authorize_and_capture(client: Any, token: Mint, asked: int | None, received: int) -> None:
    """A hold is captured in full or in part; the rest is let go without a refund."""
    intent = create(client, token(), capture_method="manual")
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 1099)
    done = client.payment_intents.capture(intent.id, {} if asked is None else {"amount_to_capture": asked})
    assert (done.status, done.amount_received, done.amount_capturable) == ("succeeded", received, 0)
    charge = client.charges.retrieve(done.latest_charge)
    assert (charge.amount, charge.amount_captured, charge.amount_refunded) == (1099, received, 0)


def test_multicapture(client: Any, token: Mint) -> None:
    """Several captures are taken where the request asked for them."""
    options = {"card": {"request_multicapture": "if_available"}}
    intent = create(client, token(), capture_method="manual", payment_method_options=options)
    part = client.payment_intents.capture(intent.id, {"amount_to_capture": 600, "final_capture": False})
    assert (part.status, part.amount_capturable, part.amount_received) == ("requires_capture", 499, 600)
    rest = client.payment_intents.capture(intent.id)
    assert (rest.status, rest.amount_received) == ("succeeded", 1099)


def test_capture_method_of_cards(client: Any, token: Mint) -> None:
    """What is said of cards goes before what is said of all methods."""
    intent = create(client, token(), payment_method_options={"card": {"capture_method": "manual"}})
    assert (intent.status, intent.capture_method) == ("requires_capture", "automatic_async")
    assert client.payment_intents.capture(intent.id).status == "succeeded"


def test_void(client: Any, token: Mint, world: World) -> None:
    """A cancelled hold gives the money back without a refund."""
    intent = create(client, token(), capture_method="manual")
    gone = client.payment_intents.cancel(intent.id, {"cancellation_reason": "requested_by_customer"})
    assert (gone.status, gone.amount_capturable, gone.cancellation_reason) == ("canceled", 0, "requested_by_customer")
    assert world.ledger.purchases[0].authorizations[0].state == "voided"
    charge = client.charges.retrieve(gone.latest_charge)
    assert (charge.captured, charge.refunded, charge.amount_refunded) == (False, False, 0)


def test_cancel_before_confirming(client: Any) -> None:
    """An intent that nobody confirmed is cancelled too."""
    intent = client.payment_intents.create({"amount": 1099, "currency": "eur"})
    assert intent.status == "requires_payment_method"
    assert client.payment_intents.cancel(intent.id).status == "canceled"


def test_hold_expires(client: Any, token: Mint, world: World) -> None:
    """A hold that nobody captures is let go after seven days."""
    intent = create(client, token(), capture_method="manual")
    world.clock.advance(7 * 86_400 + 1)
    gone = client.payment_intents.retrieve(intent.id)
    assert (gone.status, gone.cancellation_reason, gone.canceled_at) == (
        "canceled",
        "expired",
        intent.created + 7 * 86_400,
    )


def test_refunds(client: Any, token: Mint) -> None:
    """A charge is given back in parts until nothing is left."""
    intent = create(client, token())
    first = client.refunds.create({"payment_intent": intent.id, "amount": 99, "reason": "requested_by_customer"})
    assert (first.status, first.amount, first.charge) == ("succeeded", 99, intent.latest_charge)
    assert client.charges.retrieve(intent.latest_charge).refunded is False
    assert client.refunds.create({"charge": intent.latest_charge}).amount == 1000
    charge = client.charges.retrieve(intent.latest_charge)
    assert (charge.refunded, charge.amount_refunded) == (True, 1099)
    assert client.payment_intents.retrieve(intent.id).status == "succeeded"


def test_two_steps(client: Any, token: Mint) -> None:
    """Created, then confirmed: the intent waits in between."""
    intent = client.payment_intents.create({"amount": 1099, "currency": "eur", "payment_method": token()})
    assert intent.status == "requires_confirmation"
    assert client.payment_intents.confirm(intent.id, {"return_url": BACK}).status == "succeeded"


@pytest.mark.parametrize("word", [word for word in DECLINES if word != "authentication_failed"])
def test_decline(client: Any, token: Mint, word: str) -> None:
    """Each neutral word reaches the SDK as the vendor's words, with the intent and a failed charge."""
    said = DECLINES[word].wire
    with pytest.raises(stripe.CardError) as caught:
        create(client, token(decline(word)))
    error = caught.value
    assert (error.http_status, error.code) == (402, said["code"])
    assert error.error is not None
    assert getattr(error.error, "decline_code", None) == said.get("decline_code")
    assert (error.user_message, error.error.doc_url) == (
        said["message"],
        f"https://stripe.com/docs/error-codes/{said['code'].replace('_', '-')}",
    )
    intent = error.error.payment_intent
    assert intent is not None
    assert (intent.status, intent.payment_method, intent.amount_received) == ("requires_payment_method", None, 0)
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.charge == intent.latest_charge == error.error.charge
    charge = client.charges.retrieve(intent.latest_charge)
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, said["code"])


def test_second_card_after_a_decline(client: Any, token: Mint, card: Card) -> None:
    """An intent outlives a declined card: another one pays it, and the error is gone."""
    with pytest.raises(stripe.CardError) as caught:
        create(client, token(decline("lost_card"), approve()))
    assert caught.value.error is not None
    id_ = caught.value.error.payment_intent.id  # type: ignore[union-attr]  # asserted in test_decline
    done = client.payment_intents.confirm(id_, {"payment_method": token(approve(), of=card)})
    assert (done.status, done.last_payment_error) == ("succeeded", None)


def test_update_forgives(client: Any, token: Mint) -> None:
    """An update takes the remembered error away, and may change the amount."""
    with pytest.raises(stripe.CardError) as caught:
        create(client, token(decline("lost_card")))
    id_ = caught.value.error.payment_intent.id  # type: ignore[union-attr]  # asserted in test_decline
    changed = client.payment_intents.update(id_, {"amount": 500, "metadata": {"a": "1"}})
    assert (changed.amount, changed.last_payment_error, changed.metadata["a"]) == (500, None, "1")


def test_pending(client: Any, token: Mint, world: World) -> None:
    """A deferred answer leaves the intent in processing until it comes."""
    intent = create(client, token(defer(after=60)))
    assert (intent.status, intent.processing.type) == ("processing", "card")
    world.clock.advance(61)
    assert client.payment_intents.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize(
    ("result", "status", "redirect"),
    [("passed", "succeeded", "succeeded"), ("failed", "requires_payment_method", "failed")],
)
def test_challenge(
    client: Any, token: Mint, world: World, payment: Any, result: str, status: str, redirect: str
) -> None:
    """3-D Secure sends the shopper away and back; only a passed one charges."""
    asked = create(client, token(challenge()))
    assert (asked.status, asked.next_action.type, asked.latest_charge) == ("requires_action", "redirect_to_url", None)
    assert asked.next_action.redirect_to_url.return_url == BACK
    back = world.simulator.visit(asked.next_action.redirect_to_url.url, payment(""), result)
    assert back == {
        "payment_intent": asked.id,
        "payment_intent_client_secret": asked.client_secret,
        "redirect_status": redirect,
    }
    intent = client.payment_intents.retrieve(asked.id, {"expand": ["latest_charge"]})
    assert intent.status == status
    if result == "passed":
        assert intent.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"
    else:
        assert intent.last_payment_error.code == "payment_intent_authentication_failure"
        assert intent.latest_charge is None
    assert world.simulator.visit(asked.next_action.redirect_to_url.url, payment(""), result) == back


def test_challenge_then_decline(client: Any, token: Mint, world: World, payment: Any) -> None:
    """The bank may still say no behind a passed challenge."""
    asked = create(client, token(challenge(decline("insufficient_funds"))))
    world.simulator.visit(asked.client_secret, payment(""), "passed")
    intent = client.payment_intents.retrieve(asked.id)
    assert (intent.status, intent.last_payment_error.decline_code) == ("requires_payment_method", "insufficient_funds")
    assert intent.latest_charge is not None


def test_challenge_abandoned(client: Any, token: Mint, world: World, payment: Any) -> None:
    """Who leaves the challenge comes back with nothing; the intent still waits, and confirming changes nothing."""
    asked = create(client, token(challenge()))
    assert world.simulator.visit(asked.client_secret, payment(""), "abandoned") == {}
    assert client.payment_intents.confirm(asked.id).status == "requires_action"


def test_a_success_can_be_claimed(client: Any, token: Mint, world: World, payment: Any) -> None:
    """What a passed challenge brings back holds no secret that the browser does not have, so anybody can write it."""
    asked = create(client, token(challenge()))
    claimed = world.simulator.claimed(asked.client_secret)
    assert client.payment_intents.retrieve(asked.id).status == "requires_action"
    assert world.simulator.visit(asked.client_secret, payment(""), "passed") == claimed
    assert world.simulator.claimed("pi_nobodys_secret_x") == {}


def test_challenge_without_a_place_to_return_to(client: Any, token: Mint) -> None:
    """Without return_url the challenge is for the vendor's own browser code."""
    never = {"enabled": True, "allow_redirects": "never"}
    params = {"amount": 1099, "currency": "eur", "confirm": True, "automatic_payment_methods": never}
    asked = client.payment_intents.create({**params, "payment_method": token(challenge())})
    assert asked.next_action.type == "use_stripe_sdk"
    assert create(client, token(challenge()), use_stripe_sdk=True).next_action.type == "use_stripe_sdk"


def test_manual_confirmation(client: Any, token: Mint, world: World, payment: Any) -> None:
    """With manual confirmation the server confirms once more after the challenge."""
    asked = create(client, token(challenge()), confirmation_method="manual")
    world.simulator.visit(asked.next_action.redirect_to_url.url, payment(""), "passed")
    assert client.payment_intents.retrieve(asked.id).status == "requires_confirmation"
    assert client.payment_intents.confirm(asked.id).status == "succeeded"


def test_off_session(client: Any, token: Mint) -> None:
    """Nobody is there to pass a challenge: the attempt fails, with a charge."""
    with pytest.raises(stripe.CardError) as caught:
        create(client, token(challenge()), off_session=True)
    assert (caught.value.code, caught.value.error.decline_code) == ("authentication_required",) * 2  # type: ignore[union-attr]  # a CardError has one
    assert caught.value.error.charge is not None  # type: ignore[union-attr]  # as above


def test_error_on_requires_action(client: Any, token: Mint, world: World) -> None:
    """The request may ask for a no instead of a challenge."""
    with pytest.raises(stripe.CardError) as caught:
        create(client, token(challenge()), error_on_requires_action=True)
    assert caught.value.code == "authentication_required"
    assert world.ledger.purchases[0].authorizations[0].state == "declined"


@pytest.mark.parametrize(("answer", "status"), [(approve(), "succeeded"), (challenge(), "requires_action")])
def test_verification(client: Any, token: Mint, world: World, answer: Any, status: str) -> None:
    """A SetupIntent verifies a card with an authorization of nothing."""
    intent = client.setup_intents.create({"payment_method": token(answer), "confirm": True, "return_url": BACK})
    assert intent.status == status
    (held,) = world.ledger.purchases[0].authorizations
    assert (held.amount, held.captured) == (0, 0)


def test_verification_declined(client: Any, token: Mint) -> None:
    """A declined set-up comes with its SetupIntent."""
    with pytest.raises(stripe.CardError) as caught:
        client.setup_intents.create(
            {"payment_method": token(decline("lost_card")), "confirm": True, "return_url": BACK}
        )
    assert caught.value.error is not None
    intent = caught.value.error.setup_intent
    assert intent is not None
    assert (caught.value.error.decline_code, intent.status) == ("lost_card", "requires_payment_method")


def test_verification_failed_challenge(client: Any, token: Mint, world: World, payment: Any) -> None:
    """A failed challenge of a set-up has a code of its own; the intent can be cancelled."""
    asked = client.setup_intents.create({"payment_method": token(challenge()), "confirm": True, "return_url": BACK})
    back = world.simulator.visit(asked.next_action.redirect_to_url.url, payment(""), "failed")
    assert back is not None
    assert back["setup_intent"] == asked.id
    intent = client.setup_intents.retrieve(asked.id)
    assert intent.last_setup_error.code == "setup_intent_authentication_failure"
    assert client.setup_intents.cancel(asked.id).status == "canceled"


def test_saved_card(client: Any, token: Mint) -> None:
    """A card saved with a payment is the customer's and pays again, without the shopper."""
    customer = client.customers.create({"name": "Jenny Rosen", "email": "jenny@example.com"})
    paid = create(client, token(), customer=customer.id, setup_future_usage="off_session")
    saved = client.payment_methods.retrieve(paid.payment_method)
    assert saved.customer == customer.id
    again = create(client, saved.id, customer=customer.id, off_session=True)
    assert again.status == "succeeded"
    (listed,) = client.customers.payment_methods.list(customer.id).data
    assert listed.id == saved.id
    options = {"card": {"setup_future_usage": "on_session"}}
    other = create(client, token(), customer=customer.id, payment_method_options=options)
    assert client.payment_methods.retrieve(other.payment_method).customer == customer.id
