"""Search: the vendor's query language over payment intents, charges and customers, and its lag behind what was written.

docs.stripe.com/search: clauses `field:'value'`, numbers with `>` and `<`, `~` for a part of a text, `-` for not; joined
by AND or by OR, never by both. What was written a moment ago is not found yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import attempts, charges, customers, intents
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import DEFAULT_LIMIT
from paypact.gateways.stripe.simulator.requests import Call
from paypact.world.wire import Wire

FIELDS = {
    "payment_intents": frozenset({"amount", "created", "currency", "customer", "metadata", "status"}),
    "charges": frozenset(
        {"amount", "created", "currency", "customer", "disputed", "metadata", "refunded", "status"}
        | {f"payment_method_details.card.{one}" for one in ("brand", "exp_month", "exp_year", "fingerprint", "last4")}
    ),
    "customers": frozenset({"created", "email", "metadata", "name", "phone"}),
}
COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    ">": lambda at, bound: at > bound,
    ">=": lambda at, bound: at >= bound,
    "<": lambda at, bound: at < bound,
    "<=": lambda at, bound: at <= bound,
}
_CLAUSE = re.compile(
    r"""\s*(?P<no>-?)(?P<field>[a-z_0-9.]+)(?:\[(?P<q>["'])(?P<key>.+?)(?P=q)\])?\s*(?P<how>:|~|>=|<=|>|<)\s*"""
    r"""(?:(?P<quote>["'])(?P<text>.*?)(?P=quote)|(?P<bare>null|true|false|-?\d+))\s*(?P<join>AND|OR|and|or|$)"""
)
Test = Callable[[Wire], bool]


def payment_intents(account: Account, call: Call) -> wire.Found:
    made = (intents.render(account, account.purchase(one.id, "payment", None)) for one in intents.known(account))
    return _found(account, call, "payment_intents", made)


def searched_charges(account: Account, call: Call) -> wire.Found:
    held = (one for purchase in reversed(account.ledger.purchases) for one in reversed(purchase.authorizations))
    return _found(account, call, "charges", (charges.render(account, one) for one in held if attempts.has_charge(one)))


def searched_customers(account: Account, call: Call) -> wire.Found:
    people = (one for one in reversed(account.people.values()) if not one.deleted)
    return _found(account, call, "customers", (customers.render(account, one) for one in people))


def _found(account: Account, call: Call, of: str, made: Iterable[Any]) -> wire.Found:
    tests, every = _parsed(account, call.params["query"], of)
    limit, most = call.params.get("limit", DEFAULT_LIMIT), account.facts.limits["list"]
    if not 1 <= limit <= most:
        bound = f"less than or equal to {most}" if limit > most else "greater than or equal to 1"
        raise account.refuse("limit_out_of_range", bound=bound)
    indexed = account.now() - account.facts.limits["search_lag_seconds"]
    rows = [one for one in made if one.created <= indexed and every(test(one) for test in tests)]
    asked = call.params.get("page")
    start = int(asked) if asked is not None and asked.isdecimal() else 0
    more = start + limit < len(rows)
    return wire.Found(
        data=rows[start : start + limit], has_more=more, next_page=str(start + limit) if more else None, url=call.path
    )


def _parsed(account: Account, query: str, of: str) -> tuple[list[Test], Callable[[Iterable[bool]], bool]]:
    """The clauses of a query, and whether all of them or any must hold.

    Raises:
        Refusal: it is no query, it has too many clauses, or a field that cannot be searched by.
    """
    tests: list[Test] = []
    joins, at = set[str](), 0
    while True:
        said = _CLAUSE.match(query, at)
        if said is None or said["field"] not in FIELDS[of] or (said["field"] == "metadata") == (said["key"] is None):
            raise account.refuse("search_query", query=query)
        tests.append(_test(said))
        at = said.end()
        if not said["join"]:
            break
        joins.add(said["join"].upper())
    if len(joins) > 1 or len(tests) > account.facts.limits["search_clauses"]:
        raise account.refuse("search_query", query=query)
    return tests, any if joins == {"OR"} else all


def _test(said: re.Match[str]) -> Test:
    wanted = said["text"] if said["text"] is not None else said["bare"]
    unset = said["bare"] == "null"
    negated, how = bool(said["no"]), said["how"]

    def holds(one: Wire) -> bool:
        value = _value(one, said["field"], said["key"])
        if unset:
            return (value is None) != negated
        if value is None:
            return negated
        if how in COMPARED:
            return wanted.lstrip("-").isdecimal() and COMPARED[how](value, int(wanted)) != negated
        shown = str(value).lower()  # also a truth value: true
        return (wanted.lower() in shown if how == "~" else shown == wanted.lower()) != negated

    return holds


def _value(one: Any, path: str, key: str | None) -> Any:
    for part in path.split("."):
        one = getattr(one, part, None)
    return one if key is None else (one or {}).get(key)
