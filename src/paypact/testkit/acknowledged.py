"""What is not decided yet: what a gateway has only acknowledged, and what a bank or the acquirer answers later."""

from __future__ import annotations

from collections.abc import Iterator

from paypact.world.books import Movement
from paypact.world.world import World


def acknowledged(world: World) -> Iterator[Movement]:
    """The movements that this gateway took note of, as it always does, and has not carried out yet."""
    usual = world.ledger.terms.acknowledges
    movements = (m for p in world.ledger.purchases for a in p.authorizations for m in a.movements)
    return (m for m in movements if m.state == "requested" and m.kind in usual and not (m.fate and m.fate.pending))


def carry_out(world: World) -> None:
    """Let time pass until they are carried out."""
    with world.outside():
        while any(acknowledged(world)):
            world.clock.advance(world.clock.next() or 0.0)


def let_time_decide(world: World) -> None:
    """Let time pass until every payment and every movement has been decided, or nothing is left to wait for."""
    with world.outside():
        while _undecided(world) and world.clock.next() is not None:
            world.clock.advance(world.clock.next() or 0.0)


def _undecided(world: World) -> bool:
    authorizations = [a for p in world.ledger.purchases for a in p.authorizations]
    return any(
        a.state in ("pending", "held") or any(m.state == "requested" for m in a.movements) for a in authorizations
    )
