"""The HTTP server behind which simulators are reached: sockets, and nothing that knows an account or an example.

A site says what is answered; the server speaks HTTP/1.1, on loopback alone. What the network does wrong is done to the
socket:

- read-timeout: the connection is held silent until the client gives up or the site says it is over;
- reset: the connection is closed with a reset (SO_LINGER 0);
- cut-body: half of the body, then the end of the connection, under the full Content-Length;
- connect-refused, connect-timeout: a server that was reached cannot refuse to be. The first is answered by a reset, the
  second by silence, both before the gateway has handled anything: the money is right, the exception is that of an
  established connection. In process both are exact.
"""

from __future__ import annotations

import select
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, Protocol, TypeAlias

from paypact.hosts import door
from paypact.world import clock
from paypact.world.http import Failure
from paypact.world.recording import Exchange

LOOPBACK: Final = "127.0.0.1"

_LOOK = 0.02  # seconds between two looks at a client that is kept waiting
_IDLE = 0.05  # seconds between two looks at whether to stop
_GRACE = 5.0  # seconds that requests get to end when the server is stopped
_SILENT = ("read-timeout", "connect-timeout")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived: header names in lower case, `path` with its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is paypact's own and no gateway's."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "text/plain; charset=utf-8"})


Answer: TypeAlias = Exchange | Page


class Site(Protocol):
    """What is served at one address."""

    def answer(self, asked: Asked) -> Answer:
        """What one request comes to; called in a thread of its connection."""

    def over(self, exchange: Exchange) -> bool:
        """Whether a client that is held silent may go."""

    def log(self, asked: Asked, answer: Answer, seconds: float) -> None:
        """The answer is about to leave; `seconds` were spent on it."""


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One site at one port of this machine; runs in a thread of its own once started.

    `port` 0 takes a free one.

    Raises:
        OSError: the port is taken, or not this user's to take.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, site: Site, name: str, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.site = site
        self._busy = 0
        self._changed = threading.Condition()
        self.scheme = "http" if tls is None else "https"
        if tls is not None:  # shaken hands in the connection's own thread: a silent client must hold up nobody else
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self.serve_forever, args=(_IDLE,), name=f"paypact {name}", daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """Where it is reached, without a slash at the end."""
        return f"{self.scheme}://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests, let those that are being handled end, and free the port."""
        if self._thread.is_alive():
            self.shutdown()
            with self._changed:
                self._changed.wait_for(lambda: not self._busy, _GRACE)
        self.server_close()

    def count(self, step: int) -> None:
        """A request is being handled, or no longer."""
        with self._changed:
            self._busy += step
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is everyday here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave as one
    server: Server

    def setup(self) -> None:
        clock.disown()
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def handle_one_request(self) -> None:
        # The base class looks for a method do_GET, do_POST and so on; here every method is the gateway's business.
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.server.count(1)
            try:
                self._serve(Asked(self.command, self.path, self._named(), self._body()))
            finally:
                self.server.count(-1)
        except (OSError, ValueError):  # gone away, or a length that is no number
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: exchanges are recorded by the world, and told by the site."""

    def _serve(self, asked: Asked) -> None:
        began = time.perf_counter()
        site = self.server.site
        answer = site.answer(asked)
        site.log(asked, answer, time.perf_counter() - began)
        if isinstance(answer, Page):
            self._send(answer.status, answer.headers, b"" if asked.method == "HEAD" else answer.body)
        else:
            self._reply(site, answer)

    def _reply(self, site: Site, exchange: Exchange) -> None:
        reply = exchange.reply
        if not isinstance(reply, Failure):
            self._send(*door.wire(exchange))
            return
        self.close_connection = True
        if reply.kind in _SILENT:
            self._hold(site, exchange)
        elif reply.kind == "cut-body":
            self._send(*door.wire(exchange))
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()  # both files keep the socket open
            self.wfile.close()
            self.connection.close()

    def _hold(self, site: Site, exchange: Exchange) -> None:
        while not site.over(exchange):
            ready, _, _ = select.select([self.connection], [], [], _LOOK)
            if ready and not self.connection.recv(1, socket.MSG_PEEK):
                return

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _named(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        return headers

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def _chunks(self) -> Any:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
