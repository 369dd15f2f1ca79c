"""A provider under verification, and how its states come true: three small requests to whoever prepares its accounts.

The state handler of a simulator is its control page; a vendor writes one for a sandbox (docs/vendors.md). Both are
asked for what only the gateway can do. Earlier requests of the same contract are sent to the provider itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import urllib3

from paypact.contract import places
from paypact.contract.documents import Contract, ContractError, Interaction
from paypact.contract.requests import UnknownValueError, request, values_of
from paypact.contract.sources import reason
from paypact.contract.states import ACTED, EARLIER

_TIMEOUT: Final = urllib3.Timeout(30.0)
_SHOWN: Final = 300  # characters of what somebody says of a failure
_DEEPEST: Final = 20  # calls before a call


class SetupError(Exception):
    """A provider state that could not be brought about: nothing can be said about the interaction."""


@dataclass(frozen=True)
class Provider:
    """Where a provider is reached. `headers` go with every request to it, in the place of those of the contract.

    `state_url` is its state handler, `message_url` its producer of messages, as Pact defines one; empty: none, and what
    needs one cannot be checked.
    """

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    state_url: str = ""
    message_url: str = ""

    def pool(self) -> urllib3.PoolManager:
        """Connections to it."""
        return urllib3.PoolManager(retries=False, timeout=_TIMEOUT)


class Preparation:
    """Prepares a provider for one interaction after the other of a contract."""

    def __init__(self, provider: Provider, contract: Contract) -> None:
        self._provider = provider
        self._contract = contract
        self._pool = provider.pool()
        self._replies: dict[str, urllib3.BaseHTTPResponse] = {}
        self._account: dict[str, str] = {}  # what later requests may say of the account, besides a card's token

    def set_up(self, name: str, params: Mapping[str, Any], depth: int = 0) -> dict[str, str]:
        """Make a state true; the values it gives.

        Raises:
            SetupError: it cannot be.
        """
        if name == EARLIER:
            return self._earlier(params, depth)
        if name == ACTED:
            return self._acted(params)
        return self._handled(name, params)

    def clear(self, name: str = "", params: Mapping[str, Any] | None = None) -> None:
        """The interaction is over: the account is to be as new.

        Raises:
            SetupError: the state handler cannot.
        """
        self._replies.clear()
        self._account.clear()
        if self._provider.state_url:
            self._asked({"action": "teardown", "state": name, "params": params or {}})

    def message(self, sent: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The body and headers that the provider's producer gives for a message.

        Raises:
            SetupError: there is no producer, or it gives none.
        """
        url, description = self._provider.message_url, sent.get("description")
        if not url:
            raise SetupError(f"the message {description!r} needs a producer: name it with --message-url")
        try:
            reply = self._pool.request("POST", url, json=sent, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise SetupError(f"the message producer {url} cannot be reached: {reason(error)}") from None
        if reply.status != 200:
            raise SetupError(f"the message producer answered {reply.status} to {description!r}{_said(reply.data)}")
        passed = ("content-type", "pact-message-metadata")
        return reply.data, {name: reply.headers[name] for name in passed if name in reply.headers}

    def _handled(self, name: str, params: Mapping[str, Any]) -> dict[str, str]:
        """What the gateway itself has to do. Without a state handler it may be so: sandboxes have test cards."""
        if not self._provider.state_url:
            return {}
        given = self._asked({"action": "setup", "state": name, "params": params})
        self._account |= {key: value for key, value in given.items() if key != "token"}
        return given

    def _earlier(self, params: Mapping[str, Any], depth: int) -> dict[str, str]:
        description, wanted = params.get("interaction"), params.get("values") or {}
        if not isinstance(description, str) or not isinstance(wanted, Mapping):
            raise SetupError(f"the state {EARLIER!r} names no interaction")
        reply = self._replies.get(description) or self._sent(description, depth)
        kind = reply.headers.get("content-type", "")
        found = dict(self._account)
        for name, place in wanted.items():
            try:
                found[name] = places.read(reply.data, kind, str(place))
            except ValueError as error:
                raise SetupError(
                    f"the reply to the earlier call {description!r} does not give {name}: {error}"
                ) from None
        return found

    def _sent(self, description: str, depth: int) -> urllib3.BaseHTTPResponse:
        if depth >= _DEEPEST:
            raise SetupError(f"the earlier call {description!r} needs itself")
        try:
            call = self._contract.named(description)
        except ContractError as error:
            raise SetupError(str(error)) from None
        values: dict[str, str] = {}
        for state in call.states:
            values |= self.set_up(state.name, state.params, depth=depth + 1)
        reply = self._replies[description] = self._request(call, values)
        expected = call.raw["response"]["status"]
        if reply.status != expected:
            raise SetupError(f"the earlier call {description!r} was answered {reply.status}, not {expected}")
        return reply

    def _request(self, call: Interaction, values: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        try:
            sent = request(call, values)
        except (UnknownValueError, ValueError) as error:
            raise SetupError(f"the earlier call {call.description!r} cannot be made: {error}") from None
        headers = {**sent.headers, **{name.lower(): value for name, value in self._provider.headers.items()}}
        try:
            return self._pool.request(
                sent.method, self._provider.url + sent.target, body=sent.body, headers=headers, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise SetupError(f"the earlier call {call.description!r} got no reply: {reason(error)}") from None

    def _acted(self, params: Mapping[str, Any]) -> dict[str, str]:
        description, at, result = params.get("interaction"), params.get("at"), params.get("result")
        reply = self._replies.get(str(description))
        if reply is None:
            raise SetupError(f"the state {ACTED!r} speaks of {description!r}, which was not carried out before it")
        try:
            place = places.read(reply.data, reply.headers.get("content-type", ""), str(at))
        except ValueError as error:
            raise SetupError(f"the reply to {description!r} sends the shopper nowhere: {error}") from None
        if not self._provider.state_url:
            raise SetupError(f"the state {ACTED!r} needs a state handler: name it with --state-url")
        return self._asked({"action": "setup", "state": ACTED, "params": {"place": place, "result": result}})

    def _asked(self, what: Mapping[str, Any]) -> dict[str, str]:
        url = self._provider.state_url
        state = what["state"] or "an empty account"
        try:
            reply = self._pool.request("POST", url, json=what, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise SetupError(f"the state handler {url} cannot be reached: {reason(error)}") from None
        if reply.status >= 300:
            raise SetupError(f"the state handler answered {reply.status} to {state!r}{_said(reply.data)}")
        try:
            given = json.loads(reply.data or b"{}")
        except ValueError:
            given = {}  # a handler that has nothing to say may say it as it likes
        return {name: str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def _said(body: bytes) -> str:
    """What somebody says of a failure, in one line: the `error` of JSON, or the text."""
    text = body[:_SHOWN].decode("utf-8", "replace")
    with suppress(ValueError, KeyError, TypeError):  # no JSON, or without that
        text = str(json.loads(body)["error"])[:_SHOWN]
    line = " ".join(text.split())
    return f": {line}" if line else ""


def lacking(interaction: Interaction, values: Mapping[str, str]) -> list[str]:
    """The values that an interaction's request needs and that its states have not given."""
    return sorted(values_of(interaction) - set(values))
