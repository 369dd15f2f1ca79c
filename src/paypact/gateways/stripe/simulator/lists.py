"""Lists and their pages, and `expand`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator.requests import Call
from paypact.world.wire import Wire, fields

if TYPE_CHECKING:
    from paypact.gateways.stripe.simulator import Stripe

DEFAULT_LIMIT = 10
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda at, bound: at > bound,
    "gte": lambda at, bound: at >= bound,
    "lt": lambda at, bound: at < bound,
    "lte": lambda at, bound: at <= bound,
}


def page(stripe: Stripe, call: Call, found: Iterable[Any], show: Callable[[Any], Wire]) -> wire.Page:
    """One page of `found` (newest first; each has `id` and `created`), as the paging parameters ask."""
    asked = call.params
    limit = asked.get("limit", DEFAULT_LIMIT)
    most = stripe.facts.limits["list"]
    if not 1 <= limit <= most:
        bound = f"less than or equal to {most}" if limit > most else "greater than or equal to 1"
        raise stripe.refuse("limit_out_of_range", bound=bound)
    created = asked.get("created", {})
    wanted = created if isinstance(created, dict) else {"gte": created, "lte": created}
    rows = [one for one in found if all(COMPARISONS[how](one.created, bound) for how, bound in wanted.items())]
    start, end = 0, len(rows)
    places = {one.id: place for place, one in enumerate(rows)}
    for cursor in ("starting_after", "ending_before"):
        if cursor in asked and asked[cursor] not in places:
            raise stripe.refuse("missing_parameter_resource", kind="object", id=asked[cursor], param=cursor)
    if "starting_after" in asked:
        start = places[asked["starting_after"]] + 1
    if "ending_before" in asked:
        end = places[asked["ending_before"]]
        start = max(start, end - limit)
    shown = rows[start : min(end, start + limit)]
    more = start > 0 if "ending_before" in asked else start + limit < end
    return wire.Page(data=[show(one) for one in shown], has_more=more, url=call.path)


def check(stripe: Stripe, cls: type[Wire], item: type[Wire] | None, paths: list[str], call: Call) -> list[list[str]]:
    """The paths that can be expanded in a reply of `cls` (a list of `item`), each split; the others are noted or refused."""
    kept = []
    for path in paths:
        parts = path.split(".")
        if len(parts) > stripe.facts.limits["expand_depth"] + (parts[0] == "data"):
            raise stripe.refuse("expand_too_deep", path=path)
        at: type[Wire] | None = cls
        for place, part in enumerate(parts):
            if at is wire.Page and part == "data":
                at = item
                continue
            declared = next((one for one in fields(at) if one.name == part), None) if at else None
            if declared is None or not (declared.wires or part in stripe.facts.wire["expandable"]["names"]):
                raise stripe.refuse("expand_impossible", path=path)
            if not declared.wires:
                call.unmodelled.append(f"expand {'.'.join(parts[: place + 1])}")
                break
            at = declared.wires[-1]
        else:
            kept.append(parts)
    return kept


def expand(stripe: Stripe, body: Any, parts: list[str]) -> None:
    """Replace the id at the end of a checked path by its object, in place."""
    if not parts or body is None:
        return
    name, *rest = parts
    held = getattr(body, name)
    if isinstance(held, list):
        for one in held:
            expand(stripe, one, rest)
        return
    if isinstance(held, str):
        held = stripe.object(held)
        setattr(body, name, held)
    if isinstance(held, Wire):
        expand(stripe, held, rest)
