"""The official SDK in five set-ups against faults: calls, waits and exceptions in process are those of real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import stripe
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from paypact import gateways, hosts
from paypact.cards import build
from paypact.payments import SimulatedGateway
from paypact.world import clock
from paypact.world.network import Fault
from paypact.world.world import World

TIMEOUT = 0.3  # seconds; over real sockets it passes for real
RETRY = Retry(total=2, backoff_factor=1, status_forcelist=(502, 503), allowed_methods=None)
Client = Callable[[SimulatedGateway, str], str]


def client_of(gateway: SimulatedGateway, http: Any, **more: Any) -> stripe.StripeClient:
    key = gateway.credentials["secret_key"]
    return stripe.StripeClient(key, base_addresses={"api": gateway.url}, http_client=http, **more)


def charge(token: str) -> Any:
    return {
        "amount": 1090,
        "currency": "usd",
        "payment_method": token,
        "confirm": True,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    }


def sdk_defaults(gateway: SimulatedGateway, token: str) -> str:
    client = client_of(gateway, stripe.RequestsClient(timeout=TIMEOUT))
    return str(client.v1.payment_intents.create(charge(token)).status)


def sdk_with_retries(gateway: SimulatedGateway, token: str) -> str:
    client = client_of(gateway, stripe.RequestsClient(timeout=TIMEOUT), max_network_retries=2)
    return str(client.v1.payment_intents.create(charge(token)).status)


def sdk_on_a_shared_session(gateway: SimulatedGateway, token: str) -> str:
    with requests.Session() as session:
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=RETRY))
        client = client_of(gateway, stripe.RequestsClient(timeout=TIMEOUT, session=session))
        return str(client.v1.payment_intents.create(charge(token)).status)


def sdk_async(gateway: SimulatedGateway, token: str) -> str:
    async def create() -> str:
        http = stripe.HTTPXClient(timeout=TIMEOUT, allow_sync_methods=False)
        client = client_of(gateway, http, max_network_retries=2)
        try:
            return str((await client.v1.payment_intents.create_async(charge(token))).status)
        finally:
            await http.close_async()  # type: ignore[no-untyped-call]  # the SDK left it untyped

    return clock.run(create())


def global_module(gateway: SimulatedGateway, token: str) -> str:
    stripe.api_key, stripe.api_base = gateway.credentials["secret_key"], gateway.url
    stripe.default_http_client, stripe.max_network_retries = stripe.RequestsClient(timeout=TIMEOUT), 0
    return str(stripe.PaymentIntent.create(**charge(token)).status)


CASES: dict[str, tuple[Fault, ...]] = {
    "quiet": (),
    "read-timeout": (Fault("read-timeout", exchange=1),),
    "reset before": (Fault("reset", "before", exchange=1),),
    "502 page": (Fault("html-502", "before", exchange=1),),
    "429 Retry-After 7": (Fault("wait:rate_limit", "before", exchange=1),),
    "silence for good": (Fault("read-timeout", exchange=1, times=9),),
}
ONCE = {
    "quiet": (1, 0, "succeeded"),
    "read-timeout": (1, 0, stripe.APIConnectionError),
    "reset before": (1, 0, stripe.APIConnectionError),
    "502 page": (1, 0, stripe.APIError),
    "429 Retry-After 7": (1, 0, stripe.RateLimitError),
    "silence for good": (1, 0, stripe.APIConnectionError),
}
AGAIN = {
    **ONCE,
    "read-timeout": (2, 1, "succeeded"),
    "reset before": (2, 1, "succeeded"),
    "502 page": (2, 1, "succeeded"),
    "silence for good": (3, 2, stripe.APIConnectionError),
}
# Of one call: exchanges, waits between them (the SDK draws their length), and what the caller gets to see. A shared
# session's adapter repeats for itself: the first time without a wait, and it heeds Retry-After.
EXPECTED: dict[Client, dict[str, tuple[int, int, Any]]] = {
    sdk_defaults: ONCE,
    sdk_with_retries: AGAIN,
    sdk_on_a_shared_session: {
        **AGAIN,
        "read-timeout": (2, 0, "succeeded"),
        "reset before": (2, 0, "succeeded"),
        "502 page": (2, 0, "succeeded"),
        "429 Retry-After 7": (2, 1, "succeeded"),
        "silence for good": (3, 1, stripe.APIConnectionError),
    },
    sdk_async: AGAIN,
    global_module: ONCE,
}
ROWS = [(client, case) for client, cases in EXPECTED.items() for case in cases]


@pytest.fixture(scope="module", autouse=True)
def processwide() -> Iterator[None]:
    """What the plugin does once a process, and the SDK's module state as it was."""
    clock.install()
    kept = {
        name: getattr(stripe, name) for name in ("api_key", "api_base", "default_http_client", "max_network_retries")
    }
    yield
    for name, value in kept.items():
        setattr(stripe, name, value)


def observe(client: Client, faults: tuple[Fault, ...], host: hosts.Host) -> tuple[tuple[int, int, Any], int]:
    """Exchanges of one call, waits between them, and what it told; and the charges in the books."""
    world = World(gateways.load("stripe"))
    card = build("visa", edge="inside")
    world.issuer.issue(card)
    token = world.simulator.tokenize(card)
    with clock.running(world.clock), hosts.attached(world, host) as gateway, world.operating("sale"):
        world.network.arm(*faults)
        try:
            told: Any = client(gateway, token)
        except stripe.StripeError as error:
            told = type(error)
    waits = [wait for wait in world.clock.slept if wait.why in ("sleep", "asyncio") and wait.seconds > 1.5 * TIMEOUT]
    return (len(world.recording.exchanges), len(waits), told), len(world.ledger.purchases)


def name(value: Any) -> str:
    return value if isinstance(value, str) else getattr(value, "__name__", "")


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the SDK's asynchronous client raises it
@pytest.mark.parametrize(("client", "case"), ROWS, ids=name)
def test_in_process_and_over_real_sockets_the_sdk_does_the_same(client: Client, case: str) -> None:
    """Calls and exceptions are the same through both hosts, and the SDK's retries, with one key, charge once."""
    seen, charges = observe(client, CASES[case], "process")

    assert seen == EXPECTED[client][case]
    assert charges <= 1
    assert observe(client, CASES[case], "http") == (seen, charges)
