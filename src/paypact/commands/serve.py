"""`paypact serve`: simulators over real HTTP, for clients in any language, until they are told to stop."""

from __future__ import annotations

import datetime as dt
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any
from urllib.parse import urlsplit

import msgspec

from paypact import gateways
from paypact.errors import UsageError
from paypact.hosts import authority, control
from paypact.hosts.accounts import DEFAULT, Accounts
from paypact.hosts.delivery import Delivery
from paypact.hosts.server import Server
from paypact.hosts.site import AccountsSite
from paypact.report import files
from paypact.report.output import standard_output
from paypact.report.style import clean

_TICK = 0.2  # seconds between two looks at what has become due
_PORTS = range(65_536)


@dataclass(frozen=True)
class Wanted:
    """What is to be served. `webhooks` are URLs, or `gateway=URL`; no gateways: all; no accounts: one."""

    gateways: Sequence[str] = ()
    accounts: Sequence[str] = ()
    port: int = 0
    webhooks: Sequence[str] = ()
    webhook_version: str = ""
    tls: bool = False
    ca_file: str = ""


@dataclass(frozen=True)
class Served:
    """One gateway that is reached at `url`."""

    accounts: Accounts
    url: str


def serve(wanted: Wanted, *, json_file: str, quiet: bool) -> int:
    """Serve until interrupted or terminated; then exit code 0.

    Raises:
        PaypactError: a mistake in use, or a port that is taken.
    """
    if json_file:
        files.check(json_file)
    stop = threading.Event()
    with standard_output() as out, _until_told(stop):
        log = (lambda line: None) if quiet else _logger(out)
        with running(wanted, log) as served:
            if json_file:
                _write(json_file, served)
            _say(out, served, wanted)
            while not stop.wait(_TICK):
                for each in served:
                    for account in each.accounts:
                        account.tick()
            out.write("stopping: requests that are being handled may end\n")
            out.flush()
    return 0


@contextmanager
def running(wanted: Wanted, log: Callable[[str], None]) -> Iterator[list[Served]]:
    """The simulators, reachable within.

    Raises:
        PaypactError: as for `serve`.
    """
    names = list(wanted.gateways) or list(gateways.names())
    hooks = _hooks(wanted.webhooks, names)
    if wanted.port not in _PORTS:
        raise UsageError(f"--port {wanted.port} is no port: ports are 1 to 65535, and 0 stands for a free one")
    with ExitStack() as stack:
        loaded = [gateways.load(name) for name in dict.fromkeys(names)]
        hosts = [host for gateway in loaded for host in gateway.facts.gateway.hosts]
        tls = authority.made(hosts, Path(wanted.ca_file)) if wanted.tls else None
        served = []
        for place, gateway in enumerate(loaded):
            accounts = Accounts(gateway, wanted.accounts or (DEFAULT,), wanted.webhook_version or None)
            if gateway.name in hooks:
                delivery = Delivery(hooks[gateway.name], gateway.name, log)
                accounts.on_event = delivery.put
                delivery.start()
                stack.callback(delivery.stop)
            site = AccountsSite(accounts, log)
            port = wanted.port + place if wanted.port else 0
            try:
                server = Server(site, gateway.name, port, tls)
            except (OSError, OverflowError) as error:
                why = getattr(error, "strerror", None) or str(error)
                raise UsageError(
                    f"{gateway.name} cannot be served at port {port}: {why}. "
                    "Take another --port, or none for a free one"
                ) from error
            site.url = server.url
            server.start()
            stack.callback(server.stop)
            served.append(Served(accounts, server.url))
        yield served


def _hooks(given: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """The URL of each gateway's webhooks."""
    hooks: dict[str, str] = {}
    for one in given:
        name, equals, url = one.partition("=")
        if equals and "/" not in name:
            if name not in names:
                raise UsageError(f"--webhook {one}: {name!r} is not served (served: {', '.join(names)})")
            hooks[name] = url
        else:
            hooks |= {name: one for name in names if name not in hooks}
    return hooks


@contextmanager
def _until_told(stop: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM set `stop` within."""

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is not threading.main_thread():  # signals reach the main thread alone
        yield
        return
    before = {one: signal.signal(one, told) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _logger(out: IO[str]) -> Callable[[str], None]:
    writing = threading.Lock()

    def log(line: str) -> None:
        now = dt.datetime.now().astimezone().strftime("%H:%M:%S")
        with writing:
            out.write(f"{now} {clean(line)}\n")
            out.flush()

    return log


def _say(out: IO[str], served: list[Served], wanted: Wanted) -> None:
    """Where everything is, and how clients get there."""
    for each in served:
        about = each.accounts.gateway.facts.gateway
        out.write(f"{about.title} is served at {each.url}\n")
        for account in each.accounts:
            merchants = {f"merchant_account[{currency}]": name for currency, name in _merchants(account).items()}
            out.write(f"  account {account.name}\n")
            for key, value in (account.credentials | merchants).items():
                out.write(f"    {key:<20} {value}\n")
        place = urlsplit(each.url)
        filled = {"url": each.url, "scheme": place.scheme, "host": place.hostname, "port": place.port}
        for language, line in about.clients.items():
            out.write(f"  {language:<8} {_filled(line, filled)}\n")
        out.write(f"  control  {each.url}{control.PREFIX}\n")
    if wanted.tls:
        out.write(f"trust the authority in {wanted.ca_file}: NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE, SSL_CERT_FILE\n")
    out.write("ready; these credentials are made up and open nothing. Ctrl-C stops it\n")
    out.flush()


def _merchants(account: Any) -> dict[str, str]:
    return dict(account.gateway.simulator.accounts())


def _filled(line: str, parts: dict[str, Any]) -> str:
    for name, value in parts.items():
        line = line.replace(f"<{name}>", str(value))
    return line


def _write(target: str, served: list[Served]) -> None:
    data = {"gateways": [{"url": each.url, **control.described(each.accounts)} for each in served]}
    files.replace(target, msgspec.json.format(msgspec.json.encode(data), indent=1) + b"\n")


def ca_path(given: str) -> str:
    """Where the authority's certificate goes: as told, or into the folder for temporary files."""
    return given or str(Path(tempfile.gettempdir()) / f"paypact-ca-{os.getpid()}.pem")
