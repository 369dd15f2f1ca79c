"""What a gateway has only acknowledged so far: it is carried out later, and told then."""

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
