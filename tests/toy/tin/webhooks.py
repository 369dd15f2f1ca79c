"""Tin's webhooks: {"type", "number", "charge"}, signed `Tin-Signature: <time> <hex> [<hex>]`."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Any

from paypact.payments import Notification
from paypact.world.books import Authorization, Entry, Movement, Purchase
from paypact.world.codecs import encode_json
from paypact.world.notifications import WEBHOOK_URL, Event, Seal
from paypact.world.wire import UNSEEN_WORD
from tin.simulator import Tin

TOLD = ("challenge", "defer", "approve", "decline", "reject", "fail", "void", "cancel", "lapse", "book")


def drawn(tin: Tin, entry: Entry, _: str | None) -> Iterator[Event]:
    charge = entry.subject.authorization if isinstance(entry.subject, Movement) else entry.subject
    if isinstance(charge, Authorization) and entry.event in TOLD:
        yield event(tin, f"charge.{entry.event}", {"charge": told(tin, charge)})


def event(tin: Tin, type_: str, content: dict[str, Any]) -> Event:
    number = len(tin.ledger.journal)
    body = encode_json({"type": type_, "number": number, **content})
    return Event(f"{number}-{type_}", type_, tin.world.clock.time(), body)


def told(tin: Tin, charge: Authorization) -> dict[str, Any]:
    """A charge as webhooks show it."""
    purchase = charge.purchase
    return {**tin.shown(charge).body, "reference": purchase.reference, "currency": purchase.price.currency}


def sealed(tin: Tin, event: Event, seal: Seal) -> Notification:
    at = int(tin.world.clock.time() - seal.age)
    signed = b"%d.%s" % (at, event.body + (b" " if seal.altered else b""))
    keys = seal.secrets(tin.credentials()["webhooks"])
    signatures = [hmac.digest(key.encode(), signed, "sha256").hex() for key in keys]
    headers = {"Tin-Signature": " ".join([str(at), *signatures])} if signatures else {}
    return Notification("POST", WEBHOOK_URL, headers, event.body, "192.0.2.80")


def strangers(tin: Tin, _: str | None) -> Iterator[Event]:
    yield event(tin, "payout.made", {"payout": {"id": "po-1", "to": "Ondřej Ångström"}})
    yield event(tin, f"{UNSEEN_WORD}.made", {UNSEEN_WORD: {"id": "x-1"}})


def forgeries(tin: Tin, purchase: Purchase, _: str | None) -> Iterator[Event]:
    for charge in purchase.authorizations[-1:]:
        paid = {"status": "approved", "captured": purchase.price.minor}
        lie = {"refunded": charge.captured} if charge.captured else paid
        yield event(tin, "charge.book", {"charge": {**told(tin, charge), **lie}})
