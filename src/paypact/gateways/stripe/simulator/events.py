"""The account as it is read, and its events as they are listed.

Those that were told to a listening shop, and, where nobody listens, those that would be. An event that was told shows
its object as of then. Where nobody listens nothing is drawn until it is asked for, and its object is as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.world.notifications import Event
from paypact.world.wire import UNSET

OPENED = 1_577_836_800  # 2020-01-01


def retrieve(account: Account, call: Call) -> wire.Event:
    found = next((one for one in _happened(account) if one.id == call.id), None)
    if found is None:
        raise account.missing("event", call.id, None)
    return render(found)


def all_of(account: Account, call: Call) -> wire.Page:
    asked = call.params
    if "type" in asked and "types" in asked:
        raise account.refuse("events_type_twice")
    wanted = asked.get("types") or [asked.get("type", "*")]
    since = account.now() - account.facts.limits["event_seconds"]
    found = [
        render(one)
        for one in reversed(list(_happened(account)))
        if one.at >= since and any(fnmatchcase(one.type, word) for word in wanted)
    ]
    return page(account, call, found, lambda one: one)


def merchant(account: Account, call: Call) -> wire.Merchant:
    """The account that the key belongs to."""
    able = {"card_payments": "active", "transfers": "active"}
    return wire.Merchant(id=account.merchant_id(), capabilities=able, created=OPENED, metadata={})


def _happened(account: Account) -> Iterable[Event]:
    from paypact.gateways.stripe import webhooks  # imported late, as for whoever listens

    if account.told:
        return account.told
    drawn = (webhooks.drawn(account, entry, None, place) for place, entry in enumerate(account.ledger.journal, 1))
    return [event for events in drawn for event in events]


def render(event: Event) -> wire.Event:
    body: dict[str, Any] = msgspec.json.decode(event.body)
    data = wire.EventData(
        object=body["data"]["object"], previous_attributes=body["data"].get("previous_attributes", UNSET)
    )
    kept = {name: body[name] for name in ("id", "api_version", "created", "pending_webhooks", "type")}
    return wire.Event(**kept, data=data, request=wire.EventRequest(**body["request"]))
