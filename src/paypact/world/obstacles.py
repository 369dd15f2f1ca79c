"""What a movement may not do: one function a kind, asked when it is requested and again when it is booked.

Each answers with the ledger's word for the rule that stands in the way; the gateway's `[refusals]` facts give its code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from paypact.world.ledger_tables import LIVE, MOVED, Kind, Terms

if TYPE_CHECKING:
    from paypact.world.books import Authorization, Movement


def _counted(movement: Movement) -> frozenset[str]:
    """The states of other movements that stand in the way: what is only asked for as well, until this one is booked.

    Of two that were acknowledged and of which one is too much, the one that is booked first is carried out.
    """
    return MOVED if any(m is movement for m in movement.authorization.movements) else LIVE


def left(kind: Kind, authorization: Authorization, of: Movement | None = None, but: Movement | None = None) -> int:
    """All that is left to capture, to refund (`of` one capture) or to dispute, in minor units; `but` is not counted."""
    if kind == "capture":
        return authorization.capturable
    if kind == "chargeback":
        return authorization.captured - authorization.refunded
    if kind == "void":
        return 0
    counted = LIVE if but is None else _counted(but)
    refunds = [m for m in authorization.movements if m.kind == "refund" and m.state in counted and m is not but]
    room = authorization.captured - sum(m.amount for m in refunds)
    return room if of is None else min(room, of.amount - sum(m.amount for m in refunds if m.of is of))


def _capture_obstacle(terms: Terms, movement: Movement) -> str | None:
    authorization = movement.authorization
    if authorization.state != "authorized":
        return f"capture_{authorization.state}"
    counted = _counted(movement)
    others = sum(
        m.amount for m in authorization.movements if m.kind == "capture" and m.state in counted and m is not movement
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
    if movement.of is not None:
        captures = [m for m in captures if m is movement.of]
    if not captures:
        return "refund_uncaptured"
    if authorization.total("chargeback"):
        return "refund_disputed"
    order = ("booked", "settling", "settled")
    ready = {*order[order.index(terms.refund_from) :]}
    if not any(m.state in ready for m in captures):
        return "refund_unsettled"
    room = left("refund", authorization, movement.of, but=movement)
    if room <= 0:
        return "refund_completed"
    if movement.amount <= 0:
        return "refund_nothing"
    return "refund_exceeds_capture" if movement.amount > room else None


def _void_obstacle(terms: Terms, movement: Movement) -> str | None:
    authorization = movement.authorization
    if authorization.state not in ("created", "challenged", "pending", "held", "authorized", "completed"):
        return f"void_{authorization.state}"
    if authorization.state == "completed":  # a capture that is only requested may still fail, or be outrun
        if terms.void_until != "settling":
            return "void_captured"
        if any(m.state in ("settling", "settled") for m in authorization.movements if m.kind == "capture"):
            return "void_settled"
        if authorization.total("refund", LIVE):
            return "void_refunded"
    return "void_never" if terms.void_until == "never" else None


def _chargeback_obstacle(_: Terms, movement: Movement) -> str | None:
    authorization = movement.authorization
    if not authorization.captured:
        return "chargeback_uncaptured"
    return "chargeback_refunded" if left("chargeback", authorization) <= 0 else None


OBSTACLES: Final[dict[str, Callable[[Terms, Movement], str | None]]] = {
    "capture": _capture_obstacle,
    "refund": _refund_obstacle,
    "void": _void_obstacle,
    "chargeback": _chargeback_obstacle,
}
