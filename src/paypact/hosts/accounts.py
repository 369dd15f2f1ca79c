"""Served merchant accounts: each has credentials, a world and a notion of time of its own, and outlives any example.

Which account a request is meant for is read from the credentials that it carries. One that carries none known goes to
the first account, whose simulator refuses it as the vendor would.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import shake_128
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from paypact.errors import UsageError
from paypact.hosts import live
from paypact.hosts.server import Asked
from paypact.world.http import Request
from paypact.world.notifications import Event, Outbox
from paypact.world.recording import Exchange
from paypact.world.redaction import Redactor
from paypact.world.world import World

if TYPE_CHECKING:
    from paypact.gateways import Gateway
    from paypact.payments import Notification, Payment
    from paypact.world.simulator import Simulator

DEFAULT: Final = "default"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_SECRET = re.compile(r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{12,}\Z")  # what looks made up by a machine, digits and all
_ALIKE: Final = (f"{digits}abcdef", f"{digits}ABCDEF")  # hexadecimal stays so
_KEPT = 100  # exchanges that an account remembers


class Account:
    """One merchant account of a served gateway.

    Its time is that of this machine, and `forward` moves it on: authorizations lapse and captures settle without
    anybody waiting for it. `on_event` hears of each webhook as it happens.
    """

    def __init__(self, gateway: Gateway, name: str, version: str | None = None) -> None:
        self.name = name
        self.gateway = gateway if name == DEFAULT else replace(gateway, simulator=_own(gateway.simulator, name))
        self.credentials = dict(self.gateway.simulator.credentials())
        self.redactor = Redactor(self.credentials.values())
        self.on_event: Callable[[Account, Event], None] | None = None
        self.lock = threading.RLock()
        self._version = version
        self._ahead = 0.0  # seconds by which its clock was put forward
        self.reset()

    def reset(self) -> None:
        """Forget every payment, card and webhook: the account is as new, with the credentials that it had."""
        with self.lock:
            self._seen = time.monotonic()
            self.world = World(self.gateway, now=time.time() + self._ahead)
            self.outbox: Outbox = self.world.listen(self._version)

    def exchange(self, request: Request) -> Exchange:
        """One request, carried out now."""
        with self.lock:
            self.tick()
            exchange = self.world.exchange(request)
            del self.world.recording.exchanges[:-_KEPT]
            self._tell()
            return exchange

    def tick(self) -> None:
        """Let the time pass that has passed, with what was due in it."""
        with self.lock:
            now = time.monotonic()
            self.world.clock.advance(now - self._seen)
            self._seen = now
            self._tell()

    def forward(self, seconds: float) -> None:
        """Put this account's clock forward; what becomes due on the way happens."""
        with self.lock:
            self.tick()
            self.world.clock.advance(seconds)
            self._ahead += seconds
            self._tell()

    def visit(self, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
        """The shopper acts at a place of this account; None where it leads nowhere here."""
        with self.lock, self.world.outside():
            self.tick()
            came = self.world.simulator.visit(place, payment, result)
            self._tell()
            return came

    def sealed(self, event: Event) -> Notification:
        """An event as it leaves for the shop now, signed with this account's own secret."""
        with self.lock:
            return self.outbox.sealed(event)

    def _tell(self) -> None:
        waiting, self.outbox.waiting = self.outbox.waiting, []
        if self.on_event is not None:
            for event in waiting:
                self.on_event(self, event)


class Accounts:
    """The accounts of one served gateway, the first of which takes what nobody else is meant by."""

    def __init__(self, gateway: Gateway, names: Iterable[str] = (DEFAULT,), version: str | None = None) -> None:
        self.gateway = gateway
        self.on_event: Callable[[Account, Event], None] | None = None
        self._version = version
        self._accounts: dict[str, Account] = {}
        for name in names:
            self.open(name)

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._accounts.values()))

    def open(self, name: str) -> Account:
        """Open an account; one that is open already stays as it is.

        Raises:
            UsageError: no name for an account.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"account {name!r} cannot be opened: a name is 1 to 32 lower-case letters, digits and hyphens"
            )
        if name not in self._accounts:
            account = Account(self.gateway, name, self._version)
            account.on_event = lambda whose, event: self.on_event(whose, event) if self.on_event else None
            self._accounts[name] = account
        return self._accounts[name]

    def named(self, name: str) -> Account:
        """The account of that name; empty: the first.

        Raises:
            UsageError: there is none.
        """
        found = self._accounts.get(name) if name else next(iter(self._accounts.values()))
        if found is None:
            raise UsageError(f"there is no account {name!r} (open: {', '.join(self._accounts)})")
        return found

    def meant(self, asked: Asked) -> Account:
        """The account whose credentials a request carries, the most of them where two have something in common."""
        accounts = list(self._accounts.values())
        if len(accounts) == 1:
            return accounts[0]
        authorization = asked.headers.get("authorization", "")
        shown = live.basic(authorization) if authorization[:6].lower() == "basic " else authorization
        said = "\n".join((*asked.headers.values(), shown, unquote(asked.path), asked.body.decode("latin-1")))
        return max(
            accounts, key=lambda account: sum(len(value) for value in account.credentials.values() if value in said)
        )


def _own(simulator: type[Simulator], account: str) -> type[Simulator]:
    """The simulator of an account with credentials of its own, made of the gateway's and the account's name."""
    credentials = {key: _told_apart(value, account) for key, value in simulator.credentials().items()}

    class Own(simulator):  # type: ignore[valid-type,misc] # whichever the gateway's is
        @classmethod
        def credentials(cls) -> Mapping[str, str]:
            return credentials

    return Own


def _told_apart(value: str, account: str) -> str:
    """A credential of the same form for another account; a name, such as a merchant's, is the same for all."""
    secret = _SECRET.search(value)
    if secret is None:
        return value
    drawn = shake_128(f"{value}/{account}".encode()).digest(len(secret[0]))
    alike = next((signs for signs in _ALIKE if set(secret[0]) <= set(signs)), "")
    made = (_alphabet(alike, sign) for sign in secret[0])
    return value[: secret.start()] + "".join(signs[byte % len(signs)] for signs, byte in zip(made, drawn, strict=True))


def _alphabet(alike: str, sign: str) -> str:
    """What may stand in the place of a sign."""
    return alike or next(signs for signs in (digits, ascii_lowercase, ascii_uppercase) if sign in signs)
