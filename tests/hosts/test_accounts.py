"""Served accounts: whose a request is, credentials of their own, their time, and the control pages."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import stripe

from paypact.errors import UsageError
from paypact.gateways import load
from paypact.hosts.accounts import DEFAULT, Account, Accounts
from paypact.hosts.server import Asked, Server
from paypact.hosts.site import AccountsSite
from paypact.world.clock import YEAR

RETURN = "https://shop.example/back?basket=7"
DAY = 86_400


@dataclass
class Shop:
    """Two accounts that are served, and bare requests to them."""

    accounts: Accounts
    url: str
    lines: list[str]

    def key(self, account: str, kind: str = "secret_key") -> str:
        return self.accounts.named(account).credentials[kind]

    def call(self, method: str, path: str, account: str = DEFAULT, **fields: str) -> Any:
        headers = {"authorization": f"Bearer {self.key(account)}"}
        return requests.request(method, f"{self.url}/v1/{path}", headers=headers, data=fields, timeout=10).json()

    def pay(self, method: str = "pm_card_visa", account: str = DEFAULT, **fields: str) -> Any:
        known = {"amount": "1099", "currency": "eur", "payment_method": method, "confirm": "true", "return_url": RETURN}
        return self.call("POST", "payment_intents", account, **(known | fields))

    def control(self, method: str, page: str, **sent: Any) -> Any:
        return requests.request(method, f"{self.url}/_paypact/{page}", json=sent or None, timeout=10)


@pytest.fixture
def shop() -> Iterator[Shop]:
    lines: list[str] = []
    accounts = Accounts(load("stripe"), (DEFAULT, "shop-b"))
    site = AccountsSite(accounts, lines.append)
    server = Server(site, "stripe")
    site.url = server.url
    server.start()
    yield Shop(accounts, server.url, lines)
    server.stop()
    assert [account.world.defect for account in accounts] == [None] * len(list(accounts))


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("sk_test_" + "0a" * 24, r"sk_test_[0-9a-f]{48}"),
        ("0A" * 32, r"[0-9A-F]{64}"),
        ("AQE" + "X9y" * 20, r"[A-Z]{3}(?:[A-Z][0-9][a-z]){20}"),
    ],
    ids=["lower-case hexadecimal", "upper-case hexadecimal", "letters and digits"],
)
def test_another_account_has_credentials_of_the_same_form(value: str, form: str) -> None:
    """What tells accounts apart keeps the vendor's form, and is the same in every run."""
    gateway = load("stripe")
    made = type("Made", (gateway.simulator,), {"credentials": classmethod(lambda cls: {"key": value})})
    apart = {Account(type(gateway)("x", "x", gateway.facts, made), "shop-b").credentials["key"] for _ in range(2)}

    assert len(apart) == 1
    assert apart != {value}
    assert re.fullmatch(form, apart.pop())


def test_a_merchants_name_is_the_same_for_every_account() -> None:
    """It is no secret, and the gateway has a list of those there are."""
    ours = [Account(load("adyen"), name).credentials for name in (DEFAULT, "shop-b")]
    assert ours[0]["merchant_account"] == ours[1]["merchant_account"]
    assert ours[0]["api_key"] != ours[1]["api_key"]


@pytest.mark.parametrize("name", ["", "Shop", "-a", "a" * 33, "a b", "a/b"])
def test_a_name_of_an_account_is_plain(name: str) -> None:
    """It stands in credentials, logs and URLs."""
    with pytest.raises(UsageError) as told:
        Accounts(load("stripe"), [name])
    assert str(told.value) == (
        f"account {name!r} cannot be opened: a name is 1 to 32 lower-case letters, digits and hyphens"
    )


def test_accounts_do_not_see_each_other(shop: Shop) -> None:
    """A payment of one account is unknown in another, and each has its own number of them."""
    paid = shop.pay()
    assert paid["status"] == "succeeded"
    assert shop.call("GET", f"payment_intents/{paid['id']}")["id"] == paid["id"]
    assert shop.call("GET", f"payment_intents/{paid['id']}", "shop-b")["error"]["code"] == "resource_missing"
    assert [len(each.world.ledger.purchases) for each in shop.accounts] == [1, 0]


@pytest.mark.parametrize(
    ("headers", "path", "body", "meant"),
    [
        ({"authorization": "Bearer {key}"}, "/v1/x", b"", "shop-b"),
        ({"authorization": "Basic {basic}"}, "/v1/x", b"", "shop-b"),
        ({"x-api-key": "{key}"}, "/v1/x", b"", "shop-b"),
        ({}, "/merchants/{key}/x", b"", "shop-b"),
        ({}, "/v1/x", b"account={key}", "shop-b"),
        ({}, "/v1/x", b"", DEFAULT),
        ({"authorization": "Bearer sk_test_unknown"}, "/v1/x", b"", DEFAULT),
        ({"authorization": "Basic !"}, "/v1/x", b"", DEFAULT),
    ],
    ids=["bearer", "basic", "a header", "the path", "the body", "none", "unknown", "broken"],
)
def test_the_credentials_say_whose_a_request_is(
    shop: Shop, headers: dict[str, str], path: str, body: bytes, meant: str
) -> None:
    """Wherever a gateway wants them; a request without known ones is refused by the first account."""
    key = shop.key("shop-b")
    filled = {"key": key, "basic": base64.b64encode(f"{key}:".encode()).decode()}
    asked = Asked(
        "POST",
        path.format(**filled),
        {name: value.format(**filled) for name, value in headers.items()},
        body.replace(b"{key}", key.encode()),
    )
    assert shop.accounts.meant(asked).name == meant


def test_the_simulator_itself_refuses_an_unknown_key(shop: Shop) -> None:
    """Not paypact: the reply is the vendor's."""
    reply = requests.get(f"{shop.url}/v1/charges", headers={"authorization": "Bearer sk_test_other"}, timeout=10)
    assert reply.status_code == 401
    assert reply.json()["error"]["message"].startswith("Invalid API Key provided: sk_test_")


def test_a_live_looking_key_goes_nowhere(shop: Shop) -> None:
    """It is told in words, masked, and reaches no simulator."""
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    reply = requests.get(f"{shop.url}/v1/charges", headers={"authorization": f"Bearer {key}"}, timeout=10)
    assert (reply.status_code, reply.text) == (
        403,
        "paypact: a live-looking key, sk_live_…p7dc, in its URL or a header: use the test credentials here",
    )
    assert [len(each.world.recording.exchanges) for each in shop.accounts] == [0, 0]


def test_the_log_tells_what_was_booked_and_no_secret(shop: Shop) -> None:
    """A line a request: account, request, status, what it booked, and why it was refused."""
    shop.pay()
    shop.call("GET", "charges/4242424242424242")
    requests.get(f"{shop.url}/v1/payouts", headers={"authorization": f"Bearer {shop.key(DEFAULT)}"}, timeout=10)
    lines = [re.sub(r" \d+ ms", "", line) for line in shop.lines]
    assert lines == [
        "stripe default POST /v1/payment_intents 200; booked open, present, approve, request, book, complete",
        "stripe default GET /v1/charges/***4242 404; refused: missing_resource",
        "stripe default GET /v1/payouts 501; not simulated: Stripe GET /v1/payouts",
    ]


def test_the_overview_says_what_a_client_needs(shop: Shop) -> None:
    """Accounts, their credentials, and the provider states."""
    told = shop.control("GET", "").json()
    assert told["gateway"] == "stripe"
    assert [each["name"] for each in told["accounts"]] == [DEFAULT, "shop-b"]
    assert told["accounts"][1]["credentials"] == shop.accounts.named("shop-b").credentials
    assert told["states"] == ["a payment method", "the shopper acted"]


def test_an_account_can_be_opened_while_it_is_served(shop: Shop) -> None:
    """One for each test of a suite, for example; a second call gives the same one."""
    opened = [shop.control("POST", "accounts", name="test-7").json() for _ in range(2)]
    assert opened[0] == opened[1]
    assert shop.pay(account="test-7")["status"] == "succeeded"
    assert len(shop.accounts.named(DEFAULT).world.ledger.purchases) == 0


def test_a_reset_account_is_as_new(shop: Shop) -> None:
    """Payments are gone, credentials stay, and the other account keeps its own."""
    paid = [shop.pay(account=name) for name in (DEFAULT, "shop-b")]
    assert shop.control("POST", "reset?account=shop-b").status_code == 200
    found = [shop.call("GET", f"payment_intents/{one['id']}", name) for one, name in zip(paid, (DEFAULT, "shop-b"))]  # noqa: B905 - both have two
    assert [each.get("status") for each in found] == ["succeeded", None]


def test_the_clock_goes_forward_for_one_account(shop: Shop) -> None:
    """A hold lapses after the days that the vendor says, in a moment."""
    held = {name: shop.pay(account=name, capture_method="manual")["id"] for name in (DEFAULT, "shop-b")}
    assert shop.control("POST", "clock?account=shop-b", forward=8 * DAY).status_code == 200
    states = {name: shop.call("GET", f"payment_intents/{id_}", name)["status"] for name, id_ in held.items()}
    assert states == {DEFAULT: "requires_capture", "shop-b": "canceled"}


def test_the_shopper_passes_a_challenge_on_the_page_that_the_reply_names(shop: Shop) -> None:
    """The URL of the vendor's page leads to a page of ours, which sends the browser back to the shop."""
    asked = shop.pay("pm_card_authenticationRequired")
    url = asked["next_action"]["redirect_to_url"]["url"]
    assert url.startswith(f"{shop.url}/_paypact/visit/hooks.stripe.com/3d_secure_2/")
    page = requests.get(url, timeout=10)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert re.findall(r'name="result" value="(\w+)"', page.text) == ["passed", "failed", "abandoned"]
    assert shop.call("GET", f"payment_intents/{asked['id']}")["status"] == "requires_action"

    back = requests.post(url, data={"result": "passed"}, timeout=10, allow_redirects=False)

    assert back.status_code == 303
    assert back.headers["location"].startswith(f"{RETURN}&payment_intent={asked['id']}&")
    assert back.headers["location"].endswith("redirect_status=succeeded")
    assert shop.call("GET", f"payment_intents/{asked['id']}")["status"] == "succeeded"


@pytest.mark.parametrize(("result", "status"), [("passed", "succeeded"), ("failed", "requires_payment_method")])
def test_a_test_lets_the_shopper_act_with_the_client_secret(shop: Shop, result: str, status: str) -> None:
    """Where the vendor's browser code would act: the secret finds the account as well."""
    asked = shop.pay("pm_card_authenticationRequired", "shop-b")
    told = shop.control("POST", "visit", place=asked["client_secret"], result=result).json()
    assert told["return_url"] == RETURN
    assert told["params"]["payment_intent"] == asked["id"]
    assert shop.call("GET", f"payment_intents/{asked['id']}", "shop-b")["status"] == status


def test_a_state_makes_what_a_request_needs(shop: Shop) -> None:
    """Pact's protocol: values come back, a request uses them, and the teardown leaves an empty account."""
    params = {"card": "visa", "number": "4242424242424242", "answer": "decline:lost_card"}
    given = shop.control("POST", "state", action="setup", state="a payment method", params=params).json()
    assert shop.pay(given["token"])["error"]["decline_code"] == "lost_card"
    assert shop.control("POST", "state", action="teardown", state="a payment method").json() == {}
    assert shop.pay(given["token"])["error"]["code"] == "resource_missing"
    assert shop.pay()["status"] == "succeeded"


def test_events_are_listed(shop: Shop) -> None:
    """What the shop was told, or would have been."""
    shop.pay()
    told = [one["type"] for one in shop.control("GET", "events").json()["events"]]
    assert "payment_intent.succeeded" in told


PAGES = [
    ("GET", ""),
    ("POST", "accounts"),
    ("POST", "reset"),
    ("POST", "state"),
    ("POST", "clock"),
    ("GET", "events"),
    ("POST", "message"),
    ("POST", "visit"),
]


def test_a_webhook_is_given_as_a_message(shop: Shop) -> None:
    """Pact's protocol for messages: the body as it was sent, its headers as metadata, signed by this account."""
    shop.pay(account="shop-b")
    asked = {"description": "webhook payment_intent.succeeded (sale)", "providerStates": []}
    told = shop.control("POST", "message?account=shop-b", **asked)
    metadata = json.loads(base64.b64decode(told.headers["pact-message-metadata"]))
    assert metadata["contentType"] == "application/json; charset=utf-8"
    event = stripe.Webhook.construct_event(
        told.content, metadata["Stripe-Signature"], shop.key("shop-b", "webhook_secret")
    )
    assert (event.type, event.data.object["amount"]) == ("payment_intent.succeeded", 1099)


Mistake = tuple[Callable[[Shop], Any], int, str]
_STATE = 'a provider state is sent as {"action": "setup", "state": "...", "params": {...}}'
_VISIT = 'a visit is sent as {"place": URL or client secret, "result": one of passed, failed, abandoned}'
MISTAKES: dict[str, Mistake] = {
    "page": (
        lambda shop: shop.control("GET", "nothing"),
        404,
        "paypact has no GET /_paypact/nothing (it has: "
        + ", ".join(f"{method} /_paypact/{page}" for method, page in PAGES)
        + ")",
    ),
    "account": (
        lambda shop: shop.control("POST", "reset?account=shop-c"),
        400,
        "there is no account 'shop-c' (open: default, shop-b)",
    ),
    "json": (lambda shop: requests.post(f"{shop.url}/_paypact/state", b"{", timeout=10), 400, "the body is no JSON"),
    "list": (
        lambda shop: requests.post(f"{shop.url}/_paypact/state", b"[]", timeout=10),
        400,
        "the body is no JSON object",
    ),
    "name": (
        lambda shop: shop.control("POST", "accounts", name=7),
        400,
        "account 7 cannot be opened: its name is no text",
    ),
    "state": (lambda shop: shop.control("POST", "state", state=["x"]), 400, _STATE),
    "params": (lambda shop: shop.control("POST", "state", state="a card", params=[1]), 400, _STATE),
    "message": (
        lambda shop: shop.control("POST", "message", description="something else"),
        400,
        "no webhook has happened that 'something else' names (happened: none)",
    ),
    "acted": (
        lambda shop: shop.control("POST", "state", state="the shopper acted", params={"place": 7}),
        400,
        "the provider state 'the shopper acted' has two parameters: place, and result (passed, failed, abandoned)",
    ),
    "acted nowhere": (
        lambda shop: shop.control(
            "POST", "state", state="the shopper acted", params={"place": "x", "result": "passed"}
        ),
        400,
        "the place is unknown in every account: the shopper has nowhere to go",
    ),
    "clock": (
        lambda shop: shop.control("POST", "clock", forward=-1),
        400,
        'the clock goes forward by a number of seconds, at most a year: {"forward": -1}',
    ),
    "far": (
        lambda shop: shop.control("POST", "clock", forward=2 * YEAR),
        400,
        f'the clock goes forward by a number of seconds, at most a year: {{"forward": {2 * YEAR}}}',
    ),
    "result": (lambda shop: shop.control("POST", "visit", place="x", result="won"), 400, _VISIT),
    "place": (
        lambda shop: shop.control("POST", "visit", place="pi_1_secret_2"),
        404,
        "the place is unknown in every account: the shopper has nowhere to go",
    ),
    "browser": (
        lambda shop: requests.post(f"{shop.url}/_paypact/visit/hooks.stripe.com/x", timeout=10),
        404,
        "the page is unknown in every account: the shopper has nowhere to go",
    ),
    "button": (
        lambda shop: requests.post(f"{shop.url}/_paypact/visit/hooks.stripe.com/x", {"result": "won"}, timeout=10),
        400,
        "the shopper cannot have 'won' here (known: passed, failed, abandoned)",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_words(shop: Shop, mistake: Mistake) -> None:
    """What is wrong and what is known, with a status that a test sees."""
    act, status, words = mistake
    reply = act(shop)
    assert (reply.status_code, reply.json()) == (status, {"error": words})
