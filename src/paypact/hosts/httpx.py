"""The door below httpx: a network backend under httpcore's connections, whose streams hold the simulator's reply.

`HTTPTransport(retries=n)` lives in httpcore's connection and retries connecting, so the door is below even that: to
connect is to make the exchange, and a connection serves one request (once idle it looks closed by its peer). What is
above is httpcore's and httpx's own: pooling, parsing, and the mapping of exceptions.
"""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from paypact.hosts import door
from paypact.hosts.imports import when_imported
from paypact.world import clock
from paypact.world.http import Failure
from paypact.world.loop import VirtualLoop
from paypact.world.recording import Exchange
from paypact.world.world import World


@dataclass(slots=True)
class _Asked:
    """What is about to be sent, and the world that will answer it."""

    world: World
    request: Any  # an httpcore.Request
    body: bytes


_ASKED: ContextVar[_Asked | None] = ContextVar("asked", default=None)


@cache
def install() -> None:
    """Put the door in place as soon as httpcore is imported."""
    when_imported("httpcore", _patch)


def _patch(httpcore: ModuleType) -> None:
    _give_backend(httpcore.HTTPConnection, lambda real: _Backend(httpcore, real))
    _give_backend(httpcore.AsyncHTTPConnection, lambda real: _AsyncBackend(httpcore, real))
    _note_request(httpcore.HTTPConnection)
    _note_async_request(httpcore.AsyncHTTPConnection)
    for proxy, pool in (
        (httpcore.HTTPProxy, httpcore.ConnectionPool),
        (httpcore.SOCKSProxy, httpcore.ConnectionPool),
        (httpcore.AsyncHTTPProxy, httpcore.AsyncConnectionPool),
        (httpcore.AsyncSOCKSProxy, httpcore.AsyncConnectionPool),
    ):
        if hasattr(proxy, "create_connection"):  # not where it merely says that another package is missing
            _go_direct(proxy, pool)


def _give_backend(connection: Any, wrap: Callable[[Any], Any]) -> None:
    original = connection.__init__

    def __init__(self: Any, *arguments: Any, network_backend: Any = None, **keywords: Any) -> None:  # noqa: N807
        backend = network_backend and wrap(network_backend)
        original(self, *arguments, network_backend=backend, **keywords)

    connection.__init__ = __init__


def _note_request(connection: Any) -> None:
    original = connection.handle_request

    def handle_request(self: Any, request: Any) -> Any:
        world = _world(request.url.origin)
        if world is None:
            return original(self, request)
        body = b"".join(request.stream)
        request.stream = _Body(body)
        token = _ASKED.set(_Asked(world, request, body))
        try:
            return original(self, request)
        finally:
            _ASKED.reset(token)

    connection.handle_request = handle_request


def _note_async_request(connection: Any) -> None:
    original = connection.handle_async_request

    async def handle_async_request(self: Any, request: Any) -> Any:
        world = _world(request.url.origin)
        if world is None:
            return await original(self, request)
        body = b"".join([part async for part in request.stream])
        request.stream = _Body(body)
        token = _ASKED.set(_Asked(world, request, body))
        try:
            return await original(self, request)
        finally:
            _ASKED.reset(token)

    connection.handle_async_request = handle_async_request


def _go_direct(proxy: Any, pool: Any) -> None:
    original = proxy.create_connection

    def create_connection(self: Any, origin: Any) -> Any:
        return original(self, origin) if _world(origin) is None else pool.create_connection(self, origin)

    proxy.create_connection = create_connection


def _world(origin: Any) -> World | None:
    return door.answering(origin.host.decode("ascii").lower())


class _Body:
    """A body that was read from its stream already, for httpcore to send."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


class _Backend:
    """Connects to an attached world, and to everything else as the backend it stands for."""

    def __init__(self, httpcore: Any, real: Any) -> None:
        self._httpcore = httpcore
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def connect_tcp(self, *arguments: Any, **keywords: Any) -> Any:
        asked = _ASKED.get()
        if asked is None:
            return self._real.connect_tcp(*arguments, **keywords)
        stream = _Stream(self._httpcore, asked)
        if stream.unconnected:
            if stream.seconds:
                asked.world.clock.wait(stream.seconds, stream.failed)
            raise stream.error()
        return stream


class _AsyncBackend(_Backend):
    async def connect_tcp(self, *arguments: Any, **keywords: Any) -> Any:
        asked = _ASKED.get()
        if asked is None:
            return await self._real.connect_tcp(*arguments, **keywords)
        await _interlude(asked.world)
        stream = _AsyncStream(self._httpcore, asked)
        await _interlude(asked.world)
        if stream.unconnected:
            await _wait(asked.world, stream)
            raise stream.error()
        return stream


class _Reply:
    """What the world made of one request: bytes to read, or a failure."""

    def __init__(self, httpcore: Any, asked: _Asked) -> None:
        self._httpcore = httpcore
        timeouts = asked.request.extensions.get("timeout", {})
        self._client = {
            "library": "httpx",
            "connect_timeout": timeouts.get("connect"),
            "read_timeout": timeouts.get("read"),
            "verify": True,  # until start_tls says otherwise
        }
        self._world = asked.world
        exchange = _enter(asked, self._client)
        reply = exchange.reply
        self.failed = reply.kind if isinstance(reply, Failure) and reply.kind != "cut-body" else ""
        self._bytes = b"" if self.failed else _serialised(exchange)

    @property
    def unconnected(self) -> bool:
        return self.failed.startswith("connect-")

    @property
    def seconds(self) -> float:
        """How long the client waits before it notices the failure."""
        phase, _, how = self.failed.partition("-")
        return door.patience(self._client, phase) if how == "timeout" else 0.0

    def error(self) -> Exception:
        kind, text = {
            "connect-refused": ("ConnectError", "[Errno 111] Connection refused"),
            "connect-timeout": ("ConnectTimeout", "timed out"),
            "read-timeout": ("ReadTimeout", "timed out"),
            "reset": ("ReadError", "[Errno 104] Connection reset by peer"),
        }[self.failed]
        error: Exception = getattr(self._httpcore, kind)(text)
        return error

    def take(self, most: int) -> bytes:
        taken, self._bytes = self._bytes[:most], self._bytes[most:]
        return taken

    def verified(self, context: ssl.SSLContext) -> None:
        self._client["verify"] = context.verify_mode != ssl.CERT_NONE

    def get_extra_info(self, info: str) -> Any:
        return True if info == "is_readable" else None


class _Stream(_Reply):
    def read(self, max_bytes: int, **_: Any) -> bytes:
        if self.failed:
            if self.seconds:
                self._world.clock.wait(self.seconds, self.failed)
            raise self.error()
        return self.take(max_bytes)

    def write(self, buffer: bytes, **_: Any) -> None:
        pass

    def start_tls(self, ssl_context: ssl.SSLContext, **_: Any) -> Any:
        self.verified(ssl_context)
        return self

    def close(self) -> None:
        pass


class _AsyncStream(_Reply):
    async def read(self, max_bytes: int, **_: Any) -> bytes:
        if self.failed:
            await _wait(self._world, self)
            raise self.error()
        await _turn()
        return self.take(max_bytes)

    async def write(self, buffer: bytes, **_: Any) -> None:
        pass

    async def start_tls(self, ssl_context: ssl.SSLContext, **_: Any) -> Any:
        self.verified(ssl_context)
        return self

    async def aclose(self) -> None:
        pass


def _enter(asked: _Asked, client: dict[str, Any]) -> Exchange:
    clock.adopt()
    request = asked.request
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    scheme = request.url.scheme.decode("ascii")
    host = door.host_header(scheme, request.url.host.decode("ascii").lower(), request.url.port)
    url = f"{scheme}://{host}{request.url.target.decode('latin-1')}"
    return door.enter(asked.world, request.method.decode("ascii"), url, headers, asked.body, client)


def _serialised(exchange: Exchange) -> bytes:
    status, headers, raw = door.wire(exchange)
    lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + raw


async def _wait(world: World, reply: _Reply) -> None:
    seconds = reply.seconds
    if not seconds:
        await _turn()
    elif _in_virtual_time():
        await asyncio.sleep(seconds)  # other tasks go on meanwhile
    else:
        world.clock.wait(seconds, reply.failed)


async def _interlude(world: World) -> None:
    """Around an exchange the turn may pass to another task, where somebody says whose it is."""
    if world.interlude is not None and _in_virtual_time():
        await world.interlude()


async def _turn() -> None:
    # An exchange is where other tasks get their turn.
    if _in_virtual_time():
        await asyncio.sleep(0)


def _in_virtual_time() -> bool:
    try:
        return isinstance(asyncio.get_running_loop(), VirtualLoop)
    except RuntimeError:  # another async library
        return False
