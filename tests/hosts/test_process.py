"""The door below urllib3: what the simulator gets to see, what passes by, and the private names it rests on."""

from __future__ import annotations

import inspect
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from paypact.hosts import process
from paypact.world import clock
from paypact.world.http import Response

HOST = "api.lead.test"


def parts() -> Iterator[bytes]:
    yield b"amount="
    yield b"1000"


@pytest.mark.parametrize(
    "body",
    [b"amount=1000", "amount=1000", io.BytesIO(b"amount=1000"), parts(), bytearray(b"amount=1000")],
    ids=["bytes", "text", "file", "iterator", "bytearray"],
)
def test_the_simulator_sees_the_request_as_sent(enter: Any, body: Any) -> None:
    """Any kind of body arrives as bytes, header names in lower case, the URL whole."""
    with enter() as (_, gateway):
        sent = {"X-One": "1", "Content-Type": "text/plain"}
        reply = urllib3.request("POST", f"{gateway.url}/charges?expand=a%20b", body=body, headers=sent)
        got = json.loads(reply.data)
    assert (got["method"], got["url"], got["body"]) == ("POST", f"https://{HOST}/charges?expand=a%20b", "amount=1000")
    assert got["headers"] == {"x-one": "1", "content-type": "text/plain", "host": HOST, "content-length": "11"}


def test_repeated_headers_and_bytes_are_normalised(enter: Any) -> None:
    """Some SDKs send names and values as bytes; a name given twice is one value with a comma."""
    headers = urllib3.HTTPHeaderDict()
    headers.add("accept", "a")
    headers.add("Accept", "b")
    with enter() as (_, gateway):
        assert json.loads(urllib3.request("GET", gateway.url, headers=headers).data)["headers"]["accept"] == "a, b"
        twice: Any = {b"X-Two": b"2"}
        reply = requests.get(gateway.url, headers=twice, timeout=1)
        assert reply.json()["headers"]["x-two"] == "2"


def test_the_reply_is_read_like_any_other(enter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status, reason, headers, cookies, streaming and elapsed time are where client code looks for them."""
    reply = Response(201, b"0123456789", {"X-Id": "7", "Set-Cookie": "basket=1; path=/"})
    with enter() as (world, gateway), requests.Session() as session:
        monkeypatch.setattr(world.simulator, "handle", lambda request: reply)
        got = session.post(f"{gateway.url}/charges", timeout=1, stream=True)
        assert (got.status_code, got.reason, got.headers["x-id"]) == (201, "Created", "7")
        assert list(got.iter_content(4)) == [b"0123", b"4567", b"89"]
        assert session.cookies["basket"] == "1"
        assert session.head(gateway.url, timeout=1).content == b""


def test_connections_go_back_to_a_bounded_pool(enter: Any) -> None:
    """A pool that blocks when it is empty is not drained by replies that never had a connection."""
    with enter() as (world, gateway), urllib3.PoolManager(maxsize=1, block=True) as pool:
        for _ in range(3):
            pool.request("GET", gateway.url, preload_content=False, pool_timeout=0.1).read()
        assert len(world.recording.exchanges) == 3


def test_every_host_of_the_gateway_is_answered_and_no_other(enter: Any) -> None:
    """The facts list the hosts; anything else goes where it went before."""
    with enter() as (world, _):
        urllib3.request("GET", "https://files.lead.test/x")
        with pytest.raises(urllib3.exceptions.MaxRetryError):
            urllib3.request("GET", "http://127.0.0.1:9/", retries=urllib3.Retry(0), timeout=1)
        assert [exchange.request.host for exchange in world.recording.exchanges] == ["files.lead.test"]


def test_proxies_are_not_asked(enter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment's proxy nor an explicit one stands between the code under test and the simulator."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.shop.test:3128")
    explicit = {"https": "http://proxy.shop.test:3128"}
    with enter() as (world, gateway):
        requests.get(gateway.url, timeout=1)
        requests.get(gateway.url, timeout=1, proxies=explicit)
        assert len(world.recording.exchanges) == 2
    assert requests.utils.get_environ_proxies(f"https://{HOST}/") == {"https": "http://proxy.shop.test:3128"}


def test_a_password_of_the_machine_is_not_sent(enter: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user's .netrc says nothing to a gateway that is simulated, and what it always did to anybody else."""
    (tmp_path / "netrc").write_text(f"machine {HOST} login me password mine\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with enter() as (world, gateway):
        requests.get(gateway.url, timeout=1, headers={"authorization": "Bearer shop"})
        (exchange,) = world.recording.exchanges
        assert exchange.request.headers["authorization"] == "Bearer shop"
    assert requests.utils.get_netrc_auth(f"https://{HOST}/") == ("me", "mine")


def test_worker_threads_reach_the_same_world(enter: Any) -> None:
    """What an operation hands to a thread belongs to it, and that thread lives in the example's time from then on."""
    with ThreadPoolExecutor(1) as workers:
        workers.submit(int).result()  # the thread is there before the example
        with enter() as (world, gateway):

            def work() -> bool:
                requests.get(gateway.url, timeout=1)
                return clock.current() is world.clock

            assert workers.submit(work).result()
            assert [exchange.operation for exchange in world.recording.exchanges] == ["sale"]


def test_a_defect_of_the_simulator_is_not_the_clients(enter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client gets an answer, the world keeps the exception."""
    with enter() as (world, gateway):
        monkeypatch.setattr(world.simulator, "handle", len)
        assert requests.get(gateway.url, timeout=1).status_code == 500
        assert isinstance(world.defect, TypeError)


def test_the_private_names_are_where_they_were(enter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door replaces two private methods of urllib3: this fails on the day when requests no longer come that way."""
    known = inspect.signature(process._make_request).parameters
    assert list(known)[:4] == ["self", "conn", "method", "url"]
    assert list(inspect.signature(process._prepare_proxy).parameters) == ["self", "conn"]
    passed: list[set[str]] = []

    def make_request(pool: Any, conn: Any, method: str, url: str, **rest: Any) -> None:
        passed.append(set(rest))
        raise ZeroDivisionError

    monkeypatch.setattr(process, "_make_request", make_request)
    with enter(), pytest.raises(ZeroDivisionError):
        urllib3.request("GET", "http://127.0.0.1:9/")
    assert passed[0] >= {"body", "headers", "retries", "timeout", "response_conn", "preload_content", "decode_content"}
    assert passed[0] <= set(known)


def test_a_header_beyond_latin_letters_never_leaves(enter: Any) -> None:
    """As over a real connection, a header value that is not Latin-1 fails before anything is sent."""
    with enter() as (world, gateway):
        with pytest.raises(UnicodeEncodeError):
            requests.post(f"{gateway.url}/charges", headers={"X-Name": "\u0141ukasz"}, timeout=5)

        assert world.recording.exchanges == []
