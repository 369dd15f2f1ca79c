"""`paypact serve`, as a process and from within: its addresses, its webhooks, its end."""

from __future__ import annotations

import json
import math
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from paypact.cli import call
from paypact.commands.serve import Wanted, running
from paypact.hosts import delivery

PAY = {"amount": 1099, "currency": "eur", "confirm": True, "return_url": "https://shop.example/back"}


def nobody(line: str) -> None:
    """Hears nothing."""


class Listener:
    """A shop's webhook endpoint on this machine: answers with these statuses in order, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.enough = threading.Event()
        self.wanted: float = math.inf
        remaining = list(statuses)
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                listener.got.append((self.headers["stripe-signature"], body))
                self.send_response(remaining.pop(0) if len(remaining) > 1 else remaining[0])
                self.send_header("content-length", "0")
                self.end_headers()
                if len(listener.got) >= listener.wanted:
                    listener.enough.set()

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhooks"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def wait(self, number: int) -> list[tuple[str, bytes]]:
        self.wanted = number
        assert len(self.got) >= number or self.enough.wait(30), self.got
        return self.got


@pytest.fixture
def listener() -> Iterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def make(*statuses: int) -> Listener:
        made.append(Listener(*statuses))
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def client(url: str, key: str) -> Any:
    return stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=0).v1


@contextmanager
def process(tmp_path: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any], str]]:
    """`paypact serve` as its own process, and what it wrote and said about itself until it was ready."""
    file = tmp_path / "served.json"
    command = [sys.executable, "-m", "paypact", "serve", "--gateway", "stripe", "--json", str(file), *arguments]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        lines = []
        for line in running.stdout:
            lines.append(line)
            if line.startswith("ready"):
                break
        yield running, json.loads(file.read_text("utf-8"))["gateways"][0], "".join(lines)
    finally:
        running.kill()
        running.communicate()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=lambda sign: sign.name)
def test_it_stops_when_told(tmp_path: Path, sign: signal.Signals) -> None:
    """A client in another process pays, the signal comes, and the exit code is 0."""
    with process(tmp_path) as (served, told, _):
        paid = client(told["url"], told["accounts"][0]["credentials"]["secret_key"]).payment_intents.create(
            {**PAY, "payment_method": "pm_card_visa"}
        )
        assert paid.status == "succeeded"
        served.send_signal(sign)
        out, err = served.communicate(timeout=20)
        assert (served.returncode, err) == (0, "")
        assert re.fullmatch(
            r"\d\d:\d\d:\d\d stripe default POST /v1/payment_intents 200 \d+ ms; booked .*\n"
            r"stopping: requests that are being handled may end\n",
            out,
        )


def test_it_says_how_to_get_there(tmp_path: Path) -> None:
    """Address, credentials, a line for each language, the control pages; in the file the same."""
    with process(tmp_path, "--account", "default", "--account", "shop-b") as (_, told, out):
        assert all(value in out for account in told["accounts"] for value in account["credentials"].values())
        assert f"is served at {told['url']}\n" in out
    port = re.search(r":(\d+)\n", out)
    assert port
    shown = re.sub(r"((?:sk|pk)_test_|whsec_)[0-9a-f]+", r"\1...", out.replace(port[1], "PORT"))
    credentials = """
    secret_key           sk_test_...
    publishable_key      pk_test_...
    webhook_secret       whsec_..."""
    assert shown == (
        f"""\
Stripe is served at http://127.0.0.1:PORT
  account default{credentials}
  account shop-b{credentials}
  python   stripe.StripeClient(secret_key, base_addresses={{"api": "http://127.0.0.1:PORT"}})
  node     new Stripe(secret_key, {{protocol: "http", host: "127.0.0.1", port: PORT}})
  control  http://127.0.0.1:PORT/_paypact/
ready; these credentials are made up and open nothing. Ctrl-C stops it
"""
    )


def test_webhooks_are_posted_signed_and_in_order(listener: Callable[..., Listener]) -> None:
    """The vendor's SDK accepts them with the secret of the account that they are about."""
    shop = listener(200)
    wanted = Wanted(["stripe"], ["default", "shop-b"], webhooks=[shop.url])
    with running(wanted, nobody) as [served]:
        account = served.accounts.named("shop-b")
        paid = client(served.url, account.credentials["secret_key"]).payment_intents.create(
            {**PAY, "payment_method": "pm_card_visa"}
        )
        happened = [event.type for event in account.outbox.happened]
        events = [
            stripe.Webhook.construct_event(body, signature, account.credentials["webhook_secret"])
            for signature, body in shop.wait(len(happened))
        ]
    assert [event.type for event in events] == happened
    assert next(e for e in events if e.type == "payment_intent.succeeded").data.object["id"] == paid.id


def test_a_webhook_that_was_not_taken_comes_again(
    listener: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same event until the shop takes it; the next one waits for it."""
    monkeypatch.setattr(delivery, "PAUSES", (0.001, 0.001))
    shop, lines = listener(500, 503, 200), list[str]()
    with running(Wanted(["stripe"], webhooks=[f"stripe={shop.url}"]), lines.append) as [served]:
        account = served.accounts.named("")
        client(served.url, account.credentials["secret_key"]).payment_intents.create(
            {"amount": 1099, "currency": "eur"}
        )
        got = shop.wait(3)
    assert len({body for _, body in got}) == 1
    assert [line for line in lines if "webhook" in line] == [
        "stripe default webhook payment_intent.created 500; again in 0.001 s",
        "stripe default webhook payment_intent.created 503; again in 0.001 s",
        "stripe default webhook payment_intent.created 200",
    ]


def test_a_webhook_that_nobody_takes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop that is not running costs a line in the log, and the payment nothing."""
    monkeypatch.setattr(delivery, "PAUSES", (0.001,))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    lines, given_up = list[str](), threading.Event()

    def log(line: str) -> None:
        lines.append(line)
        if "given up" in line:
            given_up.set()

    with running(Wanted(["stripe"], webhooks=[url]), log) as [served]:
        key = served.accounts.named("").credentials["secret_key"]
        client(served.url, key).payment_intents.create({"amount": 1099, "currency": "eur"})
        assert given_up.wait(10)
    assert [line for line in lines if "webhook" in line] == [
        "stripe default webhook payment_intent.created NewConnectionError; again in 0.001 s",
        "stripe default webhook payment_intent.created NewConnectionError; given up",
    ]


def test_tls_by_an_authority_of_this_run(tmp_path: Path) -> None:
    """Who trusts its certificate is served; who does not refuses to talk; no key is written down."""
    pytest.importorskip("trustme", reason="trustme is not installed: pip install 'paypact[tls]'")
    ca = tmp_path / "ca.pem"
    with running(Wanted(["stripe"], tls=True, ca_file=str(ca)), nobody) as [served]:
        assert served.url.startswith("https://127.0.0.1:")
        assert requests.get(f"{served.url}/_paypact/", verify=str(ca), timeout=10).json()["gateway"] == "stripe"
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{served.url}/_paypact/", timeout=10)
        context = ssl.create_default_context(cafile=str(ca))
        port = int(served.url.rpartition(":")[2])
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            context.wrap_socket(plain, server_hostname="api.stripe.com") as vendor,  # where the name leads here
        ):
            assert vendor.version() in ("TLSv1.2", "TLSv1.3")
    assert re.findall("BEGIN (.+)-----", ca.read_text("utf-8")) == ["CERTIFICATE"]


def test_gateways_follow_each_other_from_a_port() -> None:
    """One port a gateway, because SDKs take a host and a port and no path."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running(Wanted(["stripe"], port=port), nobody) as [served]:
        assert served.url == f"http://127.0.0.1:{port}"


ELSEWHERE = (
    "may be another machine, and simulated payments stay on this one. "
    "Name a URL on 127.0.0.1, and forward from there if you must"
)
UNWRITABLE = "No such file or directory. Name a file you may write"
MISTAKES: dict[str, tuple[list[str], str]] = {
    "gateway": (["--gateway", "strpe"], "unknown gateway 'strpe'; did you mean 'stripe'? (known: {known})"),
    "account": (
        ["--account", "A B"],
        "account 'A B' cannot be opened: a name is 1 to 32 lower-case letters, digits and hyphens",
    ),
    "port": (["--port", "70000"], "--port 70000 is no port: ports are 1 to 65535, and 0 stands for a free one"),
    "taken": (
        ["--gateway", "stripe", "--port", "{taken}"],
        "stripe cannot be served at port {taken}: Address already in use. Take another --port, or none for a free one",
    ),
    "other machine": (
        ["--webhook", "http://shop.example/hooks"],
        f"webhooks cannot be sent to http://shop.example/hooks: shop.example {ELSEWHERE}",
    ),
    "no url": (
        ["--webhook", "stripe=8000"],
        "webhooks cannot be sent to 8000: write a URL such as http://127.0.0.1:8000/webhooks",
    ),
    "not served": (
        ["--gateway", "stripe", "--webhook", "tin=http://127.0.0.1:1/"],
        "--webhook tin=http://127.0.0.1:1/: 'tin' is not served (served: stripe)",
    ),
    "json": (
        ["--json", "nowhere/served.json"],
        "the result cannot be written to nowhere/served.json: there is no folder nowhere. Make it, or name another",
    ),
    "ca": (
        ["--tls", "--ca", "nowhere/ca.pem"],
        f"the authority's certificate cannot be written to nowhere/ca.pem: {UNWRITABLE}",
    ),
}


@pytest.mark.parametrize(("arguments", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_message(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any
) -> None:
    """Nothing is served then, and the exit code is 2."""
    from paypact import gateways

    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        known = {"taken": str(taken.getsockname()[1]), "known": ", ".join(gateways.names())}
        code = call(["serve", *(argument.format(**known) for argument in arguments)])
    assert (code, capsys.readouterr().err) == (2, f"paypact: {words.format(**known)}\n")
    assert list(tmp_path.iterdir()) == []
