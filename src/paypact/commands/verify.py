"""`paypact verify`: contracts against a provider: a simulator of ours, or whatever answers at a URL."""

from __future__ import annotations

import base64
import os
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from paypact import gateways
from paypact.commands.serve import Wanted, running
from paypact.contract import sources
from paypact.contract.documents import Contract
from paypact.contract.provider import Provider
from paypact.contract.sources import Broker
from paypact.contract.verify import Publish, verify
from paypact.errors import UsageError
from paypact.hosts import control
from paypact.report import files, style, verification
from paypact.report.output import standard_output
from paypact.report.style import data

_PATIENCE = 5.0  # seconds that a provider has to take a connection
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_CREDENTIAL = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Wish:
    """What is verified against what. No `places` and no broker: the bundled contracts; no `url`: the simulator."""

    provider: str
    places: Sequence[str] = ()
    url: str = ""
    headers: Sequence[str] = ()
    state_url: str = ""
    message_url: str = ""
    source_headers: Sequence[str] = ()
    broker: str = ""
    broker_token: str = ""
    broker_user: str = ""
    broker_password: str = ""
    publish: str = ""
    branch: str = ""


def command(wish: Wish, *, json_file: str, junit_file: str) -> int:
    """Verify, print, and write the files asked for; 0 where all is verified, 1 where something is broken, else 2.

    Raises:
        PaypactError: a mistake in use, or a contract, broker or provider that is not there.
    """
    if not wish.provider:
        raise UsageError("verify needs --provider NAME, as the contracts call the provider")
    for target in (json_file, junit_file):
        if target:
            files.check(target)
    headers, source_headers = _headers(wish.headers, "--header"), _headers(wish.source_headers, "--source-header")
    broker = _broker(wish)
    contracts = _contracts(wish, broker, source_headers)
    with _provider(wish, headers) as provider:
        secrets = [word for value in provider.headers.values() for word in value.split()]
        publish = Publish(wish.publish, wish.branch) if wish.publish else None
        result = verify(contracts, provider, secrets=secrets, broker=broker, publish=publish)
    if json_file:
        files.replace(json_file, verification.encoded(result))
    if junit_file:
        files.replace(junit_file, verification.junit(result))
    with standard_output() as out:
        console = style.console(out)
        verification.table(result, console)
        if wish.places and result.exit_code == 0:
            for line in verification.next_steps(contracts):
                console.print(data(line, "dim"), soft_wrap=True)
    return result.exit_code


def _contracts(wish: Wish, broker: Broker | None, headers: Mapping[str, str]) -> list[Contract]:
    if broker is not None:
        if wish.places:
            raise UsageError("verify takes contracts from places or from a broker, not from both: leave one out")
        return sources.from_broker(broker, wish.provider)
    return sources.read(wish.places, wish.provider, headers) if wish.places else sources.bundled(wish.provider)


@contextmanager
def _provider(wish: Wish, headers: Mapping[str, str]) -> Iterator[Provider]:
    if wish.url:
        url = sources.checked_url(wish.url, "--url")
        _reach(url)
        state_url = sources.checked_url(wish.state_url, "--state-url") if wish.state_url else ""
        message_url = sources.checked_url(wish.message_url, "--message-url") if wish.message_url else ""
        yield Provider(wish.provider, url, headers, state_url, message_url)
        return
    if wish.state_url or wish.message_url:
        raise UsageError("--state-url and --message-url belong to a provider at a --url; the simulator has its own")
    gateway = gateways.load(wish.provider)
    with running(Wanted([wish.provider]), lambda line: None) as [served]:
        known = served.accounts.named("").credentials
        own = {name: _credentials(form, known) for name, form in gateway.facts.gateway.auth.items()}
        page = f"{served.url}{control.PREFIX}"
        yield Provider(wish.provider, served.url, {**own, **headers}, f"{page}state", f"{page}message")


def _credentials(form: str, known: Mapping[str, str]) -> str:
    """A header as the gateway's facts write it, `Bearer <secret_key>`; what follows Basic is encoded."""
    filled = _CREDENTIAL.sub(lambda found: known[found[1]], form)
    scheme, _, pair = filled.partition(" ")
    return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}" if scheme == "Basic" else filled


def _reach(url: str) -> None:
    """Look whether anybody listens there, before each interaction finds out by itself."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), _PATIENCE).close()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"provider at {url} cannot be reached: {why}. Start it, or correct --url") from None


def _headers(given: Sequence[str], option: str) -> dict[str, str]:
    """`NAME=VALUE` as headers; `$NAME` in a value is that environment variable, so that no secret need be typed."""
    headers = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"{option} {name!r} is not written as NAME=VALUE, such as Authorization='Bearer $KEY'")
        headers[name.strip()] = _expanded(value, option)
    return headers


def _expanded(value: str, option: str) -> str:
    def variable(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in os.environ:
            raise UsageError(f"{option}: the environment has no variable {name}. Set it, or write the value")
        return os.environ[name]

    return _VARIABLE.sub(variable, value)


def _broker(wish: Wish) -> Broker | None:
    if not wish.broker:
        for value, option in (
            (wish.broker_token, "--broker-token"),
            (wish.broker_user, "--broker-user"),
            (wish.publish, "--publish"),
        ):
            if value:
                raise UsageError(f"{option} belongs to a --broker, and none was named")
        return None
    return Broker(
        sources.checked_url(wish.broker, "--broker"),
        _expanded(wish.broker_token, "--broker-token"),
        _expanded(wish.broker_user, "--broker-user"),
        _expanded(wish.broker_password, "--broker-password"),
    )
