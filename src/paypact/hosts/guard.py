"""The guard: while promises are tried, nothing in this process reaches the outside world.

Loopback, unix sockets and `allow-hosts` always pass. A gateway's hosts are answered by the world or refused, never
reached; every other host is refused. Both refusals name the way out. The guard stands at `getaddrinfo` and `connect`,
which every client written in Python comes through; a client that opens sockets in C is beyond it.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from paypact.hosts import door

_INTERNET = (socket.AF_INET, socket.AF_INET6)


class BlockedHostError(ConnectionError):
    """The code under test tried to reach a host that it must not; an OSError, which client libraries know to wrap."""

    def __init__(self, host: str, message: str) -> None:
        super().__init__(message)
        self.host = host


class Guard:
    """What may be reached in one cell, and what was tried in vain (`blocked`, host names in order)."""

    def __init__(self, gateway_hosts: Iterable[str], allowed: Iterable[str]) -> None:
        self.gateway_hosts = frozenset(gateway_hosts)
        self.allowed = tuple(host.lower() for host in allowed)
        self.blocked: list[str] = []
        self._resolve = socket.getaddrinfo  # as it is before this guard stands in front of it
        self._own = {"localhost", socket.gethostname().lower()}
        self._addresses: set[str] = set()  # of allowed names, as far as they were looked up
        self._complete = False

    def check_name(self, host: Any) -> bool:
        """Whether to look a name up; True means that its addresses may be reached.

        Raises:
            BlockedHostError: it must not be reached.
        """
        name = (
            (host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else host or "")
            .lower()
            .rstrip(".")
        )
        if not name or _address(name) is not None:
            return False  # `connect` decides about addresses
        if name in self.gateway_hosts or not (name in self._own or name.endswith(".localhost") or self._allows(name)):
            self._refuse(name)
        return True

    def check_address(self, host: str, port: Any) -> None:
        """Let `connect` go on, or not.

        Raises:
            BlockedHostError: the address is neither this machine's nor that of an allowed host.
        """
        address = _address(host)
        if address is None:
            self.check_name(host)
            return
        if (
            address.is_loopback
            or address.is_unspecified
            or str(address) in self._addresses
            or self._allows(str(address))
        ):
            return
        if not self._complete:
            self._complete = True
            for name in (*self._own, *self.allowed):
                self._remember(name)
            if str(address) in self._addresses:
                return
        self._refuse(f"{host}:{port}")

    def reached(self, answers: Iterable[Any]) -> None:
        """Remember the addresses that an allowed name was resolved to."""
        self._addresses.update(str(_address(answer[4][0])) for answer in answers if answer[0] in _INTERNET)

    def _remember(self, name: str) -> None:
        if _address(name) is None and not any(sign in name for sign in "*?[/"):
            try:
                self.reached(self._resolve(name, None))
            except OSError:
                return  # what cannot be resolved cannot be reached either

    def _allows(self, host: str) -> bool:
        return any(_matches(host, entry) for entry in self.allowed)

    def _refuse(self, host: str) -> None:
        self.blocked.append(host)
        if host not in self.gateway_hosts:
            raise BlockedHostError(
                host,
                f"paypact: the code under test tried to reach {host}, which is neither the gateway nor this machine. "
                f"If it is a service of the shop's own, allow it: allow-hosts = [{host.rsplit(':', 1)[0]!r}] under "
                "[tool.paypact]; if not, keep it out of the payment code's way",
            )
        if door.answering(host) is None:
            raise BlockedHostError(
                host,
                f"paypact: the code under test tried to reach the gateway's host {host} while no example was running "
                "(in start, stop or a background thread): there is no simulator to answer, and the real one is never "
                "reached. Call the gateway from the driver's operations only",
            )
        raise BlockedHostError(
            host,
            f"paypact: the code under test tried to reach the gateway's host {host} with a client that cannot be "
            'answered in this process (requests, urllib3 and httpx can be). Write host="http" on the driver class: '
            "gateway.url is then an HTTP server on this machine, which any client can talk to",
        )


@contextmanager
def guarded(gateway_hosts: Iterable[str], allowed: Iterable[str] = ()) -> Iterator[Guard]:
    """Refuse every way out of this machine within, but those to `allowed`: names, globs, addresses or networks."""
    guard = Guard(gateway_hosts, allowed)
    resolve, resolve_one = socket.getaddrinfo, socket.gethostbyname
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_resolve(host: Any, *arguments: Any, **keywords: Any) -> Any:
        known = guard.check_name(host)
        answers = resolve(host, *arguments, **keywords)
        if known:
            guard.reached(answers)
        return answers

    def guarded_resolve_one(host: str) -> str:
        guard.check_name(host)
        return resolve_one(host)

    def guarded_connect(sock: socket.socket, address: Any) -> None:
        _check(guard, sock, address)
        connect(sock, address)

    def guarded_connect_ex(sock: socket.socket, address: Any) -> int:
        _check(guard, sock, address)
        return connect_ex(sock, address)

    _stand(guarded_resolve, guarded_resolve_one, guarded_connect, guarded_connect_ex)
    try:
        yield guard
    finally:
        _stand(resolve, resolve_one, connect, connect_ex)


def _stand(resolve: Any, resolve_one: Any, connect: Any, connect_ex: Any) -> None:
    socket.getaddrinfo, socket.gethostbyname = resolve, resolve_one
    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex  # type: ignore[method-assign]  # and back


def _check(guard: Guard, sock: socket.socket, address: Any) -> None:
    if sock.family in _INTERNET and isinstance(address, tuple) and len(address) > 1 and isinstance(address[0], str):
        guard.check_address(address[0], address[1])


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _matches(host: str, entry: str) -> bool:
    if "/" in entry:
        address = _address(host)
        return address is not None and address in ipaddress.ip_network(entry, strict=False)
    return fnmatch.fnmatchcase(host, entry)
