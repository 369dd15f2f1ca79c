"""Nothing leaves this machine while promises are tried, and whoever tries is told the way out."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
import requests

from paypact.hosts import BlockedHostError, guarded

GATEWAY = ("api.lead.test",)
OTHER = (
    "paypact: the code under test tried to reach {host}, which is neither the gateway nor this machine. If it is a "
    "service of the shop's own, allow it: allow-hosts = ['{name}'] under [tool.paypact]; if not, keep it out of the "
    "payment code's way"
)
ANOTHER_CLIENT = (
    "paypact: the code under test tried to reach the gateway's host api.lead.test with a client that cannot be "
    'answered in this process (requests, urllib3 and httpx can be). Write host="http" on the driver class: gateway.url '
    "is then an HTTP server on this machine, which any client can talk to"
)
NO_EXAMPLE = (
    "paypact: the code under test tried to reach the gateway's host api.lead.test while no example was running (in "
    "start, stop or a background thread): there is no simulator to answer, and the real one is never reached. Call the "
    "gateway from the driver's operations only"
)


class Hello(BaseHTTPRequestHandler):
    """Answers every GET."""

    def do_GET(self) -> None:
        """The method that http.server looks for."""
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"hi")

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def neighbour() -> Iterator[int]:
    """The port of another server on this machine."""
    with HTTPServer(("127.0.0.1", 0), Hello) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_loopback_passes_while_an_example_runs(enter: Any, neighbour: int, name: str) -> None:
    """A shop's own services on this machine are reached by every client, doors and guard or not."""
    url = f"http://{name}:{neighbour}/"
    with guarded(GATEWAY) as guard, enter() as (world, _):
        assert requests.get(url, timeout=5).text == "hi"
        assert httpx.get(url, timeout=5).text == "hi"
        with urllib.request.urlopen(url, timeout=5) as reply:
            assert reply.read() == b"hi"
        assert world.recording.exchanges == []
        assert guard.blocked == []


def test_unix_sockets_pass() -> None:
    """A database behind a unix socket is none of the guard's business."""
    with guarded(GATEWAY), socket.socket(socket.AF_UNIX) as sock, pytest.raises(FileNotFoundError):
        sock.connect("/nowhere/at/all")


@pytest.mark.parametrize("name", ["mail.shop.test", "10.1.2.3"])
def test_other_hosts_are_refused_with_the_way_out(enter: Any, name: str) -> None:
    """A host that is nobody's business is refused, named, and remembered for the report."""
    host = name if name.endswith("test") else f"{name}:25"
    with guarded(GATEWAY) as guard, enter():
        with pytest.raises(BlockedHostError) as refused:
            socket.create_connection((name, 25), timeout=1)
        assert str(refused.value) == OTHER.format(host=host, name=name)
        assert refused.value.host == host
        assert guard.blocked == [host]


def test_client_libraries_tell_it_as_a_connection_error(enter: Any) -> None:
    """Code that handles a lost connection handles a blocked one: no exception that it never heard of."""
    with guarded(GATEWAY) as guard, enter():
        with pytest.raises(requests.ConnectionError, match="is neither the gateway nor this machine"):
            requests.get("https://mail.shop.test/", timeout=1)
        with pytest.raises(httpx.ConnectError, match="is neither the gateway nor this machine"):
            httpx.get("https://mail.shop.test/", timeout=1)
        assert guard.blocked == ["mail.shop.test"] * 2


def test_the_gateway_is_not_reached_by_another_client(enter: Any) -> None:
    """A client that nothing can intercept is told to use the served host."""
    with guarded(GATEWAY), enter(), pytest.raises(OSError, match="cannot be answered") as refused:
        urllib.request.urlopen("https://api.lead.test/charges", timeout=1)
    assert refused.value.args[0].args[0] == ANOTHER_CLIENT


def test_the_gateway_is_not_reached_outside_an_example() -> None:
    """What start or a background thread sends is refused too, even where it is allowed by mistake."""
    with guarded(GATEWAY, ["api.lead.test"]) as guard, pytest.raises(BlockedHostError) as refused:
        socket.create_connection(("api.lead.test", 443), timeout=1)
    assert str(refused.value) == NO_EXAMPLE
    assert guard.blocked == ["api.lead.test"]


@pytest.mark.parametrize("allowed", ["10.1.2.3", "10.1.0.0/16", "10.1.*"])
def test_allowed_addresses_pass(allowed: str) -> None:
    """An address may be allowed by itself, by its network or by a glob."""
    with guarded(GATEWAY, [allowed]) as guard:
        guard.check_address("10.1.2.3", 5432)
        with pytest.raises(BlockedHostError):
            guard.check_address("10.2.2.3", 5432)


def test_allowed_names_pass_with_the_addresses_behind_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database at host `db` is reached, also by a client that keeps the address it once looked up."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.9.9.9", 5432))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: answer)
    with guarded(GATEWAY, ["db", "*.shop.test"]) as guard:
        assert socket.getaddrinfo("DB.", 5432) == answer
        assert socket.getaddrinfo("cache.shop.test", 5432) == answer
        guard.check_address("10.9.9.9", 5432)
    with guarded(GATEWAY, ["db"]) as guard:
        guard.check_address("10.9.9.9", 5432)


def test_it_stands_only_within_its_block() -> None:
    """Afterwards the socket module is as it was."""
    before = socket.getaddrinfo, socket.gethostbyname, socket.socket.connect, socket.socket.connect_ex
    with guarded(GATEWAY), pytest.raises(BlockedHostError):
        socket.gethostbyname("mail.shop.test")
    assert before == (socket.getaddrinfo, socket.gethostbyname, socket.socket.connect, socket.socket.connect_ex)
