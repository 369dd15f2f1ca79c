"""Where contracts come from: files, folders, URLs, and Pact Brokers. Each is read before anything is verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import as_file
from importlib.resources import files as resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import msgspec
import urllib3

from paypact.contract.documents import Contract, ContractError, contract
from paypact.errors import UsageError
from paypact.naming import near

_TIMEOUT = urllib3.Timeout(10.0)
_MOST_REDIRECTS = 5
_PACTS = "pb:latest-provider-pacts"
_PACTS_OF_BROKER = "pb:pacts"


@dataclass(frozen=True, slots=True)
class Broker:
    """A Pact Broker, and how it is spoken to: a token, or a user and a password; neither where it wants none."""

    url: str
    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)

    def headers(self) -> dict[str, str]:
        """What authenticates a request."""
        if self.token:
            return {"authorization": f"Bearer {self.token}"}
        if self.user:
            return dict(urllib3.make_headers(basic_auth=f"{self.user}:{self.password}"))
        return {}


def read(places: Iterable[str], provider: str, headers: Mapping[str, str]) -> list[Contract]:
    """The contracts for a provider: of each file and URL its one, of each folder all in it and below.

    `headers` are sent with requests for URLs.

    Raises:
        ContractError: a place cannot be read, holds no contract, or one for somebody else.
    """
    found: list[Contract] = []
    for place in places:
        if place.startswith(("http://", "https://")):
            found.append(_for(provider, contract(place, fetched(place, headers))))
        elif Path(place).is_dir():
            found += _in_folder(Path(place), provider)
        else:
            found.append(_for(provider, contract(place, _file(Path(place)))))
    return found


def bundled(provider: str) -> list[Contract]:
    """The contracts for a provider that come with paypact.

    Raises:
        ContractError: there is none.
    """
    with as_file(resources("paypact.contracts")) as folder:
        if not (folder / provider).is_dir():
            known = sorted(each.name for each in folder.iterdir() if any(each.glob("*.json")))
            raise ContractError(
                f"there is no bundled contract for provider {provider!r}{near(provider, known)} "
                f"(there are: {', '.join(known)}). Name a Pact file, a folder of them, or a URL"
            )
        return _in_folder(folder / provider, provider)


def from_broker(broker: Broker, provider: str) -> list[Contract]:
    """The newest contract of each consumer that a broker has for a provider.

    Raises:
        ContractError: the broker cannot be reached, refuses, fails, or has none.
    """
    headers = {"accept": "application/hal+json, application/json", **broker.headers()}
    index = _hal(broker.url, fetched(broker.url, headers, "broker"))
    link = _link(broker.url, index, _PACTS).replace("{provider}", quote(provider, safe=""))
    try:
        listed = _hal(link, fetched(urljoin(broker.url, link), headers, "broker"))
    except _MissingError:
        raise ContractError(f"broker {broker.url} has no contract for provider {provider!r}") from None
    pacts = listed.get("_links", {}).get(_PACTS_OF_BROKER) or listed.get("_links", {}).get("pacts") or []
    urls = [urljoin(broker.url, each["href"]) for each in pacts]
    if not urls:
        raise ContractError(f"broker {broker.url} has no contract for provider {provider!r}")
    return [_for(provider, contract(url, fetched(url, headers, "broker"))) for url in urls]


class _MissingError(ContractError):
    """The server says that there is no such thing."""


def fetched(url: str, headers: Mapping[str, str], what: str = "contract") -> bytes:
    """What stands at a URL.

    Raises:
        ContractError: nothing does, or whoever answers refuses or fails; the message says which.
    """
    following = urllib3.Retry(
        total=None,
        connect=0,
        read=0,
        status=0,
        other=0,
        redirect=_MOST_REDIRECTS,
        remove_headers_on_redirect=headers,  # what authenticates at one host is not told to another
    )
    try:
        reply = urllib3.request("GET", url, headers=dict(headers), timeout=_TIMEOUT, retries=following)
    except urllib3.exceptions.HTTPError as error:
        raise ContractError(f"{what} {url} cannot be reached: {reason(error)}. Look at the address") from None
    if reply.status in (401, 403):
        raise ContractError(
            f"{what} {url} answers {reply.status}: it wants other credentials. Give them with --broker-token, "
            "--broker-user and --broker-password, or for a URL with --source-header NAME=VALUE"
        )
    if reply.status == 404:
        raise _MissingError(f"{what} {url} answers 404: there is none. Look at the address")
    if reply.status != 200:
        later = ": it fails, and nothing was verified. Try again later" if reply.status >= 500 else ""
        raise ContractError(f"{what} {url} answers {reply.status}{later}")
    return reply.data


def reason(error: Exception) -> str:
    """Why a connection failed, in a few words."""
    inner = getattr(error, "reason", None) or error
    if isinstance(inner, urllib3.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(inner):
        return "its certificate is not trusted. Name the file of its authority in SSL_CERT_FILE"
    if isinstance(inner, urllib3.exceptions.ResponseError):
        return str(inner)  # too many redirects
    system = inner.__cause__ if isinstance(inner.__cause__, OSError) else None
    if system is not None and system.strerror:
        return str(system.strerror)
    return type(inner).__name__.removesuffix("Error")


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContractError(
            f"contract {path} cannot be read: {error.strerror}. Name a Pact file, a folder of them, or a URL"
        ) from None


def _in_folder(folder: Path, provider: str) -> list[Contract]:
    read_here = [contract(str(path), _file(path)) for path in sorted(folder.rglob("*.json"))]
    if not read_here:
        raise ContractError(f"folder {folder} holds no contract: there is no .json file in it")
    ours = [one for one in read_here if one.provider == provider]
    if not ours:
        others = ", ".join(sorted({one.provider for one in read_here}))
        raise ContractError(f"folder {folder} holds no contract for provider {provider!r} (only for: {others})")
    return ours


def _for(provider: str, found: Contract) -> Contract:
    if found.provider != provider:
        raise ContractError(
            f"contract {found.source} is for provider {found.provider!r}, not {provider!r}: name that one, or another "
            "contract"
        )
    return found


def _hal(url: str, body: bytes) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        raise ContractError(f"broker {url} does not speak HAL: it is no Pact Broker, or not its front page") from None


def _link(url: str, index: Mapping[str, Any], name: str) -> str:
    try:
        return str(index["_links"][name]["href"])
    except (KeyError, TypeError):
        raise ContractError(
            f"broker {url} offers no link {name}: it is no Pact Broker, or not its front page"
        ) from None


def checked_url(url: str, what: str) -> str:
    """A URL with scheme and host, without the slash at its end.

    Raises:
        UsageError: it is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{what} {url} is no URL: write https://host, with a port where it has one")
    return url.rstrip("/")
