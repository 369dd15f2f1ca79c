"""`expand`: ids in a reply replaced by their objects."""

from __future__ import annotations

from functools import cache
from typing import Any

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import balance, charges, customers, methods, versions
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.requests import Call
from paypact.world.books import Purchase
from paypact.world.wire import Field, Wire, fields


@cache
def _declared(cls: type[Wire]) -> dict[str, Field]:
    return {field.name: field for field in fields(cls)}


def check(account: Account, reply: type[Wire], item: type[Wire] | None, call: Call) -> list[list[str]]:
    """The asked paths that can be followed in a `reply` (a list of `item`), each split at its dots.

    Raises:
        Refusal: a path leads nowhere, or too deep.
    """
    kept = []
    for path in call.params.get("expand", ()):
        parts = path.split(".")
        if len(parts) > account.facts.limits["expand_depth"] + (item is not None):
            raise account.refuse("expand_too_deep", path=path)
        at: type[Wire] | None = reply
        for place, part in enumerate(parts):
            if item is not None and place == 0:
                at = item if part == "data" else None
                continue
            declared = _declared(versions.declared(call.version, at)).get(part) if at else None
            if declared is None and at is not None and part in account.facts.wire["included"].get(at.__name__, ()):
                call.unmodelled.append(f"expand {path}")
                at = None
                break
            if declared is None or not (declared.wires or part in account.facts.wire["expandable"]["names"]):
                raise account.refuse("expand_impossible", path=path)
            at = declared.wires[-1] if declared.wires else None
            if at is None:
                call.unmodelled.append(f"expand {path}")
        if at is not None:
            kept.append(parts)
    return kept


def expand(account: Account, body: Any, parts: list[str], version: str) -> None:
    """Replace what is at the end of a checked path by its object, as a caller of `version` knows it, in place."""
    if not parts or not isinstance(body, Wire):
        return
    held = getattr(body, parts[0], None)
    if isinstance(held, str):
        held = versions.render_for(account, version, _object(account, held))
        setattr(body, parts[0], held)
    for one in held if isinstance(held, list) else (held,):
        expand(account, one, parts[1:], version)


def _object(account: Account, id_: str) -> Wire:
    prefix = id_.partition("_")[0]
    if prefix == "ch":
        return charges.render(account, charges.find(account, id_, None))
    if prefix == "pm":
        return methods.render(account, account.methods[id_])
    if prefix == "txn":
        return balance.find(account, id_)
    if prefix == "cus":
        person = account.people[id_]
        return wire.Deleted(id=id_, object="customer") if person.deleted else customers.render(account, person)
    purchase = account.ledger.named(id_, Purchase)
    assert purchase is not None, id_
    shown: Wire = purchase.data.show(account, purchase)
    return shown
