"""The served host of a run: a simulator behind a real HTTP server on this machine, for clients nothing can intercept.

One server a gateway and process, on a port of its own that stays for the whole run; it hands requests to the world that
is attached at the time. What faults do to the socket is told in `paypact.hosts.server`.

Virtual time does not reach sockets: a client's own timeout passes for real here, and is no part of the clock's waits.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from paypact.hosts import door
from paypact.hosts.live import LiveKeyError
from paypact.hosts.server import Answer, Asked, Page, Server
from paypact.world.recording import Exchange
from paypact.world.world import World

if TYPE_CHECKING:
    from paypact.gateways import Gateway

_CLIENT = {"library": "", "connect_timeout": None, "read_timeout": None, "verify": None}  # nobody can see them

_servers: dict[str, Server] = {}
_counting = threading.Lock()


def base_url(gateway: Gateway) -> str:
    """The URL of the gateway's server in this process, `http://127.0.0.1:port`; starts it where it is not running."""
    server = _servers.get(gateway.name)
    if server is None:
        server = _servers[gateway.name] = Server(_Example(gateway), gateway.name)
        server.start()
    return server.url


def close_all() -> None:
    """Stop every server; a run that ends without it leaves only daemon threads."""
    while _servers:
        _, server = _servers.popitem()
        server.stop()


class _Example:
    """The example that is running just now, whichever it is."""

    def __init__(self, gateway: Gateway) -> None:
        self._url = gateway.facts.gateway.url

    def answer(self, asked: Asked) -> Answer:
        world = door.answering(urlsplit(self._url).hostname or "")
        if world is None:
            return Page(503, b"paypact: no example is running")
        _count(world, 1)
        try:
            return door.enter(world, asked.method, self._url + asked.path, asked.headers, asked.body, _CLIENT)
        except LiveKeyError as error:
            return Page(500, f"paypact: {error}".encode())
        finally:
            _count(world, -1)

    def over(self, exchange: Exchange) -> bool:
        return not any(exchange in world.recording.exchanges for world in door.worlds())

    def log(self, asked: Asked, answer: Answer, seconds: float) -> None:
        """Nothing: the world has recorded it."""


def _count(world: World, step: int) -> None:
    with _counting:
        world.clock.busy += step
