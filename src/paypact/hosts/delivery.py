"""Webhooks of a served simulator, posted to the shop's URL on this machine: in order, signed, again until taken."""

from __future__ import annotations

import ipaddress
import queue
import threading
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import urllib3

from paypact.errors import UsageError
from paypact.hosts.accounts import Account
from paypact.world.notifications import Event

PAUSES: Final = (
    0.5,
    1.0,
    2.0,
    4.0,
    8.0,
)  # seconds before an event that was not taken is sent again; then it is given up
_TIMEOUT = 10.0  # seconds that a shop has to answer


def checked(url: str) -> str:
    """`url`, where webhooks may be posted to it: it is on this machine.

    Raises:
        UsageError: it is no http(s) URL, or leads to another machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"webhooks cannot be sent to {url}: write a URL such as http://127.0.0.1:8000/webhooks")
    if not _loopback(parts.hostname):
        raise UsageError(
            f"webhooks cannot be sent to {url}: {parts.hostname} may be another machine, and simulated payments "
            "stay on this one. Name a URL on 127.0.0.1, and forward from there if you must"
        )
    return url


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Delivery:
    """Posts the events of one gateway's accounts to one URL, one after the other, in a thread of its own."""

    def __init__(self, url: str, name: str, log: Callable[[str], None]) -> None:
        self._url = checked(url)
        self._name = name
        self._log = log
        self._queue: queue.SimpleQueue[tuple[Account, Event] | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._pool = urllib3.PoolManager(retries=False, cert_reqs="CERT_NONE")
        self._thread = threading.Thread(target=self._run, name=f"paypact webhooks {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send what is on its way, and no more."""
        self._stopped.set()
        self._queue.put(None)
        self._thread.join(_TIMEOUT)

    def put(self, account: Account, event: Event) -> None:
        """Send an event after those before it."""
        self._queue.put((account, event))

    def _run(self) -> None:
        while (due := self._queue.get()) is not None:
            self._deliver(*due)

    def _deliver(self, account: Account, event: Event) -> None:
        for pause in (*PAUSES, None):
            said = self._post(account, event)
            taken = said.startswith("2")
            after = "" if taken else "; given up" if pause is None else f"; again in {pause:g} s"
            self._log(f"{self._name} {account.name} webhook {event.type} {said}{after}")
            if taken or pause is None or self._stopped.wait(pause):
                return

    def _post(self, account: Account, event: Event) -> str:
        """The status that the shop answered with, or why there is none."""
        told = account.sealed(event)
        try:
            reply = self._pool.request(
                told.method, self._url, body=told.body, headers=dict(told.headers), timeout=_TIMEOUT, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            return type(error).__name__
        return str(reply.status)
