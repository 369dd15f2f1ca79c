"""Requests a second through the vendor's SDK: `paypact serve` beside localstripe and Pact's mock server, in one run."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

import stripe
from benchmarks.measure import Row

from paypact.gateways import load

_PATIENCE = 30.0  # seconds for a server to listen

_LOCALSTRIPE = """
import sys
from aiohttp import web
from localstripe.server import app
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
"""

_MOCK = """
import logging, os, sys, threading
os.environ["PACT_DO_NOT_TRACK"] = "true"
import pact
logging.getLogger("pact.ffi").setLevel(logging.ERROR)
form = "application/x-www-form-urlencoded"
contract = pact.Pact("shop", "stripe")
(contract.upon_receiving("create").with_request("POST", "/v1/payment_intents")
 .with_body("amount=1090&currency=eur", content_type=form)
 .will_respond_with(200).with_body({"id": "pi_1", "object": "payment_intent"}, content_type="application/json"))
with contract.serve("127.0.0.1", int(sys.argv[1]), raises=False):
    threading.Event().wait()
"""

SERVERS: dict[str, tuple[str, list[str]]] = {  # package that it needs, command but for the port
    "paypact serve": ("paypact", [sys.executable, "-m", "paypact", "serve", "--gateway", "stripe", "-q", "--port"]),
    "localstripe": ("localstripe", [sys.executable, "-c", _LOCALSTRIPE]),
    "the Pact mock server": ("pact", [sys.executable, "-c", _MOCK]),
}


def servers(batches: int, calls: int) -> list[Row]:
    """Create an intent, one call after the other by one client, in turns; wall time, since the server is elsewhere."""
    there = {name: command for name, (package, command) in SERVERS.items() if find_spec(package)}
    with ExitStack() as stack:
        clients = {name: stack.enter_context(_served(command)) for name, command in there.items()}
        rates: dict[str, list[float]] = {name: [] for name in clients}
        for batch in range(batches + 1):  # the first one warms up
            for name, create in clients.items():
                began = time.perf_counter()
                for _ in range(calls):
                    create()
                if batch:
                    rates[name].append(calls / (time.perf_counter() - began))
    found = {name: statistics.median(measured) for name, measured in rates.items()}
    ours = found["paypact serve"]
    rows = [
        Row(
            f"requests a second through the SDK: paypact serve against {name}",
            f"{ours:,.0f} : {rate:,.0f}",
            ours / rate,
        )
        for name, rate in found.items()
        if name != "paypact serve"
    ]
    missing = [name for name in SERVERS if name not in there]
    return rows + [Row(f"the same against {name}", "not installed", 0.0) for name in missing]


@contextmanager
def _served(command: list[str]) -> Iterator[Callable[[], object]]:
    """One server in a process of its own, and a call to it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL) as process:  # noqa: S603 - ours to start
        try:
            _wait(port)
            key = load("stripe").simulator.credentials()["secret_key"]
            http = stripe.RequestsClient(timeout=20)
            client = stripe.StripeClient(key, http_client=http, base_addresses={"api": f"http://127.0.0.1:{port}"})
            yield lambda: client.v1.payment_intents.create({"amount": 1090, "currency": "eur"})
        finally:
            process.terminate()


def _wait(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
