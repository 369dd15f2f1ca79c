"""Client set-ups against faults: the same calls, waits and exceptions in this process as over real sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from paypact import hosts
from paypact.world import clock
from paypact.world.network import Fault

NO_CA = False  # loading the certificates takes longer than all the rest
TIMEOUT = 0.15  # seconds; over real sockets it passes for real
RETRY = Retry(total=3, backoff_factor=1, status_forcelist=(502, 503), allowed_methods=None)


def plain(url: str) -> int:
    return requests.post(f"{url}/charges", data={"amount": "1000"}, timeout=TIMEOUT).status_code


def session_with_retry(url: str) -> int:
    with requests.Session() as session:
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=RETRY))
        return session.post(f"{url}/charges", data={"amount": "1000"}, timeout=TIMEOUT).status_code


def urllib3_alone(url: str) -> int:
    with urllib3.PoolManager() as pool:
        return pool.request("POST", f"{url}/charges", fields={"amount": "1000"}, timeout=TIMEOUT).status


def urllib3_with_retry(url: str) -> int:
    with urllib3.PoolManager(retries=RETRY) as pool:
        return pool.request("POST", f"{url}/charges", json={"amount": 1000}, timeout=TIMEOUT).status


def httpx_plain(url: str) -> int:
    return httpx.post(f"{url}/charges", data={"amount": "1000"}, timeout=TIMEOUT, verify=NO_CA).status_code


def httpx_with_retries(url: str) -> int:
    with httpx.Client(transport=httpx.HTTPTransport(retries=2, verify=NO_CA), timeout=TIMEOUT) as client:
        return client.post(f"{url}/charges", json={"amount": 1000}).status_code


def httpx_async(url: str) -> int:
    async def post() -> int:
        transport = httpx.AsyncHTTPTransport(retries=2, verify=NO_CA)
        async with httpx.AsyncClient(transport=transport, timeout=TIMEOUT) as client:
            return (await client.post(f"{url}/charges", json={"amount": 1000})).status_code

    return clock.run(post())


def fault(kind: str, times: int = 1, when: Any = "after") -> Fault:
    return Fault(kind, when, exchange=1, times=times)


CASES: dict[str, tuple[Fault, ...]] = {
    "quiet": (),
    "read-timeout": (fault("read-timeout"),),
    "read-timeout before": (fault("read-timeout", when="before"),),
    "reset": (fault("reset"),),
    "cut-body": (fault("cut-body"),),
    "502 twice": (fault("error:bad_gateway", 2, "before"),),
    "503 Retry-After 7": (fault("error:unavailable", when="before"),),
    "reset for good": (fault("reset", 9),),
}
REFUSED = fault("connect-refused", when="before")
UNREACHABLE = fault("connect-timeout", when="before")

# What one press of Pay is in exchanges, in waits between them, and what the code gets to see.
EXPECTED: dict[Callable[[str], int], dict[str, tuple[int, list[float], Any]]] = {
    plain: {
        "quiet": (1, [], 200),
        "read-timeout": (1, [], requests.ReadTimeout),
        "read-timeout before": (1, [], requests.ReadTimeout),
        "reset": (1, [], requests.ConnectionError),
        "cut-body": (1, [], requests.exceptions.ChunkedEncodingError),
        "502 twice": (1, [], 502),
        "503 Retry-After 7": (1, [], 503),
        "reset for good": (1, [], requests.ConnectionError),
    },
    session_with_retry: {
        "quiet": (1, [], 200),
        "read-timeout": (2, [], 200),
        "read-timeout before": (2, [], 200),
        "reset": (2, [], 200),
        "cut-body": (1, [], requests.exceptions.ChunkedEncodingError),
        "502 twice": (3, [2.0], 200),
        "503 Retry-After 7": (2, [7.0], 200),
        "reset for good": (4, [2.0, 4.0], requests.ConnectionError),
    },
    urllib3_alone: {
        "quiet": (1, [], 200),
        "read-timeout": (1, [], urllib3.exceptions.ReadTimeoutError),
        "read-timeout before": (1, [], urllib3.exceptions.ReadTimeoutError),
        "reset": (1, [], urllib3.exceptions.ProtocolError),
        "cut-body": (1, [], urllib3.exceptions.ProtocolError),
        "502 twice": (1, [], 502),
        "503 Retry-After 7": (1, [], 503),
        "reset for good": (1, [], urllib3.exceptions.ProtocolError),
    },
    urllib3_with_retry: {
        "quiet": (1, [], 200),
        "read-timeout": (2, [], 200),
        "read-timeout before": (2, [], 200),
        "reset": (2, [], 200),
        "cut-body": (2, [], 200),
        "502 twice": (3, [2.0], 200),
        "503 Retry-After 7": (2, [7.0], 200),
        "reset for good": (4, [2.0, 4.0], urllib3.exceptions.MaxRetryError),
    },
    **{
        client: {
            "quiet": (1, [], 200),
            "read-timeout": (1, [], httpx.ReadTimeout),
            "read-timeout before": (1, [], httpx.ReadTimeout),
            "reset": (1, [], httpx.ReadError),
            "cut-body": (1, [], httpx.RemoteProtocolError),
            "502 twice": (1, [], 502),
            "503 Retry-After 7": (1, [], 503),
            "reset for good": (1, [], httpx.ReadError),
        }
        for client in (httpx_plain, httpx_with_retries, httpx_async)
    },
}
ROWS = [(client, case) for client, cases in EXPECTED.items() for case in cases]


def observe(enter: Any, client: Callable[[str], int], faults: tuple[Fault, ...], host: hosts.Host) -> Any:
    with enter(*faults, host=host) as (world, gateway):
        try:
            told: Any = client(gateway.url)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            told = type(error)
        waits = [wait.seconds for wait in world.clock.slept if wait.why in ("sleep", "asyncio") and wait.seconds > 1]
        return len(world.recording.exchanges), waits, told


def name(value: Any) -> str:
    return value if isinstance(value, str) else getattr(value, "__name__", "")


@pytest.mark.parametrize(("client", "case"), ROWS, ids=name)
def test_in_process_a_client_behaves_as_expected(enter: Any, client: Callable[[str], int], case: str) -> None:
    """Calls, waits and what the caller sees are those that the client library is known for."""
    assert observe(enter, client, CASES[case], "process") == EXPECTED[client][case]


@pytest.mark.parametrize(("client", "case"), ROWS, ids=name)
def test_over_real_sockets_the_same_happens(enter: Any, client: Callable[[str], int], case: str) -> None:
    """The door in process is faithful: a real server and real sockets give the same table."""
    assert observe(enter, client, CASES[case], "http") == EXPECTED[client][case]


# Connecting: a server that was reached cannot refuse to be, so these are exact in process only.
@pytest.mark.parametrize(
    ("client", "refused", "unreachable"),
    [
        (plain, (1, [], requests.ConnectionError), (1, [], requests.ConnectTimeout)),
        (session_with_retry, (2, [], 200), (2, [], 200)),
        (urllib3_alone, (2, [], 200), (2, [], 200)),
        (httpx_plain, (1, [], httpx.ConnectError), (1, [], httpx.ConnectTimeout)),
        (httpx_with_retries, (2, [], 200), (2, [], 200)),
        (httpx_async, (2, [], 200), (2, [], 200)),
    ],
    ids=name,
)
def test_connecting_fails_as_each_client_says(enter: Any, client: Any, refused: Any, unreachable: Any) -> None:
    """A refused or unanswered connection reaches the caller as its library's exception, retried where it retries."""
    assert observe(enter, client, (REFUSED,), "process") == refused
    assert observe(enter, client, (UNREACHABLE,), "process") == unreachable


def test_a_blind_retry_of_a_post_charges_twice(enter: Any) -> None:
    """The ledger sees what a retrying adapter does after a reply was lost: two charges, and the caller is told one."""
    with enter(fault("read-timeout")) as (world, gateway):
        assert session_with_retry(gateway.url) == 200
        assert len(world.ledger.purchases) == 2


@pytest.mark.parametrize("client", [plain, httpx_plain, httpx_async], ids=name)
def test_a_read_timeout_takes_the_time_that_the_client_allows(enter: Any, client: Callable[[str], int]) -> None:
    """Silence lasts as long as the client's own timeout, in virtual time."""
    with enter(fault("read-timeout")) as (world, gateway):
        with pytest.raises((requests.ReadTimeout, httpx.ReadTimeout)):
            client(gateway.url)
        assert world.clock.waited == pytest.approx(TIMEOUT)


def test_without_a_timeout_a_minute_passes_and_the_exchange_says_so(enter: Any) -> None:
    """A client without a timeout would wait for ever: it waits sixty seconds here, and is marked by its settings."""
    with enter(fault("read-timeout")) as (world, gateway):
        with pytest.raises(requests.ReadTimeout):
            requests.get(gateway.url)  # noqa: S113 - on purpose
        (exchange,) = world.recording.exchanges
        assert exchange.client == {
            "library": "urllib3",
            "connect_timeout": None,
            "read_timeout": None,
            "verify": True,
        }
        assert world.clock.waited == 60


@pytest.mark.parametrize(
    ("call", "client"),
    [
        (lambda url: requests.get(url, timeout=(3, 8)), ("urllib3", 3, 8, True)),
        (lambda url: requests.get(url, timeout=8, verify=NO_CA), ("urllib3", 8, 8, False)),
        (lambda url: urllib3.request("GET", url, timeout=urllib3.Timeout(total=5)), ("urllib3", 5, 5, True)),
        (httpx.get, ("httpx", 5.0, 5.0, True)),
        (lambda url: httpx.get(url, timeout=httpx.Timeout(None), verify=NO_CA), ("httpx", None, None, False)),
        (lambda url: httpx.get(url, timeout=httpx.Timeout(9, connect=2)), ("httpx", 2, 9, True)),
    ],
    ids=["requests", "requests unverified", "urllib3 total", "httpx", "httpx without", "httpx apart"],
)
def test_the_settings_of_a_client_stand_on_its_exchange(enter: Any, call: Any, client: tuple[Any, ...]) -> None:
    """Timeouts and the checking of certificates are recorded as the client was set."""
    with enter() as (world, gateway):
        call(gateway.url)
        (exchange,) = world.recording.exchanges
        assert tuple(exchange.client.values()) == client
