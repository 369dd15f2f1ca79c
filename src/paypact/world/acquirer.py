"""The acquirer: decides what becomes of a movement. It is scripted by kind and in order, within a repertoire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from paypact.errors import UsageError
from paypact.world.books import Movement
from paypact.world.ledger_tables import Kind, Terms

DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one movement.

    `pending`: it is only acknowledged, and decided `after` seconds. `fails`: at once, or, where `booked_first`, `after`
    seconds, when it had counted as moved already.
    """

    pending: bool = False
    fails: bool = False
    booked_first: bool = False
    reason: str = ""
    after: float = DAY


# As the `failures` of a gateway's `[ledger]` facts spell them, after the kind of movement: `refund-fails-late`.
FATES: Final = {
    "pending": Fate(pending=True),
    "fails": Fate(fails=True, reason="declined"),
    "fails-late": Fate(fails=True, booked_first=True, reason="declined"),
    "comes-back": Fate(fails=True, booked_first=True, reason="returned"),
    "pending-fails": Fate(pending=True, fails=True, reason="declined"),
}


class Acquirer:
    """All acquirers of one world. What nobody scripted is booked as the gateway's terms say."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._script: dict[Kind, list[Fate]] = {}

    def fates(self, kind: Kind, *words: str) -> None:
        """Script the movements of a kind in order, by words of FATES; those after the last are booked as usual.

        Raises:
            UsageError: the gateway has no such failure (`failures` of its `[ledger]` facts).
        """
        for word in words:
            if f"{kind}-{word}" not in self._terms.failures:
                known = ", ".join(self._terms.failures) or "none"
                raise UsageError(f"acquirer: a {kind} cannot be {word!r} at this gateway (its failures: {known})")
        self._script[kind] = [FATES[word] for word in words]

    def decide(self, movement: Movement) -> Fate | None:
        """The fate of a movement that was just requested."""
        script = self._script.get(movement.kind)
        if not script:
            return None
        told = movement.with_approval and "sale" not in self._terms.acknowledges
        if told and script[0].fails and not script[0].booked_first:
            return None  # the answer to the payment said yes to the capture as well: it can only fail later
        return script.pop(0)
