"""Keys, versions, idempotency, expand, lists: what all endpoints have in common."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from paypact.gateways import load
from paypact.gateways.stripe.simulator import versions
from paypact.gateways.stripe.simulator.routes import ROUTES
from paypact.world.issuer import approve, decline
from paypact.world.world import World

Mint = Callable[..., str]
CREDENTIALS = load("stripe").simulator.credentials()
SECRET, PUBLISHABLE = CREDENTIALS["secret_key"], CREDENTIALS["publishable_key"]
BASIC = base64.b64encode(f"{SECRET}:".encode()).decode()
NEVER = {"automatic_payment_methods[enabled]": "true", "automatic_payment_methods[allow_redirects]": "never"}
SALE = {"amount": 1099, "currency": "usd", "confirm": "true", **NEVER}
DAY = 86_400


@pytest.mark.parametrize(
    ("sent", "status", "code", "begins"),
    [
        ({"key": SECRET}, 200, None, ""),
        ({"key": "", "authorization": f"Basic {BASIC}"}, 200, None, ""),
        ({"key": ""}, 401, None, "You did not provide an API key."),
        ({"key": "", "authorization": "Basic %%%"}, 401, None, "You did not provide an API key."),
        ({"key": "sk_test_nobodys_key"}, 401, None, "Invalid API Key provided: sk_test_*******_key"),
        ({"key": f"sk_{'live'}_nobodys"}, 401, None, "Invalid API Key provided: sk_live_"),
        ({"key": PUBLISHABLE}, 401, "secret_key_required", "This API call cannot be made with a publishable API key."),
    ],
    ids=["bearer", "basic", "none", "broken-basic", "wrong", "live", "publishable"],
)
def test_keys(carry: Any, sent: dict[str, str], status: int, code: str | None, begins: str) -> None:
    """Only the account's own keys open it, and the publishable one only what a page may do."""
    reply = carry("GET", "/v1/customers", **sent)
    assert reply.status == status
    if status != 200:
        assert (reply.error["type"], reply.error.get("code")) == ("invalid_request_error", code)
        assert reply.error["message"].startswith(begins)


def test_credentials_are_test_ones() -> None:
    """Keys look like the vendor's test keys, and are the same wherever they are made."""
    assert SECRET.startswith("sk_test_")
    assert CREDENTIALS["webhook_secret"].startswith("whsec_")
    assert load("stripe").simulator.credentials() == CREDENTIALS


@pytest.mark.parametrize(
    ("method", "path", "headers", "note"),
    [
        ("POST", "/v1/subscriptions", {}, "Stripe POST /v1/subscriptions"),
        ("GET", "/v1/invoices/search", {}, "Stripe GET /v1/invoices/search"),
        (
            "POST",
            "/v1/payment_intents/pi_1/verify_microdeposits",
            {},
            "Stripe POST /v1/payment_intents/pi_1/verify_microdeposits",
        ),
        ("GET", "/v2/core/events", {}, "Stripe GET /v2/core/events"),
        (
            "GET",
            "/v1/customers",
            {"stripe_version": "2019-05-16"},
            "Stripe GET /v1/customers in API version 2019-05-16",
        ),
        (
            "GET",
            "/v1/customers",
            {"stripe_account": "acct_1"},
            "Stripe GET /v1/customers with the header stripe-account",
        ),
    ],
)
def test_not_simulated(carry: Any, world: World, method: str, path: str, headers: dict[str, str], note: str) -> None:
    """What the vendor has and this simulator does not model is named as such."""
    assert carry(method, path, **headers).status == 501
    assert world.recording.not_simulated() == [note]


@pytest.mark.parametrize(
    ("params", "note"),
    [
        ({"payment_method_data[type]": "klarna"}, "Stripe payment method type klarna"),
        ({"payment_method_data[type]": "card", "payment_method_data[card][token]": "tok_visa"}, "Stripe card[token]"),
        ({"confirmation_token": "ctoken_1"}, "Stripe confirmation_token"),
    ],
)
def test_not_simulated_ways_to_pay(carry: Any, world: World, params: dict[str, str], note: str) -> None:
    """Other ways to pay than by card are named, too."""
    assert carry("POST", "/v1/payment_intents", {**SALE, **params}).status == 501
    assert world.recording.not_simulated() == [note]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/payment_intent/pi_1"), ("DELETE", "/v1/refunds/re_1"), ("GET", "/")]
)
def test_unknown_url(carry: Any, method: str, path: str) -> None:
    """What the vendor does not have is a 404 of the vendor."""
    reply = carry(method, path)
    assert (reply.status, reply.refused) == (404, "unrecognized_url")
    assert reply.error["message"].startswith(f"Unrecognized request URL ({method}: {path}).")


def test_headers(carry: Any) -> None:
    """Replies echo the version and the key, and have an id of their own."""
    reply = carry("POST", "/v1/customers", {}, idempotency_key="k-1", stripe_version="2026-09-30.endive")
    assert reply.headers["stripe-version"] == "2026-09-30.endive"
    assert reply.headers["idempotency-key"] == "k-1"
    assert reply.headers["request-id"].startswith("req_")
    assert carry("GET", "/v1/customers").headers["stripe-version"] == "2026-10-28.endive"


def test_replay(carry: Any, token: Mint, world: World) -> None:
    """The same request under the same key is carried out once and told twice."""
    params = {**SALE, "payment_method": token()}
    first = carry("POST", "/v1/payment_intents", params, idempotency_key="k-1")
    again = carry("POST", "/v1/payment_intents", params, idempotency_key="k-1")
    assert again.json == first.json
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert "idempotent-replayed" not in first.headers
    assert len(world.ledger.purchases) == 1


def test_replay_of_a_decline(carry: Any, token: Mint, world: World) -> None:
    """A no is kept under its key, whatever the issuer would say now."""
    params = {**SALE, "payment_method": token(decline("insufficient_funds"), approve())}
    first = carry("POST", "/v1/payment_intents", params, idempotency_key="k-1")
    assert first.status == 402
    assert carry("POST", "/v1/payment_intents", params, idempotency_key="k-1").json == first.json
    assert len(world.ledger.purchases) == 1


def test_keys_run_out(carry: Any, world: World) -> None:
    """After a day a key is forgotten."""
    for wait, people in ((0, 1), (DAY - 1, 1), (2, 2)):
        world.clock.advance(wait)
        carry("POST", "/v1/customers", {"name": "Jenny"}, idempotency_key="k-1")
        assert len(carry("GET", "/v1/customers").json["data"]) == people


def test_validation_is_not_kept(carry: Any) -> None:
    """A request refused before it began may be corrected under its key; one that had begun may not."""
    assert carry("POST", "/v1/customers", {"nome": "Jenny"}, idempotency_key="k-1").status == 400
    assert carry("POST", "/v1/customers", {"name": "Jenny"}, idempotency_key="k-1").status == 200
    path = "/v1/payment_intents/pi_none/cancel"
    assert carry("POST", path, idempotency_key="k-2").status == 404
    assert carry("POST", path, idempotency_key="k-2").headers["idempotent-replayed"] == "true"


def test_no_key_no_replay(carry: Any) -> None:
    """Without a key the same request is another one."""
    for _ in range(2):
        carry("POST", "/v1/customers", {"name": "Jenny"})
    assert len(carry("GET", "/v1/customers").json["data"]) == 2


def test_idempotency_error_class(client: Any) -> None:
    """The SDK has a class of its own for a key used for something else."""
    client.customers.create({"name": "Jenny"}, {"idempotency_key": "k-1"})
    with pytest.raises(stripe.IdempotencyError):
        client.customers.create({"name": "Jane"}, {"idempotency_key": "k-1"})


@pytest.mark.parametrize(
    ("word", "cls"),
    [
        ("authentication", stripe.AuthenticationError),
        ("permission", stripe.PermissionError),
        ("rate_limit", stripe.RateLimitError),
        ("lock_timeout", stripe.RateLimitError),
        ("server_error", stripe.APIError),
        ("unavailable", stripe.APIError),
        ("idempotency_conflict", stripe.APIError),
    ],
)
def test_error_classes(client: Any, world: World, word: str, cls: type[Exception]) -> None:
    """Each word of the error table reaches the SDK as the class that belongs to its status."""
    from paypact.world.network import Fault

    assert word in world.gateway.facts.errors
    world.network.arm(Fault(f"error:{word}", "before", exchange=1, times=9))
    with world.operating("sale"), pytest.raises(cls) as caught:
        client.customers.create({"name": "Jenny"})  # with a key, as the SDK gives every POST one
    assert type(caught.value) is cls


def test_error_table_is_covered() -> None:
    """The table above has a row for every word."""
    mark = next(one for one in test_error_classes.pytestmark if one.name == "parametrize")
    assert {word for word, _ in mark.args[1]} == set(load("stripe").facts.errors)


@pytest.mark.parametrize(
    ("path", "expand", "seen"),
    [
        ("/v1/payment_intents/{pi}", "latest_charge", ("latest_charge", "object", "charge")),
        ("/v1/payment_intents/{pi}", "payment_method", ("payment_method", "object", "payment_method")),
        ("/v1/payment_intents/{pi}", "customer", ("customer", "object", "customer")),
        (
            "/v1/payment_intents/{pi}",
            "latest_charge.payment_intent",
            ("latest_charge", "payment_intent", "object", "payment_intent"),
        ),
        ("/v1/charges/{ch}", "customer", ("customer", "name", "Jenny")),
        (
            "/v1/charges/{ch}",
            "payment_intent.payment_method",
            ("payment_intent", "payment_method", "object", "payment_method"),
        ),
        ("/v1/payment_intents", "data.latest_charge", ("data", 0, "latest_charge", "object", "charge")),
        ("/v1/payment_methods/{pm}", "customer", ("customer", "object", "customer")),
    ],
)
def test_expand(carry: Any, token: Mint, path: str, expand: str, seen: tuple[Any, ...]) -> None:
    """Ids become their objects, along dots and through lists."""
    customer = carry("POST", "/v1/customers", {"name": "Jenny"}).json["id"]
    params = {**SALE, "payment_method": token(), "customer": customer, "setup_future_usage": "off_session"}
    intent = carry("POST", "/v1/payment_intents", params).json
    ids = {"pi": intent["id"], "ch": intent["latest_charge"], "pm": intent["payment_method"]}
    at = carry("GET", path.format(**ids), {"expand[0]": expand}).json
    for step in seen[:-1]:
        at = at[step]
    assert at == seen[-1]


def test_expand_of_what_is_not_modelled(carry: Any, token: Mint) -> None:
    """An expandable field whose object is not modelled stays as it is, and is counted."""
    reply = carry(
        "POST",
        "/v1/payment_intents",
        {**SALE, "payment_method": token(), "expand[]": "latest_charge.application"},
    )
    assert (reply.status, reply.unmodelled) == (200, ("expand latest_charge.application",))


def test_expand_of_what_is_only_included_when_asked_for(carry: Any) -> None:
    """Lists of a customer that are sent on request alone are not refused, and are counted."""
    customer = carry("POST", "/v1/customers", {}).json["id"]
    reply = carry("GET", f"/v1/customers/{customer}", {"expand[]": "sources"})
    assert (reply.status, reply.unmodelled) == (200, ("expand sources",))


def test_expand_of_a_deleted_customer(carry: Any, token: Mint) -> None:
    """A deleted customer is told as deleted."""
    customer = carry("POST", "/v1/customers", {}).json["id"]
    intent = carry("POST", "/v1/payment_intents", {**SALE, "payment_method": token(), "customer": customer}).json
    assert carry("DELETE", f"/v1/customers/{customer}").json == {"id": customer, "object": "customer", "deleted": True}
    again = carry("GET", f"/v1/payment_intents/{intent['id']}", {"expand[]": "customer"}).json
    assert again["customer"]["deleted"] is True
    assert carry("GET", f"/v1/customers/{customer}").json["deleted"] is True


def test_unmodelled(carry: Any, token: Mint) -> None:
    """Documented parameters without effect are accepted and counted, by their paths."""
    more = {"transfer_data[destination]": "acct_1", "payment_method_options[card][installments][enabled]": "true"}
    reply = carry("POST", "/v1/payment_intents", {**SALE, "payment_method": token(), **more})
    assert (reply.status, reply.unmodelled) == (200, ("transfer_data", "payment_method_options.card.installments"))


@pytest.mark.parametrize(
    ("asked", "seen", "more"),
    [
        ({}, range(14, 4, -1), True),
        ({"limit": 3}, [14, 13, 12], True),
        ({"limit": 3, "starting_after": 12}, [11, 10, 9], True),
        ({"limit": 100, "starting_after": 2}, [1, 0], False),
        ({"limit": 3, "ending_before": 12}, [14, 13], False),
        ({"limit": 1, "ending_before": 12}, [13], True),
        ({"created[gte]": 13}, [14, 13], False),
        ({"created": 5}, [5], False),
        ({"created[gt]": 3, "created[lt]": 5}, [4], False),
        ({"email": "7@example.com"}, [7], False),
    ],
)
def test_pages(carry: Any, world: World, asked: dict[str, Any], seen: Any, more: bool) -> None:
    """Newest first, paged by ids, filtered by time."""
    ids, times = [], []
    for number in range(15):
        person = carry("POST", "/v1/customers", {"email": f"{number}@example.com"}).json
        ids.append(person["id"])
        times.append(person["created"])
        world.clock.advance(1)
    sent = {
        name: ids[value]
        if name in ("starting_after", "ending_before")
        else times[value]
        if "created" in name
        else value
        for name, value in asked.items()
    }
    page = carry("GET", "/v1/customers", sent).json
    assert (page["object"], page["url"], page["has_more"]) == ("list", "/v1/customers", more)
    assert [person["id"] for person in page["data"]] == [ids[number] for number in seen]


def test_auto_paging(client: Any, token: Mint) -> None:
    """The SDK walks through pages by itself, in either direction."""
    made = [client.payment_intents.create({"amount": 100 + n, "currency": "usd"}).id for n in range(5)]
    walked = [intent.id for intent in client.payment_intents.list({"limit": 2}).auto_paging_iter()]
    assert walked == made[::-1]


@pytest.mark.parametrize(
    ("path", "mine"),
    [
        ("/v1/payment_intents", "customer"),
        ("/v1/charges", "customer"),
        ("/v1/charges", "payment_intent"),
        ("/v1/refunds", "charge"),
    ],
)
def test_filters(carry: Any, token: Mint, path: str, mine: str) -> None:
    """Lists are narrowed to one customer, intent or charge."""
    made = []
    for _ in range(2):
        customer = carry("POST", "/v1/customers", {}).json["id"]
        intent = carry("POST", "/v1/payment_intents", {**SALE, "payment_method": token(), "customer": customer}).json
        carry("POST", "/v1/refunds", {"payment_intent": intent["id"], "amount": 1})
        made.append({"customer": customer, "payment_intent": intent["id"], "charge": intent["latest_charge"]})
    assert len(carry("GET", path).json["data"]) == 2
    (found,) = carry("GET", path, {mine: made[0][mine]}).json["data"]
    assert made[0][mine] in (found.get(mine), found["id"])


def test_ids_differ_between_worlds(world: World, card: Any) -> None:
    """Two worlds of one process never share an id, so that no cache mixes them up."""
    other = World(world.gateway)
    assert world.simulator.tokenize(card) != other.simulator.tokenize(card)


def test_every_route_has_parameters() -> None:
    """What is routed is described, and what counts as modelled is documented."""
    from paypact.gateways.stripe.simulator.requests import described

    for name, route in ROUTES.items():
        always = {"expand", "limit", "starting_after", "ending_before", "created"}
        taken = versions.taken(versions.OLDEST, name, described().params[name])["object"]
        assert {one.split(".")[0] for one in route.modelled} <= {*taken, *always}, name
