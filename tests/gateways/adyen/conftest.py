"""One world of Adyen a test, reached by the vendor's SDK through the in-process host, or by bare requests."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import Adyen  # type: ignore[import-untyped]  # the SDK announces no annotations
import pytest

from paypact import Address, Card, Customer, Money, Payment, SimulatedGateway, hosts
from paypact.gateways import load
from paypact.world import clock
from paypact.world.http import Failure, Request
from paypact.world.issuer import Answer
from paypact.world.world import World

MERCHANT = "PaypactShopECOM"


@pytest.fixture
def world() -> Iterator[World]:
    made = World(load("adyen"))
    with clock.running(made.clock):
        yield made
    assert made.defect is None, made.defect


@pytest.fixture
def gateway(world: World) -> Iterator[SimulatedGateway]:
    with hosts.attached(world) as attached:
        yield attached


@pytest.fixture
def sdk(gateway: SimulatedGateway) -> Any:
    """The vendor's SDK, unchanged: its Checkout services."""
    return Adyen.Adyen(xapikey=gateway.credentials["api_key"], platform="test").checkout


@pytest.fixture
def card() -> Card:
    return Card("4111111111111111", 3, 2030, "737", "J Smith", "visa", ("visa",))


@pytest.fixture
def pay(world: World, card: Card) -> Callable[..., dict[str, Any]]:
    """The body of a payment by the card, whose issuer gives these answers (none: approves)."""

    def body(
        *answers: Answer, of: Card = card, value: int = 1090, currency: str = "EUR", **more: Any
    ) -> dict[str, Any]:
        if answers:
            world.issuer.answers(of, *answers)
        else:
            world.issuer.issue(of)
        method = dict(world.simulator.browser(of)["paymentMethod"])
        made = {"amount": {"value": value, "currency": currency}, "merchantAccount": MERCHANT, "reference": "order-1"}
        return {**made, "paymentMethod": method, "returnUrl": "https://shop.example/back", **more}

    return body


@pytest.fixture
def carry(world: World) -> Callable[..., tuple[int, Any, Any]]:
    """A bare request: status, JSON and headers of its reply."""
    own = world.simulator.credentials()["api_key"]

    def send(method: str, path: str, body: Any = None, key: str = own, **headers: str) -> tuple[int, Any, Any]:
        sent = {"x-api-key": key, **{name.replace("_", "-"): value for name, value in headers.items()}}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        response = world.carry(Request(method, f"https://checkout-test.adyen.com/v72{path}", sent, raw))
        assert not isinstance(response, Failure)
        text = world.recording.exchanges[-1].raw
        return response.status, json.loads(text) if text else None, response.headers

    return send


@pytest.fixture
def payment(world: World) -> Callable[[Card], Payment]:
    """The shopper's payment of an order."""

    def made(card: Card) -> Payment:
        address = Address("1 Main Street", None, "Galway", None, "H91", "IE")
        shopper = Customer("J Smith", "smith@example.com", None, address, "en-IE", "192.0.2.1")
        back, browser = "https://shop.example/back", world.simulator.browser(card)
        return Payment("order-1", "try-1", Money(1090, "EUR"), card, "", shopper, (), "a book", back, browser)

    return made


@pytest.fixture(scope="session")
def published() -> Callable[[str], Any]:
    """One of Adyen's own documents, by its name; a test that asks for one is skipped where they are not at hand."""

    def read(name: str) -> Any:
        folder = os.environ.get("PAYPACT_SPECS")
        if not folder:
            pytest.skip("PAYPACT_SPECS does not point at the vendors' API descriptions")
        return json.loads((Path(folder) / "adyen" / f"{name}.json").read_text("utf-8"))

    return read
