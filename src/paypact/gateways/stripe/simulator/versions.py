"""API versions: what a caller of an older one sends and hears otherwise, as one table of changes by their dates.

The simulator speaks the newest version. For an older caller every change whose date is later than the caller's version
is undone: in what is asked before it is carried out, and in each object of what is told. Whatever was only added since
is sent to old callers too, as the vendor does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, TypeVar

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import charges, refunds
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import DEFAULT_LIMIT
from paypact.gateways.stripe.wire.past import Charges, Inlined, PastCharge, PastCustomer, PastIntent, Refunds
from paypact.world.ledger_tables import LIVE
from paypact.world.wire import UNSET, Wire

W = TypeVar("W", bound=Wire)

OLDEST: Final = "2020-03-02"
NAMES: Final = {  # docs.stripe.com/changelog: from these dates on a version carries the name of its release
    "2026-09-30": "endive",
    "2026-03-25": "dahlia",
    "2025-09-30": "clover",
    "2025-03-31": "basil",
    "2024-09-30": "acacia",
}
_VERSION = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.([a-z]+))?")
_PI, _SI = "POST /v1/payment_intents", "POST /v1/setup_intents"
_CS = "POST /v1/checkout/sessions"
_INTENTS = (_PI, f"{_PI}/{{}}", f"{_PI}/{{}}/confirm", _SI, f"{_SI}/{{}}", f"{_SI}/{{}}/confirm")

_GONE = (
    "coupon promotion_code card bank_account link trial_end default_card default_bank_account default_alipay_account"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the API, undone for callers of versions before `since`.

    `told` makes the older form of an object of class `of`. `asked` says what a request to one of `routes` meant, in
    today's words. `takes` are parameters that were accepted there, with their types.
    """

    since: str
    source: str
    of: type[Wire] = Wire
    told: Callable[[Account, Any], Wire] | None = None
    routes: tuple[str, ...] = ()
    asked: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    takes: tuple[tuple[str, Any], ...] = ()


# --- what was asked -------------------------------------------------------------------------------------------------


def _captured_at_once(params: dict[str, Any]) -> dict[str, Any]:
    return {"capture_method": "automatic", **params}


def _cards_only(params: dict[str, Any]) -> dict[str, Any]:
    return {"automatic_payment_methods": {"enabled": "false"}, **params}


# --- what is told ---------------------------------------------------------------------------------------------------


def _as(cls: type[W], seen: Wire, **more: Any) -> W:
    return cls(**{**{name: getattr(seen, name) for name in type(seen).__struct_fields__}, **more})


def _expired_automatically(account: Account, seen: wire.PaymentIntent) -> wire.PaymentIntent:
    if seen.cancellation_reason == "expired":
        seen.cancellation_reason = "automatic"
    return seen


def _intent_of_invoices(account: Account, seen: wire.PaymentIntent) -> wire.PaymentIntent:
    return _as(PastIntent, seen)


def _charge_of_invoices(account: Account, seen: wire.Charge) -> wire.Charge:
    return _as(PastCharge, seen)


def _released_is_refunded(account: Account, seen: wire.Charge) -> wire.Charge:
    given_back = refunds.released(account, charges.find(account, seen.id, None))
    if given_back is not None:
        seen.amount_refunded += given_back.amount
        seen.refunded = seen.amount_refunded == seen.amount
    return seen


def _with_charges(account: Account, seen: wire.PaymentIntent) -> wire.PaymentIntent:
    newest = seen.latest_charge.id if isinstance(seen.latest_charge, wire.Charge) else seen.latest_charge
    shown = [charges.render(account, charges.find(account, newest, None))] if newest else []
    listed = Charges(data=shown, total_count=len(shown), url=f"/v1/charges?payment_intent={seen.id}")
    return _as(PastIntent, seen, charges=listed)


def _with_refunds(account: Account, seen: wire.Charge) -> wire.Charge:
    held = charges.find(account, seen.id, None)
    made = [one for one in held.movements if one.kind == "refund" and one.state in LIVE]
    shown = [refunds.render(account, one) for one in reversed(made)]
    given_back = refunds.released(account, held)
    shown += [] if given_back is None else [given_back]
    url, few = f"/v1/charges/{seen.id}/refunds", shown[:DEFAULT_LIMIT]
    listed = Refunds(data=few, has_more=len(shown) > len(few), total_count=len(shown), url=url)
    return _as(PastCharge, seen, refunds=listed)


def _with_lists(account: Account, seen: wire.Customer) -> wire.Customer:
    none = {
        name: Inlined(data=[], total_count=0, url=f"/v1/customers/{seen.id}/{name}")
        for name in ("sources", "subscriptions", "tax_ids")
    }
    return _as(PastCustomer, seen, **none)


# --- the table ------------------------------------------------------------------------------------------------------

CHANGES: Final = (
    Change(
        "2026-09-30",
        "docs.stripe.com/changelog/endive: payment_method_types is no longer writable",
        routes=(*_INTENTS, _CS),
        takes=(("payment_method_types", {"list": "string"}),),
    ),
    Change(
        "2025-03-31",
        "docs.stripe.com/changelog/basil: cancellation_reason expired",
        wire.PaymentIntent,
        _expired_automatically,
    ),
    Change(
        "2025-03-31",
        "docs.stripe.com/changelog/basil: invoice is gone from PaymentIntents",
        wire.PaymentIntent,
        _intent_of_invoices,
    ),
    Change(
        "2025-03-31",
        "docs.stripe.com/changelog/basil: invoice is gone from Charges",
        wire.Charge,
        _charge_of_invoices,
    ),
    Change(
        "2025-03-31",
        "docs.stripe.com/changelog/basil: partial captures and cancellations no longer create a Refund; "
        "github woocommerce/woocommerce-gateway-stripe issue 1073 (figures before)",
        wire.Charge,
        _released_is_refunded,
    ),
    Change(
        "2025-03-31",
        "Stripe's descriptions of 2022-04-12 and 2023-09-12; SDK 12.5.1 (2025-08-27.basil) types none of them",
        routes=("POST /v1/customers", "POST /v1/customers/{}", "POST /v1/payment_methods/{}"),
        takes=tuple((name, "any") for name in _GONE.split()),
    ),
    Change(
        "2024-04-10",
        "docs.stripe.com/changelog/2024-04-10: capture_method defaults to automatic_async",
        routes=(_PI,),
        asked=_captured_at_once,
    ),
    Change(
        "2023-08-16",
        "docs.stripe.com/changelog/2023-08-16: automatic_payment_methods is on where no types are listed",
        routes=(_PI, _SI),
        asked=_cards_only,
    ),
    Change(
        "2022-11-15",
        "docs.stripe.com/changelog/2022-11-15: charges is gone from PaymentIntents; github stripe/stripe-php issue "
        "2009 (only ever the newest charge); latest_charge stands beside it in events of 2020-08-27 pasted since",
        wire.PaymentIntent,
        _with_charges,
    ),
    Change(
        "2022-11-15",
        "docs.stripe.com/changelog/2022-11-15: refunds is gone from Charges unless expanded",
        wire.Charge,
        _with_refunds,
    ),
    Change(
        "2020-08-27",
        "docs.stripe.com/upgrades#2020-08-27: lists of customers are no longer included",
        wire.Customer,
        _with_lists,
    ),
)


# --- reading it -----------------------------------------------------------------------------------------------------


@cache
def parsed(version: str) -> str | None:
    """The date of an API version, by which versions are ordered; None for a text that is none.

    From 2024-09-30 on a version must carry the name of its release, before it must have none.
    """
    said = _VERSION.fullmatch(version)
    if said is None:
        return None
    day, name = said.groups()
    try:
        date.fromisoformat(day)
    except ValueError:
        return None
    return day if name == next((name for since, name in NAMES.items() if day >= since), None) else None


@cache
def changes(version: str) -> tuple[Change, ...]:
    """What has changed since a version's date, the latest first."""
    return tuple(change for change in CHANGES if change.since > version)


@cache
def simulated(version: str, newest: str) -> str | None:
    """The date of a version, as it stands in a header, whose callers are understood; None where they are not."""
    day, last = parsed(version), parsed(newest)
    return day if day is not None and last is not None and OLDEST <= day <= last else None


def taken(version: str, route: str, types: dict[str, Any]) -> dict[str, Any]:
    """The parameters that a route took in a version, from those it takes today."""
    added = {name: kind for one in changes(version) if route in one.routes for name, kind in one.takes}
    return {**types, "object": {**types["object"], **added}} if added else types


def asked_for(version: str, route: str, params: dict[str, Any]) -> dict[str, Any]:
    """What a request of that version means in today's words."""
    for change in changes(version):
        if change.asked is not None and route in change.routes:
            params = change.asked(params)
    return params


def render_for(account: Account, version: str, body: Any) -> Any:
    """A reply, or any object or list within one, as callers of a version (its date) know it. `body` may be changed."""
    undone = changes(version)
    return _undo(account, undone, body) if undone else body


def _undo(account: Account, undone: tuple[Change, ...], body: Any) -> Any:
    if isinstance(body, list):
        return [_undo(account, undone, one) for one in body]
    if not isinstance(body, Wire):
        return body
    for change in undone:
        if change.told is not None and isinstance(body, change.of):
            body = change.told(account, body)
    for name in body.__struct_fields__:
        held = getattr(body, name)
        if held is not UNSET and isinstance(held, Wire | list):
            setattr(body, name, _undo(account, undone, held))
    return body


def declared(version: str, cls: type[Wire]) -> type[Wire]:
    """The declaration of an object in a version."""
    past: dict[type[Wire], tuple[str, type[Wire]]] = {
        wire.PaymentIntent: ("2022-11-15", PastIntent),
        wire.Charge: ("2022-11-15", PastCharge),
    }
    since, older = past.get(cls, ("", cls))
    return older if version < since else cls
