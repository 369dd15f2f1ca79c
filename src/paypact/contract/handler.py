"""The verifier's state handler and message producer, on this machine, for one contract.

The verifier asks over HTTP. A state that cannot be made is answered 422: the verifier fails that interaction at once,
where a 500 would be asked again for minutes; `why` then tells what was the matter.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from paypact.contract.documents import Contract, Interaction
from paypact.contract.provider import Preparation, Provider, SetupError, lacking
from paypact.hosts.server import Answer, Asked, Page, Server
from paypact.world.recording import Exchange

_REFUSED = 422


class Handler:
    """Entered, it listens at `url`, and at `/message` below its port."""

    def __init__(self, contract: Contract, provider: Provider) -> None:
        self._contract = contract
        self._preparation = Preparation(provider, contract)
        self._server = Server(_Site(self), "provider states")
        self._lock = threading.Lock()
        self._made: list[tuple[str, Mapping[str, Any]]] = []  # of the interaction at hand
        self._values: dict[str, str] = {}
        self._why: dict[str, str] = {}  # states -> what was the matter
        self._unmade: dict[str, str] = {}  # message -> why there is none

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def url(self) -> str:
        return f"{self._server.url}/state"

    def why(self, interaction: Interaction) -> str:
        """Why an interaction could not be prepared; empty where it could."""
        if interaction.description in self._unmade:
            return self._unmade[interaction.description]
        return self._why.get(_key([(state.name, state.params) for state in interaction.states]), "")

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    def answer(self, asked: Asked) -> Page:
        """What the verifier is told."""
        with self._lock:
            try:
                sent = json.loads(asked.body or b"{}")
                if asked.path == "/message":
                    return self._message(sent)
                return _page(200, self._state(sent))
            except SetupError as error:
                return self._failed(str(error))
            except Exception as error:  # noqa: BLE001 - a defect of ours must not become two minutes of retries
                return self._failed(f"a defect of paypact itself: {type(error).__name__}: {error}")

    def _failed(self, why: str) -> Page:
        """Remember the matter for every interaction that begins with the states made so far."""
        for interaction in self._contract.interactions:
            states = [(state.name, state.params) for state in interaction.states]
            if states[: len(self._made)] == self._made:
                self._why.setdefault(_key(states), why)
        with suppress(SetupError):  # the first matter is the one to tell
            self._over()
        return _page(_REFUSED, {"error": why})

    def _state(self, sent: Mapping[str, Any]) -> dict[str, str]:
        name, params = sent.get("state") or "", sent.get("params") or {}
        if sent.get("action") == "teardown":
            self._over()
        elif name:
            self._made.append((name, params))
            self._values |= self._preparation.set_up(name, params)
            self._look()
        return dict(self._values)

    def _look(self) -> None:
        """Where all states of an interaction are made: whether they gave what its request needs."""
        for interaction in self._contract.interactions:
            if [(state.name, state.params) for state in interaction.states] == self._made:
                missing = lacking(interaction, self._values)
                if missing:
                    raise SetupError(
                        f"its request needs {', '.join(missing)}, which no state handler gives: "
                        "name one with --state-url"
                    )

    def _over(self) -> None:
        made, self._made, self._values = self._made, [], {}
        name, params = made[-1] if made else ("", {})
        self._preparation.clear(name, params)

    def _message(self, sent: Mapping[str, Any]) -> Page:
        try:
            return Page(200, *self._preparation.message(sent))
        except SetupError as error:
            self._unmade[str(sent.get("description"))] = str(error)
            return _page(_REFUSED, {"error": str(error)})


class _Site:
    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def answer(self, asked: Asked) -> Answer:
        return self._handler.answer(asked)

    def over(self, exchange: Exchange) -> bool:
        return True

    def log(self, asked: Asked, answer: Answer, seconds: float) -> None:
        """Nothing: the result tells."""


def _key(states: list[tuple[str, Mapping[str, Any]]]) -> str:
    return json.dumps(states, sort_keys=True)


def _page(status: int, body: Mapping[str, Any]) -> Page:
    return Page(status, json.dumps(body).encode(), {"content-type": "application/json"})
