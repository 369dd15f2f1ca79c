"""Hosts: where the code under test reaches a simulator. In this process below its HTTP client, or at a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias

from paypact.hosts import door, httpx, process, served
from paypact.hosts.guard import BlockedHostError, Guard, guarded
from paypact.hosts.live import LiveKeyError, check_environment
from paypact.hosts.served import close_all

if TYPE_CHECKING:
    from paypact.gateways import Gateway
    from paypact.payments import SimulatedGateway
    from paypact.world.world import World

__all__ = [
    "BlockedHostError",
    "Guard",
    "Host",
    "LiveKeyError",
    "attached",
    "base_url",
    "check_environment",
    "close_all",
    "guarded",
]

Host: TypeAlias = Literal["process", "http"]


def base_url(gateway: Gateway, host: Host = "process") -> str:
    """Where drivers reach a gateway, the same for a whole run: the vendor's test host, or a server on this machine."""
    return served.base_url(gateway) if host == "http" else gateway.facts.gateway.url


@contextmanager
def attached(world: World, host: Host = "process") -> Iterator[SimulatedGateway]:
    """Let `world` answer for its gateway within; gives what drivers are made with.

    Clients in this process are answered either way; `host="http"` adds the server for those that cannot be. Time is the
    caller's: enter `clock.running(world.clock)` first.
    """
    process.install()
    httpx.install()
    with door.attached(world):
        yield world.gateway.simulated(base_url(world.gateway, host))
