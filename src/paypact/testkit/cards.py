"""Cards of a case: which a gateway and a driver let in, how a case spells one, and how two differ."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from paypact.cards import build, scheme
from paypact.cards.card import Card
from paypact.cards.kinds import axes as card_axes
from paypact.cards.kinds import kinds
from paypact.payments import Payment
from paypact.testkit.case import Axis, Case, Value
from paypact.testkit.target import Target

AXES = ("kind", "range", "edge", "length", "funding", "cvc")


@cache
def card(case: Case) -> Card:
    """The card a case spells; deterministic, so that the same case always presents the same number.

    What this scheme's cards do not have is the usual instead: a case keeps its meaning when its scheme changes.
    """
    legal = card_axes(case.scheme)
    wanted = {name: getattr(case, name) for name in AXES}
    usual = {name: legal[name][0] for name in AXES}
    chosen: dict[str, Any] = {n: value if value in legal[n] else usual[n] for n, value in wanted.items()}
    if case.month:
        chosen |= {"exp_month": case.month, "exp_year": case.year}
    return build(case.scheme, **chosen, digits=case.digits)


@cache
def another(target: Target, case: Case, place: int) -> Card:
    """Another card of the shopper, plain, unlike the case's own and unlike those at other places."""
    return build(target.schemes[0], edge="inside", digits=7_919 * place + case.digits)


@cache
def axes(target: Target, scheme_id: str) -> dict[str, Axis]:
    """How cards of one scheme differ, as far as this gateway and this driver take them."""
    table = card_axes(scheme_id)
    found = {name: Axis(tuple(table[name]), _CLASSES.get(name, str)) for name in AXES}
    found["kind"] = Axis(
        tuple(kind for kind in table["kind"] if _taken(target, scheme_id, kind)) or (table["kind"][0],)
    )
    usual = scheme(scheme_id).lengths[0]
    found["length"] = Axis(table["length"], lambda length: _length_class(length, usual))
    return found


def difference(received: Card, payments: Iterable[Payment]) -> str:
    """How a card as the gateway received it differs from the shopper's nearest one; empty where it does not."""
    known = [payment.card for payment in payments]
    same = next((mine for mine in known if mine.key == received.key), None)
    if same is None:
        if not received.number:
            return f"{received!r} instead of {known[-1]!r}"
        mine = known[-1]
        if len(mine.number) != len(received.number):
            return f"its number has {len(received.number)} digits, the shopper's has {len(mine.number)}"
        return "its number is another one"
    for name in ("exp_month", "exp_year"):
        if getattr(received, name) != getattr(same, name):
            return f"its {name} is {getattr(received, name)}, the shopper's is {getattr(same, name)}"
    if received.cvc is not None and received.cvc != same.cvc:
        return "its security code is not the one the shopper typed"
    chosen = {payment.card.network for payment in payments if payment.card.key == received.key}
    if received.network not in chosen and None not in chosen:
        asked = f"network {received.network}" if received.network else "no network"
        return f"it asks for {asked}, the shopper chose {', '.join(sorted(filter(None, chosen)))}"
    return ""


def _taken(target: Target, scheme_id: str, kind: str) -> bool:
    facts = target.gateway.facts
    what = kinds(scheme_id)[kind]
    if what.carrier is not None and what.carrier not in target.schemes:
        return False
    if what.network is not None and what.network not in target.schemes:
        return False
    if what.wallet is None:
        return True
    return what.wallet in facts.wallets and (target.scope.wallets is None or what.wallet in target.scope.wallets)


def _length_class(length: Value, usual: int) -> str:
    return "usual" if length == usual else "shorter" if int(str(length)) < usual else "longer"


def _range_class(place: Value) -> str:
    return "first" if place == 0 else "further"


_CLASSES = {"range": _range_class}
