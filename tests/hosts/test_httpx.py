"""The door below httpx: requests whole, replies whole, connections made anew, tasks that take turns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from paypact.world import clock
from paypact.world.clock import START
from paypact.world.http import Response
from paypact.world.network import Fault

NO_CA = False  # loading the certificates takes longer than all the rest
FORM = {"x-one": "1", "content-type": "application/x-www-form-urlencoded"}


def parts() -> Iterator[bytes]:
    yield b"amount="
    yield b"1000"


async def async_parts() -> AsyncIterator[bytes]:
    for part in parts():
        yield part


@pytest.mark.parametrize("content", [b"amount=1000", parts()], ids=["bytes", "iterator"])
def test_the_simulator_sees_the_request_as_sent(enter: Any, content: Any) -> None:
    """Method, URL, headers and body arrive whole, also a body that can be read only once."""
    with enter() as (_, gateway), httpx.Client(verify=NO_CA) as client:
        got = client.post(f"{gateway.url}/charges?expand=a%20b", content=content, headers=FORM).json()
    assert (got["method"], got["body"]) == ("POST", "amount=1000")
    assert got["url"] == "https://api.lead.test/charges?expand=a%20b"
    assert (got["headers"]["x-one"], got["headers"]["host"]) == ("1", "api.lead.test")


def test_an_async_body_arrives_too(enter: Any) -> None:
    """The async twin reads the request's stream before it connects."""

    async def post(url: str) -> Any:
        async with httpx.AsyncClient(verify=NO_CA) as client:
            return (await client.post(url, content=async_parts())).json()

    with enter() as (_, gateway):
        assert clock.run(post(gateway.url))["body"] == "amount=1000"


def test_the_reply_is_read_like_any_other(enter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status, reason, headers, cookies and streaming are where client code looks for them."""
    reply = Response(201, b"0123456789" * 10_000, {"X-Id": "7", "Set-Cookie": "basket=1; path=/"})
    with enter() as (world, gateway), httpx.Client(verify=NO_CA) as client:
        monkeypatch.setattr(world.simulator, "handle", lambda request: reply)
        with client.stream("POST", gateway.url) as got:
            assert (got.status_code, got.reason_phrase, got.headers["x-id"]) == (201, "Created", "7")
            assert sum(len(part) for part in got.iter_bytes()) == 100_000
        assert client.cookies["basket"] == "1"
        assert client.head(gateway.url).content == b""


def test_a_client_made_before_the_example_is_answered_in_each(enter: Any) -> None:
    """A module-level client, and the connections that it keeps, belong to whichever example is running."""
    with httpx.Client(verify=NO_CA) as client:
        for _ in range(2):
            with enter() as (world, gateway):
                client.get(gateway.url)
                client.get(gateway.url)
                assert len(world.recording.exchanges) == 2


def test_proxies_are_not_asked(enter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment's proxy nor an explicit one stands between the code under test and the simulator."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.shop.test:3128")
    with enter() as (world, gateway):
        httpx.get(gateway.url, verify=NO_CA)
        httpx.get(gateway.url, verify=NO_CA, proxy="http://proxy.shop.test:3128")
        assert len(world.recording.exchanges) == 2


def test_connect_retries_back_off_in_virtual_time(enter: Any) -> None:
    """Connecting is retried by httpcore with 0, 0.5 and 1 second between, and none of it is waited for."""
    refused = Fault("connect-refused", "before", exchange=1, times=3)
    with (
        enter(refused) as (world, gateway),
        httpx.Client(transport=httpx.HTTPTransport(retries=3, verify=NO_CA)) as client,
    ):
        assert client.get(gateway.url).status_code == 200
        assert [wait.seconds for wait in world.clock.slept] == [0.5, 1.0]
        assert len(world.recording.exchanges) == 4


def test_tasks_take_turns_at_an_exchange(enter: Any) -> None:
    """While one task waits in vain for its reply, another goes on: both end after the longer of the two."""

    async def both(url: str) -> Any:
        async with httpx.AsyncClient(verify=NO_CA, timeout=9) as client:
            return await asyncio.gather(client.get(url), client.get(url), asyncio.sleep(4), return_exceptions=True)

    with enter(Fault("read-timeout", exchange=1)) as (world, gateway):
        first, second, _ = clock.run(both(gateway.url))
        assert isinstance(first, httpx.ReadTimeout)
        assert second.status_code == 200
        assert world.clock.time() == START + 9
