"""Lists and their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.requests import Call
from paypact.world.wire import Wire

DEFAULT_LIMIT = 10
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda at, bound: at > bound,
    "gte": lambda at, bound: at >= bound,
    "lt": lambda at, bound: at < bound,
    "lte": lambda at, bound: at <= bound,
}


def page(account: Account, call: Call, found: Iterable[Any], show: Callable[[Any], Wire]) -> wire.Page:
    """One page of `found` (newest first; each has `id` and `created`), as the paging parameters ask."""
    asked = call.params
    limit, most = asked.get("limit", DEFAULT_LIMIT), account.facts.limits["list"]
    if not 1 <= limit <= most:
        bound = f"less than or equal to {most}" if limit > most else "greater than or equal to 1"
        raise account.refuse("limit_out_of_range", bound=bound)
    created = asked.get("created", {})
    wanted = created if isinstance(created, dict) else {"gte": created, "lte": created}
    rows = [one for one in found if all(COMPARISONS[how](one.created, bound) for how, bound in wanted.items())]
    places = {one.id: place for place, one in enumerate(rows)}
    for cursor in ("starting_after", "ending_before"):
        if cursor in asked and asked[cursor] not in places:
            raise account.refuse("missing_parameter_resource", kind="object", id=asked[cursor], param=cursor)
    if "ending_before" in asked:
        end = places[asked["ending_before"]]
        start = max(0, end - limit)
        more = start > 0
    else:
        start = places[asked["starting_after"]] + 1 if "starting_after" in asked else 0
        end = min(len(rows), start + limit)
        more = end < len(rows)
    return wire.Page(data=[show(one) for one in rows[start:end]], has_more=more, url=call.path)
