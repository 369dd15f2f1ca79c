"""Idempotency keys: what a gateway answered under a key, kept on the virtual clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from paypact.world.http import Response


class Kept(msgspec.Struct, frozen=True):
    """The first reply under a key, and the request it answered: where it went and what it asked for."""

    place: str
    asked: Any
    response: Response
    until: float


class IdempotencyKeys:
    """The keys of one account. What counts as the same request, and which replies are kept, the simulator decides."""

    def __init__(self, now: Callable[[], float], seconds: float) -> None:
        self._now = now
        self._seconds = seconds
        self._kept: dict[str, Kept] = {}
        self._newest: Kept | None = None

    def seen(self, key: str) -> Kept | None:
        """What is kept under a key that has not run out."""
        kept = self._kept.get(key)
        self._newest = None
        return kept if kept is not None and kept.until > self._now() else None

    def keep(self, key: str, place: str, asked: Any, response: Response) -> None:
        """Keep a reply. It is rendered later and perhaps again: nobody may change its body from here on."""
        self._newest = self._kept[key] = Kept(place, asked, response, self._now() + self._seconds)

    def overrule(self, key: str, place: str, asked: Any, response: Response) -> None:
        """Keep an error of the server's own in place of what the last request came to.

        Where an earlier request under the key was answered already, that is told again, and there is no error to keep.
        """
        if key not in self._kept or self._kept[key] is self._newest:
            self.keep(key, place, asked, response)
