"""What a movement may not do: one function a kind, asked when it is requested and again when it is booked.

Each answers with the ledger's word for the rule that stands in the way; a gateway's `[refusals]` facts give its own code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from paypact.world.ledger_tables import LIVE, MOVED, Terms

if TYPE_CHECKING:
    from paypact.world.ledger import Movement


def _capture_obstacle(terms: Terms, movement: Movement) -> str | None:
    authorization = movement.authorization
    if authorization.state != "authorized":
        return f"capture_{authorization.state}"
    others = sum(
        m.amount for m in authorization.movements if m.kind == "capture" and m.state in LIVE and m is not movement
    )
    if others and authorization.captures != "many":
        return "capture_completed"
    ceiling = authorization.approved * (100 + terms.overcapture) // 100
    if movement.amount <= 0:
        return "capture_nothing"
    if others + movement.amount > ceiling:
        return "capture_exceeds_authorization"
    if authorization.captures == "full" and movement.amount != authorization.approved:
        return "capture_partial"
    return None


def _refund_obstacle(terms: Terms, movement: Movement) -> str | None:
    authorization = movement.authorization
    captures = [m for m in authorization.movements if m.kind == "capture" and m.state in MOVED]
    if not captures:
        return "refund_uncaptured"
    if authorization.total("chargeback"):
        return "refund_disputed"
    order = ("booked", "settling", "settled")
    ready = {*order[order.index(terms.refund_from) :]}
    if not any(m.state in ready for m in captures):
        return "refund_unsettled"
    others = sum(
        m.amount for m in authorization.movements if m.kind == "refund" and m.state in LIVE and m is not movement
    )
    if others >= authorization.captured:
        return "refund_completed"
    if movement.amount <= 0:
        return "refund_nothing"
    if others + movement.amount > authorization.captured:
        return "refund_exceeds_capture"
    return None


def _void_obstacle(terms: Terms, movement: Movement) -> str | None:
    authorization = movement.authorization
    if authorization.state not in ("created", "challenged", "pending", "held", "authorized", "completed"):
        return f"void_{authorization.state}"
    captures = [m for m in authorization.movements if m.kind == "capture" and m.state in LIVE]
    if authorization.state == "completed" or (captures and not authorization.capturable):
        if terms.void_until != "settling":
            return "void_captured"
        if any(m.state in ("settling", "settled") for m in captures):
            return "void_settled"
    return "void_never" if terms.void_until == "never" else None


def _chargeback_obstacle(_: Terms, movement: Movement) -> str | None:
    return None if movement.authorization.captured else "chargeback_uncaptured"


OBSTACLES: Final[dict[str, Callable[[Terms, Movement], str | None]]] = {
    "capture": _capture_obstacle,
    "refund": _refund_obstacle,
    "void": _void_obstacle,
    "chargeback": _chargeback_obstacle,
}
