"""The served host: a simulator behind a real HTTP server on this machine, for clients that nothing can intercept.

One server a gateway and process, on a port of its own that stays for the whole run; it hands requests to the world that
is attached at the time. What the network does wrong is done to the socket:

- read-timeout: the connection is held silent until the client gives up or the example is over;
- reset: the connection is closed with a reset (SO_LINGER 0);
- cut-body: half of the body, then the end of the connection, under the full Content-Length;
- connect-refused, connect-timeout: a server that was reached cannot refuse to be. The first is answered by a reset, the
  second by silence, both before the gateway has handled anything: the money is right, the exception is that of an
  established connection. In process both are exact.

Virtual time does not reach sockets: a client's own timeout passes for real here, and is no part of the clock's waits.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from paypact.hosts import door
from paypact.hosts.live import LiveKeyError
from paypact.world import clock
from paypact.world.http import Failure
from paypact.world.recording import Exchange
from paypact.world.world import World

if TYPE_CHECKING:
    from paypact.gateways import Gateway

_LOOK = 0.02  # seconds between two looks at a client that is kept waiting
_IDLE = 0.05  # seconds between two looks at whether to stop
_PLAIN = {"content-type": "text/plain; charset=utf-8"}
_SILENT = ("read-timeout", "connect-timeout")

_servers: dict[str, _Server] = {}
_counting = threading.Lock()


def base_url(gateway: Gateway) -> str:
    """The URL of the gateway's server in this process, `http://127.0.0.1:port`; starts it where it is not running."""
    server = _servers.get(gateway.name)
    if server is None:
        server = _servers[gateway.name] = _Server(gateway)
        name = f"paypact {gateway.name}"
        threading.Thread(target=server.serve_forever, args=(_IDLE,), name=name, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def close_all() -> None:
    """Stop every server; a run that ends without it leaves only daemon threads."""
    while _servers:
        _, server = _servers.popitem()
        server.shutdown()
        server.server_close()


def _count(world: World, step: int) -> None:
    with _counting:
        world.clock.busy += step


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gateway = gateway

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is everyday here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave as one
    server: _Server

    def setup(self) -> None:
        clock.disown()
        super().setup()

    def handle_one_request(self) -> None:
        # The base class looks for a method do_GET, do_POST and so on; here every method is the gateway's business.
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self._serve(self._body())
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: exchanges are recorded by the world."""

    def _serve(self, body: bytes) -> None:
        about = self.server.gateway.facts.gateway
        world = door.answering(urlsplit(about.url).hostname or "")
        if world is None:
            self._send(503, _PLAIN, b"paypact: no example is running")
            return
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        client = {"library": "", "connect_timeout": None, "read_timeout": None, "verify": None}  # nobody can see them
        _count(world, 1)
        try:
            exchange = door.enter(world, self.command, about.url + self.path, headers, body, client)
        except LiveKeyError as error:
            self._send(500, _PLAIN, f"paypact: {error}".encode())
            return
        finally:
            _count(world, -1)
        self._reply(world, exchange)

    def _reply(self, world: World, exchange: Exchange) -> None:
        reply = exchange.reply
        if not isinstance(reply, Failure):
            self._send(*door.wire(exchange))
            return
        self.close_connection = True
        if reply.kind in _SILENT:
            self._hold(world)
        elif reply.kind == "cut-body":
            self._send(*door.wire(exchange))
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()  # both files keep the socket open
            self.wfile.close()
            self.connection.close()

    def _hold(self, world: World) -> None:
        while world in door.worlds():
            ready, _, _ = select.select([self.connection], [], [], _LOOK)
            if ready and not self.connection.recv(1, socket.MSG_PEEK):
                return

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

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
