"""Checkout Sessions: made by the shop, used by the shopper on the hosted page, told by reply and by webhook."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from paypact import Payment
from paypact.world.issuer import approve, challenge, decline, defer
from paypact.world.world import World

CS = "/v1/checkout/sessions"
BACK = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"
ITEM = {"price_data": {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Umbrella"}}, "quantity": 2}
SHIPPING = {"price_data": {"currency": "eur", "unit_amount": 99, "product_data": {"name": "Shipping"}}}
SALE: dict[str, Any] = {"mode": "payment", "success_url": BACK, "line_items": [ITEM, SHIPPING]}


@pytest.fixture
def visit(world: World, payment: Callable[[str], Payment]) -> Callable[..., Any]:
    """The shopper goes to a session's page with a card."""

    def go(session: Any, token: str, result: str = "passed") -> Any:
        with world.outside(payment(token)):
            return world.simulator.visit(session.url, payment(token), result)

    return go


def test_made(client: Any, world: World) -> None:
    """A session is a purchase that nobody has presented a card for; its intent is not shown yet."""
    session = client.checkout.sessions.create({**SALE, "metadata": {"order": "o-1"}, "client_reference_id": "o-1"})
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_subtotal, session.amount_total, session.currency) == (1099, 1099, "eur")
    assert session.url.startswith("https://checkout.stripe.com/c/pay/cs_test_")
    assert session.expires_at - session.created == 86_400
    assert (session.metadata["order"], session.client_reference_id) == ("o-1", "o-1")
    assert [purchase.price.minor for purchase in world.ledger.purchases] == [1099]
    assert client.payment_intents.list({}).data == []
    assert not hasattr(session, "line_items")


def test_line_items(client: Any) -> None:
    """What is bought is listed, and comes along where it is asked for."""
    session = client.checkout.sessions.create({**SALE, "expand": ["line_items"]})
    assert [(one.description, one.quantity, one.amount_total) for one in session.line_items.data] == [
        ("Umbrella", 2, 1000),
        ("Shipping", 1, 99),
    ]
    listed = client.checkout.sessions.line_items.list(session.id, {"limit": 1})
    assert (listed.has_more, listed.data[0].price.unit_amount) == (True, 500)


@pytest.mark.parametrize("capture_method", ["automatic_async", "manual"])
def test_paid_on_the_page(client: Any, visit: Any, token: Any, world: World, capture_method: str) -> None:
    """The shopper is led on with the session's id; the intent has what the shop gave for it."""
    said = {"capture_method": capture_method, "metadata": {"order": "o-1"}, "description": "Order o-1"}
    made = client.checkout.sessions.create({**SALE, "payment_intent_data": said})
    assert visit(made, token()) == {"session": made.id}

    session = client.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent.latest_charge"]})
    intent = session.payment_intent
    held = capture_method == "manual"
    assert (session.status, session.payment_status) == ("complete", "unpaid" if held else "paid")
    assert (session.url, session.customer_details.name) == (None, "Jenny Rosen")
    assert (intent.status, intent.metadata["order"]) == ("requires_capture" if held else "succeeded", "o-1")
    assert (intent.amount, intent.latest_charge.description) == (1099, "Order o-1")
    assert [one.id for one in client.payment_intents.list({}).data] == [intent.id]
    assert visit(made, token()) == {"session": made.id}
    assert len(world.ledger.purchases[0].authorizations) == 1
    if held:
        assert client.payment_intents.capture(intent.id).status == "succeeded"
        assert client.checkout.sessions.retrieve(made.id).payment_status == "paid"


def test_declined_on_the_page(client: Any, visit: Any, token: Any, world: World) -> None:
    """A declined card leaves the page open, and another may be tried there with the same intent."""
    made = client.checkout.sessions.create(SALE)
    assert visit(made, token(decline("insufficient_funds"))) == {}
    session = client.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
    assert (session.status, session.payment_intent.status) == ("open", "requires_payment_method")
    assert session.payment_intent.last_payment_error.decline_code == "insufficient_funds"

    assert visit(made, token(approve())) == {"session": made.id}
    assert client.checkout.sessions.retrieve(made.id).payment_intent == session.payment_intent.id
    assert len(world.ledger.purchases) == 1


@pytest.mark.parametrize(
    ("result", "back", "status"),
    [("passed", True, "complete"), ("failed", False, "open"), ("abandoned", False, "open")],
)
def test_challenged_on_the_page(
    client: Any, visit: Any, token: Any, world: World, result: str, back: bool, status: str
) -> None:
    """3-D Secure runs on the page; only who passes it is led on, but anybody there knows where."""
    made = client.checkout.sessions.create(SALE)
    assert world.simulator.claimed(made.url) == {"session": made.id}
    assert visit(made, token(challenge()), result) == ({"session": made.id} if back else {})
    assert client.checkout.sessions.retrieve(made.id).status == status


@pytest.mark.parametrize("asked", [False, True], ids=["nobody is there", "a challenge waits"])
def test_ends_by_time(client: Any, visit: Any, token: Any, world: World, asked: bool) -> None:
    """After its time a page takes nobody's card, and what waited on it is canceled."""
    made = client.checkout.sessions.create({**SALE, "expires_at": int(world.clock.time()) + 1_800})
    if asked:
        visit(made, token(challenge()), "abandoned")
    world.clock.advance(1_801)
    session = client.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
    assert (session.status, session.url) == ("expired", None)
    assert session.payment_intent is None or session.payment_intent.status == "canceled"
    assert visit(made, token()) == {}
    assert world.ledger.purchases[0].state == "expired"


def test_expired_by_the_shop(client: Any, visit: Any, token: Any) -> None:
    """Only an open page can be ended, once."""
    made = client.checkout.sessions.create(SALE)
    assert client.checkout.sessions.expire(made.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match=r'status in \["open"\]'):
        client.checkout.sessions.expire(made.id)
    assert visit(made, token()) == {}


def test_listed(client: Any, visit: Any, token: Any) -> None:
    """Sessions are found by their intent and by where they stand."""
    used, fresh = client.checkout.sessions.create(SALE), client.checkout.sessions.create(SALE)
    visit(used, token())
    intent = client.checkout.sessions.retrieve(used.id).payment_intent
    listed = client.checkout.sessions.list
    assert [one.id for one in listed({}).data] == [fresh.id, used.id]
    assert [one.id for one in listed({"payment_intent": intent}).data] == [used.id]
    assert [one.id for one in listed({"status": "open"}).data] == [fresh.id]


def test_a_guest_becomes_a_customer(client: Any, visit: Any, token: Any) -> None:
    """Where the session says so; a card that is to be kept is that customer's then."""
    said = {"payment_intent_data": {"setup_future_usage": "off_session"}, "customer_creation": "always"}
    made = client.checkout.sessions.create({**SALE, **said})
    visit(made, token())
    session = client.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent", "customer"]})
    assert session.customer.email == "jenny@example.com"
    assert client.payment_methods.retrieve(session.payment_intent.payment_method).customer == session.customer.id


def test_set_up_on_the_page(client: Any, visit: Any, token: Any) -> None:
    """A session of mode setup stores a card."""
    customer = client.customers.create({}).id
    made = client.checkout.sessions.create(
        {"mode": "setup", "currency": "eur", "customer": customer, "success_url": BACK}
    )
    assert (made.amount_total, made.payment_status) == (None, "no_payment_required")
    visit(made, token())
    session = client.checkout.sessions.retrieve(made.id, {"expand": ["setup_intent"]})
    assert (session.status, session.setup_intent.status) == ("complete", "succeeded")
    assert client.payment_methods.retrieve(session.setup_intent.payment_method).customer == customer


def test_before_the_intent_was_hidden(carry: Any) -> None:
    """Until 2022-08-01 the intent was made with the session."""
    params = {
        "mode": "payment",
        "success_url": BACK,
        "payment_method_types[]": "card",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": 1099,
        "line_items[0][price_data][product_data][name]": "A book",
    }
    old = carry("POST", CS, params, stripe_version="2020-08-27").json
    assert old["payment_intent"].startswith("pi_")
    assert carry("GET", f"/v1/payment_intents/{old['payment_intent']}").json["status"] == "requires_payment_method"
    assert carry("POST", CS, params, stripe_version="2023-10-16").json["payment_intent"] is None
    assert carry("POST", CS, params).error["code"] == "payment_method_types_no_longer_supported"


PI_EVENTS = {  # short for the types of events of an intent's flow
    "paid": ("charge.succeeded", "payment_intent.succeeded"),
    "refused": ("charge.failed", "payment_intent.payment_failed"),
    "waiting": ("charge.pending", "payment_intent.processing"),
    "asked": ("payment_intent.requires_action",),
    "ended": ("payment_intent.canceled", "checkout.session.expired"),
}


@pytest.mark.parametrize(
    ("answers", "result", "told", "payment_status"),
    [
        ([approve()], "passed", "paid charge.updated checkout.session.completed", "paid"),
        ([decline("lost_card")], "passed", "refused ended", "unpaid"),
        (
            [defer()],
            "passed",
            "waiting checkout.session.completed paid checkout.session.async_payment_succeeded",
            "paid",
        ),
        (
            [defer(decline("lost_card"))],
            "passed",
            "waiting checkout.session.completed refused checkout.session.async_payment_failed",
            "unpaid",
        ),
        ([challenge()], "abandoned", "asked ended", "unpaid"),
    ],
    ids=["approved", "declined", "deferred", "deferred and declined", "abandoned"],
)
def test_webhooks(
    client: Any, visit: Any, token: Any, world: World, answers: Any, result: str, told: str, payment_status: str
) -> None:
    """What the shop hears of a page: that it was used or ended, beside what its intent says."""
    outbox = world.listen()
    made = client.checkout.sessions.create(SALE)
    visit(made, token(*answers), result)
    world.clock.advance(90_000)
    expected = [each for word in told.split() for each in PI_EVENTS.get(word, (word,))]
    assert [event.type for event in outbox.happened] == ["payment_intent.created", *expected]
    last = next(event for event in reversed(outbox.happened) if event.type.startswith("checkout"))
    shown = json.loads(last.body)["data"]["object"]
    status = "expired" if last.type.endswith(".expired") else "complete"
    assert (shown["id"], shown["status"], shown["payment_status"]) == (made.id, status, payment_status)


def test_nobody_is_told_of_an_unused_page(client: Any, world: World) -> None:
    """A page that nobody used ends with one event."""
    outbox = world.listen()
    client.checkout.sessions.create(SALE)
    world.clock.advance(90_000)
    assert [event.type for event in outbox.happened] == ["checkout.session.expired"]


@pytest.mark.parametrize(
    ("params", "note"),
    [
        ({"mode": "subscription"}, "Stripe Checkout Session of mode subscription"),
        ({"ui_mode": "embedded_page"}, "Stripe Checkout Session with ui_mode embedded_page"),
        ({"line_items": [{"price": "price_1"}]}, "Stripe line_items[price]: a price of the catalogue"),
        (
            {"line_items": [{"price_data": {"currency": "eur", "product": "prod_1", "unit_amount": 5}}]},
            "Stripe price_data with product, unit_amount_decimal or recurring",
        ),
        (
            {"line_items": [{"price_data": {"currency": "eur", "unit_amount": 0, "product_data": {"name": "A gift"}}}]},
            "Stripe Checkout Session of nothing",
        ),
    ],
)
def test_not_simulated(client: Any, world: World, params: dict[str, Any], note: str) -> None:
    """What the page can do besides is named."""
    with pytest.raises(stripe.APIError):
        client.checkout.sessions.create({**SALE, **params})
    assert world.recording.not_simulated() == [note]


def test_where_the_browser_goes(client: Any, world: World) -> None:
    """A served page sends the browser to the shop's own URL."""
    made = client.checkout.sessions.create(SALE)
    assert world.simulator.comes_back_to(made.url) == "https://shop.example/thanks"
    assert world.simulator.comes_back_to(made.url + "x") == ""
    assert world.simulator.visit(made.url + "x", None, "passed") is None  # type: ignore[arg-type]  # never looked at
