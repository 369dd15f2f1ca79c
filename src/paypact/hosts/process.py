"""The door below urllib3's `Retry`, and so below requests and most vendors' SDKs.

It replaces the one method that sends a request on a connection, `HTTPConnectionPool._make_request`: retries, back-off,
`Retry-After` and the mapping of exceptions stay those of the real libraries. A blind retry of a POST is a top cause of
double charges, and it is invisible to anything that answers above it. The names are private to urllib3, and used here
alone.
"""

from __future__ import annotations

import errno
import http.client
import io
import ssl
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, wraps
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3 import connectionpool
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError
from urllib3.util.timeout import Timeout

from paypact.hosts import door
from paypact.hosts.imports import when_imported
from paypact.world import clock
from paypact.world.http import Failure
from paypact.world.recording import Exchange
from paypact.world.world import World

_make_request = HTTPConnectionPool._make_request  # noqa: SLF001 - see above
_prepare_proxy = HTTPSConnectionPool._prepare_proxy  # noqa: SLF001 - see above


@cache
def install() -> None:
    """Put the door in place; requests to hosts that no attached world answers for pass through it."""
    HTTPConnectionPool._make_request = _answer  # type: ignore[method-assign,assignment]  # noqa: SLF001 - the door
    HTTPSConnectionPool._prepare_proxy = _tunnel  # type: ignore[method-assign,assignment]  # noqa: SLF001 - the door
    for module in ("requests.utils", "requests.sessions"):
        when_imported(module, _answer_environment)


def _answer(pool: Any, conn: Any, method: str, url: str, **settings: Any) -> Any:
    world = door.answering(pool.host)
    if world is None:
        return _make_request(pool, conn, method, url, **settings)
    clock.adopt()
    pool.num_requests += 1
    timeout: Timeout = settings["timeout"]  # of this request alone
    timeout.start_connect()  # a total timeout counts from here
    client = {
        "library": "urllib3",
        "connect_timeout": Timeout.resolve_default_timeout(timeout.connect_timeout),
        "read_timeout": Timeout.resolve_default_timeout(timeout.read_timeout),
        "verify": _verifies(pool),
    }
    body = _bytes(settings.get("body"))
    headers = _headers(settings.get("headers") or {})
    host = door.host_header(pool.scheme, pool.host, pool.port)
    headers.setdefault("host", host)
    if body:
        headers.setdefault("content-length", str(len(body)))
    exchange = door.enter(world, method, f"{pool.scheme}://{host}{url}", headers, body, client)
    if isinstance(exchange.reply, Failure) and exchange.reply.kind != "cut-body":
        raise _failure(world, exchange.reply.kind, pool, conn, url, client)
    return _response(exchange, pool, method, url, settings)


def _failure(world: World, kind: str, pool: Any, conn: Any, url: str, client: Mapping[str, Any]) -> Exception:
    # What _make_request raises for each; `urlopen` makes a ProtocolError of the reset itself.
    if kind == "connect-refused":
        return NewConnectionError(conn, "Failed to establish a new connection: [Errno 111] Connection refused")
    if kind == "connect-timeout":
        world.clock.wait(door.patience(client, "connect"), kind)
        limit = client["connect_timeout"]
        return ConnectTimeoutError(conn, f"Connection to {pool.host} timed out. (connect timeout={limit})")
    if kind == "read-timeout":
        world.clock.wait(door.patience(client, "read"), kind)
        return ReadTimeoutError(pool, url, f"Read timed out. (read timeout={client['read_timeout']})")
    return ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")


def _response(exchange: Exchange, pool: Any, method: str, url: str, settings: Mapping[str, Any]) -> Any:
    status, sent, raw = door.wire(exchange)
    headers = urllib3.HTTPHeaderDict()
    for name, value in sent.items():  # no name twice: what `HTTPHeaderDict(sent)` looks for in vain
        headers[name] = value
    response = urllib3.HTTPResponse(
        body=_CutBody(raw) if isinstance(exchange.reply, Failure) else io.BytesIO(raw),
        headers=headers,
        status=status,
        version=11,
        reason=http.client.responses.get(status, ""),
        preload_content=settings.get("preload_content", True),
        decode_content=settings.get("decode_content", True),
        original_response=_Original(headers),  # type: ignore[arg-type]  # all that is asked of it
        enforce_content_length=settings.get("enforce_content_length", True),
        request_method=method,
        request_url=url,
        retries=settings.get("retries"),
    )
    response.version_string = "HTTP/1.1"  # an argument only in newer releases
    response._connection = settings.get("response_conn")  # noqa: SLF001 - as _make_request does
    response._pool = pool  # noqa: SLF001 - as _make_request does
    connectionpool.log.debug(
        '%s://%s:%s "%s %s %s" %s %s',
        *(pool.scheme, pool.host, pool.port, method, url, "HTTP/1.1", status, response.length_remaining),
    )
    return response


class _CutBody(io.BytesIO):
    """The bytes of a reply that ends too early, as `http.client` hands them out: reading it to its end fails."""

    def read(self, amount: int | None = -1, /) -> bytes:
        read = super().read(amount)
        if amount is None or amount < 0:
            raise http.client.IncompleteRead(read)
        return read


class _Original:
    """The part of an `http.client.HTTPResponse` that urllib3 and requests ask about: is it read, and its cookies."""

    def __init__(self, msg: urllib3.HTTPHeaderDict) -> None:
        self.msg = msg

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        pass


def _tunnel(pool: Any, conn: Any) -> None:
    if door.answering(pool.host) is None:
        _prepare_proxy(pool, conn)


# What requests looks for in the environment at every request: proxies, and a password in the user's .netrc. For a host
# that is answered there are none, whatever the machine.
_ENVIRONMENT: Mapping[str, Callable[[], Any]] = {
    "get_environ_proxies": dict,
    "should_bypass_proxies": lambda: True,
    "get_netrc_auth": lambda: None,
}


def _answer_environment(module: ModuleType) -> None:
    for name, none in _ENVIRONMENT.items():
        look_up = getattr(module, name, None)
        if look_up is not None and not hasattr(look_up, "__wrapped__"):
            setattr(module, name, _unless_answered(look_up, none))


def _unless_answered(look_up: Any, none: Callable[[], Any]) -> Any:
    @wraps(look_up)
    def answered(url: str, *more: Any, **settings: Any) -> Any:
        return none() if door.answering(_host(url)) else look_up(url, *more, **settings)

    return answered


@lru_cache(maxsize=64)
def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _verifies(pool: Any) -> bool:
    context = getattr(pool, "conn_kw", {}).get("ssl_context")
    if context is not None:
        return bool(context.verify_mode != ssl.CERT_NONE)
    return getattr(pool, "cert_reqs", None) not in ("CERT_NONE", "NONE", ssl.CERT_NONE)


def _headers(sent: Mapping[Any, Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in sent.items():
        key = (name if name.__class__ is str and name.isascii() else _text(name)).lower()
        text = value if value.__class__ is str and value.isascii() else _text(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _text(value: Any) -> str:
    text = value if type(value) is str else value.decode("latin-1") if isinstance(value, bytes) else str(value)
    text.encode("latin-1")  # as http.client does: other letters never leave, and raise UnicodeEncodeError here
    return text


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return _bytes(body.read())
    if isinstance(body, (bytearray, memoryview)):
        return bytes(body)
    return b"".join(_bytes(part) for part in body)
