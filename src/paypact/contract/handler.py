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
    """Entered, it listens at `url`, and at `/message` below its port.

    The verifier takes the interactions in the order of the file, and asks for each state of one in its order, also
    after one has failed; then it asks for no teardown. That is how it is known whose states these are.
    """

    def __init__(self, contract: Contract, provider: Provider) -> None:
        self._interactions = contract.interactions
        self._preparation = Preparation(provider, contract)
        self._server = Server(_Site(self), "provider states")
        self._lock = threading.Lock()
        self._at = -1  # the interaction at hand
        self._asked = 0  # how many of its states
        self._clean = True
        self._values: dict[str, str] = {}
        self._why: dict[int, str] = {}  # interaction -> what was the matter
        self._unmade: dict[str, str] = {}  # message -> why there is none

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def url(self) -> str:
        return f"{self._server.url}/state"

    def why(self, interaction: Interaction) -> str:
        """Why an interaction could not be prepared; empty where it could."""
        return self._why.get(self._interactions.index(interaction)) or self._unmade.get(interaction.description, "")

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(SetupError):
            self._clear()  # after the last interaction, where it failed
        self._server.stop()

    def answer(self, asked: Asked) -> Page:
        """What the verifier is told."""
        with self._lock:
            try:
                sent = json.loads(asked.body or b"{}")
                return self._message(sent) if asked.path == "/message" else _page(200, self._state(sent))
            except SetupError as error:
                return self._failed(str(error))
            except Exception as error:  # noqa: BLE001 - a defect of ours must not become two minutes of retries
                return self._failed(f"a defect of paypact itself: {type(error).__name__}: {error}")

    def _failed(self, why: str) -> Page:
        self._why.setdefault(self._at, why)
        return _page(_REFUSED, {"error": why})

    def _state(self, sent: Mapping[str, Any]) -> dict[str, str]:
        name, params = sent.get("state") or "", sent.get("params") or {}
        if sent.get("action") == "teardown":
            self._clear()
            return {}
        self._turn(name, params)
        self._asked += 1
        if self._at in self._why:
            raise SetupError(self._why[self._at])
        if name:
            self._clean = False
            self._values |= self._preparation.set_up(name, params)
        interaction = self._interactions[self._at]
        missing = lacking(interaction, self._values) if self._asked >= len(interaction.states) else []
        if missing:
            raise SetupError(
                f"its request needs {', '.join(missing)}, which no state handler gives: name one with --state-url"
            )
        return dict(self._values)

    def _turn(self, name: str, params: Mapping[str, Any]) -> None:
        """Find the interaction that a state is asked for: the one at hand, or the next that begins with it."""
        if self._at >= 0 and _calls(self._interactions[self._at])[self._asked : self._asked + 1] == [(name, params)]:
            return
        with suppress(SetupError):  # what failed was not cleared; if that fails too, the states to come will say so
            self._clear()
        places = [*range(self._at + 1, len(self._interactions)), *range(self._at + 1)]
        self._at = next(at for at in places if _calls(self._interactions[at])[0] == (name, params))
        self._asked = 0

    def _clear(self) -> None:
        """The account is as new, once after each interaction that changed anything."""
        self._values = {}
        if self._clean:
            return
        self._clean = True
        states = self._interactions[self._at].states
        self._preparation.clear(states[-1].name, states[-1].params)

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


def _calls(interaction: Interaction) -> list[tuple[str, Mapping[str, Any]]]:
    """What the verifier asks for before an interaction: its states, or one without a name."""
    return [(state.name, state.params) for state in interaction.states] or [("", {})]


def _page(status: int, body: Mapping[str, Any]) -> Page:
    return Page(status, json.dumps(body).encode(), {"content-type": "application/json"})
