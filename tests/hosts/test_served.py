"""The served host: one address for the whole run, and whatever a client may send."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from paypact import hosts
from paypact.hosts import door
from paypact.world.network import Fault


def parts() -> Iterator[bytes]:
    yield b"amount="
    yield b"1000"


def test_the_address_stays_for_the_whole_run(enter: Any) -> None:
    """Examples share the address, a client keeps its connection, and each example sees its own exchanges only."""
    urls = set()
    with requests.Session() as session:
        for _ in range(3):
            with enter(host="http") as (world, gateway):
                urls.add(gateway.url)
                session.get(gateway.url, timeout=5)
                assert len(world.recording.exchanges) == 1
                assert gateway.url == hosts.base_url(world.gateway, "http")
                assert hosts.base_url(world.gateway, "process") == "https://api.lead.test"
    assert len(urls) == 1


@pytest.mark.parametrize("data", [b"amount=1000", parts()], ids=["length", "chunked"])
def test_the_simulator_sees_the_request_as_it_sees_it_in_process(enter: Any, data: Any) -> None:
    """The URL is the vendor's own, header names are in lower case, the body is whole, the operation is known."""
    with enter(host="http") as (world, gateway):
        got = requests.patch(f"{gateway.url}/charges/1?a=b", data=data, headers={"X-One": "1"}, timeout=5).json()
        assert (got["method"], got["url"], got["body"]) == (
            "PATCH",
            "https://api.lead.test/charges/1?a=b",
            "amount=1000",
        )
        assert got["headers"]["x-one"] == "1"
        assert world.recording.exchanges[0].operation == "sale"


def test_another_process_reaches_it(enter: Any) -> None:
    """What this is for: a client that nothing here can intercept."""
    program = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], b'x=1').status)"
    with enter(host="http") as (world, gateway):
        told = subprocess.run([sys.executable, "-c", program, gateway.url], capture_output=True, text=True, check=True)
        assert told.stdout == "200\n"
        assert len(world.ledger.purchases) == 1


def test_without_an_example_it_says_so(enter: Any) -> None:
    """A request that comes late is told why nobody answers."""
    with enter(host="http") as (_, gateway):
        pass
    late = requests.get(gateway.url, timeout=5)
    assert (late.status_code, late.text) == (503, "paypact: no example is running")


def test_a_live_looking_key_stops_the_run(enter: Any) -> None:
    """Nothing is raised across a socket, so the world remembers it and the client is told in words."""
    with enter(host="http") as (world, gateway):
        reply = requests.get(gateway.url, headers={"X-Key": "lead_" + "live_1234"}, timeout=5)
        assert reply.status_code == 500
        assert reply.text == f"paypact: {world.stop}"


@pytest.mark.parametrize("kind", ["read-timeout", "connect-timeout"])
def test_silence_ends_with_the_example(enter: Any, kind: Any) -> None:
    """A client without a timeout is let go when the example is over; nothing is left hanging."""
    silent = Fault(kind, "before", exchange=1)
    with enter(silent, host="http") as (world, gateway):
        port = int(gateway.url.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            ended: list[bytes] = []
            thread = threading.Thread(target=lambda: ended.append(sock.recv(10)))
            thread.start()
            thread.join(0.1)
            assert thread.is_alive()
            door._answering = {}
            thread.join(5)
            assert ended == [b""]
        assert len(world.recording.exchanges) == 1


@pytest.mark.parametrize("rubbish", [b"\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\ncontent-length: 9\r\n\r\nshort", b""])
def test_rubbish_does_not_stop_it(enter: Any, rubbish: bytes) -> None:
    """A client that talks nonsense or goes away hurts nobody else."""
    with enter(host="http") as (_, gateway):
        with socket.create_connection(("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))) as sock:
            sock.sendall(rubbish)
        assert requests.get(gateway.url, timeout=5).status_code == 200


def test_closing_frees_the_port_and_it_can_be_opened_again(enter: Any) -> None:
    """The end of a run leaves no server behind."""
    with enter(host="http") as (_, gateway):
        hosts.close_all()
        with pytest.raises(requests.ConnectionError):
            requests.get(gateway.url, timeout=5)
    with enter(host="http") as (_, gateway):
        assert requests.get(gateway.url, timeout=5).status_code == 200
