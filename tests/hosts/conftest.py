"""A made-up gateway of one resource, and worlds of it: the hosts are tested without any vendor's rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

import pytest

from paypact import Money, SimulatedGateway, hosts
from paypact.gateways import Gateway
from paypact.gateways.facts import About, CurrencyFacts, Facts
from paypact.world import clock
from paypact.world.http import Request, Response
from paypact.world.ledger_tables import Terms
from paypact.world.network import Fault
from paypact.world.simulator import Simulator
from paypact.world.world import World

HOST = "api.lead.test"
ERRORS = {
    "bad_gateway": Response(502, b"<html>Bad Gateway</html>", {"content-type": "text/html"}),
    "unavailable": Response(503, b"", {"retry-after": "7"}),
}


class Lead(Simulator):
    """POST /charges opens a purchase; GET gives back what was sent, as its simulator saw it."""

    @classmethod
    def credentials(cls) -> Mapping[str, str]:
        return {"key": "lead_test_1"}

    def handle(self, request: Request) -> Response:
        if request.method == "POST":
            self.ledger.open(Money(1000, "EUR"))
        said = {"method": request.method, "url": request.url, "body": request.body.decode()}
        return Response(200, {**said, "headers": dict(request.headers)}, {"content-type": "application/json"})

    def render(self, response: Response) -> bytes:
        return response.body if isinstance(response.body, bytes) else json.dumps(response.body).encode()

    def error(self, word: str) -> Response:
        return ERRORS[word]


LEAD = Gateway(
    "lead",
    "lead",
    Facts(
        gateway=About(
            source="made up",
            title="Lead",
            url=f"https://{HOST}",
            hosts=(HOST, "files.lead.test"),
            docs="",
            live=(r"lead_live_\w+",),
        ),
        ledger=Terms(source="made up"),
        schemes={},
        declines={},
        errors={},
        refusals={},
        currencies=CurrencyFacts(source="made up", accepted=("EUR",)),
    ),
    Lead,
)

Enter: TypeAlias = Callable[..., AbstractContextManager[tuple[World, SimulatedGateway]]]


@pytest.fixture(scope="session", autouse=True)
def processwide() -> Iterator[None]:
    """What the plugin does once a process."""
    clock.install()
    yield
    hosts.close_all()


@pytest.fixture
def enter() -> Enter:
    """A world on its own virtual time, attached, in the middle of a sale that meets these faults."""

    @contextmanager
    def enter(*faults: Fault, host: hosts.Host = "process") -> Iterator[tuple[World, SimulatedGateway]]:
        world = World(LEAD)
        with clock.running(world.clock), hosts.attached(world, host) as gateway, world.operating("sale"):
            world.network.arm(*faults)
            yield world, gateway

    return enter
