"""One world of Stripe a test, reached by the vendor's SDK through the in-process host, or by bare requests."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import pytest
import stripe

from paypact import Address, Card, Customer, Money, Payment, SimulatedGateway, hosts
from paypact.gateways import load
from paypact.world import clock
from paypact.world.http import Failure, Request, Response
from paypact.world.issuer import Answer
from paypact.world.world import World

NUMBER = "4111111111111111"


class Carried(Protocol):
    def __call__(self, method: str, path: str, params: dict[str, Any] | None = None, **headers: str) -> Reply: ...


class Reply:
    """A reply to a bare request: the response, its JSON, and what the simulator noted."""

    def __init__(self, response: Response, raw: bytes) -> None:
        self.status = response.status
        self.headers = response.headers
        self.refused = response.refused
        self.unmodelled = response.unmodelled
        self.json: Any = json.loads(raw) if raw.startswith(b"{") else None
        self.text = raw.decode()

    @property
    def error(self) -> Any:
        return self.json["error"]


@pytest.fixture
def world() -> Iterator[World]:
    made = World(load("stripe"))
    with clock.running(made.clock):
        yield made
    assert made.defect is None, made.defect


@pytest.fixture
def gateway(world: World) -> Iterator[SimulatedGateway]:
    with hosts.attached(world) as attached:
        yield attached


@pytest.fixture
def client(gateway: SimulatedGateway) -> Any:
    """The vendor's SDK, unchanged, with the secret key."""
    return stripe.StripeClient(gateway.credentials["secret_key"]).v1


@pytest.fixture
def card() -> Card:
    return Card(NUMBER, 12, 2030, "123", "Jenny Rosen", "visa", ("visa",))


@pytest.fixture
def token(world: World, card: Card) -> Callable[..., str]:
    """A token of the card, whose issuer gives these answers (none: approves)."""

    def mint(*answers: Answer, of: Card = card) -> str:
        if answers:
            world.issuer.answers(of, *answers)
        else:
            world.issuer.issue(of)
        return world.simulator.tokenize(of)

    return mint


@pytest.fixture
def carry(world: World) -> Carried:
    """A bare request with the secret key; `key` and other headers replace what is sent by default."""
    secret = world.simulator.credentials()["secret_key"]

    def send(
        method: str, path: str, params: dict[str, Any] | None = None, *, key: str = secret, **headers: str
    ) -> Reply:
        text = urlencode(params or {}, safe="[]")
        sent = {"authorization": f"Bearer {key}"} if key else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"https://api.stripe.com{path}" + (f"?{text}" if text and method != "POST" else "")
        response = world.carry(Request(method, url, sent, text.encode() if method == "POST" else b""))
        assert not isinstance(response, Failure)
        return Reply(response, world.recording.exchanges[-1].raw)

    return send


@pytest.fixture
def payment(card: Card) -> Callable[[str], Payment]:
    """The shopper's payment with a token."""

    def made(token: str) -> Payment:
        address = Address("1 Main Street", None, "Galway", None, "H91", "IE")
        shopper = Customer("Jenny Rosen", "jenny@example.com", None, address, "en-IE", "192.0.2.1")
        return Payment(
            "order-1", "try-1", Money(1099, "EUR"), card, token, shopper, (), "a book", "https://shop.example/back"
        )

    return made


# --- what the vendor publishes ----------------------------------------------------------------------------------------

DOCUMENTS = {
    "2022-04-12": "spec3.2022-04-12.json",
    "2023-09-12": "spec3.2023-09-12.yaml",
    "examples": "fixtures3.json",
}


@cache
def _read(path: Path) -> Any:
    if path.suffix == ".json":
        return json.loads(path.read_text())
    yaml = pytest.importorskip("yaml")
    return yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.fixture(scope="session")
def published() -> Callable[[str], Any]:
    """One of Stripe's own documents, by its version; a test that asks for one is skipped where they are not at hand."""

    def read(version: str) -> Any:
        folder = os.environ.get("PAYPACT_SPECS")
        if not folder:
            pytest.skip("PAYPACT_SPECS does not point at the vendors' API descriptions")
        return _read(Path(folder) / "stripe" / DOCUMENTS[version])

    return read


def _strict(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a union with null."""
    if isinstance(node, list):
        return [_strict(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: _strict(value) for key, value in node.items() if key not in ("nullable", "x-expansionResources", "pattern")
    }
    if "$ref" in made:
        made["$ref"] = made["$ref"].replace("#/components/schemas/", "#/$defs/")
    return {"anyOf": [made, {"type": "null"}]} if node.get("nullable") is True else made


@pytest.fixture(scope="session")
def disagreements(published: Callable[[str], Any]) -> Callable[[str, dict[str, Any]], list[str]]:
    """Where replies (named by the vendor's word for their kind, then anything) do not validate against a document."""
    schemas: dict[str, Any] = {}

    def found(version: str, replies: dict[str, Any]) -> list[str]:
        if version not in schemas:
            schemas[version] = _strict(published(version)["components"]["schemas"])
        jsonschema = pytest.importorskip("jsonschema")
        wrong = []
        for name, reply in replies.items():
            schema = {"$ref": f"#/$defs/{name.partition(' ')[0]}", "$defs": schemas[version]}
            errors = jsonschema.Draft202012Validator(schema).iter_errors(reply)
            wrong += [f"{name} {error.json_path}: {error.message}"[:200] for error in errors]
        return wrong

    return found
