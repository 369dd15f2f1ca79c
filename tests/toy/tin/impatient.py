"""Tin integrations that wait or repeat in the wrong way, for the tests of the promise timeouts."""

from __future__ import annotations

import itertools
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from paypact import Payment, SimulatedGateway
from tin.integration import TIMEOUT, TinPayments, TinShop


class Impatient(TinShop):
    """A shop whose payments are another class."""

    way: type[TinPayments]

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.payments = self.way(gateway.credentials["key"], gateway.url)


class WithoutTimeout(TinPayments):
    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        reply = requests.request(method, self.base + path, json=body, headers={"Authorization": self.key})  # noqa: S113
        return reply.json() if reply.status_code in (200, 404, 422) and reply.content else None


class OnlyToConnect(TinPayments):
    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        headers = {"Authorization": self.key}
        try:
            reply = requests.request(method, self.base + path, json=body, headers=headers, timeout=(3, None))
        except requests.RequestException:
            return None
        return reply.json() if reply.status_code in (200, 404, 422) and reply.content else None


class UntilItWorks(TinPayments):
    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        while True:
            reply = super().call(method, path, body)
            if reply is not None:
                return reply
            time.sleep(1)


class AsksForEver(TinPayments):
    def charge(self, payment: Payment, *, capture: bool) -> dict[str, Any] | None:
        reply = super().charge(payment, capture=capture)
        while reply and reply.get("status") == "challenged":  # which only the shopper can pass
            reply = self.call("GET", f"/charges/{reply['id']}")
        return reply


class UntilDecided(TinPayments):
    def charge(self, payment: Payment, *, capture: bool) -> dict[str, Any] | None:
        reply = super().charge(payment, capture=capture)
        while reply and reply.get("status") == "pending":
            time.sleep(15)
            reply = self.call("GET", f"/charges/{reply['id']}")
        return reply


class Slow(TinPayments):
    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        for _ in range(8):
            reply = super().call(method, path, body)
            if reply is not None:
                return reply
        return None


class TriesTheCardAgain(TinPayments):
    def charge(self, payment: Payment, *, capture: bool) -> dict[str, Any] | None:
        for turn in itertools.count():
            reply = self.call("POST", "/charges", {
                "token": payment.token, "amount": payment.amount.minor, "currency": payment.amount.currency,
                "reference": payment.reference, "key": f"{payment.attempt}-{turn}", "capture": capture,
            })  # fmt: skip
            if turn == 2 or not reply or reply.get("status") != "declined":
                return reply
        return None


class RepeatsWhatIsWrong(TinPayments):
    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        for turn in itertools.count():
            reply = super().call(method, path, body)
            if turn == 2 or reply is None or "error" not in reply:
                return reply
        return None


class AtOnce(TinPayments):
    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        headers = {"Authorization": self.key}
        for _ in range(3):
            try:
                reply = requests.request(method, self.base + path, json=body, headers=headers, timeout=TIMEOUT)
            except requests.RequestException:
                return None
            if reply.status_code != 429:
                return reply.json() if reply.status_code in (200, 404, 422) and reply.content else None
            time.sleep(2)
        return None


class AsItSays(TinPayments):
    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        headers = {"Authorization": self.key}
        try:
            reply = requests.request(method, self.base + path, json=body, headers=headers, timeout=TIMEOUT)
            if reply.status_code == 429:
                time.sleep(int(reply.headers["retry-after"]))
                reply = requests.request(method, self.base + path, json=body, headers=headers, timeout=TIMEOUT)
        except requests.RequestException:
            return None
        return reply.json() if reply.status_code in (200, 404, 422) and reply.content else None


class AdapterAtOnce(TinPayments):
    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        again = Retry(2, status_forcelist=(429,), allowed_methods=None, respect_retry_after_header=False)
        session = requests.Session()
        session.mount(self.base, HTTPAdapter(max_retries=again))
        headers = {"Authorization": self.key}
        try:
            reply = session.request(method, self.base + path, json=body, headers=headers, timeout=TIMEOUT)
        except requests.RequestException:
            return None
        return reply.json() if reply.status_code in (200, 404, 422) and reply.content else None
