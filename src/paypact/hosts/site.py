"""The site of `paypact serve`: one gateway's accounts at one address, with control pages and a log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from paypact.hosts import control, live
from paypact.hosts.accounts import Accounts
from paypact.hosts.server import Answer, Asked, Page
from paypact.world.http import Request, Response
from paypact.world.recording import Exchange


class AccountsSite:
    """One gateway's accounts behind one server. `line` hears of each request, free of secrets.

    `url` is where the server is reached: shoppers are sent there instead of to the vendor's pages.
    """

    def __init__(self, accounts: Accounts, line: Callable[[str], None]) -> None:
        self.accounts = accounts
        self.url = ""
        self._about = accounts.gateway.facts.gateway
        self._line = line

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith(control.PREFIX):
            return control.answer(self.accounts, asked)
        host = asked.headers.get("host", "").partition(":")[0].lower()
        origin = f"https://{host}" if host in self._about.hosts else self._about.url
        request = Request(asked.method, origin + asked.path, asked.headers, asked.body)
        found = live.find(self._about.live, request, self._about.live_sign)
        if found is not None:
            key, place = found
            return Page(403, f"paypact: a live-looking key, {key}, in {place}: use the test credentials here".encode())
        exchange = self.accounts.meant(asked).exchange(request)
        for page in self._about.browser:
            here = f"{self.url}{control.VISIT}{page.removeprefix('https://')}"
            exchange.raw = exchange.raw.replace(page.encode(), here.encode())
        return exchange

    def over(self, exchange: Exchange) -> bool:
        """Nobody arms faults here, so nobody is held."""
        return True

    def log(self, asked: Asked, answer: Answer, seconds: float) -> None:
        account = self.accounts.meant(asked)
        status, told = _told(answer)
        path = account.redactor.text(urlsplit(asked.path).path)
        took = f"{seconds * 1000:.0f} ms"
        self._line(f"{self.accounts.gateway.name} {account.name} {asked.method} {path} {status} {took}{told}")


def _told(answer: Answer) -> tuple[Any, str]:
    """The status of an answer, and what is worth knowing of it."""
    if isinstance(answer, Page):
        return answer.status, ""
    status = answer.reply.status if isinstance(answer.reply, Response) else "-"
    words = ([answer.kind] if answer.kind != "simulated" else []) + [answer.note] * bool(answer.note)
    booked = ", ".join(answer.events)
    return status, "".join(f"; {one}" for one in (": ".join(words), f"booked {booked}" if booked else "") if one)
