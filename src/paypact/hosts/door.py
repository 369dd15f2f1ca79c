"""The door between client libraries and the world that answers for a host: which world is current, how to enter it.

One example runs at a time in a process, so what is attached is process-wide: threads that the integration hands work to
find it as well. Several worlds may be attached at once, each answering for the hosts of its own gateway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from paypact.hosts import live
from paypact.world.http import Failure, Request, Response
from paypact.world.recording import Exchange
from paypact.world.world import World

PORTS = {"https": 443, "http": 80}
PATIENCE = 60.0  # seconds a client without a timeout is taken to wait; its exchange shows the timeout as None

_answering: dict[str, World] = {}


@contextmanager
def attached(*worlds: World) -> Iterator[None]:
    """Let each world answer for its gateway's hosts, in this process, until the end of the block."""
    global _answering  # noqa: PLW0603 - one process, one example
    assert not _answering, "another example is attached"
    _answering = {host: world for world in worlds for host in world.gateway.facts.gateway.hosts}
    try:
        yield
    finally:
        _answering = {}


@contextmanager
def answering_for(host: str, world: World) -> Iterator[None]:
    """Let an attached world answer for one more host, such as one that a redirect leads to."""
    _answering[host] = world
    try:
        yield
    finally:
        _answering.pop(host, None)


def answering(host: str) -> World | None:
    """The world that answers for a host (lower-case, no port); None where nobody does."""
    return _answering.get(host)


def worlds() -> Iterable[World]:
    """The worlds that are attached just now."""
    return set(_answering.values())


def enter(
    world: World, method: str, url: str, headers: Mapping[str, str], body: bytes, client: Mapping[str, Any]
) -> Exchange:
    """One request through the door: the exchange as recorded, its `reply` a Response or a Failure.

    `headers` have lower-case names; `client` holds what the client was set to: `library`, `connect_timeout` and
    `read_timeout` in seconds (None: none), `verify` (whether it checks certificates).

    Raises:
        LiveKeyError: the request carries a key that looks live; it is remembered as `world.stop`.
    """
    request, about = Request(method, url, headers, body), world.gateway.facts.gateway
    try:
        live.check_request(about.live, request, about.live_sign)
    except live.LiveKeyError as error:
        world.stop = world.stop or error
        raise
    return world.exchange(request, client)


def patience(client: Mapping[str, Any], phase: str) -> float:
    """The seconds for which a client waits in a phase, connect or read, before it gives up."""
    timeout: float | None = client[f"{phase}_timeout"]
    return PATIENCE if timeout is None else timeout


def wire(exchange: Exchange) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body as they leave the gateway; a cut body is shorter than its Content-Length says."""
    reply = exchange.reply
    raw = b"" if exchange.request.method == "HEAD" else exchange.raw
    if isinstance(reply, Response):
        return reply.status, {"content-length": str(len(raw)), **reply.headers}, raw
    assert isinstance(reply, Failure)
    begun = reply.response or Response(200)  # cut before the gateway handled anything: not even one byte of a body
    return begun.status, {"content-length": str(len(raw) or 1), **begun.headers}, raw[: len(raw) // 2]


def host_header(scheme: str, host: str, port: int | None) -> str:
    """A host as it stands in URLs and in the Host header: the port only where it is not the scheme's own."""
    return host if port is None or port == PORTS.get(scheme) else f"{host}:{port}"
