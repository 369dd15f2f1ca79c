"""What an exchange costs, through the vendor's SDK and without it, and whether it stays so in a long ledger."""

from __future__ import annotations

import importlib
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import requests
import responses
import stripe
from benchmarks.measure import Batch, Row, cpu, medians, microseconds

from paypact import Money, Payment, gateways, hosts
from paypact.cards import build
from paypact.customers import customer
from paypact.driver import is_driver
from paypact.gateways import load
from paypact.hosts import Host
from paypact.testkit.blame import calling_place
from paypact.world import clock
from paypact.world.http import Request, Response
from paypact.world.issuer import approve
from paypact.world.world import World

CARD = build("visa")
KEYS = itertools.count()
RETURN = "https://shop.example/back"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def fields(token: str) -> dict[str, Any]:
    """The parameters of a payment that is created and confirmed in one call."""
    metadata = {"order": "order-1"}
    amount = {"amount": 1090, "currency": "eur"}
    return {**amount, "payment_method": token, "confirm": True, "return_url": RETURN, "metadata": metadata}


def form(token: str) -> dict[str, str]:
    """The same as form fields."""
    given = fields(token)
    order = given.pop("metadata")["order"]
    return {**{name: str(value).lower() for name, value in given.items()}, "metadata[order]": order}


@contextmanager
def attached(host: Host = "process") -> Iterator[tuple[World, str]]:
    """A new world that answers, in its own time, and where."""
    world = World(load("stripe"), locate=calling_place)
    with clock.running(world.clock), hosts.attached(world, host) as gateway:
        yield world, gateway.url


def tokens(world: World, number: int) -> Iterator[str]:
    """As many payment methods, each good for one payment."""
    world.issuer.answers(CARD, *[approve()] * number)
    return iter([world.simulator.tokenize(CARD) for _ in range(number)])


def secret() -> str:
    """The simulated account's key."""
    return load("stripe").simulator.credentials()["secret_key"]


def sdk() -> stripe.StripeClient:
    """The vendor's client with its usual HTTP client."""
    return stripe.StripeClient(secret(), http_client=stripe.RequestsClient(timeout=20))


def pay(client: stripe.StripeClient, token: str) -> Any:
    """Create and confirm."""
    return client.v1.payment_intents.create(fields(token), {"idempotency_key": f"key-{next(KEYS)}"})  # type: ignore[arg-type]


def recorded() -> bytes:
    """A reply to it, as the simulator gives it."""
    with attached() as (world, _):
        pay(sdk(), next(tokens(world, 1)))
        return world.recording.exchanges[-1].raw


def through_sdk(batches: int, calls: int) -> list[Row]:
    """The simulator against a stub that always gives the same reply."""
    body = recorded()

    def simulated() -> float:
        with attached() as (world, _):
            client, minted = sdk(), tokens(world, calls)
            return cpu(lambda: pay(client, next(minted)), calls)

    def stubbed() -> float:
        with responses.RequestsMock() as stub:
            stub.add("POST", "https://api.stripe.com/v1/payment_intents", body=body, content_type="application/json")
            client = sdk()
            return cpu(lambda: pay(client, "pm_1"), calls)

    ours, theirs = medians(batches, simulated, stubbed)
    what = "create and confirm through the SDK: simulator against a static `responses` stub"
    return [Row(what, against(ours, theirs), ours / theirs, 1.25)]


def through_references(batches: int, calls: int) -> list[Row]:
    """A sale by each gateway's reference integration, against a stub that always gives the same replies."""
    return [_through_reference(name, batches, calls) for name in gateways.names()]


def _through_reference(name: str, batches: int, calls: int) -> Row:
    driver = importlib.import_module(f"{load(name).package}.integration")
    (reference,) = (one for one in vars(driver).values() if is_driver(one))
    presses = itertools.count()

    def press(world: World) -> Payment:
        made = f"{name}-{next(presses)}"
        world.issuer.answers(CARD, approve())
        token, browser = world.simulator.tokenize(CARD), world.simulator.browser(CARD)
        money = Money(1090, "EUR")
        return Payment(made, made, money, CARD, token, customer("en-IE", 1), (), "a book", RETURN, browser)

    def simulated() -> float:
        world = World(load(name), locate=calling_place)
        with clock.running(world.clock), hosts.attached(world) as gateway:
            shop, waiting = reference(gateway), iter([press(world) for _ in range(calls)])
            return cpu(lambda: shop.sale(next(waiting)), calls)

    world = World(load(name))
    with clock.running(world.clock), hosts.attached(world) as gateway:
        plain = press(world)
        reference(gateway).sale(plain)

    def stubbed() -> float:
        with responses.RequestsMock() as stub:
            for each in world.recording.exchanges:
                told, request = each.reply, each.request
                assert isinstance(told, Response)
                kind = told.headers.get("content-type", "application/json")
                headers = {one: value for one, value in told.headers.items() if one != "content-type"}
                where = re.compile(rf"https://[^/]+{re.escape(request.path)}$")
                stub.add(request.method, where, body=each.raw, headers=headers, content_type=kind)
            shop = reference(gateway)
            return cpu(lambda: shop.sale(plain), calls)

    ours, theirs = medians(batches, simulated, stubbed)
    what = f"a sale by the reference integration of {name}: simulator against a static `responses` stub"
    return Row(what, against(ours, theirs), ours / theirs, 1.25)


def through_httpx(batches: int, calls: int) -> list[Row]:
    """Httpx down to its connection against its own mock transport."""
    body = recorded()
    headers = {"authorization": f"Bearer {secret()}"}

    def send(client: httpx.Client, token: str) -> None:
        key = {"idempotency-key": f"key-{next(KEYS)}"}
        client.post("https://api.stripe.com/v1/payment_intents", data=form(token), headers=key).json()

    def simulated() -> float:
        with attached() as (world, _), httpx.Client(headers=headers) as client:
            minted = tokens(world, calls)
            return cpu(lambda: send(client, next(minted)), calls)

    def stubbed() -> float:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
        with httpx.Client(headers=headers, transport=transport) as client:
            return cpu(lambda: send(client, "pm_1"), calls)

    ours, theirs = medians(batches, simulated, stubbed)
    what = "the same through httpx: simulator against `httpx.MockTransport`"
    return [Row(what, against(ours, theirs), ours / theirs)]


def served(batches: int, calls: int) -> list[Row]:
    """A real socket and HTTP server against the same call answered in process."""

    def batch(host: Host) -> Callable[[], float]:
        def measure() -> float:
            with attached(host) as (world, url), requests.Session() as session:
                minted = tokens(world, calls)
                session.headers["authorization"] = f"Bearer {secret()}"
                return cpu(lambda: session.post(f"{url}/v1/payment_intents", data=form(next(minted))).json(), calls)

        return measure

    ours, theirs = medians(batches, batch("http"), batch("process"))
    what = 'the same through requests: served (`host="http"`) against in process'
    return [Row(what, against(ours, theirs), ours / theirs)]


def in_long_ledgers(batches: int, sizes: tuple[int, ...]) -> list[Row]:
    """The simulator alone, with that many purchases on its books before."""
    headers = {**FORM, "authorization": f"Bearer {secret()}"}
    parameters = "&".join(f"{name}={value}" for name, value in form("").items() if name != "payment_method")
    kept = [World(load("stripe")) for _ in sizes]

    def send(world: World, token: str) -> None:
        body = f"{parameters}&payment_method={token}".encode()
        key = {"idempotency-key": f"key-{next(KEYS)}"}
        world.exchange(Request("POST", "https://api.stripe.com/v1/payment_intents", {**headers, **key}, body))
        world.recording.exchanges.clear()

    def batch(world: World) -> Batch:
        def measure() -> float:
            minted = tokens(world, 100)
            return cpu(lambda: send(world, next(minted)), 100)

        return measure

    for world, size in zip(kept, sizes, strict=True):
        for token in tokens(world, size):
            send(world, token)
    found = medians(batches, *map(batch, kept))
    return [
        Row(
            f"an exchange with {size:,} purchases in the ledger",
            against(cost, found[0]),
            cost / found[0],
            None if not place else 1.25,
        )
        for place, (size, cost) in enumerate(zip(sizes, found, strict=True))
    ]


def against(ours: float, theirs: float) -> str:
    """Two costs and their ratio."""
    return f"{ours / theirs:.2f} ({microseconds(ours)} : {microseconds(theirs)})"
